"""Python's own exceptions are worded exactly as the helpers would have worded them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.outcomes import outcome
from tests.values import SAMPLES

import wfc_runtime.v1 as wf
from wfc_runtime.translate import translate

PLAIN = [value for value in SAMPLES if not isinstance(value, (bool, str, bytes, list))]
NOT_BOOLEAN = [value for value in SAMPLES if not isinstance(value, bool)]
NOT_TEXT = [value for value in SAMPLES if not isinstance(value, (str, bytes))]

NATIVE: dict[str, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any], Any, Any]] = {
    "+": (lambda a, b: a + b, wf.add, PLAIN, PLAIN),
    "text +": (lambda a, b: a + b, wf.add, ["a"], [None, {}, []]),
    "-": (lambda a, b: a - b, wf.sub, PLAIN, PLAIN),
    "*": (lambda a, b: a * b, wf.mul, PLAIN, PLAIN),
    "/": (lambda a, b: a / b, wf.div, NOT_BOOLEAN, NOT_BOOLEAN),
    "//": (lambda a, b: a // b, wf.floordiv, NOT_BOOLEAN, NOT_BOOLEAN),
    "%": (lambda a, b: a % b, wf.mod, PLAIN, PLAIN),
    "<": (lambda a, b: a < b, wf.lt, NOT_BOOLEAN, NOT_BOOLEAN),
    ">=": (lambda a, b: a >= b, wf.ge, NOT_BOOLEAN, NOT_BOOLEAN),
    "in": (lambda a, b: a in b, wf.is_in, ["a", 1], NOT_TEXT),
    '["k"]': (lambda a, b: a[b], wf.item, SAMPLES, ["k"]),
    "list[i]": (lambda a, b: a[b], wf.item, [[], [1]], [0, 5, 1.5, None, "a", {}]),
    "map[k]": (lambda a, b: a[b], wf.item, [{}, {"a": 1}], ["b", 5, None, [], {}]),
    "-x": (lambda a, b: -a, lambda a, b: wf.neg(a), NOT_BOOLEAN, [0]),
}
"""Where the compiler may write Python's operator: on these operands it means the same."""


def native_error(compute: Callable[..., Any], *operands: Any) -> Exception | None:
    try:
        compute(*operands)
    except Exception as exc:
        return exc
    return None


@pytest.mark.parametrize("operator", NATIVE)
def test_a_native_error_is_worded_like_the_helper(operator: str) -> None:
    """Nobody can tell from an error which of the two the compiler chose."""
    native, helper, lefts, rights = NATIVE[operator]
    errors = 0
    for a in lefts:
        for b in rights:
            exc = native_error(native, a, b)
            if exc is not None:
                expected = outcome(helper, a, b)
                assert f"raises {translate(exc)}" == expected, (a, b)
                errors += 1
    assert errors


def assign(base: Any, value: Any) -> None:
    base["k"] = value


@pytest.mark.parametrize("base", SAMPLES)
def test_a_native_assignment_fails_like_the_helper(base: Any) -> None:
    exc = native_error(assign, wf.copy(base), 0)
    expected = outcome(wf.put, wf.copy(base), "k", 0)
    assert expected == ("None" if exc is None else f"raises {translate(exc)}")


def test_errors_of_calls_are_worded_without_python() -> None:
    def sub(run: Any, qty: Any) -> None: ...

    call: Any = sub
    text_: Any = "x"
    compute: Callable[[], Any]
    for compute, text in (
        (lambda: call(1), "TypeError: sub(): missing arguments: `qty`"),
        (lambda: call(1, qty=1, x=2), "TypeError: sub(): no parameter is named `x`"),
        (lambda: call(1, **text_), "TypeError: the arguments of a call must be a dict, not string"),
    ):
        assert translate(native_error(compute) or AssertionError()) == {
            "message": text,
            "tags": ["TypeError"],
        }


@pytest.mark.parametrize("bug", [AttributeError("x"), RuntimeError("x"), NameError("x")])
def test_an_exception_that_no_operator_raises_is_not_translated(bug: Exception) -> None:
    assert translate(bug) is None


def test_the_unknown_type_error_says_nothing_of_python() -> None:
    mapped = translate(TypeError("'Frobnicator' object is odd"))
    assert mapped is not None
    assert "Frobnicator" not in mapped["message"]
