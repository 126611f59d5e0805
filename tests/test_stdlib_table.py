"""The compiler's table of library functions and the runtime agree; nothing native escapes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.values import DEEP, ODD, anything_and_deep

import wfc_runtime.v1 as wf
from wfc.library import FUNCTIONS, VALUES, Function
from wfc_runtime.errors import TAGS
from wfc_runtime.values import type_name

PURE = {name: function for name, function in FUNCTIONS.items() if function.way == "pure"}
CALLED = {
    name: function
    for name, function in FUNCTIONS.items()
    if function.way == "wait" and function.python.startswith("wf.")
}
RESULTS = {"any": None, "number": ("integer", "double")}


def find(python: str) -> Any:
    """`wf.text.split` → the function."""
    return reduce(getattr, python.removeprefix("wf.").split("."), wf)


@pytest.mark.parametrize("function", [*PURE.values(), *CALLED.values()], ids=[*PURE, *CALLED])
def test_the_runtime_has_every_function_with_the_tables_parameters(function: Function) -> None:
    signature = inspect.signature(find(function.python))
    runtime = [
        (parameter.name, parameter.default is inspect.Parameter.empty)
        for parameter in signature.parameters.values()
        if parameter.name != "run"
    ]
    assert runtime == [(p.name, p.required) for p in function.parameters]


@pytest.mark.parametrize("name", VALUES)
def test_the_runtime_has_every_library_value(name: str) -> None:
    assert find(VALUES[name]) is not None


def check(function: Function, arguments: list[Any]) -> None:
    """Calls the function: an error is one of the workflow's, a result has the table's type."""
    call: Callable[..., Any] = find(function.python)
    try:
        result, error = call(*arguments), None
    except wf.WorkflowError as exc:
        result, error = None, exc
    if error is None:
        expected = RESULTS.get(function.result, (function.result,))
        assert expected is None or type_name(result) in expected
    else:
        tag = error.payload["tags"][0]
        assert error.payload["tags"] == list(TAGS[tag])
        assert str(error).startswith(f"{tag}: ")
        assert "\n" not in str(error)


@pytest.mark.parametrize("function", PURE.values(), ids=PURE)
def test_odd_arguments_never_raise_anything_of_pythons(function: Function) -> None:
    for value in (*ODD, *DEEP):
        for place in range(len(function.parameters)):
            for rest in ("a", b"a", 1, [1], {"a": 1}, None):
                arguments = [rest] * len(function.parameters)
                arguments[place] = value
                check(function, arguments)


@pytest.mark.parametrize("function", PURE.values(), ids=PURE)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_random_arguments_never_raise_anything_of_pythons(function: Function, data: Any) -> None:
    count = len(function.parameters)
    check(function, data.draw(st.lists(anything_and_deep, min_size=count, max_size=count)))
