"""Busy branches take turns: none starves the others, none leaves a thread behind."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from tests.compiled import load, workflow
from tests.running import at_most

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.testing import VirtualClock
from wfc_runtime.ticker import SLICE, LoopTicker

Steps = list[dict[str, Any]]


def compiled(steps: Steps, **routines: Any) -> wf.Workflow:
    text = json.dumps({"main": {"steps": steps}, **routines})
    module = compile_source(Source("busy.json", text), layout=False).module
    assert module is not None
    made: wf.Workflow = load(module).workflow
    return made


def beside_a_sleeper(busy: Steps, **routines: Any) -> wf.Workflow:
    """A workflow with a branch that computes until a branch that sleeps has set `done`."""
    sleep = {"sleep": {"call": "sys.sleep", "args": {"seconds": 0.001}}}
    done = {"tell": {"assign": [{"done": True}]}}
    branches = [{"busy": {"steps": busy}}, {"sleeper": {"steps": [sleep, done]}}]
    fan = {"parallel": {"shared": ["done", "n"], "branches": branches}}
    start = {"start": {"assign": [{"done": False}, {"n": 0}]}}
    return compiled([start, {"fan": fan}, {"end": {"return": "${done}"}}], **routines)


UNTIL_DONE = [{"look": {"switch": [{"condition": "${not done}", "next": "look"}]}}]
ENDLESS_FOR = [
    {
        "count": {
            "for": {
                "value": "i",
                "range": [1, 10**12],
                "steps": [{"look": {"switch": [{"condition": "${done}", "next": "break"}]}}],
            }
        }
    }
]
CROSSING = [  # a loop with two entries, which runs by the names of its steps
    {"enter": {"switch": [{"condition": "${n > 0}", "next": "look"}]}},
    {"count": {"assign": [{"n": "${n + 1}"}]}},
    {"look": {"switch": [{"condition": "${not done}", "next": "count"}]}},
]
CALLING = [
    {"work": {"assign": [{"found": "${long()}"}]}},
    {"more": {"switch": [{"condition": "${not done}", "next": "work"}]}},
]
COUNTING = {"value": "i", "range": [1, 300], "steps": [{"keep": {"assign": [{"kept": "${i}"}]}}]}
LONG = {"steps": [{"count": {"for": COUNTING}}, {"answer": {"return": 1}}]}


@pytest.mark.parametrize("busy", [UNTIL_DONE, ENDLESS_FOR, CROSSING, CALLING])
@pytest.mark.usefixtures("loop")
def test_a_branch_that_never_waits_lets_the_others_go_on(busy: Steps) -> None:
    made = beside_a_sleeper(busy, **({"long": LONG} if busy is CALLING else {}))
    with at_most(30):
        assert asyncio.run(made.run()) is True


@pytest.mark.usefixtures("loop")
def test_items_that_never_wait_let_other_branches_go_on() -> None:
    """The items of one worker, which no loop of the workflow goes over."""

    async def main(run: wf.Run) -> int:
        seen = 0

        async def item(run: wf.Run, value: Any, index: int) -> None:
            nonlocal seen
            seen += 1

        async def items(run: wf.Run) -> None:
            await run.parallel_for("items", wf.span(1, 200_000), item)

        meanwhile = 0

        async def sleeper(run: wf.Run) -> None:
            nonlocal meanwhile
            await run.sleep("sleep", 0.001)
            meanwhile = seen

        await run.parallel("fan", [items, sleeper])
        return meanwhile

    with at_most(60):
        assert asyncio.run(workflow(main).run()) < 200_000


@pytest.mark.usefixtures("loop")
def test_no_thread_is_left_when_the_last_execution_ends() -> None:
    made = beside_a_sleeper(UNTIL_DONE)

    async def two() -> None:
        await asyncio.gather(made.run(), made.run())

    asyncio.run(two())
    asyncio.run(made.run())
    assert _threads() == []


@pytest.mark.parametrize(("passed", "started"), [(0.9, 0), (1.0, 1)])
@pytest.mark.usefixtures("loop")
def test_a_workflow_that_is_not_busy_for_long_starts_no_thread(
    monkeypatch: pytest.MonkeyPatch, passed: float, started: int
) -> None:
    """`passed` is the part of a slice that goes by between two pauses in one cycle of the loop."""
    seen, times = list[int](), iter((SLICE, SLICE + passed * SLICE))
    clock = SimpleNamespace(perf_counter=times.__next__)
    monkeypatch.setattr("wfc_runtime.ticker.time", clock)

    async def main(run: wf.Run) -> None:
        async def branch(run: wf.Run) -> None:
            if run.ticker.due:
                await run.pause()
            seen.append(len(_threads()))

        await run.parallel("fan", [branch, branch])

    asyncio.run(workflow(main).run())
    assert seen == [0, started]


def _threads() -> list[threading.Thread]:
    """Those of tickers: others come and go by themselves."""
    return [thread for thread in threading.enumerate() if thread.name == "wfc ticker"]


async def _busy_ticker() -> LoopTicker:
    """A ticker that somebody has kept busy for longer than a slice, so that it has a thread."""
    ticker = LoopTicker()
    ticker.enter()
    while not _threads():
        await ticker.pause(())
    return ticker


async def _cycles(pause: Callable[[], Awaitable[None]], branches: int) -> list[int]:
    """In how many different cycles of the loop that many pausing branches go on."""
    loop, cycle = asyncio.get_running_loop(), 0
    seen: list[int] = []

    def count() -> None:
        nonlocal cycle
        cycle += 1
        loop.call_soon(count)

    async def branch() -> None:
        await pause()
        seen.append(cycle)

    loop.call_soon(count)
    await asyncio.gather(*(branch() for _ in range(branches)))
    return seen


@pytest.mark.usefixtures("loop")
def test_of_many_paused_branches_one_goes_on_in_each_cycle_of_the_loop() -> None:
    async def scenario() -> list[int]:
        ticker = await _busy_ticker()
        try:
            return await _cycles(lambda: ticker.pause(()), 10)
        finally:
            ticker.leave()

    cycles = asyncio.run(scenario())
    assert len(set(cycles)) == 10
    assert len(set(asyncio.run(_cycles(lambda: asyncio.sleep(0), 10)))) == 1


@pytest.mark.usefixtures("loop")
def test_a_paused_branch_that_is_cancelled_holds_up_no_other() -> None:
    async def scenario() -> str:
        ticker = await _busy_ticker()
        first = asyncio.create_task(ticker.pause(()))
        second = asyncio.create_task(ticker.pause(()))
        await asyncio.sleep(0)
        first.cancel()
        await second
        ticker.leave()
        return "done"

    assert asyncio.run(scenario()) == "done"


@pytest.mark.parametrize(("seed", "interrupted"), [(None, False), (1, True)])
def test_under_the_virtual_clock_only_a_seed_interrupts_busy_branches(
    seed: int | None, interrupted: bool
) -> None:
    order: list[str] = []

    async def main(run: wf.Run) -> None:
        async def busy(run: wf.Run, name: Any, index: int) -> None:
            for _ in range(50):
                if run.ticker.due:
                    await run.pause()
                order.append(name)

        await run.parallel_for("fan", ["a", "b"], busy)

    asyncio.run(workflow(main).run(clock=VirtualClock(seed=seed)))
    assert (order != sorted(order)) == interrupted
