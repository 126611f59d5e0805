"""Turns for branches that compute without ever waiting: in go busy branches, out come short slices.

Generated code asks on the back edges of its loops:

    if run.ticker.due:
        await run.pause()

`due` is set by a thread, since a busy branch lets no timer of the event loop run.  Of all branches
that pause, one goes on in each cycle of the loop, so that whatever else is ready runs in between
(with `asyncio.sleep(0)` all of them would go on in one cycle).
"""

from __future__ import annotations

import asyncio
from collections import deque
from threading import Event, Thread
from typing import Protocol, runtime_checkable
from weakref import WeakKeyDictionary

from wfc_runtime.observer import BranchPath

SLICE = 0.005
"""Seconds after which a busy branch is asked to pause.  To set `due` the thread needs the
interpreter's lock, which takes up to another 5 ms (`sys.getswitchinterval`)."""


class Ticker(Protocol):
    """`due` says that a busy branch should pause now."""

    due: bool

    async def pause(self, branch: BranchPath) -> None:
        """Lets others go on; returns when it is this branch's turn again."""


@runtime_checkable
class Scheduler(Ticker, Protocol):
    """A clock that decides which of the branches that can go on does so, one at a time.

    An execution with such a clock passes every point at which a branch goes on to it
    (`wfc_runtime.testing.VirtualClock` is one).
    """

    async def turn(self, branch: BranchPath) -> None:
        """Returns when the branch, which could go on, may go on."""

    async def wait(self, branch: BranchPath, seconds: float) -> None:
        """Returns when `seconds` have passed and the branch may go on."""


class LoopTicker:
    """The ticker of an event loop; its thread runs from the first pause to the last `leave`."""

    __slots__ = ("_asked", "_ended", "_paused", "_thread", "_users", "due")

    def __init__(self) -> None:
        self.due = True
        """True before the first pause: what never computes for long needs no thread."""
        self._paused: deque[asyncio.Future[None]] = deque()
        self._asked = Event()
        self._ended = Event()
        self._thread: Thread | None = None
        self._users = 0

    def enter(self) -> LoopTicker:
        self._users += 1
        return self

    def leave(self) -> None:
        """Ends the thread when no execution is left."""
        self._users -= 1
        if self._users or self._thread is None:
            return
        self._ended.set()
        self._asked.set()
        self._thread.join()
        self._thread = None
        self._ended.clear()
        self.due = True

    async def pause(self, branch: BranchPath) -> None:
        self.due = False
        self._asked.set()
        if self._thread is None:
            self._thread = Thread(target=self._tick, name="wfc ticker", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        resumed = loop.create_future()
        self._paused.append(resumed)
        if len(self._paused) == 1:
            loop.call_soon(self._resume, loop)
        await resumed

    def _resume(self, loop: asyncio.AbstractEventLoop) -> None:
        """Lets one branch go on, and the next one in the next cycle."""
        resumed = self._paused.popleft()
        if not resumed.done():  # a cancelled one is
            resumed.set_result(None)
        if self._paused:
            loop.call_soon(self._resume, loop)

    def _tick(self) -> None:
        while not self._ended.is_set():
            self._asked.wait()
            self._asked.clear()
            self._ended.wait(SLICE)
            self.due = True


_tickers: WeakKeyDictionary[asyncio.AbstractEventLoop, LoopTicker] = WeakKeyDictionary()


def loop_ticker() -> LoopTicker:
    """The ticker that all executions in the running event loop share."""
    loop = asyncio.get_running_loop()
    if loop not in _tickers:
        _tickers[loop] = LoopTicker()
    return _tickers[loop]
