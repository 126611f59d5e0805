"""For tests of workflows: a clock whose waiting takes no time."""

from __future__ import annotations

import asyncio
from heapq import heappop, heappush
from itertools import count


class VirtualClock:
    """Time that stands still while anything can run, then jumps to the next wake-up.

    Sleepers wake one at a time, by wake-up time and then in the order in which they fell asleep, so
    a run under this clock always goes the same way.  Work outside the event loop, such as an http
    request, is not waited for before the time jumps.
    """

    __slots__ = ("_now", "_order", "_sleepers", "_ticking", "slept")

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._ticking = False
        self.slept: list[float] = []
        """Every sleep asked for, in seconds, in the order in which they began."""

    def time(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self.slept.append(seconds)
        awake: asyncio.Future[None] = loop.create_future()
        heappush(self._sleepers, (self._now + seconds, next(self._order), awake))
        if not self._ticking:
            self._ticking = True
            loop.call_soon(self._tick, loop)
        await awake

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wakes the next sleeper once nothing else is ready to run."""
        while self._sleepers and self._sleepers[0][2].cancelled():
            heappop(self._sleepers)
        if self._sleepers and not _ready(loop):
            self._now, _, awake = heappop(self._sleepers)
            awake.set_result(None)
        self._ticking = bool(self._sleepers)
        if self._ticking:
            loop.call_soon(self._tick, loop)


def _ready(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether callbacks wait in the loop: asyncio has no public way to ask."""
    return bool(getattr(loop, "_ready"))  # noqa: B009
