"""`math.*` (spec 06)."""

from __future__ import annotations

import builtins
from math import copysign, isfinite
from math import floor as _floor

from wfc_runtime.accelerator import accelerated
from wfc_runtime.doubles import decimal_text
from wfc_runtime.errors import value_error
from wfc_runtime.stdlib import arguments
from wfc_runtime.values import INT_MAX, INT_MIN, Value


def abs(x: Value) -> int | float:
    """The absolute value, of the same type; ValueError for the least integer, which has none."""
    number = arguments.number("math.abs", "x", x)
    if type(number) is int and number == INT_MIN:
        raise value_error(f"math.abs(): -({INT_MIN}) is beyond 64-bit integers")
    return builtins.abs(number)


def floor(x: Value) -> int:
    """The greatest integer not above `x` (OQ-59); ValueError beyond 64 bits."""
    number = arguments.number("math.floor", "x", x)
    if type(number) is int:
        return number
    if isfinite(number) and INT_MIN <= (whole := _floor(number)) <= INT_MAX:
        return whole
    raise value_error(f"math.floor(): {decimal_text(number)} is beyond 64-bit integers")


@accelerated
def max(x: Value, y: Value) -> int | float:
    """The greater one: an integer if both are, else a double; NaN if one is."""
    a, b = arguments.number("math.max", "x", x), arguments.number("math.max", "y", y)
    return _pick(a, b, a > b or (a == b and copysign(1, b) < 0))


@accelerated
def min(x: Value, y: Value) -> int | float:
    """The lesser one: an integer if both are, else a double; NaN if one is."""
    a, b = arguments.number("math.min", "x", x), arguments.number("math.min", "y", y)
    return _pick(a, b, a < b or (a == b and copysign(1, a) < 0))


def _pick(a: int | float, b: int | float, first: bool) -> int | float:
    picked = a if first or a != a else b
    return picked if type(a) is type(b) else float(picked)
