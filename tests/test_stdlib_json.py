"""`json.*`: the one form in which values become JSON text, and come back from it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.outcomes import message, tags
from tests.values import anything, json_values, nested

import wfc_runtime.v1 as wf
from wfc_runtime.values import MAX_DEPTH


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [1, 2.0, None, True]}, '{"a":[1,2,null,true],"b":1}'),
        ({"é": "<&>\u2028"}, '{"é":"<&>\u2028"}'),
        ('a"\\\n\x01', '"a\\"\\\\\\n\\u0001"'),
        ({2: "b", 10: "a", "1": "c"}, '{"1":"c","10":"a","2":"b"}'),
        ([], "[]"),
        ({}, "{}"),
        (-0.0, "-0"),
        (1e20, "100000000000000000000"),
        (123456789012345680000.0, "123456789012345680000"),
        (1e21, "1e+21"),
        (-1.5e300, "-1.5e+300"),
        (0.000001, "0.000001"),
        (1e-7, "1e-7"),
        (1.25e-10, "1.25e-10"),
        (0.1, "0.1"),
        ("\ud800", '"\ufffd"'),
    ],
)
def test_text_is_compact_with_sorted_keys_and_numbers_as_in_go(value: Any, text: str) -> None:
    assert wf.json.encode_to_string(value) == text
    assert wf.json.encode(value) == text.encode()


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


@given(st.text())
def test_strings_are_escaped_as_json_escapes_them(text: str) -> None:
    assert wf.json.encode_to_string(text) == json.dumps(text, ensure_ascii=False)


def test_indent_true_means_four_blanks_and_no_prefix() -> None:
    text = '{\n    "a": [\n        1,\n        []\n    ],\n    "b": {}\n}'
    assert wf.json.encode_to_string({"b": {}, "a": [1, []]}, True) == text


def test_every_line_but_the_first_starts_with_the_prefix() -> None:
    layout = {"prefix": "> ", "indent": "\t"}
    assert wf.json.encode_to_string([1, [2]], layout) == "[\n> \t1,\n> \t[\n> \t\t2\n> \t]\n> ]"
    assert wf.json.encode_to_string([1], {"prefix": "#"}) == "[\n#    1\n#]"
    assert wf.json.encode_to_string([1], False) == "[1]"


@pytest.mark.parametrize(
    ("value", "indent", "tag"),
    [
        (math.nan, None, "ValueError"),
        ([math.inf], None, "ValueError"),
        ({"a": b"x"}, None, "TypeError"),
        ([wf.add], None, "TypeError"),
        ([b"x"], True, "TypeError"),
        (nested(MAX_DEPTH + 1), None, "ValueError"),
        (nested(100_000), True, "ValueError"),
        (1, 4, "TypeError"),
        (1, "  ", "TypeError"),
        (1, {"indent": 4}, "TypeError"),
        (1, {"width": "4"}, "ValueError"),
        (1, {1: "4"}, "ValueError"),
    ],
)
def test_what_json_cannot_hold_is_an_error(value: Any, indent: Any, tag: str) -> None:
    assert tags(wf.json.encode, value, indent) == [tag]
    assert tags(wf.json.encode_to_string, value, indent) == [tag]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", 1),
        ("1.0", 1.0),
        ("1e3", 1000.0),
        ("-0", 0),
        ("-0.0", -0.0),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("9223372036854775808", 9223372036854775808.0),
        ("1" + "0" * 300, 1e300),
        ('{"a":1,"a":2}', {"a": 2}),
        (b'"\xc3\xa9"', "é"),
        ('"\\ud83d\\ude00"', "😀"),
        ('{"\\ud800": ["\\udc00x"]}', {"\ufffd": ["\ufffdx"]}),
        (" [ ] ", []),
    ],
)
def test_numbers_without_fraction_and_exponent_are_integers_oq_15(text: Any, value: Any) -> None:
    assert repr(wf.json.decode(text)) == repr(value)


@pytest.mark.parametrize(
    "text",
    [
        *("", "nope", "NaN", "-Infinity", "[1,]", "{a:1}", "'a'", "1 2", "01", '"\n"', "1e400"),
        *(b"\xff", "-" + "9" * 5000, "\ufeff1", b"\xef\xbb\xbf1", "[" * 100_000, '{"a":' * 100_000),
        "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
    ],
)
def test_what_is_not_json_is_a_value_error(text: Any) -> None:
    assert tags(wf.json.decode, text) == ["ValueError"]


def test_a_bad_text_is_told_with_its_place() -> None:
    text = "ValueError: not JSON: expecting value at line 2, column 3"
    assert message(wf.json.decode, "[\n  x]") == text


def test_nesting_is_bounded_on_both_sides_alike() -> None:
    deep = nested(MAX_DEPTH)
    assert wf.json.decode(wf.json.encode(deep)) == deep


@pytest.mark.parametrize("data", [None, 5, True, [], {}])
def test_only_text_is_decoded(data: Any) -> None:
    assert tags(wf.json.decode, data) == ["TypeError"]


@given(anything)
def test_no_text_that_comes_out_is_anything_but_utf_8(value: Any) -> None:
    try:
        text = wf.json.encode_to_string(value)
    except wf.WorkflowError:
        return
    assert wf.json.encode(value) == text.encode("utf-8")
