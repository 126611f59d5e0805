"""`map.*`: new maps; those given stay as they are (spec 06)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.library_calls import Table, called, rows, tag
from tests.outcomes import outcome
from tests.values import values

import wfc_runtime.v1 as wf

pytestmark = pytest.mark.usefixtures("implementation")

SHOP: dict[Any, Any] = {"a": {"b": [1], "n": None}, 1: "one", "x": 5, "a.b": 0, "": "empty"}
NOWHERE = ("missing", ["a", "missing", "more"], ["x", "deeper"], ["a", "b", 0], ["a", "b", "0"])
OTHERS: tuple[Any, ...] = (None, [], "a")

RESULTS: Table = {
    "map.delete": [
        (({"a": 1, "b": 2}, "a"), {"b": 2}),
        (({"a": 1}, "x"), {"a": 1}),
        (({}, "a"), {}),
        (({1: 2, "1": 3}, 1), {"1": 3}),
    ],
    "map.get": [
        ((SHOP, "x"), 5),
        ((SHOP, ["x"]), 5),
        ((SHOP, ["a", "b"]), [1]),
        ((SHOP, ["a", "n"]), None),
        ((SHOP, ["a", "n", "m"]), None),
        ((SHOP, 1), "one"),
        ((SHOP, "a.b"), 0),
        ((SHOP, ""), "empty"),
        ((SHOP, []), SHOP),
        *(((SHOP, keys), None) for keys in NOWHERE),
        *(((map, keys), None) for map in (None, "x", 5, [1], b"x") for keys in ("x", ["x"], [])),
    ],
    "map.merge": [
        (({"a": {"x": 1}, "b": 1}, {"a": {"y": 2}, "c": 3}), {"a": {"y": 2}, "b": 1, "c": 3}),
        (({"a": 1}, {"a": None}), {"a": None}),
        (({}, {}), {}),
    ],
    "map.merge_nested": [
        (
            ({"a": {"x": 1}, "b": 1}, {"a": {"y": 2}, "c": 3}),
            {"a": {"x": 1, "y": 2}, "b": 1, "c": 3},
        ),
        (({"a": 1}, {"a": {}}), {"a": {}}),
        (({"a": {}}, {"a": 1}), {"a": 1}),
        (({"a": {"x": 1}}, {"a": None}), {"a": None}),
        (({"a": [1, 2]}, {"a": [3]}), {"a": [3]}),
        (({}, {}), {}),
    ],
}

NO_KEYS: tuple[Any, ...] = (None, 1.5, True, {}, b"a", ["a", None], ["missing", [], "x"])

ERRORS: Table = {
    "map.delete": [
        *(((map, "a"), "TypeError") for map in OTHERS),
        *((({}, key), "TypeError") for key in (None, True, 1.0, ["a"])),
    ],
    "map.get": [((map, keys), "TypeError") for map in (SHOP, None) for keys in NO_KEYS],
    "map.merge": [
        *(((other, {}), "TypeError") for other in OTHERS),
        *((({}, other), "TypeError") for other in OTHERS),
    ],
    "map.merge_nested": [
        *(((other, {}), "TypeError") for other in OTHERS),
        *((({}, other), "TypeError") for other in OTHERS),
    ],
}


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    assert repr(called(name, arguments)) == repr(result)


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(name: str, arguments: Any, error: str) -> None:
    assert tag(name, arguments) == error


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


@given(maps, st.lists(st.sampled_from("abcd"), max_size=4))
def test_a_path_is_followed_key_by_key(map: Any, path: list[str]) -> None:
    value: Any = map
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    assert wf.map.get(map, path) == value


@given(values, values)
def test_new_maps_leave_their_arguments_alone(a: Any, b: Any) -> None:
    before = repr((a, b))
    for function in (wf.map.merge, wf.map.merge_nested, wf.map.delete):
        outcome(function, a, b)
        assert repr((a, b)) == before
