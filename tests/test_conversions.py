"""`int()`, `double()`, `string()`, `len()` and the like, by the tables of spec 03 §8."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.outcomes import payload, tags
from tests.values import INT_MAX, INT_MIN, ints

import wfc_runtime.v1 as wf


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.0, "2"),
        (-0.0, "-0"),
        (1e21, "1000000000000000000000"),
        (1.5e22, "15000000000000000000000"),
        (1e-7, "0.0000001"),
        (-1.25e-7, "-0.000000125"),
        (123456789012345680000.0, "123456789012345680000"),
        (1635892223.4459958, "1635892223.4459958"),
        (0.1, "0.1"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
        (math.nan, "NaN"),
        (7, "7"),
        (True, "true"),
        (False, "false"),
        ("é", "é"),
    ],
)
def test_string_writes_plain_decimals_without_exponent_oq_33(value: Any, text: str) -> None:
    assert wf.string(value) == text


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


@pytest.mark.parametrize("value", [None, [], b"", len])
def test_string_takes_no_other_types(value: Any) -> None:
    assert tags(wf.string, value) == ["TypeError"]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        (2.7, 2),
        (-2.7, -2),
        (-0.0, 0),
        (9007199254740993.0, 9007199254740992),
        ("5", 5),
        ("+5", 5),
        ("-007", -7),
        (str(INT_MIN), INT_MIN),
        ("0" * 5000 + "1", 1),
    ],
)
def test_int_truncates_and_reads_text_oq_32(value: Any, number: int) -> None:
    assert repr(wf.int(value)) == repr(number)


@pytest.mark.parametrize(
    "value",
    [
        *("2.7", "x", "", "-", " 5", "5\n", "1_0", "0x10", "٣", "1e3", str(INT_MAX + 1)),
        *("9" * 5000, 1e19, float(2**63), math.nan, math.inf),
    ],
)
def test_int_refuses_other_text_and_what_64_bits_cannot_hold(value: Any) -> None:
    assert tags(wf.int, value) == ["ValueError"]


@pytest.mark.parametrize("convert", [wf.int, wf.double])
@pytest.mark.parametrize("value", [None, True, [], {}, b"1"])
def test_numbers_are_made_of_numbers_and_text_only(convert: Any, value: Any) -> None:
    assert tags(convert, value) == ["TypeError"]


@given(ints)
def test_an_integer_comes_back_from_its_text(value: int) -> None:
    assert wf.int(wf.string(value)) == value


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (1, 1.0),
        (INT_MAX, 9223372036854775807.0),
        ("2.5", 2.5),
        ("-1e3", -1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("1E-400", 0.0),
        ("Inf", math.inf),
        ("-infinity", -math.inf),
    ],
)
def test_double_reads_numbers_and_text(value: Any, number: float) -> None:
    assert repr(wf.double(value)) == repr(number)


@pytest.mark.parametrize("value", ["", "x", "1_0", " 1", "0x1p3", "1e", ".", "1e400", "-1e400"])
def test_double_refuses_other_text(value: str) -> None:
    assert tags(wf.double, value) == ["ValueError"]


@pytest.mark.parametrize(("value", "count"), [("é😀", 2), ([1, [2]], 2), ({"a": 1}, 1), ("", 0)])
def test_len_counts_code_points_elements_and_entries(value: Any, count: int) -> None:
    assert wf.len(value) == count


@pytest.mark.parametrize("value", [None, 5, True, b"abc"])
def test_len_takes_no_other_types(value: Any) -> None:
    assert tags(wf.len, value) == ["TypeError"]


def test_keys_keep_their_order_and_type() -> None:
    assert repr(wf.keys({"b": 1, 2: 2, "a": 3})) == "['b', 2, 'a']"
    assert tags(wf.keys, []) == ["TypeError"]


def test_default_replaces_null_only() -> None:
    assert wf.default(None, 5) == 5
    assert [wf.default(value, 5) for value in (False, 0, "")] == [False, 0, ""]


def test_if_takes_null_as_false() -> None:
    assert [wf.if_(c, "a", "b") for c in (True, False, None)] == ["a", "b", "b"]


@pytest.mark.parametrize("condition", [0, 1, "", "true", []])
def test_if_takes_no_other_condition(condition: Any) -> None:
    assert tags(wf.if_, condition, "a", "b") == ["TypeError"]


def test_get_type_names_the_eight_types() -> None:
    values: tuple[Any, ...] = (None, True, 1, 1.0, "", b"", [], {})
    words = ["null", "boolean", "integer", "double", "string", "bytes", "list", "map"]
    assert [wf.get_type(value) for value in values] == words
