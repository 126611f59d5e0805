"""What an expression means, said as plainly as possible: for tests to compare with, never fast.

`evaluate` walks a `syntax` tree with the variables' values and returns the value, or raises
`Raised` with the error map.  It shares nothing with the runtime but the Python types of values.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, assert_never

from wfc import syntax

TAGS = {
    "TypeError": ["TypeError"],
    "ValueError": ["ValueError"],
    "KeyError": ["KeyError", "LookupError"],
    "IndexError": ["IndexError", "LookupError"],
    "ZeroDivisionError": ["ZeroDivisionError", "ArithmeticError"],
    "RecursionError": ["RecursionError", "RuntimeError"],
    "ParallelNestingError": ["ParallelNestingError", "RuntimeError"],
    "UnhandledBranchError": ["UnhandledBranchError", "RuntimeError"],
}
NAMES = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "double",
    str: "string",
    bytes: "bytes",
    list: "list",
    dict: "map",
}
WORDS = {"integer": "number", "double": "number", "map": "dict"}


class Raised(Exception):
    """The workflow's error, as an `except` would see it."""

    def __init__(self, payload: dict[str, Any]) -> None:
        super().__init__(payload)
        self.payload = payload


def fail(tag: str, detail: str) -> Raised:
    return Raised({"message": f"{tag}: {detail}", "tags": TAGS[tag]})


def name(value: Any) -> str:
    return NAMES[type(value)]


def word(value: Any) -> str:
    return WORDS.get(name(value), name(value))


def evaluate(
    expression: syntax.Expression,
    variables: Mapping[str, Any],
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> Any:
    """The value of an expression; it can call `functions`, without them the helpers alone."""

    def of(inner: syntax.Expression) -> Any:
        return evaluate(inner, variables, functions)

    match expression:
        case syntax.Constant(value=value):
            return value
        case syntax.Name(name=variable):
            return variables[variable]
        case syntax.Embedded(expression=inner):
            return of(inner)
        case syntax.ListLiteral(items=items):
            return [of(item) for item in items]
        case syntax.MapLiteral(entries=entries):
            made = {}
            for entry in entries:
                key = check_key(of(entry.key))
                made[key] = of(entry.value)
            return made
        case syntax.Member(base=base, name=field):
            return element(of(base), field)
        case syntax.Index(base=base, index=index):
            container = of(base)
            return element(container, of(index))
        case syntax.Call(function=function, arguments=arguments):
            called = (HELPERS if functions is None else functions)[function]
            return called(*[of(each) for each in arguments])
        case syntax.Unary(operator=operator, operand=operand):
            return unary(operator, of(operand))
        case syntax.Binary(operator="and", left=left, right=right):
            return condition(of(left)) and condition(of(right))
        case syntax.Binary(operator="or", left=left, right=right):
            return condition(of(left)) or condition(of(right))
        case syntax.Binary(operator=operator, left=left, right=right):
            first = of(left)
            return binary(operator, first, of(right))
        case _:
            assert_never(expression)


# -- operators (spec 03 §6) -----------------------------------------------------------------------

PLUS = """
         integer double string boolean
integer  integer double string error
double   double  double string error
string   string  string string string
boolean  error   error  string error
"""
"""Which type `left + right` has; every other pair is an error."""


def plus_type(left: str, right: str) -> str:
    header, *rows = [line.split() for line in PLUS.strip().splitlines()]
    for row_name, *cells in rows:
        if row_name == left and right in header:
            return cells[header.index(right)]
    return "error"


def unary(operator: str, value: Any) -> Any:
    if operator == "not":
        return not condition(value)
    if name(value) not in ("integer", "double"):
        raise fail(
            "TypeError",
            f"unsupported operand type for unary {operator}: '{word(value)}' (expecting number)",
        )
    if operator == "+":
        return value
    if name(value) == "integer" and value == -(2**63):
        raise fail("ValueError", "-(-9223372036854775808) is beyond 64-bit integers")
    return -value


def binary(operator: str, left: Any, right: Any) -> Any:
    if operator == "==":
        return same(left, right)
    if operator == "!=":
        return not same(left, right)
    if operator == "in":
        return member(left, right)
    types = (name(left), name(right))
    if operator == "+" and plus_type(*types) == "string":
        return text(left) + text(right)
    if operator in ("<", "<=", ">", ">="):
        if types == ("string", "string"):
            return ordered(operator, [ord(c) for c in left], [ord(c) for c in right])
        if set(types) <= {"integer", "double"}:
            return ordered_numbers(operator, left, right)
    elif set(types) <= {"integer", "double"}:
        return arithmetic(operator, left, right)
    raise fail(
        "TypeError",
        f"unsupported operand types for {operator}: '{word(left)}' and '{word(right)}'",
    )


def arithmetic(operator: str, left: float, right: float) -> float:
    if operator in ("/", "//", "%") and right == 0:
        raise fail("ZeroDivisionError", "division by zero")
    if name(left) == name(right) == "integer":
        if operator == "/":
            return float(Fraction(int(left), int(right))) if left else 0.0 / right
        result = INTEGERS[operator](int(left), int(right))
        if not -(2**63) <= result < 2**63:
            raise fail("ValueError", f"{left} {operator} {right} is beyond 64-bit integers")
        return result
    return DOUBLES[operator](float(left), float(right))


INTEGERS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "//": lambda a, b: Fraction(a, b).__floor__(),
    "%": lambda a, b: a - b * Fraction(a, b).__floor__(),
}
DOUBLES: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
}


def ordered_numbers(operator: str, left: float, right: float) -> bool:
    """By value: an integer is not rounded to be compared."""
    if left != left or right != right:
        return False
    infinities = [float("-inf"), float("inf")]
    if left in infinities or right in infinities:
        return ordered(operator, [float(left)], [float(right)])
    return ordered(operator, [Fraction(left)], [Fraction(right)])


def ordered(operator: str, left: list[Any], right: list[Any]) -> bool:
    less, equal = left < right, left == right
    return {"<": less, "<=": less or equal, ">": not less and not equal, ">=": not less}[operator]


def same(left: Any, right: Any) -> bool:
    if {name(left), name(right)} <= {"integer", "double"}:
        return bool(left == right)
    if name(left) != name(right):
        return False
    if name(left) == "list":
        return len(left) == len(right) and all(map(same, left, right))
    if name(left) == "map":
        return set(left) == set(right) and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


def member(value: Any, container: Any) -> bool:
    if name(container) == "list":
        return any(same(value, other) for other in container)
    if name(container) == "map":
        return any(same(value, key) for key in container if name(key) == name(value))
    text = f"The argument of 'in' must be a dict or an array; got: {word(container)}"
    raise Raised({"message": text, "tags": ["TypeError"]})


def condition(value: Any) -> bool:
    if name(value) != "boolean":
        raise fail("TypeError", f"a condition must be a boolean, not {word(value)}")
    return bool(value)


# -- access (spec 03 §5) --------------------------------------------------------------------------


def check_key(key: Any) -> Any:
    if name(key) not in ("string", "integer"):
        raise fail("TypeError", f"map key must be a string, not {word(key)}")
    return key


def element(base: Any, index: Any) -> Any:
    if name(base) == "map":
        if check_key(index) not in list(base):
            raise fail("KeyError", f"key not found: {index}")
        return base[index]
    if name(base) != "list":
        raise fail("TypeError", f"{word(base)} has no fields or elements")
    if name(index) != "integer":
        kind = "double" if name(index) == "double" else word(index)
        raise fail("TypeError", f"list index must be an integer, not {kind}")
    if index not in range(len(base)):
        raise fail("IndexError", "list index out of range")
    return base[index]


# -- helpers (spec 03 §8) -------------------------------------------------------------------------


def text(value: Any) -> str:
    if name(value) == "boolean":
        return "true" if value else "false"
    if name(value) == "double":
        if value - value != 0:
            return "NaN" if value != value else "+Inf" if value > 0 else "-Inf"
        digits = format(Decimal(repr(value)), "f")
        return digits.removesuffix(".0")
    return str(value)


def helper_error(helper: str, value: Any, expected: str) -> Raised:
    detail = f"unsupported operand type for {helper}(): '{word(value)}' (expecting {expected})"
    return fail("TypeError", detail)


def string(value: Any) -> str:
    if name(value) not in ("string", "integer", "double", "boolean"):
        raise helper_error("string", value, "number, string, or boolean")
    return text(value)


def excerpt(value: str) -> str:
    return json.dumps(value[:60] + "…" if len(value) > 60 else value, ensure_ascii=False)


def integer(value: Any) -> int:
    if name(value) == "integer":
        return int(value)
    if name(value) == "double":
        shown = text(value)
        whole = value - value == 0
    elif name(value) == "string":
        shown = excerpt(value)
        digits = value[1:] if value[:1] in ("+", "-") else value
        if digits == "" or any(digit not in "0123456789" for digit in digits):
            raise fail("ValueError", f"int(): {shown} is not an integer")
        whole = True
    else:
        raise helper_error("int", value, "number or string")
    if whole and abs(exact := int(Decimal(value))) <= 2**63 and exact != 2**63:
        return exact
    raise fail("ValueError", f"int(): {shown} is beyond 64-bit integers")


def double(value: Any) -> float:
    if name(value) not in ("integer", "double", "string"):
        raise helper_error("double", value, "number or string")
    if name(value) != "string":
        return float(value)
    shown = excerpt(value)
    plain = value.lower().removeprefix("+").removeprefix("-")
    if len(value) - len(plain) < 2 and plain in ("nan", "inf", "infinity"):
        return float(value)
    mantissa, exponent, power = plain.partition("e")
    digits = mantissa.replace(".", "", 1)
    power = power[1:] if power[:1] in ("+", "-") else power
    parts = [digits, power] if exponent else [digits]
    if len(value) - len(plain) > 1 or not all(is_digits(part) for part in parts):
        raise fail("ValueError", f"double(): {shown} is not a number")
    if float(value) in (float("inf"), float("-inf")):
        raise fail("ValueError", f"double(): {shown} is beyond the range of doubles")
    return float(value)


def is_digits(part: str) -> bool:
    return part != "" and all(digit in "0123456789" for digit in part)


def length(value: Any) -> int:
    if name(value) not in ("string", "list", "map"):
        raise helper_error("len", value, "string, list, or dict")
    return sum(1 for _ in value)


def keys(value: Any) -> list[Any]:
    if name(value) != "map":
        raise helper_error("keys", value, "dict")
    return list(value)


def choose(condition: Any, then: Any, otherwise: Any) -> Any:
    if name(condition) not in ("boolean", "null"):
        raise helper_error("if", condition, "boolean or null")
    return then if condition else otherwise


def default(value: Any, instead: Any) -> Any:
    return instead if value is None else value


HELPERS: dict[str, Callable[..., Any]] = {
    "default": default,
    "double": double,
    "get_type": name,
    "if": choose,
    "int": integer,
    "keys": keys,
    "len": length,
    "string": string,
}
