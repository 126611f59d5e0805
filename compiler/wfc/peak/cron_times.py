"""When a schedule comes round: in, a `cron.Schedule` and a time; out, the next time, all in UTC."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from wfc.peak.cron import LAST_YEAR, Schedule


def next_time(schedule: Schedule, after: datetime) -> datetime | None:
    """The first time of a schedule that is later than `after`, which must be in UTC.

    None where there is none up to 2099, as with the 30th of February (spec 11 §1.2).
    """
    first = after.replace(microsecond=0) + timedelta(seconds=1)
    for day in _days(schedule, first.date()):
        found = _time_of_day(schedule, first.time() if day == first.date() else time.min)
        if found is not None:
            return datetime.combine(day, found, after.tzinfo)
    return None


def _time_of_day(schedule: Schedule, least: time) -> time | None:
    """The first one of a day that is not before `least`."""
    for hour in sorted(schedule.hours):
        for minute in sorted(schedule.minutes):
            if (hour, minute) < (least.hour, least.minute):
                continue
            for second in sorted(schedule.seconds):
                if (found := time(hour, minute, second)) >= least:
                    return found
    return None


def _days(schedule: Schedule, first: date) -> Iterator[date]:
    """The days of a schedule from `first` on."""
    for year in range(first.year, LAST_YEAR + 1):
        if schedule.years is not None and year not in schedule.years:
            continue
        for month in sorted(schedule.months):
            if (year, month) >= (first.year, first.month):
                for day in sorted(_days_of(schedule, year, month)):
                    if (found := date(year, month, day)) >= first:
                        yield found


def _days_of(schedule: Schedule, year: int, month: int) -> set[int]:
    weekday, length = monthrange(year, month)
    first = (weekday + 1) % 7  # that of the 1st, from Sunday, 0
    listed = _month_days(schedule, first, length)
    fitting = _weekdays(schedule, first, length)
    if listed is None or fitting is None:
        only = listed if fitting is None else fitting
        return set(range(1, length + 1)) if only is None else only
    return listed | fitting if schedule.either else listed & fitting


def _month_days(schedule: Schedule, first: int, length: int) -> set[int] | None:
    """Those that the field of days of the month says; `first` is the weekday of the 1st."""
    if schedule.month_days is None:
        return None
    found = set(schedule.month_days)
    found |= {length - back for back in schedule.special.last}
    found |= {
        _nearest(day or length, first, length) for day in schedule.special.nearest if day <= length
    }
    return {day for day in found if 1 <= day <= length}


def _nearest(day: int, first: int, length: int) -> int:
    """The day from Monday to Friday of the same month that is nearest to a day of it."""
    match (first + day - 1) % 7:
        case 0:
            return day + 1 if day < length else day - 2
        case 6:
            return day - 1 if day > 1 else day + 2
    return day


def _weekdays(schedule: Schedule, first: int, length: int) -> set[int] | None:
    """The days of the month that the field of weekdays says."""
    if schedule.weekdays is None:
        return None
    special = schedule.special
    return {
        day
        for day in range(1, length + 1)
        if (weekday := (first + day - 1) % 7) in schedule.weekdays
        or (weekday in special.last_ones and day > length - 7)
        or (weekday, (day - 1) // 7 + 1) in special.nth
    }
