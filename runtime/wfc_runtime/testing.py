"""For tests of workflows: a clock whose waiting takes no time, and a choice of who goes on.

    result = await order.run(args, clock=VirtualClock())          always the same way
    result = await order.run(args, clock=VirtualClock(seed=7))    another way, which 7 stands for

A workflow whose result is the same for every seed does not depend on the order of its branches.
"""

from __future__ import annotations

import asyncio
from itertools import count
from random import Random
from typing import NamedTuple

from wfc_runtime.observer import BranchPath

_SWITCHES = 0.25
"""How often a busy branch that could let others go on does so, under a seed."""


class _Ready(NamedTuple):
    """A branch that can go on at some time; `order` counts them as they came."""

    time: float
    order: int
    branch: BranchPath
    chosen: asyncio.Future[None]


class VirtualClock:
    """Time that stands still while anything can run, then jumps to the next wake-up.

    It is also the scheduler of the execution: one branch runs until it waits, then the next one is
    chosen among those that can go on.  Without a seed that is the one that could first, and a
    branch that never waits runs to its end.  With a seed any of them may be next, and a busy branch
    may be interrupted in each round of its loops.

    Work outside the event loop, such as an http request, is not waited for before the time jumps.
    """

    __slots__ = ("_chance", "_now", "_order", "_ready", "_ticking", "due", "slept")

    def __init__(self, start: float = 0.0, *, seed: int | None = None) -> None:
        self._now = start
        self._chance = None if seed is None else Random(seed)
        self._order = count()
        self._ready: list[_Ready] = []
        self._ticking = False
        self.due = seed is not None
        """Asks busy branches to pause: see `wfc_runtime.ticker`."""
        self.slept: list[float] = []
        """Every sleep asked for, in seconds, in the order in which they began."""

    def time(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        await self.wait((), seconds)

    async def wait(self, branch: BranchPath, seconds: float) -> None:
        self.slept.append(seconds)
        await self._until(self._now + seconds, branch)

    async def turn(self, branch: BranchPath) -> None:
        await self._until(self._now, branch)

    async def pause(self, branch: BranchPath) -> None:
        if self._chance is not None and self._chance.random() < _SWITCHES:
            await self.turn(branch)

    async def _until(self, time: float, branch: BranchPath) -> None:
        loop = asyncio.get_running_loop()
        ready = _Ready(time, next(self._order), branch, loop.create_future())
        self._ready.append(ready)
        if not self._ticking:
            self._ticking = True
            loop.call_soon(self._tick, loop)
        await ready.chosen

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        """Lets the next branch go on once nothing else is ready to run."""
        self._ready = [ready for ready in self._ready if not ready.chosen.cancelled()]
        if self._ready and not _busy(loop):
            chosen = self._next()
            self._ready.remove(chosen)
            self._now = chosen.time
            chosen.chosen.set_result(None)
        self._ticking = bool(self._ready)
        if self._ticking:
            loop.call_soon(self._tick, loop)

    def _next(self) -> _Ready:
        earliest = min(self._ready)
        if self._chance is None:
            return earliest
        # by branch, not as they came: the choice depends on nothing but the seed
        together = [ready for ready in self._ready if ready.time == earliest.time]
        return self._chance.choice(sorted(together, key=lambda ready: (ready.branch, ready.order)))


def _busy(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether callbacks wait in the loop: asyncio has no public way to ask."""
    return bool(getattr(loop, "_ready"))  # noqa: B009
