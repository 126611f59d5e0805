"""Alarms by the machine's clock, which may be set, or stand still while the machine sleeps."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Hashable
from contextlib import suppress
from heapq import heapify, heappop, heappush
from typing import Final, Generic, Protocol, TypeVar

from wfc_service.times import Nanoseconds, Now

_log = logging.getLogger(__name__)

_T = TypeVar("_T", bound=Hashable)

LONGEST: Final = 30.0
"""Seconds after which the clock is looked at again, whatever is due: timers do not hear of it when
it is set, and do not run while a machine is suspended."""


_SPARE: Final = 100
"""Alarms that do not hold any more and are not worth looking for."""


class Wait(Protocol):
    """Waits until an event is set, at most so many seconds."""

    async def __call__(self, event: asyncio.Event, seconds: float) -> None: ...


async def wait_for(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


class Alarms(Generic[_T]):
    """Calls `ring` with what an alarm is for, when its time has come; one alarm for each.

    `set_back` is called when the clock shows an earlier time than before.
    """

    def __init__(
        self,
        ring: Callable[[_T], None],
        now: Now,
        wait: Wait = wait_for,
        set_back: Callable[[], None] = lambda: None,
    ) -> None:
        self._ring = ring
        self._now = now
        self._wait = wait
        self._set_back = set_back
        self._times: dict[_T, Nanoseconds] = {}
        self._heap: list[tuple[Nanoseconds, int, _T]] = []
        """With some that do not hold any more: those of `_times` do."""
        self._count = 0
        self._latest = 0
        self._changed = asyncio.Event()

    def set(self, what: _T, time: Nanoseconds) -> None:
        """Sets the alarm, which rings at once where its time has gone by."""
        if len(self._heap) > 2 * len(self._times) + _SPARE:
            self._heap = [one for one in self._heap if self._holds(one)]
            heapify(self._heap)
        self._times[what] = time
        self._count += 1  # two with the same time need not be comparable
        heappush(self._heap, (time, self._count, what))
        self._changed.set()

    def drop(self, what: _T) -> None:
        """Takes the alarm back, if there is one."""
        self._times.pop(what, None)

    @property
    def first(self) -> Nanoseconds | None:
        """The time of the next alarm."""
        while self._heap and not self._holds(self._heap[0]):
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    async def run(self) -> None:
        """Rings, until it is cancelled."""
        while True:
            self._changed.clear()
            try:
                self._look()
            except Exception:  # a bug, which is logged: all other alarms are to ring
                _log.exception("an alarm has failed")
            await self._wait(self._changed, self._seconds())

    def _holds(self, alarm: tuple[Nanoseconds, int, _T]) -> bool:
        time, _, what = alarm
        return self._times.get(what) == time

    def _look(self) -> None:
        now = self._now()
        back, self._latest = now < self._latest, now
        if back:
            self._set_back()
        while (first := self.first) is not None and first <= now:
            _, _, what = heappop(self._heap)
            del self._times[what]
            self._ring(what)

    def _seconds(self) -> float:
        """Until the next alarm."""
        first = self.first
        return LONGEST if first is None else min(max(first - self._now(), 0) / 1e9, LONGEST)
