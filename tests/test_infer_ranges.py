"""What is said of the range of integers holds for every integer."""

from __future__ import annotations

import operator as python
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.values import CORNER_INTS, INT_MAX, INT_MIN

from wfc import syntax, types
from wfc.infer_ranges import fits, integers
from wfc.types import Type

OPERATORS: dict[syntax.BinaryOperator, Callable[[int, int], int]] = {
    "+": python.add,
    "-": python.sub,
    "*": python.mul,
    "//": python.floordiv,
    "%": python.mod,
}

numbers = st.sampled_from(CORNER_INTS) | st.integers(-9, 9) | st.integers(INT_MIN, INT_MAX)


@st.composite
def members(draw: st.DrawFn) -> tuple[Type, int]:
    """A range, which is often a single integer, and an integer in it."""
    low, high = sorted((draw(numbers), draw(numbers)))
    if draw(st.booleans()):
        high = low
    corners = st.sampled_from((low, high))
    return types.integer(low, high), draw(corners | st.integers(low, high))


@given(st.sampled_from(sorted(OPERATORS)), members(), members())
@settings(max_examples=1000)
def test_a_result_is_in_its_range_and_fits_where_that_is_said(
    operator: syntax.BinaryOperator, left: tuple[Type, int], right: tuple[Type, int]
) -> None:
    (of_left, a), (of_right, b) = left, right
    if not b and operator in ("//", "%"):
        return
    result = OPERATORS[operator](a, b)
    inside = INT_MIN <= result <= INT_MAX
    assert inside or not fits(operator, of_left, of_right)
    if inside:  # else it is an error
        found = integers(operator, of_left, of_right)
        assert found.low <= result <= found.high
        assert found.only("integer")


@given(numbers, numbers, st.integers(-9, 9))
def test_what_is_added_to_a_multiple_fits_where_that_is_said(a: int, b: int, more: int) -> None:
    product = integers("*", types.integer(a, a), types.integer(INT_MIN, INT_MAX))
    if INT_MIN <= a * b <= INT_MAX and fits("+", product, types.integer(more, more)):
        assert INT_MIN <= a * b + more <= INT_MAX
