"""What histories show of values: everything that is small, marks in place of what is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfc_runtime.shown import shown

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats()
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(0, 9), inner),
)


@given(VALUES, st.integers(0, 200))
def test_any_value_has_a_form_in_json_of_limited_length(value: Any, room: int) -> None:
    text = json.dumps(
        shown(value, room), allow_nan=False, ensure_ascii=False, separators=(",", ":")
    )
    # twice for what JSON escapes, up to six times for a control character
    assert len(text) <= 6 * room + 400


@pytest.mark.parametrize("value", [None, True, -3, 1.5, "text", [1, [2]], {"a": {"b": []}}])
def test_small_values_are_shown_as_they_are(value: Any) -> None:
    assert repr(shown(value)) == repr(value)


def test_shown_value_is_a_copy() -> None:
    value = {"a": [1]}
    copy = shown(value)
    value["a"].append(2)
    assert copy == {"a": [1]}


deep: list[Any] = []
for _ in range(100_000):
    deep = [deep]


@pytest.mark.parametrize(
    ("value", "room", "expected"),
    [
        ("x" * 30, 10, "x" * 10 + "… (30 characters)"),
        ([1] * 100, 20, [1, 1, 1, 1, "… (100 items)"]),
        (
            {"a": "x" * 10, "b": 1, "c": 2},
            10,
            {"a": "x" * 5 + "… (10 characters)", "…": "(3 entries)"},
        ),
        ({1: 2}, 10, {"1": 2}),
        (b"abc", 10, "… (3 bytes)"),
        (float("nan"), 10, "nan"),
        (float("-inf"), 10, "-inf"),
        (len, 10, "… (function)"),
    ],
)
def test_what_does_not_fit_leaves_a_mark(value: Any, room: int, expected: Any) -> None:
    assert shown(value, room) == expected


def test_depth_is_limited() -> None:
    inner = shown(deep)
    depth = 0
    while isinstance(inner, list):
        inner, depth = inner[0], depth + 1
    assert (depth, inner) == (32, "… (1 item)")
