"""The times of cron schedules: against a table, a slow reference, and cronsim's reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from cronsim import CronSim, CronSimError
from hypothesis import given
from hypothesis import strategies as st

from wfc.peak.cron import Schedule, read_cron
from wfc.peak.cron_times import next_time

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("0 0 * * *", "2026-11-25T23:59:59", "2026-11-26T00:00"),
        ("0 0 * * *", "2026-11-26T00:00", "2026-11-27T00:00"),  # later, not the same
        ("0 0 * * *", "2026-11-25T23:59:59.999999", "2026-11-26T00:00"),
        ("*/15 * * * *", "2026-12-31T23:45", "2027-01-01T00:00"),
        ("30 9 * * MON-FRI", "2026-11-27T09:30", "2026-11-30T09:30"),
        ("0 12 1,15 * 5", "2026-11-26", "2026-11-27T12:00"),  # the 15th, the 1st, or a Friday
        ("0 12 1,15 * 5", "2026-11-28", "2026-12-01T12:00"),
        ("0 0 */2 * 5", "2026-11-26", "2026-11-27"),  # a Friday on an odd day
        ("0 0 */2 * 5", "2026-11-27", "2026-12-11"),
        ("0 0 29 2 *", "2026-11-26", "2028-02-29"),
        ("0 0 29 2 *", "2096-02-29", None),  # 2100 is no leap year
        ("0 0 29 2 1", "2026-11-26", "2027-02-01"),
        ("0 0 30 2 *", "2026-11-26", None),
        ("0 0 31 4,6,9,11 *", "2026-11-26", None),
        ("0 0 31 * *", "2026-01-31", "2026-03-31"),
        ("* * * * *", "2099-12-31T23:58", "2099-12-31T23:59"),
        ("* * * * *", "2099-12-31T23:59", None),
        ("* * * * * *", "2026-11-26T10:00:59", "2026-11-26T10:01"),
        ("10,40 30 6 ? * MON-FRI", "2026-11-26T06:30:10", "2026-11-26T06:30:40"),
        ("0 0 0 1 1 ? 2030-2032/2", "2026-11-26", "2030-01-01"),
        ("0 0 0 1 1 ? 2030-2032/2", "2030-01-01", "2032-01-01"),
        ("0 0 0 1 1 ? 2020", "2026-11-26", None),
        ("0 0 0 L * ?", "2028-02-01", "2028-02-29"),
        ("0 0 0 L-2 * ?", "2026-02-01", "2026-02-26"),
        ("0 0 0 L-30 2 ?", "2026-02-01", None),
        ("0 0 0 LW * ?", "2026-02-01", "2026-02-27"),  # the 28th is a Saturday
        ("0 0 0 LW * ?", "2026-05-01", "2026-05-29"),  # the 31st is a Sunday
        ("0 0 0 15W * ?", "2026-11-01", "2026-11-16"),  # a Sunday
        ("0 0 0 14W * ?", "2026-11-01", "2026-11-13"),  # a Saturday
        ("0 0 0 1W * ?", "2026-08-01", "2026-08-03"),  # not the Friday of July
        ("0 0 0 31W * ?", "2026-05-01", "2026-05-29"),  # not the Monday of June
        ("0 0 0 31W * ?", "2026-06-01", "2026-07-31"),
        ("0 0 0 ? * 6L", "2026-11-01", "2026-11-27"),
        ("0 0 0 ? * L", "2026-11-26", "2026-11-28"),
        ("0 0 0 ? * FRI#5", "2026-11-01", "2027-01-29"),
        ("0 0 0 ? * 2#1,6L", "2026-11-03", "2026-11-27"),
    ],
)
def test_the_next_time(expression: str, after: str, expected: str | None) -> None:
    found = next_time(read_cron(expression), at(after))
    assert found == (None if expected is None else at(expected))


# a slow reference: day by day, and second by second within a day


def is_day(schedule: Schedule, day: date) -> bool:
    if day.month not in schedule.months or day.year not in (schedule.years or {day.year}):
        return False
    fits = [is_month_day(schedule, day), is_weekday(schedule, day)]
    said = [one for one in fits if one is not None]
    return any(said) if said and schedule.either else all(said)


def is_month_day(schedule: Schedule, day: date) -> bool | None:
    if schedule.month_days is None:
        return None
    back = next(back for back in range(31) if (day + (back + 1) * DAY).month != day.month)
    return (
        day.day in schedule.month_days
        or back in schedule.special.last
        or any(nearest(day, wanted) == day for wanted in schedule.special.nearest)
    )


def nearest(month: date, wanted: int) -> date | None:
    """Of the weekdays of a month the one nearest to a day of it; 0 is the last one."""
    days = [month.replace(day=1) + number * DAY for number in range(31)]
    days = [day for day in days if day.month == month.month]
    if wanted > len(days):
        return None
    meant = days[wanted - 1]
    return min((day for day in days if day.weekday() < 5), key=lambda day: abs(day - meant))


def is_weekday(schedule: Schedule, day: date) -> bool | None:
    if schedule.weekdays is None:
        return None
    weekday = day.isoweekday() % 7
    earlier = sum((day - weeks * 7 * DAY).month == day.month for weeks in range(5))
    is_last = (day + 7 * DAY).month != day.month
    return (
        weekday in schedule.weekdays
        or (is_last and weekday in schedule.special.last_ones)
        or (weekday, earlier) in schedule.special.nth
    )


def is_time(schedule: Schedule, moment: datetime) -> bool:
    return (
        moment.hour in schedule.hours
        and moment.minute in schedule.minutes
        and moment.second in schedule.seconds
        and is_day(schedule, moment.date())
    )


def walk(schedule: Schedule, after: datetime, most: timedelta) -> datetime | None:
    """The next time as far as it is within `most`."""
    moment = after.replace(microsecond=0) + SECOND
    while moment <= after + most:
        if is_time(schedule, moment):
            return moment
        moment += SECOND
        if moment.time() == datetime.min.time():
            while moment <= after + most and not is_day(schedule, moment.date()):
                moment += DAY
    return None


def spans(least: int, most: int, *, plain: bool = False) -> st.SearchStrategy[str]:
    """A field of numbers; `plain` without an asterisk."""
    number = st.integers(least, most)
    # cronsim takes `1-1/2` for `1/2`, so ranges have two ends
    ends = st.lists(number, min_size=2, max_size=2, unique=True).map(sorted)
    pairs = ends.map(lambda pair: "{}-{}".format(*pair))
    steps = st.integers(1, most + 2)
    items = number.map(str) | pairs | st.builds("{}/{}".format, pairs | number.map(str), steps)
    if not plain:
        items |= st.just("*") | steps.map("*/{}".format)
    return st.lists(items, min_size=1, max_size=3).map(",".join)


def quartz_days() -> st.SearchStrategy[str]:
    """Both fields of days and the months between them."""
    backs, days = st.integers(1, 30).map("L-{}".format), st.integers(1, 31).map("{}W".format)
    listed = spans(1, 31, plain=True) | st.sampled_from(["L", "LW", "*"]) | backs | days
    names = st.sampled_from(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "1", "2", "7"])
    fitting = spans(1, 7) | st.builds("{}#{}".format, names, st.integers(1, 5))
    fitting |= names.map("{}L".format) | st.just("L")
    months = st.just("*") | spans(1, 12)
    by_month = st.builds("{} {} ?".format, st.lists(listed, min_size=1).map(",".join), months)
    return by_month | st.builds("? {} {}".format, months, fitting)


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)
CRONTABS = st.builds(
    "{} {} {} {} {}".format,
    spans(0, 59),
    spans(0, 23),
    spans(1, 31),
    st.just("*") | spans(1, 12),
    st.just("*") | spans(0, 7),
)
QUARTZ = st.builds("{} {} {} {}".format, spans(0, 59), spans(0, 59), spans(0, 23), quartz_days())


@given(CRONTABS | QUARTZ, MOMENTS)
def test_the_next_time_is_the_first_that_walking_finds(expression: str, after: datetime) -> None:
    schedule, most = read_cron(expression), timedelta(days=400)
    found = next_time(schedule, after)
    if found is not None:
        assert found > after
        assert is_time(schedule, found)
    assert walk(schedule, after, most) == (None if found and found > after + most else found)


@given(CRONTABS, MOMENTS)
def test_crontab_means_what_cronsim_reads(expression: str, after: datetime) -> None:
    assert list(first_times(expression, after)) == list(times(expression, after, 5))


def first_times(expression: str, after: datetime) -> Iterator[datetime]:
    """The first five up to 2099, in cronsim's reading."""
    try:
        for _, found in zip(range(5), CronSim(expression, after), strict=False):
            if found.year < 2100:
                yield found
    except CronSimError:  # a day that no month has
        return


def times(expression: str, after: datetime, most: int) -> Iterator[datetime]:
    schedule, moment = read_cron(expression), after
    for _ in range(most):
        found = next_time(schedule, moment)
        if found is None:
            return
        moment = found
        yield found
