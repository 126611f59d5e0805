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
RESULTS = {"any": None, "number": ("integer", "double")}


def find(python: str) -> Any:
    """`wf.text.split` or `run.now` → the function."""
    first, _, rest = python.partition(".")
    return reduce(getattr, rest.split("."), wf.Run if first == "run" else wf)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_runtime_has_every_function_with_the_tables_parameters(function: Function) -> None:
    """Besides the run, and the step of a method of the run that waits."""
    signature = inspect.signature(find(function.python))
    runtime = [
        (parameter.name, parameter.default is inspect.Parameter.empty)
        for parameter in signature.parameters.values()
    ]
    own = ["self"] if function.python.startswith("run.") else ["run"]
    if function.way == "wait" and own == ["self"]:
        own.append("step")
    if function.way == "pure":
        own = []
    assert [name for name, _ in runtime[: len(own)]] == own
    assert sorted(runtime[len(own) :]) == sorted((p.name, p.required) for p in function.parameters)
    if function.way != "wait" or own[0] == "self":  # the others are called by name alone
        assert runtime[len(own) :] == [(p.name, p.required) for p in function.parameters]


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
