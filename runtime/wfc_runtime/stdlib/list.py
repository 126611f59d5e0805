"""`list.*` (spec 06): new lists; the one given stays as it is."""

from __future__ import annotations

from typing import Any

from wfc_runtime.accelerator import accelerated
from wfc_runtime.stdlib import arguments
from wfc_runtime.values import Value


@accelerated
def concat(objs: Value, val: Value) -> list[Any]:
    """A new list: `objs` with the one element `val` at its end, also when `val` is a list."""
    if type(objs) is list:
        return [*objs, val]
    raise arguments.wrong("list.concat", "objs", "a list", objs)


def prepend(objs: Value, val: Value) -> list[Any]:
    """A new list: `objs` with the one element `val` at its beginning."""
    if type(objs) is list:
        return [val, *objs]
    raise arguments.wrong("list.prepend", "objs", "a list", objs)
