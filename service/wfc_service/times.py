"""Points in time as the service keeps them, integers of nanoseconds, and as its APIs show them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, TypeAlias

Nanoseconds: TypeAlias = int
"""Since 1970 for a point in time."""

Now: TypeAlias = Callable[[], Nanoseconds]
"""Tells the time: `time.time_ns`, or what a test has instead."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000_000
_TIMESTAMP: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?([Zz]|[+-][0-9]{2}:[0-9]{2}))?"
)
_DURATION: Final = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,9}))?s")


def timestamp(time: Nanoseconds) -> str:
    """RFC 3339 in UTC with a fraction of 0, 3, 6 or 9 digits, as protobuf writes it."""
    seconds, fraction = divmod(time, _SECOND)
    return f"{datetime.fromtimestamp(seconds, UTC).isoformat()[:19]}{_fraction(fraction)}Z"


def duration(length: Nanoseconds) -> str:
    """`14.065415004s`"""
    seconds, fraction = divmod(length, _SECOND)
    return f"{seconds}{_fraction(fraction)}s"


def read_timestamp(text: str, *, day: bool = False) -> Nanoseconds | None:
    """RFC 3339 → the time, None for another text; with `day` a date alone is its beginning."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None or not (match[2] or day):
        return None
    clock, zone = match[2] or "00:00:00", (match[4] or "Z").upper()
    try:
        moment = datetime.fromisoformat(f"{match[1]}T{clock}{zone.replace('Z', '+00:00')}")
    except ValueError:
        return None
    elapsed = moment - _EPOCH
    seconds = elapsed.days * 86_400 + elapsed.seconds
    return seconds * _SECOND + int(f"{match[3] or '':0<9}")


def read_duration(text: str) -> Nanoseconds | None:
    """`14.065415004s` → its length, None for another text."""
    match = _DURATION.fullmatch(text)
    if match is None:
        return None
    length = int(match[2]) * _SECOND + int(f"{match[3] or '':0<9}")
    return -length if match[1] else length


def _fraction(nanoseconds: int) -> str:
    if not nanoseconds:
        return ""
    digits = f"{nanoseconds:09d}"
    for length in (3, 6):
        if not digits[length:].strip("0"):
            return f".{digits[:length]}"
    return f".{digits}"
