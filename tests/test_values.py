"""Loops over values, copies, and what comes in from outside."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.outcomes import payload
from tests.values import INT_MAX, json_values, nested, values

import wfc_runtime.v1 as wf
from wfc_runtime.values import MAX_DEPTH, argument, deeper_than

pytestmark = pytest.mark.usefixtures("implementation")

# -- loops (spec 04 §5) ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (1, 3, [1, 2, 3]),
        (-1, 1, [-1, 0, 1]),
        (3, 1, []),
        (2, 2, [2]),
        (-1.1, -1, [-1.1]),
        (1.5, 3, [1.5, 2.5]),
        (1.0, 3.0, [1.0, 2.0, 3.0]),
        (1, 2.9, [1, 2]),
        (-3, -1.5, [-3, -2]),
        (0.5, 0.4, []),
    ],
)
def test_a_range_includes_both_ends_and_keeps_the_type_of_its_beginning(
    begin: Any, end: Any, expected: Any
) -> None:
    assert repr(list(wf.span(begin, end))) == repr(expected)
    assert repr(list(wf.span_of([begin, end]))) == repr(expected)


def test_a_range_is_not_built_before_it_is_used() -> None:
    assert next(iter(wf.span(0, INT_MAX))) == 0


@pytest.mark.parametrize(
    ("compute", "tag"),
    [
        (lambda: wf.span("1", 2), "TypeError"),
        (lambda: wf.span(1, None), "TypeError"),
        (lambda: wf.span(True, 2), "TypeError"),
        (lambda: wf.span(1, math.inf), "ValueError"),
        (lambda: wf.span(math.nan, 1), "ValueError"),
        (lambda: wf.span(1e300, 1e300), "ValueError"),
        (lambda: wf.span_of(5), "TypeError"),
        (lambda: wf.span_of([1]), "ValueError"),
        (lambda: wf.each({}), "TypeError"),
        (lambda: wf.each("abc"), "TypeError"),
        (lambda: wf.each(None), "TypeError"),
    ],
)
def test_loops_over_anything_else_fail(compute: Any, tag: str) -> None:
    assert payload(compute)["tags"] == [tag]


# -- values ---------------------------------------------------------------------------------------


@given(values)
def test_a_copy_is_equal_and_shares_no_list_or_map(value: Any) -> None:
    copied = wf.copy(value)
    assert repr(copied) == repr(value)
    assert not containers(copied) & containers(value)


def test_a_copy_knows_no_depth() -> None:
    assert wf.eq(wf.copy(nested(100_000)), nested(100_000))


def containers(value: Any) -> set[int]:
    if isinstance(value, (list, dict)):
        inner = value.values() if isinstance(value, dict) else value
        return {id(value)}.union(*map(containers, inner))
    return set()


# -- arguments of an execution ---------------------------------------------------------------------


class Text(str):
    pass


class Number(int):
    pass


@given(json_values)
def test_a_json_value_comes_in_as_it_is(value: Any) -> None:
    assert repr(argument(value)) == repr(value)


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ((1, (2,)), [1, [2]]),
        ({1: "a"}, {"1": "a"}),
        (2**63, 9223372036854775808.0),
        (-(2**63), -(2**63)),
        (Text("a"), "a"),
        ([Number(5)], [5]),
        (True, True),
        ({"\ud800": "a\udc00"}, {"\ufffd": "a\ufffd"}),
        (None, None),
    ],
)
def test_an_argument_becomes_plain_values(given: Any, seen: Any) -> None:
    value = argument(given)
    assert repr(value) == repr(seen)
    assert type(value) is type(seen)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (b"x", TypeError),
        ({1.5: 0}, TypeError),
        ({True: 0}, TypeError),
        ([{1}], TypeError),
        (math.nan, ValueError),
        ([math.inf], ValueError),
        (10**400, ValueError),
    ],
)
def test_what_json_has_no_form_for_is_refused(given: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        argument(given)


def test_nesting_is_bounded_which_stops_cycles_too() -> None:
    assert argument(nested(MAX_DEPTH)) == nested(MAX_DEPTH)
    cycle: list[Any] = []
    cycle.append(cycle)
    for deep in (nested(MAX_DEPTH + 1), cycle, {"a": nested(MAX_DEPTH)}):
        with pytest.raises(ValueError, match="nested"):
            argument(deep)


_ODD_ITEMS: list[Any] = [
    0,
    2**63 - 1,
    2**63,
    -(2**63),
    -(2**63) - 1,
    2**1030,
    0.5,
    -0.0,
    1e300,
    math.nan,
]
_ODD_ITEMS += [math.inf, True, None, "a", "\xe9", "\ud800", Text("t"), [1], {1: (2,)}, b"x"]


@given(st.lists(st.sampled_from(_ODD_ITEMS), max_size=4))
def test_a_list_is_seen_as_its_items_are_one_by_one(items: list[Any]) -> None:
    """Lists of numbers or texts are tested as a whole."""

    def outcome(seen: Callable[[], Any]) -> str:
        try:
            value = seen()
        except (TypeError, ValueError) as exc:
            return str(exc)
        return repr([(type(item), item) for item in value])

    one_by_one = outcome(lambda: [argument(item) for item in items])
    assert outcome(lambda: argument(items)) == one_by_one
    assert outcome(lambda: argument(tuple(items))) == one_by_one


@pytest.mark.parametrize("depth", [1, 2, 7])
def test_depth_counts_lists_and_maps_not_what_is_in_them(depth: int) -> None:
    assert not deeper_than(nested(depth), depth)
    assert deeper_than(nested(depth), depth - 1)
    assert not deeper_than({"a": 1}, 1)
    assert not deeper_than(5, 0)
