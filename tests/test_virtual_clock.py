"""The clock for tests of workflows: waiting takes no time and always goes the same way."""

from __future__ import annotations

import asyncio
import time

from wfc_runtime.testing import VirtualClock


def test_sleepers_wake_by_time_and_then_in_the_order_in_which_they_fell_asleep() -> None:
    async def scenario() -> list[tuple[str, float]]:
        clock = VirtualClock(100.0)
        woken: list[tuple[str, float]] = []

        async def sleeper(name: str, *naps: float) -> None:
            for nap in naps:
                await clock.sleep(nap)
            woken.append((name, clock.time()))

        await asyncio.gather(
            sleeper("a", 3600), sleeper("b", 1, 1), sleeper("c", 2), sleeper("d", 0)
        )
        return woken

    started = time.monotonic()
    assert asyncio.run(scenario()) == [("d", 100.0), ("c", 102.0), ("b", 102.0), ("a", 3700.0)]
    assert time.monotonic() - started < 60


def test_time_stands_still_while_anything_can_run() -> None:
    async def scenario() -> list[float]:
        clock = VirtualClock()
        seen: list[float] = []

        async def busy() -> None:
            for _ in range(50):
                await asyncio.sleep(0)
                seen.append(clock.time())

        await asyncio.gather(clock.sleep(10), busy())
        return [*seen, clock.time()]

    assert asyncio.run(scenario()) == [0.0] * 50 + [10.0]


def test_a_sleeper_that_is_cancelled_is_not_waited_for() -> None:
    async def scenario() -> float:
        clock = VirtualClock()
        task = asyncio.create_task(clock.sleep(1000))
        await asyncio.sleep(0)
        task.cancel()
        await clock.sleep(5)
        return clock.time()

    assert asyncio.run(scenario()) == 5.0


def test_every_sleep_is_noted() -> None:
    async def scenario() -> list[float]:
        clock = VirtualClock()
        await clock.sleep(1)
        await clock.sleep(0.5)
        return clock.slept

    assert asyncio.run(scenario()) == [1, 0.5]
