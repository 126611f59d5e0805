"""How long to wait before the next attempt: in, how many have failed; out, seconds.

Exponential with full jitter, which spreads clients best ("Exponential Backoff And Jitter", AWS
Architecture Blog, 2015), and never before the time of a `Retry-After`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

FIRST: Final = 0.5
"""Seconds; the most after the first failure, doubled by each that follows."""

MOST: Final = 30.0
"""Seconds; the most that is added to a `Retry-After`."""

Jitter = Callable[[float, float], float]
"""A random number between two: `random.uniform`, or what a test has instead."""


def delay(failures: int, retry_after: float, jitter: Jitter) -> float:
    """Seconds until the next attempt after `failures` in a row, the first of which counts 1."""
    most = min(MOST, FIRST * 2.0 ** min(failures - 1, 30))
    return retry_after + jitter(0.0, most)
