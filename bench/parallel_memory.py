"""Prints how much memory 1,000,000 iterations of a parallel loop take, beside 1,000.

python -m bench.parallel_memory

The figure is the most that Python held at one time, as `tracemalloc` counts it.
"""

from __future__ import annotations

import asyncio
import tracemalloc

from bench.compiled import workflow
from bench.measure import machine, table

COUNTING = workflow(
    {
        "main": {
            "params": ["last"],
            "steps": [
                {"init": {"assign": [{"count": 0}]}},
                {
                    "fan": {
                        "parallel": {
                            "shared": ["count"],
                            "for": {
                                "value": "i",
                                "range": "${[1, last]}",
                                "steps": [{"add": {"assign": [{"count": "${count + 1}"}]}}],
                            },
                        }
                    }
                },
                {"done": {"return": "${count}"}},
            ],
        }
    }
)


def _most(iterations: int) -> int:
    """Bytes beyond what was held before."""
    asyncio.run(COUNTING.run(iterations // 100))
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    assert asyncio.run(COUNTING.run(iterations)) == iterations
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most - before


def main() -> None:
    print(machine(), end="\n\n")
    rows = [(f"{count:,} iterations", f"{_most(count) / 1024:.0f}") for count in (1_000, 1_000_000)]
    print(table(("most memory held, KiB", ""), rows))
    print("\nThe goal is the same for both: a queued iteration costs nothing.")


if __name__ == "__main__":
    main()
