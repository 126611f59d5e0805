"""The compiled twins: each does what its reference does, leaks nothing, and can be switched off.

That both keep the rules is tested where the rules are: `tests/test_operators.py` and others run
their tests with twins and without.
"""

from __future__ import annotations

import asyncio
import dis
import gc
import inspect
import math
import sys
import tracemalloc
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compiled import load
from tests.process import wfc
from tests.twins import pure_python, twins
from tests.values import CORNER_DOUBLES, CORNER_INTS, SAMPLES, anything, map_keys, nested, numbers

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime import accelerator, jsontext, values
from wfc_runtime.accelerator import ACCELERATED, reference
from wfc_runtime.values import MAX_DEPTH

TWINS = twins()
NAMES = sorted(TWINS)

accelerated_only = pytest.mark.skipif(
    not ACCELERATED, reason="the accelerator is not built here, or switched off"
)


class Text(str):
    pass


class Number(int):
    pass


class Fraction(float):
    pass


class Map(dict[Any, Any]):
    pass


class List(list[Any]):
    pass


STRANGERS: tuple[Any, ...] = (
    *(Text("a"), Number(7), Fraction(1.5), Map(a=1), OrderedDict(a=1), List([1])),
    *((1, 2), {1}, object, len, 2**64, -(2**64), 1j, bytearray(b"a"), {"a": (1,)}, [Number(5)]),
)
"""What is no value of a workflow, but may come from a Python program."""

operands = st.one_of(anything, numbers, map_keys, st.sampled_from(STRANGERS))


def outcome(function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
    """What comes of it, down to the type and the sign of zero, and what it does to the first one.

    Lists and maps that are handed on are the same ones.
    """
    given = values.copy(arguments[0]) if arguments else None
    arguments = (given, *arguments[1:])
    try:
        result = function(*arguments, **named)
    except wf.WorkflowError as error:
        return "workflow", error.payload, repr(given)
    except Exception as error:
        return type(error), str(error), repr(given)
    same = type(result) in (list, dict) and [value is result for value in arguments]
    return type(result), repr(result), same, repr(given)


def agree(name: str, /, *arguments: Any, **named: Any) -> None:
    twin = TWINS[name]
    assert outcome(twin, *arguments, **named) == outcome(reference(twin), *arguments, **named)


@accelerated_only
@pytest.mark.parametrize("name", NAMES)
def test_a_twin_agrees_on_all_pairs_of_types_and_extremes(name: str) -> None:
    odd = (*SAMPLES, *CORNER_INTS, *CORNER_DOUBLES, *STRANGERS)
    for first in odd:
        agree(name, first)
        for second in odd:
            agree(name, first, second)


@accelerated_only
@given(st.sampled_from(NAMES), st.lists(operands, min_size=1, max_size=5))
@settings(max_examples=1500)
def test_a_twin_agrees_on_anything(name: str, arguments: list[Any]) -> None:
    agree(name, *arguments)


@accelerated_only
@given(st.sampled_from(["operators.item", "operators.put"]), anything, st.data())
def test_a_twin_agrees_inside_maps_and_lists(name: str, value: Any, data: Any) -> None:
    path = []
    inner = value
    while isinstance(inner, (list, dict)) and inner:
        keys = list(inner) if isinstance(inner, dict) else [*range(len(inner)), -1, len(inner)]
        path.append(data.draw(st.sampled_from(keys)))
        inner = inner.get(path[-1]) if isinstance(inner, dict) else (inner * 2)[path[-1]]
    agree(name, value, *path, *([data.draw(operands)] if name.endswith("put") else []))


@accelerated_only
@pytest.mark.parametrize("depth", [0, 1, MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, -1, True, 2**70])
@pytest.mark.parametrize("name", ["values._argument", "jsontext._compact", "values.deeper_than"])
def test_a_twin_agrees_on_how_deep_it_is(name: str, depth: int) -> None:
    for value in (1, [], {}, [[1]], {"a": {"b": 1}}, math.nan, 1e300, "\ud800", {1: 2}, b"a"):
        agree(name, value, depth)


@accelerated_only
@pytest.mark.parametrize("name", NAMES)
def test_a_twin_is_called_as_its_reference_is(name: str) -> None:
    parameters = [*inspect.signature(reference(TWINS[name])).parameters]
    agree(name)
    agree(name, *range(9))
    for value in (7, "a", [1], {"a": 1}):
        agree(name, **dict.fromkeys(parameters, value))
        agree(name, value, **dict.fromkeys(parameters[1:], value))
        agree(name, value, **dict.fromkeys(parameters, value))
        agree(name, value, no_such_parameter=value)


def deep(depth: int) -> tuple[Any, ...]:
    return nested(depth), {"a": nested(depth - 1)}, [*nested(depth), {"a": [1]}, "a"]


@pytest.mark.usefixtures("implementation")
@pytest.mark.parametrize("depth", [MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 100_000])
def test_depth_is_bounded_where_it_must_be_and_never_crashes(depth: int) -> None:
    for value in deep(depth):
        copied = wf.copy(value)
        assert wf.eq(copied, value)
        innermost, original = copied, value
        while type(innermost) is list and innermost:
            assert innermost is not original
            innermost, original = innermost[0], original[0]
        if depth <= MAX_DEPTH:
            assert jsontext.decode(jsontext.encode(value)) == values.argument(value) == value
            jsontext.check(value)
        else:
            for function in (jsontext.encode, jsontext.check):
                with pytest.raises(wf.WorkflowError, match="nested more than 500 deep"):
                    function(value)
            with pytest.raises(ValueError, match="nested more than 500 deep"):
                values.argument(value)
        assert values.deeper_than(value, MAX_DEPTH) == (depth > MAX_DEPTH)


ROUNDS = 200
CALLS: dict[str, list[tuple[Any, ...]]] = {
    "operators.add": [(2**40, 1), (1.5, 2), ("é" * 50, 10**9, "c", 2.5), (1, 2, "x", "y"), (1, [])],
    "operators.put": [([{"a": [0]}], 0, "a", 0, 2**40), ({}, "new", 10**9), ([], 0, 1)],
    "operators.item": [({"a": 2**40}, "a"), ([2**40], 0), ({"a": 1}, "b"), ([1], 1)],
    "values.copy": [([{"a": [1, "b"]}, [[2]]] * 3,), (nested(MAX_DEPTH + 5),)],
    "values._argument": [({"a": [1, 1.5, "b", {"é": (1, 2)}]}, 0), ([1, [b"x"]], 0)],
    "stdlib.list.concat": [([2**40, "a"], 10**9), ([], [])],
    "jsontext._compact": [({"b": [1, "é\n", 1e300], "a": {2: None}}, 0), ([b"x"], 0)],
    "jsontext.check": [({"b": [1, "é"]},), ([b"x"],)],
}


@accelerated_only
@pytest.mark.parametrize("name", NAMES)
def test_a_twin_leaks_nothing(name: str) -> None:
    twin = TWINS[name]
    calls = CALLS.get(name, [("a", 2**40), (2**40, 3), (1.5, 2.5), ({"a": 2**40}, "a"), ("a", {})])
    calls = [*calls, *((value,) for value in (2**40, 1.5, "12345", [1], {"a": 1}, None))]

    def often() -> None:
        for arguments in calls * ROUNDS:
            with suppress(Exception):  # whatever it raises, what it has left is what is looked at
                twin(*arguments)

    often()  # fills the caches
    gc.collect()  # what other tests have left holds small integers, too
    operands = [value for arguments in calls for value in arguments]
    held = [sys.getrefcount(value) for value in operands]
    tracemalloc.start()
    try:
        often()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        often()
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < ROUNDS * 8  # less than a pointer a round
    for value, before in zip(operands, held, strict=True):
        assert abs(sys.getrefcount(value) - before) < ROUNDS


FAILING = """\
main:
  params: [args]
  steps:
    - begin:
        assign:
          - total: ${args.start}
    - sum:
        return: ${"sum " + (total + args.price) * 2}
"""


@pytest.mark.usefixtures("implementation")
@pytest.mark.parametrize("price", [None, {}, 2**63 - 1, 2**62])
def test_an_error_inside_a_helper_points_at_the_expression(price: Any) -> None:
    text = compile_source(Source("order.yaml", FAILING), layout=False).module
    assert text is not None
    assert "wf.add(total, " in text
    with pytest.raises(wf.WorkflowError) as caught:
        asyncio.run(load(text).run({"start": 1, "price": price}))
    position = {"line": "8", "column": "17", "length": "36"}
    assert caught.value.stack_trace == {
        "elements": [{"step": "sum", "routine": "main", "position": position}]
    }


def test_python_specializes_the_look_up_of_a_helper() -> None:
    """A `__getattr__` in the module, among others, would make each twice as slow."""

    def often() -> None:
        for _ in range(100):
            wf.truth(True)

    often()
    found = [each for each in dis.get_instructions(often, adaptive=True) if each.argval == "truth"]
    assert [each.opname for each in found] == ["LOAD_ATTR_MODULE"]


def test_every_reference_is_found_behind_its_twin() -> None:
    assert bool(TWINS) == ACCELERATED
    assert reference(len) is len
    assert reference(outcome) is outcome
    append = [0].append
    assert reference(append) is append
    with pure_python():
        assert twins() == {}


def test_the_version_shows_which_one_is_in_use_and_a_variable_switches(tmp_path: Path) -> None:
    said = wfc(tmp_path, "--version").stdout
    assert said.endswith(" (accelerated)\n" if ACCELERATED else " (pure Python)\n")
    without = wfc(tmp_path, "--version", env={accelerator.SWITCH: "1"})
    assert without.stdout.endswith(" (pure Python)\n")
