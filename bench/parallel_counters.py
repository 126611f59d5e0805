"""Prints what 1,000 iterations of a parallel loop with counters cost, beside asyncio by hand.

python -m bench.parallel_counters

By hand is what people write: one task an iteration, and a semaphore of 20.  Both count the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from bench.compiled import workflow
from bench.measure import Samples, cpu, interleaved, machine, table

ITERATIONS, REPEATED, ROUNDS = 1_000, 5, 31
GOAL = 0.3  # of one task an iteration


def _loop(*steps: dict[str, Any]) -> dict[str, Any]:
    counters = {"count": 0, "sum": 0}
    loop = {"value": "i", "range": [1, ITERATIONS], "steps": list(steps)}
    return {
        "main": {
            "steps": [
                {"init": {"assign": [{name: value} for name, value in counters.items()]}},
                {"fan": {"parallel": {"shared": list(counters), "for": loop}}},
                {"done": {"return": "${[count, sum]}"}},
            ]
        }
    }


COUNT = {"count_it": {"assign": [{"count": "${count + 1}"}, {"sum": "${sum + i}"}]}}
REST = {"rest": {"call": "sys.sleep", "args": {"seconds": 0}}}


async def _by_hand(waits: bool) -> list[int]:
    count = total = 0
    seats = asyncio.Semaphore(20)

    async def iteration(i: int) -> None:
        nonlocal count, total
        async with seats:
            if waits:
                await asyncio.sleep(0)
            count += 1
            total += i

    async with asyncio.TaskGroup() as group:
        for i in range(1, ITERATIONS + 1):
            group.create_task(iteration(i))
    return [count, total]


def main() -> None:
    print(machine(), end="\n\n")
    rows = []
    for name, waits in (("counting", False), ("counting after sys.sleep: 0", True)):
        compiled = workflow(_loop(*([REST] if waits else []), COUNT))
        assert asyncio.run(compiled.run()) == asyncio.run(_by_hand(waits))
        measured = interleaved(
            {
                "wfc": partial(cpu, partial(_in_a_loop, compiled.run)),
                "by hand": partial(cpu, partial(_in_a_loop, partial(_by_hand, waits))),
            },
            ROUNDS,
        )
        ours, theirs = measured["wfc"], measured["by hand"]
        rows.append((name, *map(_ms, (ours, theirs)), f"{ours.ratio(theirs):.2f}", f"{GOAL:.2f}"))
    print(table(("CPU of 1,000 iterations, ms", "wfc", "by hand", "ratio", "goal"), rows))


def _in_a_loop(run: Callable[[], Awaitable[object]]) -> None:
    asyncio.run(_several(run))


async def _several(run: Callable[[], Awaitable[object]]) -> None:
    for _ in range(REPEATED):
        await run()


def _ms(samples: Samples) -> str:
    return f"{samples.median / REPEATED * 1000:.2f}"


if __name__ == "__main__":
    main()
