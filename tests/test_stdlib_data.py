"""`base64`, `hash`, `list`, `map`, `math`, `retry`: normal, edge, error (spec 06)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.outcomes import outcome, tags
from tests.values import INT_MAX, INT_MIN, anything, nested, values

import wfc_runtime.v1 as wf

# -- base64 ----------------------------------------------------------------------------------------


@given(st.binary())
def test_base64_is_pythons(data: bytes) -> None:
    padded, bare = base64.b64encode(data).decode(), base64.b64encode(data).decode().rstrip("=")
    assert wf.base64.encode(data) == wf.base64.encode(data, True) == padded
    assert wf.base64.encode(data, False) == bare
    assert wf.base64.decode(padded) == wf.base64.decode(bare, False) == data


def test_base64_skips_line_ends() -> None:
    assert wf.base64.decode("aGVs\r\nbG8=\n") == b"hello"


@pytest.mark.parametrize(
    ("text", "padding"),
    [
        *(("aGVsbG8", True), ("aGVsbG8=", False), ("a", True), ("a", False), ("====", True)),
        *(("aGVs bG8=", True), ("-_-_", True), ("é===", True), ("a=aa", True), ("\ud800", False)),
    ],
)
def test_base64_decode_refuses_other_text(text: str, padding: bool) -> None:
    assert tags(wf.base64.decode, text, padding) == ["ValueError"]


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("encode", ("text",)),
        ("encode", (None,)),
        ("encode", (b"", 1)),
        ("decode", (b"aGk=",)),
        ("decode", ("aGk=", "true")),
    ],
)
def test_base64_wants_bytes_text_and_a_boolean(function: str, arguments: Any) -> None:
    assert tags(getattr(wf.base64, function), *arguments) == ["TypeError"]


# -- hash ------------------------------------------------------------------------------------------


@given(st.binary(), st.binary(), st.sampled_from(("MD5", "SHA1", "SHA256", "SHA384", "SHA512")))
def test_checksums_are_pythons(key: bytes, data: bytes, algorithm: str) -> None:
    name = algorithm.lower()
    assert wf.hash.compute_checksum(data, algorithm) == hashlib.new(name, data).digest()
    assert wf.hash.compute_hmac(key, data, algorithm) == hmac.new(key, data, name).digest()


@pytest.mark.parametrize(
    ("data", "algorithm", "tag"),
    [
        (b"", "sha256", "ValueError"),
        (b"", "SHA-256", "ValueError"),
        (b"", "", "ValueError"),
        (b"", None, "TypeError"),
        ("text", "SHA256", "TypeError"),
        (None, "SHA256", "TypeError"),
    ],
)
def test_hash_errors_oq_55(data: Any, algorithm: Any, tag: str) -> None:
    assert tags(wf.hash.compute_checksum, data, algorithm) == [tag]
    assert tags(wf.hash.compute_hmac, b"k", data, algorithm) == [tag]


def test_the_key_is_bytes() -> None:
    assert tags(wf.hash.compute_hmac, "k", b"", "MD5") == ["TypeError"]


# -- list ------------------------------------------------------------------------------------------


def test_concat_and_prepend_add_one_element_to_a_new_list() -> None:
    given = [1]
    assert wf.list.concat(given, [2]) == [1, [2]]
    assert wf.list.prepend(given, None) == [None, 1]
    assert given == [1]


@pytest.mark.parametrize("objs", [None, "ab", {}, 5])
def test_only_lists_are_added_to(objs: Any) -> None:
    assert tags(wf.list.concat, objs, 1) == ["TypeError"]
    assert tags(wf.list.prepend, objs, 1) == ["TypeError"]


# -- map -------------------------------------------------------------------------------------------

SHOP = {"a": {"b": [1], "n": None}, 1: "one", "x": 5}


@pytest.mark.parametrize(
    ("map", "keys", "value"),
    [
        (SHOP, "x", 5),
        (SHOP, ["a", "b"], [1]),
        (SHOP, ["a", "n"], None),
        (SHOP, "missing", None),
        (SHOP, ["a", "missing", "more"], None),
        (SHOP, ["x", "deeper"], None),
        (SHOP, ["a", "b", "0"], None),
        (SHOP, 1, "one"),
        (SHOP, [], SHOP),
        (None, "x", None),
        ("text", "x", None),
        ([1], "0", None),
        (None, [], None),
    ],
)
def test_map_get_gives_null_where_there_is_nothing(map: Any, keys: Any, value: Any) -> None:
    assert repr(wf.map.get(map, keys)) == repr(value)


@pytest.mark.parametrize("keys", [None, 1.5, True, {}, ["a", None], ["missing", [], "x"]])
def test_map_get_fails_for_wrong_keys_only(keys: Any) -> None:
    for map in (SHOP, None):
        assert tags(wf.map.get, map, keys) == ["TypeError"]


def test_map_delete_gives_a_copy_without_the_key() -> None:
    given = {"a": 1, "b": 2}
    assert wf.map.delete(given, "a") == {"b": 2}
    assert wf.map.delete(given, "x") == given == {"a": 1, "b": 2}


@pytest.mark.parametrize("arguments", [(None, "a"), ({}, None), ({}, True), ({}, [])])
def test_map_delete_wants_a_map_and_a_key(arguments: Any) -> None:
    assert tags(wf.map.delete, *arguments) == ["TypeError"]


def test_merge_lets_the_second_map_win() -> None:
    first, second = {"a": {"x": 1}, "b": 1}, {"a": {"y": 2}, "c": 3}
    assert wf.map.merge(first, second) == {"a": {"y": 2}, "b": 1, "c": 3}
    assert wf.map.merge_nested(first, second) == {"a": {"x": 1, "y": 2}, "b": 1, "c": 3}
    assert wf.map.merge_nested({"a": 1}, {"a": {}}) == {"a": {}}
    assert wf.map.merge_nested({"a": {}}, {"a": 1}) == {"a": 1}
    assert (first, second) == ({"a": {"x": 1}, "b": 1}, {"a": {"y": 2}, "c": 3})


@pytest.mark.parametrize("other", [None, [], "a"])
def test_only_maps_are_merged(other: Any) -> None:
    for function in (wf.map.merge, wf.map.merge_nested):
        assert tags(function, other, {}) == tags(function, {}, other) == ["TypeError"]


maps = st.recursive(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)


@given(maps, maps)
def test_nested_merging_is_what_its_definition_says(first: Any, second: Any) -> None:
    def merged(a: Any, b: Any) -> Any:
        if not isinstance(a, dict) or not isinstance(b, dict):
            return b
        return {k: merged(a[k], b[k]) if k in a and k in b else {**a, **b}[k] for k in {**a, **b}}

    before = repr((first, second))
    assert wf.map.merge_nested(first, second) == merged(first, second)
    assert repr((first, second)) == before


def test_nested_merging_knows_no_depth() -> None:
    deep: dict[str, Any] = {}
    for _ in range(50_000):
        deep = {"a": deep}
    assert wf.eq(wf.map.merge_nested(deep, deep), deep)


# -- math ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "arguments", "result"),
    [
        ("abs", (-42,), 42),
        ("abs", (-2.5,), 2.5),
        ("abs", (-0.0,), 0.0),
        ("floor", (3.7,), 3),
        ("floor", (-3.2,), -4),
        ("floor", (INT_MAX,), INT_MAX),
        ("max", (10, 20), 20),
        ("max", (3, 2.5), 3.0),
        ("max", (2.5, 3), 3.0),
        ("max", (2, 2.0), 2.0),
        ("max", (1, math.nan), math.nan),
        ("min", (10, 20), 10),
        ("min", (math.nan, 1), math.nan),
        ("min", (-math.inf, 1), -math.inf),
        ("max", (2**53 + 1, 1.0), 9007199254740992.0),
    ],
)
def test_math_results(function: str, arguments: Any, result: Any) -> None:
    assert repr(getattr(wf.math, function)(*arguments)) == repr(result)


@pytest.mark.parametrize(
    ("function", "arguments", "tag"),
    [
        ("abs", (INT_MIN,), "ValueError"),
        ("abs", (True,), "TypeError"),
        ("abs", ("1",), "TypeError"),
        ("floor", (math.nan,), "ValueError"),
        ("floor", (1e19,), "ValueError"),
        ("floor", (None,), "TypeError"),
        ("max", (1, "2"), "TypeError"),
        ("min", (None, 2), "TypeError"),
        ("min", (True, 2), "TypeError"),
    ],
)
def test_math_errors(function: str, arguments: Any, tag: str) -> None:
    assert tags(getattr(wf.math, function), *arguments) == [tag]


# -- retry -----------------------------------------------------------------------------------------


@given(anything)
def test_always_and_never(error: Any) -> None:
    assert wf.retry.always(error) is True
    assert wf.retry.never(error) is False


@pytest.mark.parametrize(
    ("error", "idempotent", "other"),
    [
        ({"code": 429, "tags": ["HttpError"]}, True, True),
        ({"code": 503, "tags": ["HttpError"]}, True, True),
        ({"code": 502, "tags": ["HttpError"]}, True, False),
        ({"code": 504, "tags": ["HttpError"]}, True, False),
        ({"code": 503}, True, True),
        ({"code": 500, "tags": ["HttpError"]}, False, False),
        ({"code": 404, "tags": ["HttpError"]}, False, False),
        ({"code": 503.0}, False, False),
        ({"tags": ["ConnectionFailedError", "OSError"]}, True, True),
        ({"tags": ["ConnectionError", "OSError"]}, True, False),
        ({"tags": ["TimeoutError", "OSError"]}, True, False),
        ({"tags": ["KeyError", "LookupError"]}, False, False),
        ({"tags": "TimeoutError"}, False, False),
        ({"tags": [None, ["TimeoutError"]]}, False, False),
        ("a raised string", False, False),
        (None, False, False),
        (False, False, False),
    ],
)
def test_the_default_predicates(error: Any, idempotent: bool, other: bool) -> None:
    assert wf.http.default_retry_predicate(error) is idempotent
    assert wf.http.default_retry_predicate_non_idempotent(error) is other


# -- all of them -----------------------------------------------------------------------------------


@given(values, values)
def test_new_lists_and_maps_leave_their_arguments_alone(a: Any, b: Any) -> None:
    before = repr((a, b))
    for function in (wf.list.concat, wf.list.prepend, wf.map.merge, wf.map.merge_nested):
        outcome(function, a, b)
        assert repr((a, b)) == before


def test_depth_is_no_obstacle_to_adding() -> None:
    deep = nested(100_000)
    assert wf.list.concat(deep, 1)[1] == 1
