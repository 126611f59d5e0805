"""The clock and the timers of a machine, for tests: time passes when a test lets it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

SECOND = 1_000_000_000


class MachineClock:
    """Is a `times.Now`; its `wait` is an `alarms.Wait`."""

    def __init__(self, text: str = "2026-11-26T10:00") -> None:
        self._time = nanoseconds(text)
        self._timer = 0.0
        """What timers go by: seconds, not those in which the machine is suspended."""
        self._waiting: list[tuple[float, asyncio.Future[None]]] = []

    def __call__(self) -> int:
        return self._time

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._timer + seconds, woken))
        waiting = asyncio.ensure_future(event.wait())
        both: list[asyncio.Future[Any]] = [woken, waiting]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in both:
                one.cancel()

    async def run(self, until: str) -> None:
        """Lets time pass, and timers run out, until the clock shows a time."""
        await settled()
        while True:
            left = (nanoseconds(until) - self._time) / SECOND
            self._waiting = [one for one in self._waiting if not one[1].done()]
            timer, woken = min(self._waiting, key=lambda one: one[0], default=(None, None))
            if timer is None or woken is None or timer - self._timer > left:
                break
            self._time += round((timer - self._timer) * SECOND)
            self._timer = timer
            woken.set_result(None)
            await settled()
        self._time += round(left * SECOND)
        self._timer += left

    def set(self, text: str) -> None:
        """Shows another time: somebody has set it, or the machine was suspended."""
        self._time = nanoseconds(text)


def nanoseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND


async def settled() -> None:
    """Returns when whatever could go on without time has done so."""
    for _ in range(20):
        await asyncio.sleep(0)
