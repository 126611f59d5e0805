"""`json.*`: the one form in which values become JSON text, and come back from it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.library_calls import Table, called, each, rows, tag
from tests.outcomes import message, outcome
from tests.values import DEEP, INT_MAX, INT_MIN, anything, json_values, nested

import wfc_runtime.v1 as wf
from wfc_runtime.jsontext import check, encode
from wfc_runtime.values import MAX_DEPTH

pytestmark = pytest.mark.usefixtures("implementation")

TEXTS: list[tuple[Any, str]] = [
    ({"b": 1, "a": [1, 2.0, None, True]}, '{"a":[1,2,null,true],"b":1}'),
    ({"é": "<&>\u2028"}, '{"é":"<&>\u2028"}'),  # OQ-48
    ('a"\\\n\x01/', '"a\\"\\\\\\n\\u0001/"'),
    ({2: "b", 10: "a", "1": "c"}, '{"1":"c","10":"a","2":"b"}'),  # OQ-13
    ({"😀": 1, "\uffff": 2, "B": 3, "a": 4}, '{"B":3,"a":4,"\uffff":2,"😀":1}'),
    ([], "[]"),
    ({}, "{}"),
    (None, "null"),
    (INT_MIN, "-9223372036854775808"),
    (-0.0, "-0"),
    (1e20, "100000000000000000000"),
    (123456789012345680000.0, "123456789012345680000"),
    (1e21, "1e+21"),
    (-1.5e300, "-1.5e+300"),
    (0.000001, "0.000001"),
    (1e-7, "1e-7"),
    (1.25e-10, "1.25e-10"),
    (5e-324, "5e-324"),
    (0.1, "0.1"),
    ("\ud800", '"\ufffd"'),
]
"""Compact text with sorted keys, and numbers as Go writes them."""

LAYOUTS: list[tuple[Any, Any, str]] = [
    (
        {"b": {}, "a": [1, []]},
        True,
        '{\n    "a": [\n        1,\n        []\n    ],\n    "b": {}\n}',
    ),
    ([1, [2]], {"prefix": "> ", "indent": "\t"}, "[\n> \t1,\n> \t[\n> \t\t2\n> \t]\n> ]"),
    ([1], {"prefix": "#"}, "[\n#    1\n#]"),
    ([1], {"indent": ""}, "[\n1\n]"),
    ([1], {}, "[\n    1\n]"),
    (5, {"prefix": "> "}, "5"),
    ([1, 2], False, "[1,2]"),
    ([1, 2], None, "[1,2]"),
]
"""Every line but the first starts with the prefix (as in Go)."""

NO_JSON: list[tuple[tuple[Any, ...], str]] = [
    ((math.nan,), "ValueError"),
    (([math.inf],), "ValueError"),
    (({"a": b"x"},), "TypeError"),
    (([b"x"], True), "TypeError"),
    ((nested(MAX_DEPTH + 1),), "ValueError"),
    ((nested(5_000), True), "ValueError"),
    ((1, 4), "TypeError"),
    ((1, "  "), "TypeError"),
    ((1, {"indent": 4}), "TypeError"),
    ((1, {"prefix": None}), "TypeError"),
    ((1, {"width": "4"}), "ValueError"),
    ((1, {1: "4"}), "ValueError"),
]

VALUES: list[tuple[Any, Any]] = [
    ("1", 1),
    ("1.0", 1.0),
    ("1e3", 1000.0),
    ("-0", 0),
    ("-0.0", -0.0),
    ("9223372036854775807", INT_MAX),
    ("-9223372036854775808", INT_MIN),
    ("9223372036854775808", 9223372036854775808.0),
    ("1" + "0" * 300, 1e300),
    ("1e-400", 0.0),
    ('{"a":1,"a":2}', {"a": 2}),
    ('{"": {"b": [null, true, false]}}', {"": {"b": [None, True, False]}}),
    (b'"\xc3\xa9"', "é"),
    ('"\\ud83d\\ude00\\u0000\\/"', "😀\x00/"),
    ('{"\\ud800": ["\\udc00x"]}', {"\ufffd": ["\ufffdx"]}),
    (" \t\r\n[ ] ", []),
]
"""Numbers without fraction and exponent are integers (OQ-15)."""

NOT_JSON: list[Any] = [
    *("", " ", "nope", "NaN", "-Infinity", "[1,]", "{a:1}", "'a'", "1 2", "01", '"\n"', "1e400"),
    *("+1", ".5", "1.", "0x1", "-", "True", "[1", '{"a"}', '"\\x"', "\u00a01", "// 1", "\x00"),
    *(b"\xff", b"\xff\xfe1\x00", b'"\xed\xa0\x80"', "-" + "9" * 5000, "\ufeff1", b"\xef\xbb\xbf1"),
    *("[" * 100_000, '{"a":' * 100_000, "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)),
]

RESULTS: Table = {
    "json.decode": [((text,), value) for text, value in VALUES],
    "json.encode": [
        *(((value,), text.encode()) for value, text in TEXTS),
        *(((value, indent), text.encode()) for value, indent, text in LAYOUTS),
    ],
    "json.encode_to_string": [
        *(((value,), text) for value, text in TEXTS),
        *(((value, indent), text) for value, indent, text in LAYOUTS),
    ],
}

ERRORS: Table = {
    "json.decode": [
        *each(NOT_JSON, "ValueError"),
        *each((None, 5, True, [], {}), "TypeError"),
    ],
    "json.encode": NO_JSON,
    "json.encode_to_string": NO_JSON,
}


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    assert repr(called(name, arguments)) == repr(result)


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(name: str, arguments: Any, error: str) -> None:
    assert tag(name, arguments) == error


@given(json_values)
def test_values_survive_text_and_python_reads_the_same(value: Any) -> None:
    text = wf.json.encode_to_string(value)
    read = wf.json.decode(text)
    assert doubles(read) == doubles(json.loads(text)) == doubles(value)
    assert wf.eq(wf.json.decode(wf.json.encode(read)), read)


def doubles(value: Any) -> Any:
    """The value with all numbers as doubles: 2.0 comes back as 2, and -0.0 as 0."""
    if isinstance(value, list):
        return [doubles(item) for item in value]
    if isinstance(value, dict):
        return {key: doubles(item) for key, item in value.items()}
    return float(value) if type(value) is int else value


@given(json_values)
def test_an_indented_text_holds_the_same_value(value: Any) -> None:
    text = wf.json.encode_to_string(value, True)
    assert wf.eq(wf.json.decode(text), wf.json.decode(wf.json.encode(value)))


def finite(text: str) -> float:
    number = float(text)
    if math.isfinite(number):
        return number
    raise ValueError(f"{text} is no double")


@given(st.text(alphabet='[]{}",:0123456789.-+eEtrufalsn \\\n', max_size=12))
def test_what_python_reads_is_read_and_nothing_else(text: str) -> None:
    try:
        expected = json.loads(text, parse_constant=finite, parse_float=finite)
    except ValueError:
        assert tag("json.decode", [text]) == "ValueError"
    else:
        assert doubles(wf.json.decode(text)) == doubles(expected)


@given(st.text())
def test_strings_are_escaped_as_json_escapes_them(text: str) -> None:
    assert wf.json.encode_to_string(text) == json.dumps(text, ensure_ascii=False)


def test_a_bad_text_is_told_with_its_place() -> None:
    text = "ValueError: not JSON: expecting value at line 2, column 3"
    assert message(wf.json.decode, "[\n  x]") == text
    text = "ValueError: not JSON: invalid control character at line 1, column 2"
    assert message(wf.json.decode, '"\t"') == text


def test_nesting_is_bounded_on_both_sides_alike() -> None:
    deep = nested(MAX_DEPTH)
    assert wf.json.decode(wf.json.encode(deep)) == deep


@given(anything)
def test_no_text_that_comes_out_is_anything_but_utf_8(value: Any) -> None:
    try:
        text = wf.json.encode_to_string(value)
    except wf.WorkflowError:
        return
    assert wf.json.encode(value) == text.encode("utf-8")


@given(anything | st.sampled_from([nested(MAX_DEPTH), nested(MAX_DEPTH + 1), *DEEP]))
def test_what_is_checked_is_what_can_be_encoded(value: Any) -> None:
    """The result of an execution is checked; nobody needs its text."""
    checked, encoded = (outcome(one, value).startswith("raises") for one in (check, encode))
    assert checked == encoded
    if checked:
        assert outcome(check, value) == outcome(encode, value)
