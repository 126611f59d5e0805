"""`time.*` (spec 06): points in time as RFC 3339 text and as Unix seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from wfc_runtime.conversions import string
from wfc_runtime.errors import quoted, value_error
from wfc_runtime.stdlib import arguments
from wfc_runtime.values import Value

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_RFC3339 = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"[Tt]((?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])(?:\.([0-9]+))?"
    r"(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
_OF_THIS_MACHINE = re.compile("localtime|posix(rules|/)|right/")
"""What lies among the zones of many systems and is in no list of IANA's."""


def format(seconds: Value, timezone: Value = None) -> str:
    """Unix seconds as RFC 3339 text in a time zone of the IANA list (default UTC).

    Microseconds without trailing zeros; `Z` where the offset is zero (OQ-64).
    Raises ValueError for an unknown zone and outside the years 1 to 9999.
    """
    number = arguments.number("time.format", "seconds", seconds)
    zone = UTC if timezone is None else _zone(arguments.text("time.format", "timezone", timezone))
    try:
        moment = _EPOCH + timedelta(seconds=number)
        # RFC 3339 has whole minutes; the offset of old local times has seconds, too
        offset = (moment.astimezone(zone).utcoffset() or timedelta()) // _MINUTE
        local = moment.replace(tzinfo=None) + offset * _MINUTE
    except (OverflowError, ValueError):
        message = f"time.format(): {string(number)} is outside the years 1 to 9999"
        raise value_error(message) from None
    text = local.isoformat()
    if local.microsecond:
        text = text.rstrip("0")
    if offset == 0:
        return text + "Z"
    hours, minutes = divmod(abs(offset), 60)
    return f"{text}{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"


def _zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo  # the machine's list of zones, or else that of the tzdata package

    try:
        if _OF_THIS_MACHINE.match(name):
            raise ValueError
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise value_error(f"time.format(): no time zone is named {quoted(name)}") from None


def parse(value: Value) -> float:
    """The Unix seconds of an RFC 3339 text; digits beyond microseconds are dropped.

    Raises ValueError for any other text, a day that does not exist, and a leap second.
    """
    return instant("time.parse", "value", value)


def instant(function: str, parameter: str, value: Value) -> float:
    """`parse` for any function's parameter."""
    text = arguments.text(function, parameter, value)
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise value_error(f"{function}(): {quoted(text)} is not a time as in RFC 3339")
    day, clock, fraction, sign, hours, minutes = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}.{(fraction or '')[:6]:0<6}+00:00")
    except ValueError:
        raise value_error(f"{function}(): there is no day {day}") from None
    since = moment - _EPOCH
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        since += offset if sign == "-" else -offset
    return since.total_seconds()
