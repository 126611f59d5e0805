"""Cron expressions: five fields, or six or seven with seconds first (spec 11 §1.2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfc.peak.cron import NotCron, Schedule, read_cron


def weekdays(expression: str) -> set[int] | None:
    found = read_cron(expression).weekdays
    return None if found is None else set(found)


@pytest.mark.parametrize(
    ("expression", "seconds", "minutes", "hours"),
    [
        ("0 0 * * *", {0}, {0}, {0}),
        ("*/20 1-3 * * *", {0}, {0, 20, 40}, {1, 2, 3}),
        ("50/5 22-23,1 * * *", {0}, {50, 55}, {1, 22, 23}),
        ("  5   6 *  * * ", {0}, {5}, {6}),
        ("30 0 12 * * ?", {30}, {0}, {12}),
        ("*/30 10-20/5 0 1 1 ? 2030", {0, 30}, {10, 15, 20}, {0}),
    ],
)
def test_times(expression: str, seconds: set[int], minutes: set[int], hours: set[int]) -> None:
    found = read_cron(expression)
    assert [set(found.seconds), set(found.minutes), set(found.hours)] == [seconds, minutes, hours]


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("0 0 * * 0", {0}),
        ("0 0 * * 7", {0}),
        ("0 0 * * MON-fri", {1, 2, 3, 4, 5}),
        ("0 0 * * FRI-MON", {5, 6, 0, 1}),
        ("0 0 * * FRI-MON/2", {5, 0}),
        ("0 0 * * SAT-SUN/2", {6}),
        ("0 0 * * 7-2", {0, 1, 2}),
        ("0 0 * * *", None),
        ("0 0 0 ? * 1", {0}),  # with seconds first, days go from SUN=1 to SAT=7
        ("0 0 0 ? * 7", {6}),
        ("0 0 0 ? * SUN,WED", {0, 3}),
        ("0 0 0 ? * L", {6}),
        ("0 0 0 * * ?", None),
    ],
)
def test_weekdays_count_from_sunday(expression: str, days: set[int] | None) -> None:
    assert weekdays(expression) == days


def test_days_that_are_no_plain_numbers() -> None:
    def special(expression: str) -> tuple[object, ...]:
        days = read_cron(expression).special
        return days.last, days.nearest, days.last_ones, days.nth

    assert special("0 0 0 L * ?") == ((0,), (), (), ())
    assert special("0 0 0 L-3,15W,LW * ?") == ((3,), (15, 0), (), ())
    assert special("0 0 0 ? * 6L,FRI#3") == ((), (), (5,), ((5, 3),))
    assert read_cron("0 0 0 L,5 * ?").month_days == frozenset({5})


def test_months_and_years() -> None:
    assert read_cron("0 0 1 JAN-mar,12 *").months == {1, 2, 3, 12}
    assert read_cron("0 0 0 1 1 ? 2030-2032").years == frozenset({2030, 2031, 2032})
    assert read_cron("0 0 0 1 1 ? *").years is None
    assert read_cron("0 0 1 1 *").years is None


@pytest.mark.parametrize(
    ("expression", "either"),
    [
        ("0 0 1,15 * 5", True),
        ("0 0 */2 * 5", False),  # as crontab.guru says: https://crontab.guru/cron-bug.html
        ("0 0 1-7 * */7", False),
    ],
)
def test_a_field_of_days_that_begins_with_an_asterisk_narrows_the_other(
    expression: str, either: bool
) -> None:
    assert read_cron(expression).either is either


@pytest.mark.parametrize(
    ("expression", "place", "words"),
    [
        ("", "", "missing"),
        ("   ", "   ", "missing"),
        ("* * * *", "* * * *", "4 fields"),
        ("* * * * * * * *", "* * * * * * * *", "8 fields"),
        ("@daily", "@daily", "no cron expression"),
        ("60 * * * *", "60", "from 0 to 59"),
        ("* 24 * * *", "24", "from 0 to 23"),
        ("* * 0 * *", "0", "from 1 to 31"),
        ("* * * 13 *", "13", "from 1 to 12 or from JAN to DEC"),
        ("* * * * 8", "8", "from 0 to 7"),
        ("0 0 0 ? * 0", "0", "from 1 to 7"),
        ("* * ? * *", "?", "days of the month"),
        ("* * L * *", "L", "days of the month"),
        ("* * 5,x,7 * *", "x", "days of the month"),
        ("* * 5,,7 * *", "", "missing"),
        ("*/0 * * * *", "*/0", "no step"),
        ("*/x * * * *", "*/x", "no step"),
        ("30-10 * * * *", "30-10", "ends before it begins"),
        ("1--3 * * * *", "1--3", "none of the minutes"),
        ("-1 * * * *", "-1", "missing"),
        ("* * * JANUARY *", "JANUARY", "none of the months"),
        ("0 0 0 1 1 ? 1969", "1969", "from 1970 to 2099"),
        ("0 0 0 ? * FRI#6", "FRI#6", "days of the week"),
        ("0 0 0 1 * MON", "MON", "cannot both be given"),
        ("0 0 0 40W * ?", "40W", "days of the month"),
        ("٣ * * * *", "٣", "none of the minutes"),
    ],
)
def test_what_is_refused_and_where(expression: str, place: str, words: str) -> None:
    with pytest.raises(NotCron) as refused:
        read_cron(expression)
    assert words in refused.value.message
    assert expression[refused.value.start : refused.value.end] == place


@given(st.text("0123456789*/,-?LW#AEMNORSTU ", max_size=25))
def test_any_text_is_a_schedule_or_refused_at_a_place_in_it(text: str) -> None:
    try:
        found: Schedule | NotCron = read_cron(text)
    except NotCron as error:
        found = error
    if isinstance(found, NotCron):
        assert 0 <= found.start <= found.end <= len(text)
    else:
        assert found.minutes
