"""Turns for branches that compute without ever waiting: in go busy branches, out come short slices.

Generated code asks on the back edges of its loops:

    if run.ticker.due:
        await run.pause()

`due` is set by a thread, since a busy branch lets no timer of the event loop run.  Of all branches
that pause, one goes on in every other cycle of the loop, so that what else is ready runs in between
(with `asyncio.sleep(0)` all of them would go on in one cycle).  While some wait for that, `due`
stays set: a branch that wakes meanwhile queues behind them as soon as it computes.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from threading import Event, Lock, Thread
from typing import Protocol, runtime_checkable
from weakref import WeakKeyDictionary

from wfc_runtime.observer import BranchPath

SLICE = 0.002
"""Seconds after which a busy branch is asked to pause.  To set `due` the thread needs the
interpreter's lock, which takes another 5 ms (`sys.getswitchinterval`)."""


class Ticker(Protocol):
    """Lets busy branches take turns."""

    @property
    def due(self) -> bool:
        """Whether a busy branch should pause now."""

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
    """The ticker of an event loop; it has a thread from the first pause that is needed to the last
    `leave`.
    """

    __slots__ = ("_asked", "_paused", "_since", "_stays", "_thread", "_users", "due")

    def __init__(self) -> None:
        self.due = True
        """True until there is a thread: what leaves the loop its turn in time needs none."""
        self._paused: deque[asyncio.Future[None]] = deque()
        self._asked: Event
        """Made with the thread, as it takes long to make."""
        self._stays: Lock
        """The thread's, held as long as it is to stay."""
        self._thread: Thread | None = None
        self._since = 0.0
        """When the first pause of this cycle of the loop was asked for, and was not needed yet."""
        self._users = 0

    def enter(self) -> None:
        """Counts one more execution."""
        self._users += 1

    def leave(self) -> None:
        """Ends the thread when no execution is left."""
        self._users -= 1
        if self._users or self._thread is None:
            return
        self._stays.release()
        self._asked.set()
        self._thread.join()
        self._thread = None
        self.due = True

    async def pause(self, branch: BranchPath) -> None:
        if self._thread is None:
            now = time.perf_counter()
            if not self._since:
                self._since = now
                asyncio.get_running_loop().call_soon(self._forget)
            if now - self._since < SLICE:
                return
            self._asked = Event()
            self._stays = Lock()
            self._stays.acquire()
            self._thread = Thread(target=self._tick, name="wfc ticker", daemon=True)
            self._thread.start()
        loop = asyncio.get_running_loop()
        resumed = loop.create_future()
        self._paused.append(resumed)
        if len(self._paused) == 1:
            loop.call_soon(self._resume, loop)
        await resumed
        self.due = False
        self._asked.set()

    def _forget(self) -> None:
        """The loop has come to its next cycle: nobody has kept it for long."""
        self._since = 0.0

    def _resume(self, loop: asyncio.AbstractEventLoop) -> None:
        """Lets one branch go on, and the next one two cycles later: waking takes two."""
        resumed = self._paused.popleft()
        if not resumed.done():  # a cancelled one is
            resumed.set_result(None)
        if self._paused:
            loop.call_soon(loop.call_soon, self._resume, loop)

    def _tick(self) -> None:
        while not self._stays.acquire(timeout=SLICE):
            if not self.due:
                self.due = True
                continue
            self._asked.clear()
            if self.due and self._stays.locked():  # nobody has paused since: nobody computes
                self._asked.wait()


_tickers: WeakKeyDictionary[asyncio.AbstractEventLoop, LoopTicker] = WeakKeyDictionary()


def loop_ticker() -> LoopTicker:
    """The ticker that all executions in the running event loop share."""
    loop = asyncio.get_running_loop()
    ticker = _tickers.get(loop)
    if ticker is None:
        ticker = _tickers[loop] = LoopTicker()
    return ticker
