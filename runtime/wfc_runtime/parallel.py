"""A parallel step: in go the items and what to do with each, out comes nothing or the error map.

A few workers pull from one iterator: an iteration that waits costs nothing, not even a task.  To be
active a worker needs a seat in its step (`concurrency_limit`) and one in the execution (20 in all).
While its branch waits for a parallel step of its own, both seats are given back and one worker more
may start, so that more branches can exist than are active (spec 04 §8 rules 16 to 19).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from operator import length_hint
from typing import TYPE_CHECKING, Final

from wfc_runtime.errors import (
    parallel_nesting_error,
    type_error,
    unhandled_branch_error,
    value_error,
)
from wfc_runtime.limits import exceeded
from wfc_runtime.memory import measure
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
    started = _ParallelStep(run, step, items, body, _seats(limit))
    with run.observed(step, "parallel"):
        if run.seat is not None:
            run.seat.leave()
        await started.finish()
        if run.seat is not None:
            await run.seat.take()
        started.raise_errors()


def _seats(limit: Value) -> int | None:
    if limit is UNLIMITED:
        return None
    if type(limit) is not int:
        raise type_error(f"`concurrency_limit` must be an integer, not {word(limit)}")
    if limit <= 0:
        raise value_error(f"`concurrency_limit` must be greater than 0, not {limit}")
    return limit


class Seat:
    """One worker's right to be active."""

    __slots__ = ("_step", "_taken")

    def __init__(self, step: _ParallelStep) -> None:
        self._step = step
        self._taken = False

    async def take(self) -> None:
        """Queues for a seat in the step, then for one in the execution."""
        own, shared = self._step.seats, self._step.parent.execution.active
        if own is not None:
            await own.acquire()
        try:
            await shared.acquire()
        except asyncio.CancelledError:
            if own is not None:
                own.release()
            raise
        self._taken = True

    def give_back(self) -> None:
        if self._taken:
            self._taken = False
            self._step.parent.execution.active.release()
            if self._step.seats is not None:
                self._step.seats.release()

    def leave(self) -> None:
        """Gives the seat back while its branch waits; another worker may sit down."""
        self.give_back()
        self._step.start_worker()


class _ParallelStep:
    """One parallel step that is running: its workers, and the errors of its branches."""

    __slots__ = (
        "_body",
        "_charged",
        "_errors",
        "_failed",
        "_items",
        "_more",
        "_name",
        "_stop",
        "_truncated",
        "_waiting",
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
        limit: int | None,
    ) -> None:
        self.parent = parent
        self.seats = None if limit is None else asyncio.Semaphore(limit)
        self._name = name
        self._items = enumerate(items)
        self._body = body
        self._more = True
        self._waiting = 0
        """Workers without a seat."""
        self._workers: set[asyncio.Task[None]] = set()
        self._stop: BaseException | None = None
        """What stops the whole run rather than one branch."""
        self._failed = False
        self._errors: list[Value] = []
        self._truncated = False
        self._charged = 0
        """Bytes of recorded errors that count as the parent's."""
        most = parent.execution.limits.active
        if limit is not None:
            most = min(limit, most)
        for _ in range(min(most, length_hint(items, most))):
            self._start()

    def start_worker(self) -> None:
        """Starts one more worker where items may be left and nobody waits to take them."""
        if self._more and not self._waiting:
            self._start()

    def _start(self) -> None:
        self._waiting += 1
        worker = asyncio.create_task(self._work())
        self._workers.add(worker)
        worker.add_done_callback(self._ended)

    async def _work(self) -> None:
        seat = Seat(self)
        for index, item in self._items:  # the one iterator of all workers
            await seat.take()
            self._waiting -= 1
            try:
                await self._iterate(seat, index, item)
            finally:
                seat.give_back()
            self._waiting += 1
        self._more = False

    async def _iterate(self, seat: Seat, index: int, item: Value) -> None:
        run = self.parent.for_branch(self._name, index, seat)
        try:
            await self._body(run, item, index)
        except Exception as exc:
            self._record(index, exc)

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
