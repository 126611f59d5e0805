"""The compiler's table, the runtime and the reference agree; nothing native escapes.

The rows of `RESULTS` and `ERRORS` in `tests/test_stdlib_*.py` are the proof of what is documented.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Callable
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.values import DEEP, ODD, anything_and_deep

import wfc_runtime.v1 as wf
from wfc.library import FUNCTIONS, VALUES, Function, module_of
from wfc.reference import entry
from wfc_runtime.accelerator import reference
from wfc_runtime.errors import TAGS
from wfc_runtime.values import type_name

PURE = {name: function for name, function in FUNCTIONS.items() if function.way == "pure"}
RESULTS = {"any": None, "number": ("integer", "double")}
NOT_REPEATABLE = {"uuid.generate"}
"""They give something else each time, so that a table cannot hold it."""


TABLES = [
    import_module(f"tests.{path.stem}")
    for path in sorted(Path(__file__).parent.glob("test_*.py"))
    if path.stem.startswith("test_stdlib_") or path.stem == "test_conversions"
    if path.stem != "test_stdlib_table"
]


def rows_of(table: str) -> dict[str, list[Any]]:
    """What comes of each row of all tables of this name, by function."""
    found: dict[str, list[Any]] = defaultdict(list)
    for module in TABLES:
        for name, cases in getattr(module, table).items():
            found[name] += [expected for _, expected in cases]
    return found


def find(python: str) -> Any:
    """`wf.text.split` or `run.now` → the function."""
    first, _, rest = python.partition(".")
    return reduce(getattr, rest.split("."), wf.Run if first == "run" else wf)


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
def test_the_runtime_has_every_function_with_the_tables_parameters(function: Function) -> None:
    """Besides the run, and the step of a method of the run that waits."""
    signature = inspect.signature(reference(find(function.python)))
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


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_rows_and_its_documented_errors_are_what_they_raise(name: str) -> None:
    module = "conversions" if "." not in name else f"stdlib_{module_of(name).split('.')[-1]}"
    hint = f"add a row for {name} to %s in tests/test_{module}.py, or mend its docstring"
    if name not in NOT_REPEATABLE:
        assert rows_of("RESULTS")[name], hint % "RESULTS"
    raised, documented = set(rows_of("ERRORS")[name]), set(entry(name).errors)
    assert documented - raised == set(), hint % "ERRORS"
    assert raised - documented == set(), f"say `Raises …` in the docstring of {name}"


def test_rows_are_those_of_functions_in_the_table() -> None:
    assert {*rows_of("RESULTS"), *rows_of("ERRORS")} <= set(FUNCTIONS)


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
