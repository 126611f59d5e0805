"""What the checker says of types, before any run, is what the runtime does: two tables, one law."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.frames import returning
from tests.front import codes_of

import wfc_runtime.v1 as wf
from wfc.library import FUNCTIONS, Function

SAMPLES: dict[str, Any] = {
    "null": None,
    "boolean": True,
    "integer": 3,
    "double": 1.5,
    "string": "SHA256",  # also the name of a hash algorithm
    "bytes": b"a",
    "list": ["a"],
    "map": {"a": 1},
}
WRITTEN = {
    "null": "null",
    "boolean": "true",
    "integer": "3",
    "double": "1.5",
    "string": '"SHA256"',
    "bytes": 'text.encode("a")',
    "list": '["a"]',
    "map": "map.merge(x, json.decode(x))",
}
"""Expressions of each type, as certain to the checker as a literal."""

OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": wf.add,
    "-": wf.sub,
    "*": wf.mul,
    "/": wf.div,
    "//": wf.floordiv,
    "%": wf.mod,
    "<": wf.lt,
    "<=": wf.le,
    ">": wf.gt,
    ">=": wf.ge,
    "==": wf.eq,
    "!=": wf.ne,
    "in": wf.is_in,
}
PURE = [function for function in FUNCTIONS.values() if function.way == "pure"]


def raises_type_error(call: Callable[[], Any]) -> bool:
    """Whether it raises a TypeError; a wrong value of the right type may raise anything else."""
    try:
        call()
    except wf.WorkflowError as error:
        return isinstance(error.payload, dict) and "TypeError" in error.payload["tags"]
    return False


@pytest.mark.parametrize("operator", OPERATORS)
def test_operator_is_warned_of_exactly_where_it_raises(operator: str) -> None:
    said = {
        (left, right)
        for left in WRITTEN
        for right in WRITTEN
        if codes_of(returning(f"${{{WRITTEN[left]} {operator} {WRITTEN[right]}}}"))
    }
    done = {
        (left, right)
        for left in SAMPLES
        for right in SAMPLES
        if raises_type_error(lambda: OPERATORS[operator](SAMPLES[left], SAMPLES[right]))  # noqa: B023
    }
    assert said == done


@pytest.mark.parametrize("function", PURE, ids=lambda function: function.name)
def test_argument_is_warned_of_exactly_where_the_function_raises(function: Function) -> None:
    for parameter in function.parameters:
        for name, value in SAMPLES.items():
            accepted = parameter.types or {name}
            given = [
                value if other is parameter else SAMPLES[max(other.types, default="map")]
                for other in function.parameters
                if other.required or other is parameter
            ]
            optional = name == "null" and not parameter.required
            raised = raises_type_error(lambda: python_of(function)(*given))  # noqa: B023
            assert raised == (name not in accepted and not optional), (parameter.name, name)


def python_of(function: Function) -> Callable[..., Any]:
    found: Any = wf
    for part in function.python.split(".")[1:]:
        found = getattr(found, part)
    named: Callable[..., Any] = found
    return named
