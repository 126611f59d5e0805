"""`math.*` (spec 06, OQ-59)."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from tests.library_calls import Table, called, each, rows, tag
from tests.values import INT_MAX, INT_MIN, numbers

import wfc_runtime.v1 as wf

pytestmark = pytest.mark.usefixtures("implementation")

RESULTS: Table = {
    "math.abs": [
        ((-42,), 42),
        ((-2.5,), 2.5),
        ((-0.0,), 0.0),
        ((INT_MIN + 1,), INT_MAX),
        ((-math.inf,), math.inf),
        ((math.nan,), math.nan),
    ],
    "math.floor": [
        ((3.7,), 3),
        ((-3.2,), -4),
        ((-0.5,), -1),
        ((-0.0,), 0),
        ((INT_MAX,), INT_MAX),
        ((-(2.0**63),), INT_MIN),
    ],
    "math.max": [
        ((10, 20), 20),
        ((3, 2.5), 3.0),
        ((2.5, 3), 3.0),
        ((2, 2.0), 2.0),
        ((1, math.nan), math.nan),
        ((2**53 + 1, 1.0), 9007199254740992.0),
        ((INT_MAX, math.inf), math.inf),
        ((0.0, -0.0), 0.0),
        ((-0.0, 0.0), 0.0),
    ],
    "math.min": [
        ((10, 20), 10),
        ((2.5, 2), 2.0),
        ((math.nan, 1), math.nan),
        ((-math.inf, 1), -math.inf),
        ((0.0, -0.0), -0.0),
        ((-0.0, 0.0), -0.0),
    ],
}

ERRORS: Table = {
    "math.abs": [
        ((INT_MIN,), "ValueError"),
        ((True,), "TypeError"),
        (("1",), "TypeError"),
        ((None,), "TypeError"),
    ],
    "math.floor": [
        *each((math.nan, math.inf, 1e19, 2.0**63), "ValueError"),
        ((None,), "TypeError"),
        (("1.5",), "TypeError"),
    ],
    "math.max": [((1, "2"), "TypeError"), ((None, 2), "TypeError"), ((1, False), "TypeError")],
    "math.min": [((None, 2), "TypeError"), ((True, 2), "TypeError"), ((1, []), "TypeError")],
}


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    assert repr(called(name, arguments)) == repr(result)


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(name: str, arguments: Any, error: str) -> None:
    assert tag(name, arguments) == error


@given(numbers, numbers)
def test_the_lesser_and_the_greater_are_the_two_that_were_given(x: Any, y: Any) -> None:
    least, most = wf.math.min(x, y), wf.math.max(x, y)
    if x == x and y == y:
        assert wf.le(least, most)
        assert {float(least), float(most)} == {float(x), float(y)}
    else:
        assert math.isnan(least)
        assert math.isnan(most)
