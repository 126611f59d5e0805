"""Checks of library arguments, each raising the workflow's TypeError (spec 06)."""

from __future__ import annotations

from typing import Any

from wfc_runtime.accelerator import accelerated
from wfc_runtime.errors import WorkflowError, type_error
from wfc_runtime.values import Value, word


def wrong(function: str, parameter: str, expected: str, value: Value) -> WorkflowError:
    """The TypeError for an argument that is not what `expected` says."""
    return type_error(f"{function}(): `{parameter}` must be {expected}, not {word(value)}")


@accelerated
def text(function: str, parameter: str, value: Value) -> str:
    if type(value) is str:
        return value
    raise wrong(function, parameter, "a string", value)


def octets(function: str, parameter: str, value: Value) -> bytes:
    if type(value) is bytes:
        return value
    raise wrong(function, parameter, "bytes", value)


@accelerated
def integer(function: str, parameter: str, value: Value) -> int:
    if type(value) is int:
        return value
    raise wrong(function, parameter, "an integer", value)


@accelerated
def number(function: str, parameter: str, value: Value) -> int | float:
    if type(value) is int or type(value) is float:
        return value
    raise wrong(function, parameter, "a number", value)


def elements(function: str, parameter: str, value: Value) -> list[Any]:
    if type(value) is list:
        return value
    raise wrong(function, parameter, "a list", value)


def entries(function: str, parameter: str, value: Value) -> dict[Any, Any]:
    if type(value) is dict:
        return value
    raise wrong(function, parameter, "a dict", value)


def flag(function: str, parameter: str, value: Value, default: bool) -> bool:
    """A boolean that may be left out; null counts as left out."""
    if value is None:
        return default
    if type(value) is bool:
        return value
    raise wrong(function, parameter, "a boolean", value)
