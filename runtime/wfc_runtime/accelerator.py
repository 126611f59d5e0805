"""Compiled twins: in goes a hot function, out comes the C function that stands in for it, if any.

    @accelerated
    def add(left, right, *more): ...

The twin does the ordinary cases and calls the decorated function, its reference, for all others,
errors among them, so that nothing is decided twice.  Where the extension was not built, or
WFC_PURE_PYTHON is set, the references do everything.  Its source is in `runtime/accelerator`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

SWITCH = "WFC_PURE_PYTHON"
"""The environment variable that switches the twins, and uvloop, off if it is not empty."""


def _itself(function: F) -> F:
    return function


try:
    if os.environ.get(SWITCH):
        raise ImportError(f"{SWITCH} is set")
    from wfc_runtime._accelerator import accelerated as accelerated
except ImportError:
    accelerated = _itself

ACCELERATED = accelerated is not _itself


def reference(function: Callable[..., Any]) -> Callable[..., Any]:
    """The Python function behind a twin, which has the words and the signature; others as given."""
    if isinstance(function, BuiltinFunctionType):
        behind = function.__self__
        if isinstance(behind, FunctionType):
            return behind
    return function
