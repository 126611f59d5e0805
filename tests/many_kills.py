"""The long form of the tests that kill: many rounds, each of another seed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable


def many_kills(survive: Callable[[int], int], seconds: float) -> int:
    """How many kills there were: 200, or as many as there is time for; or `WFC_KILLS` in any time.

    `survive` runs a round with a seed, and says how many there were in it.
    """
    given = os.environ.get("WFC_KILLS")
    wanted, until = int(given or 200), None if given else time.monotonic() + seconds
    kills, seed = 0, time.time_ns()
    while kills < wanted and (until is None or time.monotonic() < until):
        seed += 1
        print(f"seed {seed}, {kills} kills before it")
        kills += survive(seed)
    print(f"{kills} kills")
    return kills
