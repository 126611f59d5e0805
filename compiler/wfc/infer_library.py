"""What the library's functions return, as far as their arguments say more than their row does."""

from __future__ import annotations

from wfc import types
from wfc.infer_ranges import LENGTHS
from wfc.library import Function
from wfc.types import ANY, HIGHEST, Type

_NULL = types.one("null")
_NUMBER = types.one("integer", "double")
_STRING = types.one("string")
_KEY = types.one("string", "integer")


def result(function: Function, arguments: list[Type]) -> Type:
    """What a library function returns; `arguments` are empty where they are not known in order."""
    match function.name, arguments:
        case "len", _:
            return LENGTHS
        case "default", [value, otherwise]:
            kept = Type(value.kinds - {"null"}, value.low, value.high, value.element)
            return otherwise.join(kept) if value.may("null") else value
        case "if", [_, then, otherwise]:
            return then.join(otherwise)
        case "keys", _:
            return types.container("list", _KEY)
        case (("list.concat" | "list.prepend"), [objects, value]):
            return types.container("list", objects.items.join(value))
        case "map.get", [entries, key] if entries.only("map") and key.only("string", "integer"):
            return entries.items.join(_NULL)
        case "map.delete", [entries, _]:
            return types.container("map", entries.items)
        case "map.merge", [first, second]:
            return types.container("map", first.items.join(second.items))
        case "text.split", _:
            return types.container("list", _STRING)
        case "text.find_all", _:
            return types.container("list", LENGTHS)
        case (("math.max" | "math.min" as name), [left, right]) if left.only(
            "integer"
        ) and right.only("integer"):
            pick = max if name == "math.max" else min
            return types.integer(pick(left.low, right.low), pick(left.high, right.high))
        case "math.abs", [value] if value.only("integer"):
            return types.integer(0, min(max(-value.low, value.high), HIGHEST))
    match function.result:
        case "any":
            return ANY
        case "number":
            return _NUMBER
        case kind:
            return types.one(kind)
