"""Parsing: `assign`, `call`, `next`, `switch` and the values in them (spec 02–04)."""

from __future__ import annotations

import pytest
from tests.front import errors_of
from tests.parsing import codes, only_problem, only_step, parsed, step

from wfc import syntax

# -- assign (spec 02 §2) --------------------------------------------------------------------------

FIFTY = ", ".join(f"x{number}: 1" for number in range(50))


@pytest.mark.parametrize(
    ("assigned", "expected"),
    [
        ("[x: 1, 'm.k': 2, 'm[\"a\"][n + 1]': 3]", []),
        (f"[{FIFTY}]", []),
        (f"[{FIFTY}, y: 1]", ["WFC411"]),
        ("[x: null]", []),
        ("[]", ["WFC106"]),
        ("", ["WFC105"]),
        ("text", ["WFC105"]),
        ("{x: 1}", ["WFC125"]),
        ("{}", ["WFC105"]),
        ("[{x: 1, y: 2}]", ["WFC126"]),
        ("[{}]", ["WFC126"]),
        ("[x]", ["WFC126"]),
        ("[x = 1]", ["WFC126"]),
        ("[[x: 1]]", ["WFC126"]),
        ("[null]", ["WFC126"]),
        ("['${x}': 1]", ["WFC180"]),
    ],
)
def test_assign(assigned: str, expected: list[str]) -> None:
    assert codes(step(f"assign: {assigned}")) == expected


@pytest.mark.parametrize("assigned", ["{x: 1, y: 2}", "[{x: 1, y: 2}]"])
def test_assignments_in_a_map_are_still_assignments(assigned: str) -> None:
    workflow, _ = parsed(step(f"assign: {assigned}"))
    assert workflow is not None
    action = workflow.main.steps[0].action
    assert isinstance(action, syntax.Assign)
    assert [one.target.variable.name for one in action.assignments] == ["x", "y"]


@pytest.mark.parametrize(
    ("assigned", "hint"),
    [
        ("total = 1", "write `- total: 1`"),
        ("total = https://example.com/?a=b", "write `- total: https://example.com/?a=b`"),
        ("total += ${price}", "write `- total: ${total + price}`"),
        (f"total = {'x' * 100}", "write `- total: …`"),
        ("total == 1", ""),
    ],
)
def test_an_equals_sign_is_answered_with_the_users_own_words(assigned: str, hint: str) -> None:
    assert only_problem(step(f"assign: ['{assigned}']")).hint == hint


@pytest.mark.parametrize("assigned", ["x = 1", "'${x}': 1"])
def test_a_miswritten_target_still_assigns_its_variable(assigned: str) -> None:
    """So that uses of the variable are no second problem."""
    workflow, _ = parsed(step(f"assign: [{assigned}]"))
    assert workflow is not None
    action = workflow.main.steps[0].action
    assert isinstance(action, syntax.Assign)
    assert [one.target.variable.name for one in action.assignments] == ["x"]


# -- call, next (spec 04 §2, §4) ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("call: sub\nargs: {}", []),
        ("call: googleapis.run.v2.projects.locations.jobs.run", []),
        ("call: sys.log\nargs: ['${v}', ERROR]", []),  # OQ-8
        ("call: f\nargs: []", []),
        ("call: f\nargs: ${some_map}", []),
        ("call: f\nargs: {$filter: x, a b: 1}", []),  # names of connectors' parameters
        ("call: f\nargs:", ["WFC105"]),
        ("call: f\nargs: text", ["WFC105"]),
        ("call: f\nargs: 1", ["WFC105"]),
        ("call: f\nargs: {1: x}", ["WFC107"]),
        ("call: f\nargs: {'${k}': x}", ["WFC128"]),
        ("call: ${f}", ["WFC123"]),  # OQ-9
        ("call: ${f.g(1)}", ["WFC123"]),
        ("call: f(1)", ["WFC123"]),
        ("call: some function", ["WFC123"]),
        ("call: f.", ["WFC123"]),
        ("call: ''", ["WFC123"]),
        ("call:", ["WFC123"]),
        ("call: 1", ["WFC123"]),
        ("call: [f]", ["WFC123"]),
        ("call: f\nresult: _x1", []),
        ("call: f\nresult: list", []),
        ("call: f\nresult: m.k", ["WFC124"]),  # OQ-18
        ("call: f\nresult: l[0]", ["WFC124"]),
        ("call: f\nresult: ${r}", ["WFC122"]),
        ("call: f\nresult: my-result", ["WFC122"]),
        ("call: f\nresult: 1st", ["WFC122"]),
        ("call: f\nresult: ''", ["WFC122"]),
        ("call: f\nresult:", ["WFC122"]),
        ("call: f\nresult: true", ["WFC122"]),
        ("call: f\nresult: 'true'", ["WFC122"]),
        ("call: f\nresult: [r]", ["WFC122"]),
        ("next: a name with blanks", []),
        ("next: end", []),
        ("next: 'on'", []),
        ("next: on", []),  # YAML 1.2: text
        ("next: ${b}", ["WFC121"]),
        ("next: ''", ["WFC121"]),
        ("next:", ["WFC121"]),
        ("next: 1", ["WFC121"]),
        ("next: true", ["WFC121"]),
        ("next: [b]", ["WFC121"]),
    ],
)
def test_calls_and_jumps(body: str, expected: list[str]) -> None:
    assert codes(step(body)) == expected


def test_the_three_forms_of_arguments() -> None:
    named = only_step(step("call: f\nargs: {x: 1, y: '${z}'}")).action
    assert isinstance(named, syntax.CallStep)
    assert [argument.name for argument in named.arguments] == ["x", "y"]
    assert isinstance(named.arguments[1].value, syntax.Embedded)
    assert named.whole is None
    positional = only_step(step("call: f\nargs: [1, {k: 2}]")).action
    assert isinstance(positional, syntax.CallStep)
    assert [argument.name for argument in positional.arguments] == [None, None]
    whole = only_step(step("call: f\nargs: ${some_map}")).action
    assert isinstance(whole, syntax.CallStep)
    assert whole.arguments == ()
    assert isinstance(whole.whole, syntax.Embedded)


def test_the_result_of_an_unreadable_call_is_no_second_problem() -> None:
    text = "- a: {call: '${f}', result: r}\n- b: {return: '${r.body}'}"
    assert errors_of(text) == ["WFC123"]


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("call: ${sys.log}", "write `call: sys.log`"),
        ("call: sys.log(x)", "write `call: sys.log` and put the arguments under `args:`"),
        ("call: '${sys.log(\"x\")}'", "write `call: sys.log` and put the arguments under `args:`"),
        ("call: f\nresult: ${r}", "write `r`"),
        ("call: f\nresult: my-result", "write `my_result`"),
        ("call: f\nresult: 1st", "write `_1st`"),
        ("next: 12", 'write `next: "12"` if the step is named so'),
    ],
)
def test_hints_can_be_typed_in(body: str, hint: str) -> None:
    assert only_problem(step(body)).hint == hint


# -- switch (spec 04 §3) --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ("[{condition: '${x}', next: end}]", []),
        ("[{condition: true}]", []),
        ("[{condition: FALSE, return: 1}]", []),
        ("[{next: end, condition: true}]", []),
        ("[" + "{condition: true}, " * 50 + "]", []),
        ("[" + "{condition: true}, " * 51 + "]", ["WFC412"]),
        ("[]", ["WFC106"]),
        ("", ["WFC105"]),
        ("text", ["WFC105"]),
        ("{condition: true, next: end}", ["WFC105"]),
        ("[{next: end}]", ["WFC104"]),
        ("[{}]", ["WFC105"]),
        ("[text]", ["WFC105"]),
        ("[null]", ["WFC105"]),
        ("[{condition: x > 1}]", ["WFC127"]),
        ("[{condition: '${x} == ${y}'}]", ["WFC127"]),
        ("[{condition: 'true'}]", ["WFC127"]),
        ("[{condition: null}]", ["WFC127"]),
        ("[{condition: 1}]", ["WFC127"]),
        ("[{condition: [true]}]", ["WFC127"]),
        ("[{condition: true, else: 1}]", ["WFC103"]),
    ],
)
def test_switch(cases: str, expected: list[str]) -> None:
    assert codes(step(f"switch: {cases}")) == expected


@pytest.mark.parametrize(
    ("condition", "hint"),
    [
        ("x > 1", "write `condition: ${x > 1}`"),
        ("'${x} == ${y + 1}'", "write `condition: ${x == y + 1}`"),
        ("'true'", "write `condition: true`"),
        ("'x == \"a: b\"'", "write `condition: '${x == \"a: b\"}'`"),
    ],
)
def test_a_plain_condition_is_answered_with_the_expression(condition: str, hint: str) -> None:
    assert only_problem(step(f"switch:\n- condition: {condition}\n  next: end")).hint == hint


# -- values (spec 01 §6) --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("text", []),
        ("{1: a, b: [null, true, 1.5, {'${k}': '${v}'}]}", []),  # OQ-13
        ("'Hello ${name}'", []),  # text; `check` warns (OQ-21)
        ("{true: 1}", ["WFC107"]),
        ("{null: 1}", ["WFC107"]),
        ("{~: 1}", ["WFC107"]),
        ("{1.5: 1}", ["WFC107"]),
        ("[{a: {false: 1}}]", ["WFC107"]),
        (".inf", ["WFC141"]),
        ("-.INF", ["WFC141"]),
        ("[.nan]", ["WFC141"]),
        ("1e999", ["WFC141"]),
        ("'.inf'", []),
    ],
)
@pytest.mark.parametrize("place", ["return: …", "raise: …", "assign: [x: …]", "call: f\nargs: […]"])
def test_values(place: str, value: str, expected: list[str]) -> None:
    assert codes(step(place.replace("…", value))) == expected


def test_a_literal_tree_keeps_order_and_types() -> None:
    action = only_step(step("return: {b: [1, 2.0, x], 2: ~, '${k}': true}")).action
    assert isinstance(action, syntax.Return)
    assert isinstance(action.value, syntax.MapLiteral)
    keys = [entry.key for entry in action.value.entries]
    assert [key.value for key in keys if isinstance(key, syntax.Constant)] == ["b", 2]
    assert isinstance(keys[2], syntax.Embedded)
    first = action.value.entries[0].value
    assert isinstance(first, syntax.ListLiteral)
    constants = [item.value for item in first.items if isinstance(item, syntax.Constant)]
    assert [(type(value), value) for value in constants] == [(int, 1), (float, 2.0), (str, "x")]
