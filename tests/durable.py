"""Durable executions in tests: a journal in memory that can crash, and clocks that jump.

The journal has what a disk has: what it lost is lost, and what nobody heard of may be there.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from wfc_runtime.durable import Entry, Recorded, Started


class StillClock:
    """A virtual clock that wakes one sleeper at a time, whenever nothing else can go on.

    It is no scheduler: branches go on in the order in which asyncio lets them, as they do with the
    machine's clock.  With a seed, those who wake at the same time do so in a random order.
    """

    def __init__(self, start: float = 0.0, *, seed: int | None = None) -> None:
        self.now = start
        self.slept: list[float] = []
        self._chance = None if seed is None else Random(seed)
        self._order = count()
        self._sleeping: list[tuple[float, float, int, asyncio.Future[None]]] = []
        self._outside = 0
        self._ticking = False

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self.slept.append(seconds)
        tie = 0.0 if self._chance is None else self._chance.random()
        woken: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._sleeping, (self.now + seconds, tie, next(self._order), woken))
        self._start(loop)
        await woken

    def outside(self) -> AbstractContextManager[None]:
        return self._standing_still()

    @contextmanager
    def _standing_still(self) -> Iterator[None]:
        self._outside += 1
        try:
            yield
        finally:
            self._outside -= 1
            self._start(asyncio.get_running_loop())

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._ticking:
            self._ticking = True
            loop.call_soon(self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._sleeping and self._sleeping[0][-1].done():  # cancelled
            heapq.heappop(self._sleeping)
        self._ticking = bool(self._sleeping) and not self._outside
        if not self._ticking:
            return
        if not getattr(loop, "_ready"):  # noqa: B009  as VirtualClock does
            self.now, _, _, woken = heapq.heappop(self._sleeping)
            woken.set_result(None)
        loop.call_soon(self._tick, loop)


class GoingClock(StillClock):
    """One that goes on while a journal or a service, which has the same clock, is waited for."""

    def outside(self) -> AbstractContextManager[None]:
        return nullcontext()


@dataclass
class Kept:
    """What a journal has of one execution."""

    started: Started
    entries: list[Entry] = field(default_factory=list)
    wakes: dict[str, float] = field(default_factory=dict)


class MemoryJournal:
    """`crash` is the number of the write at which the process ends, counted from 1 in each life.

    kept    whether that write is there afterwards, though nobody was told
    lost    how many entries before it are not, since the machine had not written them yet
    """

    def __init__(self) -> None:
        self.delay: Callable[[], Awaitable[None]] | None = None
        """What passes until someone hears of a write, so that it may not be in their order."""
        self._telling: list[asyncio.Task[None]] = []
        self.runs: dict[str, Kept] = {}
        self.writes = 0
        self.crash: int | None = None
        self.kept = False
        self.lost = 0
        self.crashed: asyncio.Future[None] | None = None

    def live(self, crash: int | None = None, *, kept: bool = False, lost: int = 0) -> None:
        """Begins a life; `crashed` is done when it ends before its time."""
        self.writes, self.crash, self.kept, self.lost = 0, crash, kept, lost
        self.crashed = asyncio.get_running_loop().create_future()

    async def load(self, execution: str) -> Recorded | None:
        run = self.runs.get(execution)
        if run is None:
            return None
        return Recorded(run.started, tuple(run.entries), dict(run.wakes))

    def begin(self, execution: str, started: Started) -> asyncio.Future[None]:
        def write() -> None:
            self.runs[execution] = Kept(started)

        return self._write(execution, write)

    def commit(self, execution: str, entry: Entry) -> asyncio.Future[None]:
        def write() -> None:
            run = self.runs[execution]
            assert entry.number == len(run.entries) + 1
            run.entries.append(entry)

        return self._write(execution, write)

    def start_sleep(self, execution: str, key: str, wake: float) -> asyncio.Future[None]:
        def write() -> None:
            self.runs[execution].wakes[key] = wake

        return self._write(execution, write)

    def _write(self, execution: str, write: Any) -> asyncio.Future[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.writes += 1
        if self.crash is not None and self.writes >= self.crash:
            if self.writes == self.crash:
                if self.kept:
                    write()
                elif self.lost and execution in self.runs:
                    del self.runs[execution].entries[-self.lost :]
            if self.crashed is not None and not self.crashed.done():
                self.crashed.set_result(None)
            return done  # nobody is ever told
        write()
        if self.delay is None:
            done.set_result(None)
        else:
            self._telling.append(asyncio.ensure_future(self._tell(done, self.delay())))
        return done

    async def _tell(self, done: asyncio.Future[None], delay: Awaitable[None]) -> None:
        await delay
        if not done.done():
            done.set_result(None)
