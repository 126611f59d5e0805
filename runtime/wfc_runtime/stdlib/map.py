"""`map.*` (spec 06): new maps; those given stay as they are."""

from __future__ import annotations

from typing import Any

from wfc_runtime.accelerator import accelerated
from wfc_runtime.stdlib import arguments
from wfc_runtime.values import Value


@accelerated
def get(map: Value, keys: Value) -> Value:
    """The value at a key, or at a path given as a list of keys; null where there is none.

    Null, too, where `map` or something on the way is not a map; raises TypeError only for `keys`.
    """
    if type(keys) is str:
        return map.get(keys) if type(map) is dict else None
    path = keys if type(keys) is list else [keys]
    for key in path:
        if type(key) is not str and type(key) is not int:
            raise arguments.wrong("map.get", "keys", "a string or a list of strings", key)
    value = map if type(map) is dict else None
    for key in path:
        if type(value) is not dict:
            return None
        value = value.get(key)
    return value


def delete(map: Value, key: Value) -> dict[Any, Any]:
    """A new map: `map` without `key`, which need not be there."""
    result = dict(arguments.entries("map.delete", "map", map))
    if type(key) is not str and type(key) is not int:
        raise arguments.wrong("map.delete", "key", "a string", key)
    result.pop(key, None)
    return result


def merge(first: Value, second: Value) -> dict[Any, Any]:
    """A new map of the entries of both; those of `second` win."""
    return {
        **arguments.entries("map.merge", "first", first),
        **arguments.entries("map.merge", "second", second),
    }


def merge_nested(first: Value, second: Value) -> dict[Any, Any]:
    """Like `map.merge`, but maps that both have under a key are merged in the same way."""
    result = dict(arguments.entries("map.merge_nested", "first", first))
    unfinished = [(result, arguments.entries("map.merge_nested", "second", second))]
    while unfinished:
        target, source = unfinished.pop()
        for key, value in source.items():
            if type(value) is dict and type(target.get(key)) is dict:
                target[key] = inner = dict(target[key])
                unfinished.append((inner, value))
            else:
                target[key] = value
    return result
