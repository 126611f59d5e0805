"""Cron expressions (spec 11 §1.2): five fields, or six or seven with seconds first.

    0 0 * * *            at midnight, UTC
    0 30 6 ? * MON-FRI   six fields: at 6:30:00 from Monday to Friday
    0 0 12 1W * ? 2027   seven: at noon on the weekday nearest to the 1st, in 2027

Five fields are those of crontab, where Sunday is 0 or 7; six and seven are Quartz's, where days of
the week go from SUN=1 to SAT=7, `?`, `L`, `W` and `#` are known, and only one of the two fields of
days can say something.  `cron_times` has the times of a schedule.
"""

from __future__ import annotations

import re

from wfc.frozen import frozen_value
from wfc.similar import Speller

_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
_WORD = re.compile(r"\S+")
_EXAMPLE = "write for example `0 6 * * 1-5`: at 6:00 from Monday to Friday"
_NICKNAMES = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


class NotCron(ValueError):
    """`start` and `end` are where in the expression, `hint` may be empty."""

    def __init__(self, message: str, start: int, end: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


@frozen_value
class Days:
    """Days of a month or week beyond plain numbers.

    For the month: `last` counts back from the last day (`L` is 0, `L-3` is 3), `nearest` are days
    whose nearest weekday is meant (`15W`; 0 is `LW`).  For the week, Sunday being 0: `last_ones`
    are the last of a weekday in the month (`6L`), `nth` pairs of weekday and which (`6#3`).
    """

    last: tuple[int, ...] = ()
    nearest: tuple[int, ...] = ()
    last_ones: tuple[int, ...] = ()
    nth: tuple[tuple[int, int], ...] = ()


@frozen_value
class Schedule:
    """The values of each field; weekdays count from Sunday, 0.

    `month_days` or `weekdays` is None where the field says nothing (`*`, `?`).  Where both say
    something, a day in either is meant, or, without `either`, one in both: so crontab has it where
    one of the fields begins with `*`, as `*/2` does.  No `years` are all of them.
    """

    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]
    month_days: frozenset[int] | None
    months: frozenset[int]
    weekdays: frozenset[int] | None
    either: bool
    years: frozenset[int] | None
    special: Days


@frozen_value
class _Field:
    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()
    first: int = 0  # the number of the first of `names`


_SECONDS = _Field("seconds", 0, 59)
_MINUTES = _Field("minutes", 0, 59)
_HOURS = _Field("hours", 0, 23)
_MONTH_DAYS = _Field("days of the month", 1, 31)
_MONTH = _Field("months", 1, 12, tuple(_MONTHS), 1)
_CRON_WEEKDAYS = _Field("days of the week", 0, 7, tuple(_DAYS), 0)
_QUARTZ_WEEKDAYS = _Field("days of the week", 1, 7, tuple(_DAYS), 1)
_YEARS = _Field("years", 1970, 2099)
LAST_YEAR = _YEARS.most


@frozen_value
class _Part:
    """A word of the expression, or an item of its comma-separated list, and where it stands."""

    text: str
    start: int

    def refused(self, message: str, hint: str = "") -> NotCron:
        return NotCron(message, self.start, self.start + len(self.text), hint)


def read_cron(expression: str) -> Schedule:
    """The schedule; raises `NotCron`."""
    parts = [_Part(found[0], found.start()) for found in _WORD.finditer(expression)]
    if not parts:
        raise NotCron("a cron expression is missing here", 0, len(expression), _EXAMPLE)
    if expression.strip() in _NICKNAMES:
        hint = f"write `{_NICKNAMES[expression.strip()]}`"
        raise parts[0].refused(f"`{parts[0].text}` is no cron expression of Peak's", hint)
    if not 5 <= len(parts) <= 7:
        fields = "1 field" if len(parts) == 1 else f"{len(parts)} fields"
        message = f"a cron expression has 5 fields, or 6 or 7 with seconds first, not {fields}"
        start, end = parts[0].start, parts[-1].start + len(parts[-1].text)
        raise NotCron(message, start, end, _EXAMPLE)
    quartz = len(parts) > 5
    seconds = frozenset({0})
    if quartz:
        seconds = _numbers(parts.pop(0), _SECONDS)
    minutes, hours, month_days, months, weekdays, *years = parts
    if quartz and not {month_days.text, weekdays.text} & {"*", "?"}:
        message = "days of the month and days of the week cannot both be given with six fields"
        raise weekdays.refused(message, "write `?` for one of them")
    special = Days(*_special_month_days(month_days, quartz), *_special_weekdays(weekdays, quartz))
    return Schedule(
        seconds,
        _numbers(minutes, _MINUTES),
        _numbers(hours, _HOURS),
        _days(month_days, _MONTH_DAYS, quartz),
        _numbers(months, _MONTH),
        _weekdays(weekdays, quartz),
        not (month_days.text.startswith("*") or weekdays.text.startswith("*")),
        None if not years or years[0].text == "*" else _numbers(years[0], _YEARS),
        special,
    )


def _items(part: _Part) -> list[_Part]:
    found = []
    at = part.start
    for text in part.text.split(","):
        found.append(_Part(text, at))
        at += len(text) + 1
    return found


_LAST = re.compile(r"L(?:-([0-9]{1,2}))?")
_NEAREST = re.compile(r"([0-9]{1,2}|L)W")
_LAST_ONE = re.compile(r"([1-7]|[A-Z]{3})L")
_NTH = re.compile(r"([1-7]|[A-Z]{3})#([1-5])")


def _special_month_days(part: _Part, quartz: bool) -> tuple[tuple[int, ...], tuple[int, ...]]:
    last, nearest = [], []
    for item in _items(part) if quartz else ():
        text = item.text.upper()
        if (found := _LAST.fullmatch(text)) and int(found[1] or 0) <= 30:
            last.append(int(found[1] or 0))
        elif (found := _NEAREST.fullmatch(text)) and (found[1] == "L" or 1 <= int(found[1]) <= 31):
            nearest.append(0 if found[1] == "L" else int(found[1]))
    return tuple(last), tuple(nearest)


def _special_weekdays(
    part: _Part, quartz: bool
) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    ones, nth = [], []
    for item in _items(part) if quartz else ():
        text = item.text.upper()
        if found := _LAST_ONE.fullmatch(text):
            ones.append(_weekday(item, found[1]))
        elif found := _NTH.fullmatch(text):
            nth.append((_weekday(item, found[1]), int(found[2])))
    return tuple(ones), tuple(nth)


def _weekday(item: _Part, text: str) -> int:
    return _number(item, text, _QUARTZ_WEEKDAYS) - 1


def _days(part: _Part, field: _Field, quartz: bool) -> frozenset[int] | None:
    """The plain numbers of a field of days, None where it says nothing."""
    if part.text == "*" or (quartz and part.text == "?"):
        return None
    found: set[int] = set()
    for item in _items(part):
        if not (quartz and _is_special(item.text.upper(), field)):
            found |= _item(item, field)
    return frozenset(found)


def _is_special(text: str, field: _Field) -> bool:
    if field is _MONTH_DAYS:
        last, near = _LAST.fullmatch(text), _NEAREST.fullmatch(text)
        return bool(
            (last and int(last[1] or 0) <= 30)
            or (near and (near[1] == "L" or 1 <= int(near[1]) <= 31))
        )
    return bool(_LAST_ONE.fullmatch(text) or _NTH.fullmatch(text))


def _weekdays(part: _Part, quartz: bool) -> frozenset[int] | None:
    """Weekdays from Sunday, 0."""
    if quartz and part.text.upper() == "L":
        return frozenset({6})
    found = _days(part, _QUARTZ_WEEKDAYS if quartz else _CRON_WEEKDAYS, quartz)
    if found is None:
        return None
    return frozenset((day - 1 if quartz else day) % 7 for day in found)


def _numbers(part: _Part, field: _Field) -> frozenset[int]:
    return frozenset(number for item in _items(part) for number in _item(item, field))


def _item(item: _Part, field: _Field) -> set[int]:
    """`*`, `5`, `1-5`, each also with `/step`."""
    span, slash, step = item.text.partition("/")
    every = 1
    if slash:
        if not re.fullmatch(r"[1-9][0-9]{0,3}", step):
            raise item.refused(f"`{step}` is no step: it is a positive number, as in `*/5`")
        every = int(step)
    if span == "*":
        return set(range(field.least, field.most + 1, every))
    first, dash, last = span.partition("-")
    start = _number(item, first, field)
    if not dash:
        return set(range(start, field.most + 1, every)) if slash else {start}
    end = _number(item, last, field)
    if start <= end:
        return set(range(start, end + 1, every))
    if field.names:  # FRI-MON goes round
        size = len(field.names)  # and not more where Sunday has two numbers
        return {
            (number - field.least) % size + field.least
            for number in range(start, end + size + 1, every)
        }
    hint = f"write `{last}-{first}`, or two ranges with a comma"
    raise item.refused(f"the range `{span}` ends before it begins", hint)


def _number(item: _Part, text: str, field: _Field) -> int:
    name = text.upper()
    if name in field.names:
        return field.names.index(name) + field.first
    if re.fullmatch(r"[0-9]{1,4}", text) and field.least <= int(text) <= field.most:
        return int(text)
    between = f"from {field.least} to {field.most}"
    if field.names:
        between += f" or from {field.names[0]} to {field.names[-1]}"
    if not text:
        raise item.refused(f"something is missing in the {field.name}: they are {between}")
    meant = Speller().similar(name, field.names, cutoff=0.6)
    hint = f"did you mean `{meant}`?" if meant else ""
    if text == "?" or text[-1:].upper() in ("L", "W") or "#" in text:
        hint = hint or "`?`, `L`, `W` and `#` need six fields, seconds first"
    raise item.refused(f"`{text}` is none of the {field.name}: they are {between}", hint)
