"""Prints how late an event loop is that shares its thread with 20 branches that only compute.

python -m bench.parallel_busy

A task of its own sleeps for a millisecond again and again, and notes how much later it wakes.  By
hand is 20 coroutines that call `asyncio.sleep(0)` every 5 ms: all of them go on in one cycle.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

from bench.compiled import workflow
from bench.measure import machine, table

BRANCHES, SECONDS, NAP = 20, 3.0, 0.001
GOAL = 0.035  # seconds of the worst lag

_LOOK = {"look": {"switch": [{"condition": "${sys.now() < until}", "next": "work"}]}}
_WORK = {"work": {"assign": [{"x": "${(x * 7 + 3) % 1000003}"}]}}
BUSY = workflow(
    {
        "main": {
            "params": ["until"],
            "steps": [
                {
                    "fan": {
                        "parallel": {
                            "for": {
                                "value": "i",
                                "range": [1, BRANCHES],
                                "steps": [{"start": {"assign": [{"x": "${i}"}]}}, _WORK, _LOOK],
                            }
                        }
                    }
                }
            ],
        }
    }
)


async def _by_hand(until: float) -> None:
    async def branch(x: int) -> None:
        paused = time.perf_counter()
        while time.time() < until:
            x = (x * 7 + 3) % 1000003
            if time.perf_counter() - paused > 0.005:
                await asyncio.sleep(0)
                paused = time.perf_counter()

    await asyncio.gather(*(branch(i) for i in range(BRANCHES)))


async def _lags(run: Callable[[float], Awaitable[object]]) -> list[float]:
    """How much later than asked for a sleeper woke, each time."""
    lags = []
    working = asyncio.ensure_future(run(time.time() + SECONDS))
    while not working.done():
        start = time.perf_counter()
        await asyncio.sleep(NAP)
        lags.append(time.perf_counter() - start - NAP)
    await working
    return lags


def main() -> None:
    print(machine(), end="\n\n")
    rows = []
    for name, run in (("wfc", BUSY.run), ("by hand, asyncio.sleep(0)", _by_hand)):
        lags = asyncio.run(_lags(run))
        rows.append((name, f"{statistics.median(lags) * 1000:.1f}", f"{max(lags) * 1000:.1f}"))
    print(table((f"lag with {BRANCHES} busy branches, ms", "median", "worst"), rows))
    print(f"\nThe goal is a worst lag under {GOAL * 1000:.0f} ms.")


if __name__ == "__main__":
    main()
