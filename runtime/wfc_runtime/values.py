"""The values a workflow works with, and what can be asked of any of them (spec 02 §1, §5, §6).

A value is null, a boolean, an integer of 64 bits, a double, a string, bytes, a list or a map, and
stands as None, bool, int, float, str, bytes, list or dict of exactly that Python type.  The keys
of a map are strings, or integers where a workflow wrote them so (OQ-13).  Nothing here recurses:
a value may be nested as deeply as memory allows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable
from typing import Any, TypeAlias

from wfc_runtime.accelerator import accelerated

Value: TypeAlias = Any

INT_MIN = -(2**63)
INT_MAX = 2**63 - 1

MAX_DEPTH = 500
"""Lists and maps inside one another that JSON text and an argument may have."""

_TYPES: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "double",
    str: "string",
    bytes: "bytes",
    list: "list",
    dict: "map",
}

_WORDS: dict[str, str] = {"integer": "number", "double": "number", "map": "dict"}

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def type_name(value: Value) -> str:
    """What `get_type` says: `null`, `integer`, …; `function` for what is no value."""
    return _TYPES.get(type(value), "function")


def word(value: Value) -> str:
    """The word for a value's type in error messages: `dict`, `number`, … (spec 05 §5)."""
    name = type_name(value)
    return _WORDS.get(name, name)


@accelerated
def copy(value: Value) -> Value:
    """A deep copy of a list or map; any other value as it is (spec 02 §5)."""
    if type(value) is not list and type(value) is not dict:
        return value
    top: Value = value.copy()
    unfinished = [top]
    while unfinished:
        container = unfinished.pop()
        for key, item in enumerate(container) if type(container) is list else container.items():
            if type(item) is list or type(item) is dict:
                container[key] = inner = item.copy()
                unfinished.append(inner)
    return top


@accelerated
def equal(a: Value, b: Value) -> bool:
    """`==` (OQ-31): numbers by value, lists and maps deeply, values of other mixed types never.

    A boolean is not a number, also deep inside, which is why Python's own `==` would not do.
    """
    kind = type(a)
    if kind is not list and kind is not dict:
        return _same(a, b)
    pairs = [(a, b)]
    for left, right in pairs:  # grows while it is walked
        kind = type(left)
        if kind is list:
            if type(right) is not list or len(left) != len(right):
                return False
            pairs.extend(zip(left, right, strict=True))
        elif kind is dict:
            if type(right) is not dict or left.keys() != right.keys():
                return False
            pairs.extend([(item, right[key]) for key, item in left.items()])
        elif not _same(left, right):
            return False
    return True


def _same(a: Value, b: Value) -> bool:
    """Equality where `a` is neither a list nor a map."""
    kind, other = type(a), type(b)
    if kind is other or (kind is int and other is float) or (kind is float and other is int):
        return bool(a == b)
    return False


def clean_text(text: str) -> str:
    """The text with each half of a surrogate pair, which UTF-8 cannot hold, replaced by U+FFFD."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


@accelerated
def deeper_than(value: Value, depth: int) -> bool:
    """Whether more than `depth` lists and maps stand inside one another."""
    level = [value]
    for _ in range(depth + 1):
        level = [item for item in level if type(item) is list or type(item) is dict]
        if not level:
            return False
        level = [inner for item in level for inner in _items(item)]
    return True


def _items(container: Value) -> Iterable[Value]:
    return container if type(container) is list else container.values()


def argument(value: object) -> Value:
    """A value given by a Python program, as the workflow sees it.

    Integers beyond 64 bits become doubles (OQ-15), tuples lists, keys text, and subclasses the
    plain type.  Raises TypeError for what JSON has no form for, ValueError for a number that is
    not finite and for nesting beyond `MAX_DEPTH` (which a cycle is, too).
    """
    return _argument(value, 0)


@accelerated
def _argument(value: object, depth: int) -> Value:
    if type(value) is dict:  # the usual kinds first, since this is called for every item
        _check_depth(depth)
        mapped = {}
        for key, item in value.items():
            plain = type(key) is str and key.isascii()
            mapped[key if plain else _argument_key(key)] = _argument(item, depth + 1)
        return mapped
    if type(value) is str and value.isascii():
        return value
    if type(value) is int and INT_MIN <= value <= INT_MAX:
        return value
    if type(value) is float and math.isfinite(value):
        return value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean_text(str(value))
    if isinstance(value, int):
        number = int(value)
        return number if INT_MIN <= number <= INT_MAX else _finite(number)
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, (list, tuple)):
        _check_depth(depth)
        if _is_plain(value):
            return list(value)
        made = []
        for item in value:
            made.append(_argument(item, depth + 1))
        return made
    if isinstance(value, dict):
        return _argument(dict(value.items()), depth)
    raise TypeError(f"an argument cannot hold a {type(value).__name__}: it has no form in JSON")


def _check_depth(depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise ValueError(f"an argument must not be nested more than {MAX_DEPTH} deep")


def _is_plain(items: Collection[Any]) -> bool:
    """Whether all items are surely fit as they are; large lists of numbers or texts mostly are."""
    kinds = set(map(type, items))
    if kinds == {str}:
        return all(map(str.isascii, items))
    if kinds and kinds <= _NUMBERS:
        in_range = min(items) >= INT_MIN and max(items) <= INT_MAX
        return in_range and all(map(math.isfinite, items))
    return False


_NUMBERS = {int, float}


def _finite(number: float) -> float:
    try:
        result = float(number)
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        raise ValueError("an argument cannot hold a number beyond the range of doubles")
    return result


def _argument_key(key: object) -> str:
    if isinstance(key, str):
        return clean_text(str(key))
    if isinstance(key, int) and not isinstance(key, bool):
        return str(int(key))
    raise TypeError(f"a key of an argument must be a string, not {type(key).__name__}")
