"""`list.*`: new lists; the one given stays as it is (spec 06)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from tests.library_calls import Table, called, rows, tag
from tests.outcomes import outcome
from tests.values import nested, values

import wfc_runtime.v1 as wf

pytestmark = pytest.mark.usefixtures("implementation")

NO_LISTS: tuple[Any, ...] = (None, "ab", {}, 5, b"ab")

RESULTS: Table = {
    "list.concat": [
        (([1], [2]), [1, [2]]),  # one element, not the elements of a list
        (([], None), [None]),
        (([1, "a"], {"b": 1}), [1, "a", {"b": 1}]),
    ],
    "list.prepend": [
        (([1], [2]), [[2], 1]),
        (([], None), [None]),
        (([1, "a"], b"b"), [b"b", 1, "a"]),
    ],
}

ERRORS: Table = {
    "list.concat": [((objs, 1), "TypeError") for objs in NO_LISTS],
    "list.prepend": [((objs, 1), "TypeError") for objs in NO_LISTS],
}


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    assert repr(called(name, arguments)) == repr(result)


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(name: str, arguments: Any, error: str) -> None:
    assert tag(name, arguments) == error


@given(values, values)
def test_new_lists_leave_their_arguments_alone(a: Any, b: Any) -> None:
    before = repr((a, b))
    for function in (wf.list.concat, wf.list.prepend):
        outcome(function, a, b)
        assert repr((a, b)) == before


def test_depth_is_no_obstacle_to_adding() -> None:
    deep = nested(100_000)
    assert wf.list.concat(deep, 1)[1] == 1
