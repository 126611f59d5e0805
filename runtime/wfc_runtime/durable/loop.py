"""The event loop inside a durable execution: it runs what is ready, in order, and knows no world.

It has no timers, no files and no threads, so that what the tasks in it do follows from nothing but
what is delivered to them, one thing at a time (as in Temporal's Python SDK).  When nothing is ready
every task of the execution is blocked.
"""

from __future__ import annotations

import asyncio
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, NoReturn, TypeVar

_T = TypeVar("_T")


def _refused(what: str) -> Callable[..., NoReturn]:
    def refuse(*args: object, **options: object) -> NoReturn:
        raise RuntimeError(f"nothing inside a durable execution may use {what}")

    return refuse


class InnerLoop(asyncio.AbstractEventLoop):
    """What is not here raises NotImplementedError: inside an execution there is no such thing."""

    __slots__ = ("_ready", "bug")

    def __init__(self) -> None:
        self._ready: deque[asyncio.Handle] | None = None
        """Nothing but while there is something: an empty deque takes 0.7 KB, and most wait."""
        self.bug: BaseException | None = None
        """What a callback raised, or a task that nobody waited for; never a workflow's error."""

    def run_ready(self, at_most: int) -> bool:
        """Runs callbacks in their order; whether every task is blocked then.

        May be called from any thread, though never from two at one time, and where another loop
        runs, though not from within one of its tasks.
        """
        before = events._get_running_loop()
        events._set_running_loop(self)
        try:
            while self._ready and at_most:
                at_most -= 1
                handle = self._ready.popleft()
                if not handle._cancelled:
                    handle._run()
            if self._ready:
                return False
            self._ready = None
            return True
        finally:
            events._set_running_loop(before)

    # what futures and tasks need

    def call_soon(  # type: ignore[override]  # its arguments have types that nothing here needs
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        if self._ready is None:
            self._ready = deque()
        self._ready.append(handle)
        return handle

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    # coroutines are all that is made a task of here, where asyncio takes generators as well
    def create_task(self, coro: Coroutine[Any, Any, _T], **options: Any) -> asyncio.Task[_T]:  # type: ignore[override]
        return asyncio.Task(coro, loop=self, **options)

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return events._get_running_loop() is self

    def is_closed(self) -> bool:
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        exception = context.get("exception")
        if self.bug is None and isinstance(exception, BaseException):
            self.bug = exception

    # what would let in the world

    call_later: Any = _refused("a timer: only the clock of its run waits")
    call_at: Any = call_later
    call_soon_threadsafe: Any = _refused("another thread: what comes from outside is delivered")
    run_in_executor: Any = call_soon_threadsafe


def inner_loop() -> InnerLoop:
    return InnerLoop()  # type: ignore[abstract]  # what is missing is missing on purpose
