"""The expression helpers `int()`, `string()`, `default()`, … (spec 03 §8)."""

from __future__ import annotations

import math
import re

from wfc_runtime.accelerator import accelerated
from wfc_runtime.doubles import decimal_text
from wfc_runtime.errors import WorkflowError, quoted, single_operand_error, value_error
from wfc_runtime.values import INT_MAX, INT_MIN, Value, type_name, word

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DOUBLE = re.compile(
    r"[+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan)", re.IGNORECASE
)


def int_(value: Value) -> int:
    """A string or double as an integer; a double loses its fraction (OQ-32).

    Raises ValueError for text that is no integer (`"2.7"`) and beyond 64 bits.
    """
    if type(value) is int:
        return value
    if type(value) is float:
        if math.isfinite(value) and INT_MIN <= (number := int(value)) <= INT_MAX:
            return number
        raise _out_of_range(decimal_text(value))
    if type(value) is str:
        if not _INTEGER.fullmatch(value):
            raise value_error(f"int(): {quoted(value)} is not an integer")
        digits = value.lstrip("+-").lstrip("0") or "0"
        if len(digits) > 19:
            raise _out_of_range(quoted(value))
        number = -int(digits) if value.startswith("-") else int(digits)
        if INT_MIN <= number <= INT_MAX:
            return number
        raise _out_of_range(quoted(value))
    raise single_operand_error("int()", word(value), "number or string")


def _out_of_range(number: str) -> WorkflowError:
    return value_error(f"int(): {number} is beyond 64-bit integers")


def double(value: Value) -> float:
    """A string or integer as a double; ValueError for text that is no number in range."""
    if type(value) is float or type(value) is int:
        return float(value)
    if type(value) is str:
        if not _DOUBLE.fullmatch(value):
            raise value_error(f"double(): {quoted(value)} is not a number")
        number = float(value)
        if math.isinf(number) and "n" not in value.lower():
            raise value_error(f"double(): {quoted(value)} is beyond the range of doubles")
        return number
    raise single_operand_error("double()", word(value), "number or string")


@accelerated
def string(value: Value) -> str:
    """A number, boolean or string as text; 2.0 is `2`, and no exponent is ever used (OQ-33)."""
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    if type(value) is float:
        return decimal_text(value)
    if type(value) is bool:
        return "true" if value else "false"
    raise single_operand_error("string()", word(value), "number, string, or boolean")


@accelerated
def length(value: Value) -> int:
    """The number of a string's code points, a list's elements, or a map's entries."""
    if type(value) is list or type(value) is str or type(value) is dict:
        return len(value)
    raise single_operand_error("len()", word(value), "string, list, or dict")


@accelerated
def keys(map: Value) -> list[Value]:
    """The keys of a map in the order they were added."""
    if type(map) is dict:
        return list(map)
    raise single_operand_error("keys()", word(map), "dict")


@accelerated
def default(value: Value, default: Value) -> Value:
    """`value`, or `default` where it is null; an error in `value` is not caught."""
    return default if value is None else value


def if_(condition: Value, then: Value, otherwise: Value) -> Value:
    """`then` or `otherwise`, both of which are evaluated; a null condition is false."""
    if type(condition) is bool or condition is None:
        return then if condition else otherwise
    raise single_operand_error("if()", word(condition), "boolean or null")


def get_type(value: Value) -> str:
    """The type's name: `boolean`, `bytes`, `double`, `integer`, `list`, `map`, `null`, `string`."""
    return type_name(value)
