"""`sys.*` and `uuid.generate` under a virtual clock (spec 06)."""

from __future__ import annotations

import math
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.library_calls import Table, called, each, outcome, rows, tag
from tests.outcomes import message
from tests.values import INT_MAX

from wfc_runtime.testing import VirtualClock

YEAR = 31_536_000
ENV = {"TIER": "gold", "EMPTY": ""}

RESULTS: Table = {
    "sys.get_env": [
        (("TIER",), "gold"),
        (("TIER", "free"), "gold"),
        (("EMPTY", "free"), ""),
        (("REGION", "north"), "north"),
        (("REGION",), None),  # OQ-60
        (("REGION", None), None),
        (("",), None),
    ],
    "sys.log": [
        *(((data,), None) for data in ("late", 1, 2.5, False, [1], {"a": 1})),
        *(((None, severity, "late"), None) for severity in ("ERROR", "DEFAULT", None)),
        ((None, "INFO", None, {"order": 7}), None),
    ],
    "sys.now": [((), 1635892223.4459958)],
    "sys.sleep": [((seconds,), None) for seconds in (0, -0.0, 0.001, 2.5, YEAR)],
    "sys.sleep_until": [
        (("2021-11-02T22:31:00Z",), None),
        (("1970-01-01T00:00:00Z",), None),
        (("2121-11-02T22:31:00.5+01:00",), None),
    ],
}

ERRORS: Table = {
    "sys.get_env": [
        ((None,), "TypeError"),
        ((5,), "TypeError"),
        (("TIER", 5), "TypeError"),
        (("REGION", False), "TypeError"),
    ],
    "sys.log": [
        *each((None, b"bytes"), "TypeError"),
        ((), "TypeError"),
        (("late", "INFO", "late"), "TypeError"),
        ((None, "INFO", None, "late"), "TypeError"),
        (("late", 5), "TypeError"),
        *((("late", severity), "ValueError") for severity in ("info", "FATAL", "")),
    ],
    "sys.sleep": [
        *each(("5", None, True, [5]), "TypeError"),
        *each((-1, -1e-9, YEAR + 1, INT_MAX, math.inf), "ValueError"),
        ((math.nan,), "ValueError"),
    ],
    "sys.sleep_until": [
        *each(("", "tomorrow", "2024-01-01", "12:00:00Z"), "ValueError"),
        *each((None, 1635892223, 1635892223.5), "TypeError"),
    ],
}


def options() -> dict[str, Any]:
    return {"clock": VirtualClock(1635892223.4459958), "env": ENV}


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    assert repr(called(name, arguments, **options())) == repr(result)


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(name: str, arguments: Any, error: str) -> None:
    assert tag(name, arguments, **options()) == error


@given(st.floats(0, YEAR))
def test_a_sleep_takes_its_seconds(seconds: float) -> None:
    clock = VirtualClock()
    called("sys.sleep", [seconds], clock=clock)
    assert clock.slept == [seconds] * 2  # by position and by name


@pytest.mark.parametrize(
    ("time", "slept"),
    [
        ("1970-01-01T00:02:00Z", 20.0),
        ("1970-01-01T01:01:40.5+01:00", 0.5),
        ("1970-01-01T00:01:40Z", 0.0),
        ("1969-12-31T23:59:59Z", 0.0),
    ],
)
def test_a_sleep_ends_at_its_time_or_at_once(time: str, slept: float) -> None:
    clock = VirtualClock(100.0)
    called("sys.sleep_until", [time], clock=clock)
    assert clock.slept == [slept, 0.0]  # the second call finds the time passed


@pytest.mark.parametrize("time", ["tomorrow", 5, "2023-02-29T00:00:00Z"])
def test_an_error_names_the_function_that_was_called(time: Any) -> None:
    assert "sys.sleep_until(): " in message(called, "sys.sleep_until", [time])


def test_uuids_are_random_and_differ() -> None:
    made = [outcome("uuid.generate", [], by_name=by_name) for by_name in (True, False) * 10]
    assert len(set(made)) == 20
    assert all(UUID(text).version == 4 and str(UUID(text)) == text for text in made)
