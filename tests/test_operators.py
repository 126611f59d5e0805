"""Operators: the tables of spec 03, and the runtime against a slow reference interpreter."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.outcomes import message, outcome, payload
from tests.reference import evaluate
from tests.values import INT_MAX, INT_MIN, SAMPLES, anything, map_keys, nested, numbers, values

import wfc_runtime.v1 as wf
from wfc import syntax
from wfc.source import Span

pytestmark = pytest.mark.usefixtures("implementation")

HERE = Span(0, 0)

OPERATORS: dict[syntax.BinaryOperator, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: wf.add(a, b),
    "-": lambda a, b: wf.sub(a, b),
    "*": lambda a, b: wf.mul(a, b),
    "/": lambda a, b: wf.div(a, b),
    "//": lambda a, b: wf.floordiv(a, b),
    "%": lambda a, b: wf.mod(a, b),
    "<": lambda a, b: wf.lt(a, b),
    "<=": lambda a, b: wf.le(a, b),
    ">": lambda a, b: wf.gt(a, b),
    ">=": lambda a, b: wf.ge(a, b),
    "==": lambda a, b: wf.eq(a, b),
    "!=": lambda a, b: wf.ne(a, b),
    "in": lambda a, b: wf.is_in(a, b),
    "and": lambda a, b: wf.truth(a) and wf.truth(b),
    "or": lambda a, b: wf.truth(a) or wf.truth(b),
}
HELPERS: dict[str, int] = {
    "default": 2,
    "double": 1,
    "get_type": 1,
    "if_": 3,
    "int": 1,
    "keys": 1,
    "len": 1,
    "string": 1,
}
"""The number of their parameters, by their names in the runtime."""


def names(count: int) -> list[syntax.Expression]:
    return [syntax.Name(name, HERE) for name in "abc"[:count]]


def means(expression: syntax.Expression, *operands: Any) -> str:
    """What the reference says of an expression over `a`, `b`, `c`."""
    variables = dict(zip("abc", operands, strict=False))
    return outcome(evaluate, expression, variables)


def binary(operator: syntax.BinaryOperator) -> syntax.Expression:
    a, b = names(2)
    return syntax.Binary(operator, a, b, HERE)


# -- against the reference ------------------------------------------------------------------------


@pytest.mark.parametrize("operator", OPERATORS)
def test_every_pair_of_types_gives_what_the_reference_gives(operator: Any) -> None:
    expression = binary(operator)
    for a in SAMPLES:
        for b in SAMPLES:
            assert outcome(OPERATORS[operator], a, b) == means(expression, a, b)


@given(st.sampled_from(tuple(OPERATORS)), anything, anything)
def test_binary_operators_agree_with_the_reference(operator: Any, a: Any, b: Any) -> None:
    assert outcome(OPERATORS[operator], a, b) == means(binary(operator), a, b)


@given(st.sampled_from(tuple(OPERATORS)), numbers, numbers)
def test_numbers_agree_with_the_reference(operator: Any, a: Any, b: Any) -> None:
    assert outcome(OPERATORS[operator], a, b) == means(binary(operator), a, b)


@given(anything, st.sampled_from(("-", "+", "not")))
def test_unary_operators_agree_with_the_reference(a: Any, operator: Any) -> None:
    functions: dict[str, Callable[[Any], Any]] = {
        "-": lambda operand: wf.neg(operand),
        "+": lambda operand: wf.pos(operand),
        "not": lambda operand: not wf.truth(operand),
    }
    expression = syntax.Unary(operator, names(1)[0], HERE)
    assert outcome(functions[operator], a) == means(expression, a)


@given(anything, st.one_of(map_keys, anything))
def test_access_agrees_with_the_reference(base: Any, index: Any) -> None:
    a, b = names(2)
    assert outcome(wf.item, base, index) == means(syntax.Index(a, b, HERE), base, index)


@given(anything)
def test_fields_agree_with_the_reference(base: Any) -> None:
    field = syntax.Member(names(1)[0], "a", HERE, HERE)
    assert outcome(wf.item, base, "a") == means(field, base)


@given(st.sampled_from(tuple(HELPERS)), st.lists(anything, min_size=3, max_size=3))
def test_helpers_agree_with_the_reference(helper: str, operands: list[Any]) -> None:
    count = HELPERS[helper]
    call = syntax.Call(helper.rstrip("_"), HERE, tuple(names(count)), HERE)
    assert outcome(getattr(wf, helper), *operands[:count]) == means(call, *operands)


@given(st.lists(values, min_size=2, max_size=6))
def test_a_chain_of_plus_is_a_left_fold(operands: list[Any]) -> None:
    def fold() -> Any:
        total = operands[0]
        for operand in operands[1:]:
            total = wf.add(total, operand)
        return total

    assert outcome(wf.add, *operands) == outcome(fold)


# -- known results (spec 03 §6) -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "total"),
    [
        ("Hello world", 1, "Hello world1"),
        (1, "x", "1x"),
        (2.0, "x", "2x"),
        ("x", 1635892223.4459958, "x1635892223.4459958"),
        ("x", 1e21, "x1000000000000000000000"),
        (True, "x", "truex"),
        ("x", False, "xfalse"),
        (1, 2.5, 3.5),
    ],
)
def test_plus_joins_text_with_numbers_and_booleans(left: Any, right: Any, total: Any) -> None:
    assert wf.add(left, right) == total


def test_plus_goes_from_left_to_right() -> None:
    assert wf.add(1, 2, "a") == "3a"
    assert wf.add("a", 1, 2) == "a12"


@pytest.mark.parametrize("other", [None, [], {}, b""])
def test_plus_knows_no_null_list_map_or_bytes(other: Any) -> None:
    for known in (1, "a"):
        assert payload(wf.add, known, other)["tags"] == ["TypeError"]
        assert payload(wf.add, "a", known, other)["tags"] == ["TypeError"]


@pytest.mark.parametrize(
    ("left", "right", "quotient", "remainder"),
    [
        (7, 2, 3, 1),
        (-7, 2, -4, 1),
        (7, -2, -4, -1),
        (-7, -2, 3, -1),
        (7.5, 2, 3.0, 1.5),
        (-7.5, 2, -4.0, 0.5),
    ],
)
def test_floor_division_and_remainder_go_together_oq_28(
    left: Any, right: Any, quotient: Any, remainder: Any
) -> None:
    assert repr(wf.floordiv(left, right)) == repr(quotient)
    assert repr(wf.mod(left, right)) == repr(remainder)


def test_division_always_gives_a_double() -> None:
    assert repr(wf.div(7, 2)) == "3.5"
    assert repr(wf.div(6, 2)) == "3.0"


@pytest.mark.parametrize("operator", ["/", "//", "%"])
@pytest.mark.parametrize("zero", [0, 0.0, -0.0])
def test_division_by_zero_has_the_known_error(operator: Any, zero: Any) -> None:
    assert payload(OPERATORS[operator], 1, zero) == {
        "message": "ZeroDivisionError: division by zero",
        "tags": ["ZeroDivisionError", "ArithmeticError"],
    }


@pytest.mark.parametrize(
    ("compute", "detail"),
    [
        (lambda: wf.add(INT_MAX, 1), f"{INT_MAX} + 1"),
        (lambda: wf.sub(INT_MIN, 1), f"{INT_MIN} - 1"),
        (lambda: wf.mul(INT_MAX, 2), f"{INT_MAX} * 2"),
        (lambda: wf.floordiv(INT_MIN, -1), f"{INT_MIN} // -1"),
        (lambda: wf.neg(INT_MIN), f"-({INT_MIN})"),
    ],
)
def test_overflow_names_the_operation_and_its_operands_oq_29(compute: Any, detail: str) -> None:
    assert payload(compute) == {
        "message": f"ValueError: {detail} is beyond 64-bit integers",
        "tags": ["ValueError"],
    }


def test_doubles_overflow_to_infinity_oq_29() -> None:
    assert wf.mul(1e308, 10) == math.inf
    assert wf.add(-1e308, -1e308) == -math.inf


def test_negative_zero_keeps_its_sign() -> None:
    assert math.copysign(1, wf.neg(0.0)) == -1
    assert repr(wf.neg(0)) == "0"


@pytest.mark.parametrize("operator", ["-", "*", "/", "<", ">=", "//", "%"])
def test_a_boolean_is_not_a_number(operator: Any) -> None:
    text = message(OPERATORS[operator], True, 1)
    assert "'boolean' and 'number'" in text
    assert payload(wf.neg, True)["tags"] == ["TypeError"]


def test_equality_tells_booleans_from_numbers_also_deep_inside_oq_31() -> None:
    assert wf.eq(1, 1.0)
    assert not wf.eq(1, True)
    assert not wf.eq([0, {"a": 1}], [False, {"a": True}])
    assert wf.eq([0, {"a": 1.0}], [0.0, {"a": 1}])
    assert not wf.eq({1: 0}, {"1": 0})
    assert wf.eq(b"a", b"a")
    assert not wf.eq("a", b"a")
    assert wf.eq(None, None)
    assert wf.ne(None, False)


def test_not_a_number_equals_nothing_also_as_an_element() -> None:
    nan = math.nan
    assert not wf.eq([nan], [nan])
    assert not wf.is_in(nan, [nan])


def test_equality_knows_no_depth() -> None:
    assert wf.eq(nested(100_000), nested(100_000))
    assert not wf.eq(nested(100_000), nested(100_001))


@pytest.mark.parametrize(
    ("container", "word"), [(None, "null"), ("abc", "string"), (5, "number"), (b"", "bytes")]
)
def test_in_has_the_known_text_without_a_tag(container: Any, word: str) -> None:
    assert payload(wf.is_in, "a", container) == {
        "message": f"The argument of 'in' must be a dict or an array; got: {word}",
        "tags": ["TypeError"],
    }


def test_in_looks_for_keys_even_of_null_and_for_equal_elements() -> None:
    assert wf.is_in("a", {"a": None})
    assert not wf.is_in(True, {1: "x"})
    assert not wf.is_in(True, [1])
    assert wf.is_in([1.0], [[1]])
    assert not wf.is_in([], {"a": 1})


@pytest.mark.parametrize("value", [None, 0, 1, "", "true", [], {}])
def test_nothing_but_a_boolean_is_true_or_false(value: Any) -> None:
    assert payload(wf.truth, value)["tags"] == ["TypeError"]


# -- access and assignment (spec 02 §2, 03 §5) ----------------------------------------------------


def test_a_missing_key_has_the_known_error() -> None:
    assert payload(wf.item, {"a": 1}, "qty") == {
        "message": "KeyError: key not found: qty",
        "tags": ["KeyError", "LookupError"],
    }


@pytest.mark.parametrize("index", [-1, 2, INT_MAX, INT_MIN])
def test_an_index_outside_the_list_is_an_error_for_reading_and_writing_oq_17(index: int) -> None:
    error = {
        "message": "IndexError: list index out of range",
        "tags": ["IndexError", "LookupError"],
    }
    assert payload(wf.item, [1, 2], index) == error
    assert payload(wf.put, [1, 2], index, 0) == error


@pytest.mark.parametrize("index", [True, 1.0, "0", None, []])
def test_a_list_index_is_an_integer(index: Any) -> None:
    assert payload(wf.item, [1, 2], index)["tags"] == ["TypeError"]
    assert payload(wf.put, [1, 2], index, 0)["tags"] == ["TypeError"]


@pytest.mark.parametrize("base", [None, "abc", 5, True, 1.5, b"abc"])
def test_only_maps_and_lists_have_something_inside(base: Any) -> None:
    for index in ("k", 0):
        assert payload(wf.item, base, index)["tags"] == ["TypeError"]
        assert payload(wf.put, base, index, 0)["tags"] == ["TypeError"]


@pytest.mark.parametrize("key", [None, True, 1.5, [], {}, b"k"])
def test_a_key_is_a_string_or_an_integer_oq_13(key: Any) -> None:
    for compute in (
        lambda: wf.item({"a": 1, 1: 2}, key),
        lambda: wf.put({}, key, 0),
        lambda: wf.key(key),
    ):
        assert payload(compute)["tags"] == ["TypeError"]
    assert wf.item({1: "one"}, 1) == "one"


def test_put_reaches_any_depth_and_adds_keys() -> None:
    value = {"a": [{"b": 1}]}
    wf.put(value, "a", 0, "c", 2)
    wf.put(value, "d", None)
    assert value == {"a": [{"b": 1, "c": 2}], "d": None}


def test_put_makes_no_maps_on_the_way_oq_16() -> None:
    assert message(wf.put, {}, "a", "b", 1) == "KeyError: key not found: a"
