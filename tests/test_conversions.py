"""`int()`, `double()`, `string()`, `len()` and the like, by the tables of spec 03 §8."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.library_calls import Table, called, each, rows, tag
from tests.outcomes import payload
from tests.values import INT_MAX, INT_MIN, ints

import wfc_runtime.v1 as wf

pytestmark = pytest.mark.usefixtures("implementation")

RESULTS: Table = {
    "default": [
        ((None, 5), 5),
        ((None, None), None),
        ((False, 5), False),
        ((0, 5), 0),
        (("", 5), ""),
        (([], 5), []),
    ],
    "double": [
        ((1,), 1.0),
        ((2.5,), 2.5),
        ((INT_MAX,), 9223372036854775807.0),
        (("2.5",), 2.5),
        (("-1e3",), -1000.0),
        (("1e+3",), 1000.0),
        ((".5",), 0.5),
        (("5.",), 5.0),
        (("-0",), -0.0),
        (("1E-400",), 0.0),
        (("Inf",), math.inf),
        (("-infinity",), -math.inf),
        (("nan",), math.nan),
    ],
    "get_type": [
        ((None,), "null"),
        ((True,), "boolean"),
        ((1,), "integer"),
        ((1.0,), "double"),
        (("",), "string"),
        ((b"",), "bytes"),
        (([],), "list"),
        (({},), "map"),
    ],
    "if": [((c, "a", "b"), result) for c, result in ((True, "a"), (False, "b"), (None, "b"))],
    "int": [  # OQ-32
        ((5,), 5),
        ((2.7,), 2),
        ((-2.7,), -2),
        ((-0.0,), 0),
        ((9007199254740993.0,), 9007199254740992),
        ((-(2.0**63),), INT_MIN),
        (("5",), 5),
        (("+5",), 5),
        (("-007",), -7),
        (("-0",), 0),
        ((str(INT_MIN),), INT_MIN),
        (("0" * 5000 + "1",), 1),
    ],
    "keys": [(({"b": 1, 2: 2, "a": 3},), ["b", 2, "a"]), (({},), [])],
    "len": [
        (("é😀",), 2),
        (("e\u0301",), 2),
        (([1, [2]],), 2),
        (({"a": 1},), 1),
        (("",), 0),
        (([],), 0),
        (({},), 0),
    ],
    "string": [  # OQ-33
        ((2.0,), "2"),
        ((-0.0,), "-0"),
        ((1e21,), "1000000000000000000000"),
        ((1.5e22,), "15000000000000000000000"),
        ((1e-7,), "0.0000001"),
        ((-1.25e-7,), "-0.000000125"),
        ((123456789012345680000.0,), "123456789012345680000"),
        ((1635892223.4459958,), "1635892223.4459958"),
        ((0.1,), "0.1"),
        ((math.inf,), "+Inf"),
        ((-math.inf,), "-Inf"),
        ((math.nan,), "NaN"),
        ((7,), "7"),
        ((INT_MIN,), "-9223372036854775808"),
        ((True,), "true"),
        ((False,), "false"),
        (("é",), "é"),
    ],
}

NO_INTEGERS = ("2.7", "x", "", "-", "--5", " 5", "5\n", "1_0", "0x10", "٣", "1e3", str(INT_MAX + 1))
NO_DOUBLES = (
    "",
    "x",
    "1_0",
    " 1",
    "1 ",
    "0x1p3",
    "1e",
    ".",
    "1e400",
    "-1e400",
    "infin",
    "٣",
    "1,5",
)
NO_CONDITIONS: tuple[Any, ...] = (0, 1, "", "true", [])
NO_NUMBERS: tuple[Any, ...] = (None, True, [], {}, b"1")

ERRORS: Table = {
    "double": [
        *each(NO_DOUBLES, "ValueError"),
        *each(NO_NUMBERS, "TypeError"),
    ],
    "if": [((condition, 1, 2), "TypeError") for condition in NO_CONDITIONS],
    "int": [
        *each((*NO_INTEGERS, "9" * 5000), "ValueError"),
        *each((1e19, 2.0**63, math.nan, math.inf), "ValueError"),
        *each(NO_NUMBERS, "TypeError"),
    ],
    "keys": each(([], None, "ab"), "TypeError"),
    "len": each((None, 5, True, b"abc"), "TypeError"),
    "string": each((None, [], {}, b""), "TypeError"),
}


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    assert repr(called(name, arguments)) == repr(result)


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(name: str, arguments: Any, error: str) -> None:
    assert tag(name, arguments) == error


@given(st.floats(allow_nan=False))
def test_a_double_comes_back_from_its_text(value: float) -> None:
    text = wf.string(value)
    assert "e" not in text
    assert repr(wf.double(text)) == repr(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_doubles_text_has_the_shortest_digits(value: float) -> None:
    text = wf.string(value)
    assert Decimal(text) == Decimal(repr(value))
    assert len(text.replace("-", "").replace(".", "").strip("0")) <= 17


def test_string_of_a_map_has_the_known_text() -> None:
    text = (
        "TypeError: unsupported operand type for string(): "
        "'dict' (expecting number, string, or boolean)"
    )
    assert payload(wf.string, {}) == {"message": text, "tags": ["TypeError"]}


@given(ints)
def test_an_integer_comes_back_from_its_text(value: int) -> None:
    assert wf.int(wf.string(value)) == value
