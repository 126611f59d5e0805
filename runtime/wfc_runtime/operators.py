"""The operators of expressions, for operands of any type (spec 03 §5, §6).

Generated code calls these where it does not know the types, and writes Python's own operators where
it does; both give the same results and, through `translate`, the same errors.  An integer is
never silently wrong: a result beyond 64 bits raises ValueError (OQ-29).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count

from wfc_runtime.accelerator import accelerated
from wfc_runtime.conversions import string
from wfc_runtime.errors import (
    WorkflowError,
    access_error,
    index_range_error,
    index_type_error,
    key_error,
    map_key_error,
    membership_error,
    operand_error,
    single_operand_error,
    type_error,
    value_error,
    zero_division_error,
)
from wfc_runtime.values import INT_MAX, INT_MIN, Value, equal, word

_NUMBERS = frozenset({int, float})
_TEXTUAL = frozenset({int, float, str, bool})
_EXACT = 2**53
"""From here on a double may be the same after adding one."""


@accelerated
def add(left: Value, right: Value, *more: Value) -> Value:
    """`left + right`, and so on from the left; with a string on either side it joins text."""
    if type(left) is int and type(right) is int:
        total: Value = left + right
        if not INT_MIN <= total <= INT_MAX:
            raise _overflow(left, "+", right)
    elif (type(left) is str and type(right) is str) or (
        type(left) in _NUMBERS and type(right) in _NUMBERS
    ):
        total = left + right
    elif type(left) is str and type(right) in _TEXTUAL:
        total = left + string(right)
    elif type(right) is str and type(left) in _TEXTUAL:
        total = string(left) + right
    else:
        raise _operands(left, "+", right)
    return _add_more(total, more) if more else total


def _add_more(total: Value, more: tuple[Value, ...]) -> Value:
    """Once the sum is text it stays text: join the rest in one go instead of copying each time."""
    for done, value in enumerate(more):
        if type(total) is str:
            rest = more[done:]
            for part in rest:
                if type(part) not in _TEXTUAL:
                    raise _operands(total, "+", part)
            return "".join([total, *map(string, rest)])
        total = add(total, value)
    return total


@accelerated
def sub(left: Value, right: Value) -> Value:
    if type(left) is int and type(right) is int:
        difference = left - right
        if INT_MIN <= difference <= INT_MAX:
            return difference
        raise _overflow(left, "-", right)
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        return left - right
    raise _operands(left, "-", right)


@accelerated
def mul(left: Value, right: Value) -> Value:
    if type(left) is int and type(right) is int:
        product = left * right
        if INT_MIN <= product <= INT_MAX:
            return product
        raise _overflow(left, "*", right)
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        return left * right
    raise _operands(left, "*", right)


@accelerated
def div(left: Value, right: Value) -> float:
    """Always a double, also of integers."""
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        if right:
            return float(left / right)
        raise zero_division_error()
    raise _operands(left, "/", right)


@accelerated
def floordiv(left: Value, right: Value) -> Value:
    """Rounds towards minus infinity; a double if one operand is (OQ-28)."""
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        if not right:
            raise zero_division_error()
        quotient = left // right
        if type(quotient) is int and quotient > INT_MAX:
            raise _overflow(left, "//", right)
        return quotient
    raise _operands(left, "//", right)


@accelerated
def mod(left: Value, right: Value) -> Value:
    """The remainder that goes with `//`: it has the sign of `right` (OQ-28)."""
    if type(left) in _NUMBERS and type(right) in _NUMBERS:
        if right:
            return left % right
        raise zero_division_error()
    raise _operands(left, "%", right)


@accelerated
def neg(operand: Value) -> Value:
    if type(operand) is int:
        if operand != INT_MIN:
            return -operand
        raise value_error(f"-({operand}) is beyond 64-bit integers")
    if type(operand) is float:
        return -operand
    raise single_operand_error("unary -", word(operand), "number")


def pos(operand: Value) -> Value:
    """The operand, a number, as it is (OQ-27)."""
    if type(operand) in _NUMBERS:
        return operand
    raise single_operand_error("unary +", word(operand), "number")


@accelerated
def lt(left: Value, right: Value) -> bool:
    if _ordered(left, right):
        return bool(left < right)
    raise _operands(left, "<", right)


@accelerated
def le(left: Value, right: Value) -> bool:
    if _ordered(left, right):
        return bool(left <= right)
    raise _operands(left, "<=", right)


@accelerated
def gt(left: Value, right: Value) -> bool:
    if _ordered(left, right):
        return bool(left > right)
    raise _operands(left, ">", right)


@accelerated
def ge(left: Value, right: Value) -> bool:
    if _ordered(left, right):
        return bool(left >= right)
    raise _operands(left, ">=", right)


def _ordered(left: Value, right: Value) -> bool:
    """Numbers among themselves and strings, by code point, among themselves (OQ-30)."""
    if type(left) in _NUMBERS:
        return type(right) in _NUMBERS
    return type(left) is str and type(right) is str


eq = equal


@accelerated
def ne(left: Value, right: Value) -> bool:
    return not equal(left, right)


@accelerated
def is_in(element: Value, container: Value) -> bool:
    """`element in container`: whether a list has an equal element, or a map that key."""
    if type(container) is dict:
        return (type(element) is str or type(element) is int) and element in container
    if type(container) is list:
        # Python's own `in` is quick, but takes true for 1, and recurses into lists and maps
        if type(element) is str:
            return element in container
        if type(element) is not list and type(element) is not dict and element not in container:
            return False
        return any(equal(element, other) for other in container)
    raise membership_error(word(container))


@accelerated
def truth(operand: Value) -> bool:
    """The operand, which must be a boolean: a condition, or an operand of and, or, not."""
    if operand is True or operand is False:
        return operand
    raise type_error(f"a condition must be a boolean, not {word(operand)}")


@accelerated
def item(base: Value, index: Value) -> Value:
    """`base[index]`, and `base.name` as `base["name"]`."""
    if type(base) is dict:
        if type(index) is str or type(index) is int:
            try:
                return base[index]
            except KeyError:
                raise key_error(index) from None
        raise map_key_error(word(index))
    if type(base) is list:
        return base[_position(base, index)]
    raise access_error(word(base))


@accelerated
def put(base: Value, *path: Value) -> None:
    """`put(m, "a", i, value)` sets `m["a"][i]`; what is on the way must exist (OQ-16)."""
    for index in path[:-2]:
        base = item(base, index)
    last, value = path[-2], path[-1]
    if type(base) is dict:
        base[key(last)] = value
    elif type(base) is list:
        base[_position(base, last)] = value
    else:
        raise access_error(word(base))


@accelerated
def key(value: Value) -> Value:
    """The value, which must be a key of a map: a string or an integer (OQ-13)."""
    if type(value) is str or type(value) is int:
        return value
    raise map_key_error(word(value))


def _position(base: list[Value], index: Value) -> int:
    """The index, if `base` has an element there; a negative one has none (OQ-17)."""
    if type(index) is int:
        if 0 <= index < len(base):
            return index
        raise index_range_error()
    raise index_type_error("double" if type(index) is float else word(index))


@accelerated
def each(items: Value) -> list[Value]:
    """The list that a `for` goes over: the very list, not a copy."""
    if type(items) is list:
        return items
    raise type_error(f"`for` goes over a list, not {word(items)}")


def span(begin: Value, end: Value) -> Iterable[Value]:
    """The values of a `range`, both ends included; they have the type of `begin` (spec 04 §5)."""
    for bound in (begin, end):
        if type(bound) not in _NUMBERS:
            raise type_error(f"a range goes from number to number, not {word(bound)}")
        if type(bound) is float and not -_EXACT < bound < _EXACT:
            raise value_error(f"{string(bound)} cannot be counted to in steps of one")
    if type(begin) is int:
        return range(begin, int(end // 1) + 1)
    return _doubles(begin, end)


def _doubles(begin: float, end: float) -> Iterator[float]:
    for steps in count():
        value = begin + steps
        if value > end:
            return
        yield value


def span_of(pair: Value) -> Iterable[Value]:
    """The values of `range: ${pair}`."""
    if type(pair) is not list:
        raise type_error(f"a range is a list of two numbers, not {word(pair)}")
    if len(pair) != 2:
        raise value_error(f"a range is a list of two numbers, not of {len(pair)}")
    return span(pair[0], pair[1])


def _operands(left: Value, operator: str, right: Value) -> WorkflowError:
    return operand_error(operator, word(left), word(right))


def _overflow(left: int, operator: str, right: int) -> WorkflowError:
    return value_error(f"{left} {operator} {right} is beyond 64-bit integers")
