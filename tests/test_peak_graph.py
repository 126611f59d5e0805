"""Who waits for whom in a Peak workflow (spec 11 §1.9, §1.10)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.peak_files import HTTP, STANDARD, checked, codes_of, problems_of, workflow

EXPORTS = {**STANDARD, "outputParameters": {"rows": "rows.txt"}}
INHERITS = {**STANDARD, "parameters": {"inherit": {"ROWS": "rows"}}}


def after(*parents: str, **more: Any) -> dict[str, Any]:
    return {**STANDARD, "parents": list(parents), **more}


@pytest.mark.parametrize(
    ("steps", "circle"),
    [
        ({"a": after("a")}, "`a → a`"),
        ({"a": after("b"), "b": after("a")}, "`a → b → a`"),
        ({"b": after("c"), "c": after("a"), "a": after("b")}, "`b → c → a → b`"),
        ({"x": after("a"), "a": after("b"), "b": after("a")}, "`a → b → a`"),
        ({"a": after("b"), "b": after("a", "c"), "c": after()}, "`a → b → a`"),
    ],
)
def test_a_circle_is_spelled_out_once(steps: Any, circle: str) -> None:
    (problem,) = problems_of(workflow(**steps))
    assert problem.code == "WFC732"
    assert circle in problem.message


def test_every_circle_is_told() -> None:
    steps = {"a": after("b"), "b": after("a"), "c": after("d"), "d": after("c")}
    assert codes_of(workflow(**steps)) == ["WFC732", "WFC732"]


def test_implied_parents_can_make_a_circle() -> None:
    reads = {**INHERITS, **EXPORTS, "parents": ["b"]}
    other = {**STANDARD, "parents": ["a"], "outputParameters": {"rows": "r.txt"}}
    found = codes_of(workflow(a=reads, b=other))
    assert found == ["WFC732"]


@pytest.mark.parametrize(
    ("steps", "codes"),
    [
        ({"a": after("b")}, ["WFC731"]),
        ({"a": EXPORTS, "b": {**INHERITS, "parents": ["a"]}}, []),
        ({"a": EXPORTS, "b": INHERITS}, ["WFC804"]),
        ({"b": INHERITS}, ["WFC803"]),
        ({"b": {**INHERITS, **EXPORTS}}, ["WFC803"]),  # its own output is not there yet
        ({"a": EXPORTS, "c": EXPORTS, "b": INHERITS}, ["WFC733"]),
        ({"a": EXPORTS, "c": EXPORTS, "b": {**INHERITS, "parents": ["a"]}}, []),
        ({"a": EXPORTS, "c": EXPORTS, "b": {**INHERITS, "parents": ["a", "c"]}}, ["WFC733"]),
        (
            {
                "a": {**HTTP, "outputParameters": {"rows": "response.txt"}},
                "b": {**INHERITS, "parents": ["a"]},
            },
            [],
        ),
    ],
)
def test_where_an_inherited_name_comes_from(steps: Any, codes: list[str]) -> None:
    assert codes_of(workflow(**steps)) == codes


def conditional(step: str, name: str) -> dict[str, Any]:
    item = {"condition": "equals", "stepName": step, "paramName": name, "value": "1"}
    return {"executionParameters": {"conditional": [item]}}


def status(*parents: str) -> dict[str, Any]:
    item = {"condition": "one-of", "parents": list(parents), "status": ["failure"]}
    return {"executionParameters": {"parentStatus": [item]}}


@pytest.mark.parametrize(
    ("step", "codes"),
    [
        (after("a", **conditional("a", "rows")), []),
        (after(**conditional("a", "rows")), ["WFC804"]),
        (after("a", **conditional("a", "row")), ["WFC734"]),
        (after("a", **conditional("aa", "rows")), ["WFC731"]),
        (after("a", **status("a")), []),
        (after(**status("a")), ["WFC804"]),
        (after("a", **status("a", "z")), ["WFC731"]),
    ],
)
def test_what_conditions_may_name(step: Any, codes: list[str]) -> None:
    assert codes_of(workflow(a=EXPORTS, b=step)) == codes


def test_the_graph_has_implied_parents_and_sources() -> None:
    made = checked(
        workflow(c=after("a", **status("b")), b=INHERITS, a=EXPORTS, d=after("c", "a", "c"))
    )
    names = {
        step.name.text: [parent.name.text for parent in parents]
        for step, parents in made.graph.parents.items()
    }
    assert names == {"a": [], "b": ["a"], "c": ["a", "b"], "d": ["c", "a"]}
    assert [step.name.text for step in made.graph.order] == ["a", "b", "c", "d"]
    (source,) = made.graph.inherited.values()
    assert source is not None
    assert source.name.text == "a"


@given(st.data())
def test_order_puts_parents_first_and_keeps_the_files_order_else(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 12))
    shuffled = data.draw(st.permutations(range(size)))
    steps = {}
    for number in range(size):
        before = [other for other in range(size) if shuffled[other] < shuffled[number]]
        parents = data.draw(st.lists(st.sampled_from(before), unique=True)) if before else []
        steps[f"s{number}"] = after(*(f"s{parent}" for parent in parents))
    made = checked(workflow(**steps))
    seen: list[Any] = []
    for step in made.graph.order:
        assert all(parent in seen for parent in made.graph.parents[step])
        free = [
            one
            for one in made.workflow.steps
            if one not in seen and all(parent in seen for parent in made.graph.parents[one])
        ]
        assert step is free[0]
        seen.append(step)
    assert len(seen) == size


def test_ten_thousand_steps_in_a_row() -> None:
    steps = {f"s{n}": after(f"s{n + 1}") if n < 9_999 else after() for n in range(10_000)}
    assert codes_of(workflow(**steps)) == []
