"""The accelerator's twins and their references: to test both, and one against the other."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

import wfc_runtime.v1  # noqa: F401  all modules that have twins
from wfc_runtime.accelerator import ACCELERATED, reference


def twins() -> dict[str, Callable[..., Any]]:
    """Every twin by the name of its reference: `operators.add`; none where there are none."""
    found = {}
    for module in _runtime():
        for value in vars(module).values():
            if callable(value) and (behind := reference(value)) is not value:
                name = f"{behind.__module__}.{behind.__name__}".removeprefix("wfc_runtime.")
                found[name] = value
    return found


def _runtime() -> list[ModuleType]:
    return [module for name, module in sys.modules.items() if name.startswith("wfc_runtime.")]


@contextmanager
def pure_python(*modules: ModuleType) -> Iterator[None]:
    """The runtime, and what `modules` have imported of it, without twins."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (*_runtime(), *modules):
            for name, value in list(vars(module).items()):
                if callable(value) and reference(value) is not value:
                    patch.setattr(module, name, reference(value))
        yield


@pytest.fixture(scope="module", params=["accelerated", "pure Python"])
def implementation(request: pytest.FixtureRequest) -> Iterator[None]:
    """The tests of a module run twice, with the twins and without."""
    if request.param == "pure Python":
        with pure_python(request.module):
            yield
    elif ACCELERATED:
        yield
    else:
        pytest.skip("the accelerator is not built here, or switched off")
