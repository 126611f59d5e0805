"""A parallel step: in go the items and what to do with each, out comes nothing or the error map.

A few workers pull from one iterator: an iteration that waits costs nothing, not even a task.  To be
active a branch needs a seat in its step (`concurrency_limit`) and one in the execution (20 in all).
While it waits for a parallel step of its own it has neither, so that more branches can exist than
are active (spec 04 §8 rules 16 to 19).

A seat of the step that becomes free goes to a branch that has been here before, else to the next
item; seats of the execution go by the time at which they were asked for.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Final

from wfc_runtime.errors import (
    parallel_nesting_error,
    type_error,
    unhandled_branch_error,
    value_error,
)
from wfc_runtime.limits import exceeded
from wfc_runtime.memory import measure
from wfc_runtime.seats import Seats
from wfc_runtime.trace import caught, context, frames
from wfc_runtime.values import Value, word

if TYPE_CHECKING:
    from wfc_runtime.run import Run

UNLIMITED: Final = object()
"""A step without `concurrency_limit`."""

_FIRST_LINE = 'RuntimeError: "branch error"'
"""How the context of every branch error starts, whatever the error is (spec 05 §6)."""

_MEMORY_SHARE = 0.9
"""The part of the parent's remaining memory that one error may take (spec 05 §6)."""

_TOGETHER = 32
"""Items after which a worker lets others go on.  Items that wait do so anyway, and items with loops
pause by themselves; a scheduler is asked before each item."""


async def parallel(
    run: Run,
    step: str,
    items: Iterable[Value],
    body: Callable[[Run, Value, int], Awaitable[None]],
    limit: Value,
) -> None:
    """Runs `body(branch's run, item, index)` for all items and waits for all of them.

    Raises the workflow's UnhandledBranchError when some failed, TypeError and ValueError for a bad
    limit (OQ-42), ParallelNestingError for too many parallel steps inside one another (OQ-41).
    """
    nesting, deepest = run.nesting + 1, run.execution.limits.nesting
    if nesting > deepest:
        raise parallel_nesting_error(exceeded("nested parallel steps", nesting, deepest, "nesting"))
    active = run.execution.limits.active
    seats = active if limit is UNLIMITED else min(_checked(limit), active)
    if run.history is not None:
        run.history.expect(items)
    with run.observed(step, "parallel"):
        started = _ParallelStep(run, step, items, body, seats)
        if started.is_over:
            return
        if run.seat is not None:
            run.seat.leave()
        await started.finish()
        if run.seat is not None:
            await run.seat.take()
        await run.turn()
        started.raise_errors()


def _checked(limit: Value) -> int:
    if type(limit) is not int:
        raise type_error(f"`concurrency_limit` must be an integer, not {word(limit)}")
    if limit <= 0:
        raise value_error(f"`concurrency_limit` must be greater than 0, not {limit}")
    return limit


class Seat:
    """One branch's right to be active: a seat of its step and one of the execution."""

    __slots__ = ("_active", "_step")

    def __init__(self, step: _ParallelStep) -> None:
        self._step = step
        self._active = step.parent.execution.active

    def leave(self) -> None:
        """Gives both back while the branch waits for others; another one may begin."""
        self._active.give_back()
        self._step.seats.give_back()
        self._step.fill()

    async def take(self) -> None:
        """Queues for a seat in the step, then for one in the execution."""
        await self._step.seats.take()
        await self._active.take()


class _ParallelStep:
    """One parallel step that is running: its workers, and the errors of its branches.

    While items are left no seat of the step is free: `fill` puts a worker on each.
    """

    __slots__ = (
        "_body",
        "_charged",
        "_errors",
        "_failed",
        "_items",
        "_name",
        "_next",
        "_stop",
        "_truncated",
        "_visit",
        "_workers",
        "parent",
        "seats",
    )

    def __init__(
        self,
        parent: Run,
        name: str,
        items: Iterable[Value],
        body: Callable[[Run, Value, int], Awaitable[None]],
        seats: int,
    ) -> None:
        self.parent = parent
        self.seats = Seats(seats)
        self._name = name
        self._visit = "" if parent.visits is None else parent.visits.visit(name)
        self._items = enumerate(items)
        self._next: deque[tuple[int, Value]] = deque()
        """An item for each worker that is about to begin one, in the order in which they start."""
        self._body = body
        self._workers: set[asyncio.Task[None]] = set()
        self._stop: BaseException | None = None
        """What stops the whole run rather than one branch."""
        self._failed = False
        self._errors: list[Value] = []
        self._truncated = False
        self._charged = 0
        """Bytes of recorded errors that count as the parent's."""
        self.fill()

    @property
    def is_over(self) -> bool:
        return not self._workers

    def fill(self) -> None:
        """Starts a worker for each free seat while items are left."""
        while self.seats.take_now():
            if not self._reserve():
                self.seats.give_back()
                return
            worker = asyncio.create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._ended)

    def _reserve(self) -> bool:
        """Keeps the next item for a worker that is about to begin one; false where none is left."""
        following = next(self._items, None)
        if following is None:
            return False
        self._next.append(following)
        return True

    async def _work(self) -> None:
        """Runs one item, and those after it while no branch from before wants the seat."""
        parent, seats, body = self.parent, self.seats, self._body
        active, ticker = parent.execution.active, parent.ticker
        scheduler, observer = parent.execution.scheduler, parent.execution.observer
        visits = parent.visits
        run = parent.for_branch(Seat(self))
        await active.take()
        while True:
            index, item = self._next.popleft()
            run.branch = (*parent.branch, (self._name, index))
            run.inner = None  # it bears the branch before
            if parent.ledger is not None:
                run.ledger = parent.ledger.branch()
            if visits is not None:
                run.visits = visits.branch(self._visit, index)
            if scheduler is not None:
                await run.turn()
            if observer is not None:
                observer.branch_started(run.branch)
            error: Exception | None = None
            running = body(run, item, index)
            if parent.history is not None:
                run.history = parent.history.branch(index)
                running = run.history.thread.recorded(running)
            try:
                await running
            except Exception as exc:
                self._record(index, exc)
                error = exc
            if observer is not None:
                observer.branch_finished(run.branch, error)
            if (seats.waiting and seats.wanted) or not self._reserve():
                break
            if active.waiting and active.wanted:
                active.give_back()
                await active.take()
            elif index % _TOGETHER == 0 and ticker.due and scheduler is None:
                await run.pause()
        active.give_back()
        seats.give_back()

    def _ended(self, worker: asyncio.Task[None]) -> None:
        self._workers.discard(worker)
        stop = asyncio.CancelledError() if worker.cancelled() else worker.exception()
        if stop is not None and self._stop is None:
            self._stop = stop
            self._cancel()

    def _cancel(self) -> None:
        for worker in self._workers:
            worker.cancel()

    async def finish(self) -> None:
        """Waits until no worker is left, also when the run is cancelled or has to stop."""
        cancelled = None
        while self._workers:
            try:
                await asyncio.wait(self._workers)
            except asyncio.CancelledError as exc:
                cancelled = exc
                self._cancel()
        if self._charged and self.parent.ledger is not None:
            self.parent.ledger.grow(-self._charged)
        if cancelled is not None:
            raise cancelled
        if self._stop is not None:
            raise self._stop

    def raise_errors(self) -> None:
        if self._failed:
            raise unhandled_branch_error(self._errors, truncated=self._truncated)

    def _record(self, index: int, exc: Exception) -> None:
        """Notes a branch's error, in the order in which branches fail; raises what is none."""
        error = caught(exc)
        self._failed = True
        execution = self.parent.execution
        if execution.branch_errors >= execution.limits.branch_errors:
            return  # OQ-53
        execution.branch_errors += 1
        entry: dict[str, Value] = {"id": str(index), "error": None}
        if self._fits(error):
            entry["error"] = {"context": context(_FIRST_LINE, frames(exc)), "payload": error}
        else:
            self._truncated = True
        self._errors.append(entry)

    def _fits(self, error: Value) -> bool:
        """Whether the parent has room for an error; if so, it is charged with it (spec 05 §6)."""
        ledger = self.parent.ledger
        remaining = None if ledger is None else ledger.remaining()
        if ledger is None or remaining is None:
            return True
        size = measure(error)
        if size > remaining * _MEMORY_SHARE:
            return False
        ledger.grow(size)
        self._charged += size
        return True
