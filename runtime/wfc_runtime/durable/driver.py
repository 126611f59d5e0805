"""The durable driver: a compiled workflow, its journal and the world, and what goes between them.

    what happens                     a response, the end of a sleep, a callback, a cancellation
    → the next number of the execution → the journal
    → once it is durable, in the order of the numbers: the workflow, when it is blocked (inside.py)
    → what the workflow asks for then is started (effects.py)

What a journal has already is delivered first, by the same way; until that is done nothing is
started, so that only what has not ended in an earlier life is done again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Protocol

from wfc_runtime.callbacks import Endpoint
from wfc_runtime.clock import Clock
from wfc_runtime.durable.client import Client
from wfc_runtime.durable.commits import Commits
from wfc_runtime.durable.effects import Effects
from wfc_runtime.durable.inbox import Inbox
from wfc_runtime.durable.inside import Asked, Delivery, Inside
from wfc_runtime.durable.journal import Recorded, Writer
from wfc_runtime.durable.outcome import Outcome, outcome_of
from wfc_runtime.durable.visits import idempotency_key
from wfc_runtime.errors import ResourceLimit, WorkflowError
from wfc_runtime.values import Value


class Threads(Protocol):
    """Where workflows run when they are not to keep the event loop waiting."""

    def submit(
        self, work: Callable[[], bool], done: Callable[[bool, BaseException | None], None]
    ) -> None:
        """Does `work` in a thread; then calls `done` in the event loop.

        That gets what `work` returned, or true and what it raised.
        """


class DurableExecution:
    """One execution, in one life of it; belongs to the event loop in which it is made.

    `prepare` turns what is inside into the workflow's coroutine.  `threads` are those in which the
    workflow runs; without them, it runs in the loop's own.  `idempotency_keys` says whether http
    requests have a header by which repeats can be told.
    """

    __slots__ = (
        "_cancelled",
        "_clock",
        "_commits",
        "_effects",
        "_ending",
        "_failure",
        "_id",
        "_idempotency_keys",
        "_inbox",
        "_inside",
        "_is_active",
        "_is_replaying",
        "_is_scheduled",
        "_journal",
        "_loop",
        "_outcome",
        "_prepare",
        "_threads",
        "_wakes",
    )

    def __init__(
        self,
        id: str,
        recorded: Recorded,
        prepare: Callable[[Inside], Coroutine[Any, Any, Value]],
        journal: Writer,
        client: Client,
        clock: Clock,
        *,
        idempotency_keys: bool = True,
        threads: Threads | None = None,
    ) -> None:
        self._id = id
        self._prepare: Callable[[Inside], Coroutine[Any, Any, Value]] | None = prepare
        self._journal = journal
        self._clock = clock
        self._threads = threads
        self._idempotency_keys = idempotency_keys
        self._loop = asyncio.get_running_loop()
        self._wakes = dict(recorded.wakes)
        started = recorded.started
        self._inside = Inside(id, started.seed, started.time, client, self._wakes)
        self._effects = Effects(self._loop, clock, self._ended, self._wake)
        self._commits = Commits(id, journal, clock, recorded, self._deliver, self._fail)
        self._inbox = Inbox()
        ready = self._inside.ready
        ready.extend(Delivery(entry, muted=True) for entry in recorded.entries)
        if ready:
            ready[-1].muted = False  # its life may have ended before this was logged
        self._is_replaying = True
        """Whether something of an earlier life may be left to deliver."""
        self._outcome: asyncio.Future[Outcome] = self._loop.create_future()
        self._ending: Outcome | None = None
        self._failure: BaseException | None = None
        self._is_active = False
        self._is_scheduled = False
        self._cancelled = False
        known = outcome_of(recorded.entries)
        if known is not None:
            self._outcome.set_result(known)

    # what others ask of it

    def start(self) -> asyncio.Future[Outcome]:
        """Begins, or goes on; the future is done when the execution has ended and that is durable.

        It fails with DivergenceError, with what the journal raises, and with bugs of the runtime.
        Nobody may cancel it: see `stop` and `cancel`.
        """
        self._wake()
        return self._outcome

    def cancel(self) -> None:
        """Cancels the execution, at its next delivery."""
        if not self._cancelled and not self._is_over:
            self._cancelled = True
            self._commits.write("cancel")

    async def stop(self) -> None:
        """Ends this life, not the execution: a later one goes on where the journal ends.

        Requests that are on their way are given up.  The future of `start` is cancelled.
        """
        self._fail(asyncio.CancelledError())
        await asyncio.wait([self._outcome])

    async def receive(
        self,
        endpoint: str,
        method: str,
        headers: Iterable[tuple[str, str]],
        query: Iterable[tuple[str, str]],
        body: bytes,
    ) -> None:
        """Takes a request to the callback endpoint with this id; it is durable on return.

        Raises Refused: 404 for an endpoint that is not there, 405 and 429 as `Endpoint` does.
        Where this life ends first it is cancelled: the request may have been taken or not.
        """
        answer = self._inbox.put(endpoint, method, headers, query, body)
        self._wake()
        await answer

    @property
    def calls(self) -> int:
        """How many of its calls are under way."""
        return self._effects.calls

    @property
    def endpoints(self) -> Mapping[str, Endpoint]:
        """The callback endpoints that are open, by id."""
        return self._inside.endpoints

    @property
    def is_idle(self) -> bool:
        """Whether nothing of it is running or being written: it waits for the world, or is over."""
        busy = self._is_active or self._is_scheduled or not self._commits.are_durable
        return not busy and not self._inside.ready

    # turns: deliveries, and what follows from them

    @property
    def _is_over(self) -> bool:
        return self._ending is not None or self._failure is not None or self._outcome.done()

    def _wake(self) -> None:
        if not self._is_scheduled:
            self._is_scheduled = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        self._is_scheduled = False
        if self._is_active:
            return
        if self._is_over:
            self._end()
        else:
            if self._prepare is not None:
                self._inside.muted = bool(self._inside.ready)
                main, self._prepare = self._prepare(self._inside), None
                self._inside.begin(main)
            self._activate()

    def _activate(self) -> None:
        self._is_active = True
        try:
            if self._threads is not None:
                self._threads.submit(self._inside.go_on, self._rest)
                return
            is_blocked = self._inside.go_on()
        except BaseException as exc:
            self._rest(True, exc)
        else:
            self._rest(is_blocked)

    def _rest(self, is_blocked: bool, bug: BaseException | None = None) -> None:
        """What follows from what the workflow has done; a bug in that ends this life, too."""
        self._is_active = False
        if bug is not None:
            self._fail(bug)
        try:
            self._tell()
            if not self._is_over and (is_blocked or not self._is_replaying):
                self._start_effects(resumed=self._is_replaying)
                self._is_replaying = False
                if self._inside.task.done():
                    self._ended_inside()
                elif is_blocked:
                    self._inbox.sort(self._inside.endpoints, self._commits)
        except Exception as exc:
            self._fail(exc)
        if self._is_over or not is_blocked or self._inside.ready:
            self._wake()

    def _tell(self) -> None:
        """Passes on what listeners are to hear."""
        told, self._inside.told = self._inside.told, []
        for call in told:
            call()

    def _start_effects(self, *, resumed: bool) -> None:
        """Starts what is asked for; `resumed` where an earlier life may have started it already."""
        fresh, dropped = self._inside.take(self._commits)
        for key in dropped:
            self._effects.drop(key)
        for asked in fresh:
            if asked.seconds is None:
                repeats = idempotency_key(self._id, asked.key) if self._idempotency_keys else None
                self._effects.call(asked, repeats)
            else:
                self._sleep(asked, asked.seconds, resumed=resumed)

    def _sleep(self, asked: Asked, seconds: float, *, resumed: bool) -> None:
        now = self._clock.time()
        wake = self._wakes.pop(asked.key, None)
        if wake is not None:
            self._effects.sleep(asked, max(0.0, wake - now))
            return
        if resumed:  # it would have begun then, had that life lasted a moment longer
            seconds = max(0.0, seconds - max(0.0, now - asked.since))
        writing = self._journal.start_sleep(self._id, asked.key, now + seconds)
        asyncio.ensure_future(writing).add_done_callback(self._noted)
        self._effects.sleep(asked, seconds)

    def _noted(self, writing: asyncio.Future[None]) -> None:
        error = None if writing.cancelled() else writing.exception()
        if error is not None:
            self._fail(error)

    # what happens

    def _ended(self, asked: Asked, task: asyncio.Task[Value] | None) -> None:
        """A call or a sleep has ended; `task` is None for the sleeps of the machine's clock."""
        if self._is_over:
            return
        key, what, write = asked.key, asked.what, self._commits.write
        error = None
        if task is not None:
            error = asyncio.CancelledError() if task.cancelled() else task.exception()
        if isinstance(error, WorkflowError):
            write("failed", key, what, error.payload)
        elif isinstance(error, ResourceLimit):
            write("limit", key, what, [error.payload["message"], error.silent])
        elif error is not None:
            self._fail(error)
        elif task is None or asked.seconds is not None:
            write("slept", key, what)
        else:
            write("done", key, what, task.result())

    def _deliver(self, delivery: Delivery) -> None:
        """An entry is durable, as are all before it."""
        if self._ending is None:
            self._inside.ready.append(delivery)
        self._wake()

    def _ended_inside(self) -> None:
        """The workflow has returned, failed, or been cancelled."""
        task, time = self._inside.task, self._commits.now()
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, WorkflowError):
            self._fail(error)
            return
        if task.cancelled():
            self._ending = Outcome("CANCELLED", time)
        elif error is None:
            self._ending = Outcome("SUCCEEDED", time, result=task.result())
        else:
            self._ending = Outcome("FAILED", time, error=error)
        self._effects.drop_all()
        self._commits.end(self._ending)

    def _fail(self, bug: BaseException) -> None:
        """This life ends without an outcome."""
        if self._failure is None and not self._outcome.done():
            self._failure = bug
            self._effects.drop_all()
            self._wake()

    def _end(self) -> None:
        """Tells how it ended once nothing is under way any more."""
        if self._failure is None:
            self._inbox.refuse()
        else:
            self._inbox.give_up()
        if self._outcome.done() or not self._effects.are_over:
            return
        if self._failure is not None:
            self._commits.give_up()
            self._inside.release()
            if isinstance(self._failure, asyncio.CancelledError):
                self._outcome.cancel()
            else:
                self._outcome.set_exception(self._failure)
        elif self._ending is not None and self._commits.are_durable:
            self._outcome.set_result(self._ending)
        if self._outcome.done():
            self._effects.close()  # or this would be left to the garbage collector, in its own time
            self._commits.close()
