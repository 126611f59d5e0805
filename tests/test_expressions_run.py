"""Compiled expressions mean what the slow reference interpreter says, natively or by helper.

Random trees over variables of every type are compiled twenty at a time: once with the variables'
values unknown to the compiler (helpers), once assigned from literals (native operators where types
and ranges are proven).  Values and error maps must agree.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compiled import load
from tests.expression_trees import LEVEL, NOWHERE, printed
from tests.reference import Raised, evaluate

from wfc import syntax
from wfc.pipeline import compile_source
from wfc.source import Source

# One variable a type, and the values at its edges.
VALUES: dict[str, list[Any]] = {
    "n": [None],
    "b": [True, False],
    "i": [0, 1, -1, 7, -7, 2**63 - 1, -(2**63), 2**62],
    "d": [0.0, -0.0, 1.0, 2.5, -7.5, 1e21, 1e-7],
    "s": ["", "a", "k", "10", "é😀"],
    "l": [[], [1, True, 1.0, "a"], [[1], None]],
    "m": [{}, {"k": 1, "a": None}, {"k": {"k": [0]}, "10": True}],
}
HELPERS = ("int", "double", "string", "len", "keys", "default", "if", "get_type")
ARITY = {"default": 2, "if": 3}


def _leaves() -> st.SearchStrategy[syntax.Expression]:
    names = st.sampled_from(sorted(VALUES)).map(lambda name: syntax.Name(name, NOWHERE))
    constants = st.sampled_from([None, True, False, 0, 1, 2, 3.5, 0.0, "", "k", "a", 2**63 - 1])
    return st.one_of(names, names, constants.map(lambda value: syntax.Constant(value, NOWHERE)))


def _grown(inner: st.SearchStrategy[syntax.Expression]) -> st.SearchStrategy[syntax.Expression]:
    operators = st.sampled_from(sorted(LEVEL))
    binary = st.builds(syntax.Binary, operators, inner, inner, st.just(NOWHERE))
    unary = st.builds(syntax.Unary, st.sampled_from(["-", "+", "not"]), inner, st.just(NOWHERE))
    member = st.builds(
        syntax.Member,
        inner.filter(_accessible),
        st.sampled_from(["k", "a"]),
        st.just(NOWHERE),
        st.just(NOWHERE),
    )
    index = st.builds(syntax.Index, inner.filter(_accessible), inner, st.just(NOWHERE))
    items = st.lists(inner, max_size=3)
    listed = items.map(lambda drawn: syntax.ListLiteral(tuple(drawn), NOWHERE))
    called = st.sampled_from(HELPERS).flatmap(
        lambda name: st.lists(inner, min_size=ARITY.get(name, 1), max_size=ARITY.get(name, 1)).map(
            lambda given: syntax.Call(name, NOWHERE, tuple(given), NOWHERE)
        )
    )
    return st.one_of(binary, binary, binary, unary, member, index, listed, called)


def _accessible(tree: syntax.Expression) -> bool:
    """`1.k` is no expression; names, calls and lists can be accessed."""
    return not isinstance(tree, syntax.Constant)


TREES = st.recursive(_leaves(), _grown, max_leaves=7).filter(lambda tree: len(printed(tree)) <= 400)


def _workflow(start: list[dict[str, Any]], trees: list[syntax.Expression]) -> str:
    """Tries each expression and collects `[value]` or `{error}` in `out`."""
    steps: list[dict[str, Any]] = [{"start": {"assign": [*start, {"out": []}]}}]
    for number, tree in enumerate(trees):
        keep = f"${{list.concat(out, [{printed(tree)}])}}"
        handler = {"as": "e", "steps": [{f"c{number}": {"assign": [{"out": _CAUGHT}]}}]}
        attempt = {"try": {"assign": [{"out": keep}]}, "except": handler}
        steps.append({f"t{number}": attempt})
    steps.append({"done": {"return": "${out}"}})
    return json.dumps({"main": {"params": ["v"], "steps": steps}})


_CAUGHT = "${list.concat(out, e)}"


def _run(text: str, args: dict[str, Any]) -> list[Any]:
    compiled = compile_source(Source("random.json", text), layout=False)
    assert compiled.module is not None, [p for p in compiled.problems if p.severity == "error"]
    result = asyncio.run(load(compiled.module, "random").run(args))
    assert isinstance(result, list)
    return result


def _expected(tree: syntax.Expression, variables: dict[str, Any]) -> Any:
    try:
        return [evaluate(tree, variables)]
    except Raised as raised:
        return raised.payload


def _compare(trees: list[syntax.Expression], values: dict[str, Any], text: str) -> None:
    for tree, actual in zip(trees, _run(text, values), strict=True):
        assert repr(actual) == repr(_expected(tree, values)), printed(tree)


_DRAWN = st.fixed_dictionaries({name: st.sampled_from(row) for name, row in VALUES.items()})
_BATCH = st.lists(TREES, min_size=20, max_size=20)


@settings(max_examples=12, deadline=None)
@given(_BATCH, _DRAWN)
def test_expressions_of_unknown_types_agree(
    trees: list[syntax.Expression], values: dict[str, Any]
) -> None:
    start = [{name: f"${{v.{name}}}"} for name in sorted(VALUES)]
    _compare(trees, values, _workflow(start, trees))


@settings(max_examples=12, deadline=None)
@given(_BATCH, _DRAWN)
def test_expressions_of_proven_types_agree(
    trees: list[syntax.Expression], values: dict[str, Any]
) -> None:
    start = [{name: values[name]} for name in sorted(VALUES)]
    _compare(trees, values, _workflow(start, trees))


def test_every_operator_agrees_on_every_pair_of_types() -> None:
    """The table that the random trees may miss corners of: 13 operators, 7 by 7 types, edges."""
    pairs = [(left, right) for left in VALUES for right in VALUES]
    for operator in sorted(LEVEL):
        trees: list[syntax.Expression] = [
            syntax.Binary(
                operator, syntax.Name(left, NOWHERE), syntax.Name(right, NOWHERE), NOWHERE
            )
            for left, right in pairs
        ]
        for proven in (False, True):
            for row in range(2):
                values = {name: edge[-1 - row % len(edge)] for name, edge in VALUES.items()}
                start = [
                    {name: values[name] if proven else f"${{v.{name}}}"} for name in sorted(VALUES)
                ]
                _compare(trees, values, _workflow(start, trees))


@pytest.mark.soak
@settings(max_examples=400, deadline=None)
@given(_BATCH, _DRAWN, st.booleans())
def test_expressions_agree_at_length(
    trees: list[syntax.Expression], values: dict[str, Any], proven: bool
) -> None:
    start = [{name: values[name] if proven else f"${{v.{name}}}"} for name in sorted(VALUES)]
    _compare(trees, values, _workflow(start, trees))
