"""The clock for tests of workflows: waiting takes no time and always goes the same way."""

from __future__ import annotations

import asyncio
import time

from wfc_runtime.clock import within
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


def test_time_stands_still_while_something_outside_is_waited_for() -> None:
    async def scenario() -> list[tuple[str, float]]:
        clock = VirtualClock()
        seen: list[tuple[str, float]] = []

        async def request() -> None:
            with clock.outside():
                await asyncio.to_thread(int)  # the loop has nothing to do until it is done
            seen.append(("answer", clock.time()))

        async def sleeper() -> None:
            await clock.sleep(10)
            seen.append(("slept", clock.time()))

        await asyncio.gather(sleeper(), request(), request())
        await sleeper()
        return seen

    expected = [("answer", 0.0), ("answer", 0.0), ("slept", 10.0), ("slept", 20.0)]
    assert asyncio.run(scenario()) == expected


def test_a_deadline_lets_pass_what_is_done_at_its_very_moment() -> None:
    async def scenario() -> list[object]:
        clock = VirtualClock()

        async def work(seconds: float) -> str:
            await clock.sleep(seconds)
            return "done"

        outcomes: list[object] = []
        for seconds in (4, 5, 6):
            task = asyncio.create_task(work(seconds))
            await asyncio.sleep(0)
            try:
                outcomes.append((await within(clock.sleep(5), task), clock.time()))
            except TimeoutError:
                outcomes.append((clock.time(), task.done()))
                assert await task == "done"  # it went on
        return [*outcomes, len(asyncio.all_tasks())]

    assert asyncio.run(scenario()) == [("done", 4.0), ("done", 9.0), (14.0, False), 1]
