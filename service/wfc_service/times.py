"""Points in time as the service keeps them, integers of nanoseconds, and as its APIs show them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

Nanoseconds: TypeAlias = int
"""Since 1970 for a point in time."""

Now: TypeAlias = Callable[[], Nanoseconds]
"""Tells the time: `time.time_ns`, or what a test has instead."""

_SECOND = 1_000_000_000


def timestamp(time: Nanoseconds) -> str:
    """RFC 3339 in UTC with a fraction of 0, 3, 6 or 9 digits, as protobuf writes it."""
    seconds, fraction = divmod(time, _SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}{_fraction(fraction)}Z"


def duration(length: Nanoseconds) -> str:
    """`14.065415004s`"""
    seconds, fraction = divmod(length, _SECOND)
    return f"{seconds}{_fraction(fraction)}s"


def _fraction(nanoseconds: int) -> str:
    if not nanoseconds:
        return ""
    digits = f"{nanoseconds:09d}"
    for length in (3, 6):
        if not digits[length:].strip("0"):
            return f".{digits[:length]}"
    return f".{digits}"
