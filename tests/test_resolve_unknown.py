"""Names that mean nothing: what is said about them, and what may have been meant."""

from __future__ import annotations

import pytest
from tests.resolved import ROUTINE, codes_of, problems_of, returning, the_problem

from wfc.source import Source


def test_googles_text_is_the_note_in_full_for_a_return() -> None:
    problem = the_problem("main:\n  steps:\n    - step2:\n        return: ${varC}\n")
    assert problem.note == (
        "failed to build: error in step step2: error evaluating return value: "
        "symbol 'varC' is neither a variable nor a sub-workflow name"
    )
    problem = the_problem(returning("1", 'a: {assign: [{x: "${varC}"}]}'))
    assert problem.note == "symbol 'varC' is neither a variable nor a sub-workflow name"


def test_googles_text_for_an_unknown_call_names_the_first_part() -> None:
    problem = the_problem(returning("1", "create: {call: compute.instances.get}"))
    assert problem.code == "WFC205"
    assert problem.note == "failed to build: error in step create: symbol 'compute' not found"
    assert the_problem(returning("get_name(order)")).note == "symbol 'get_name' not found"


@pytest.mark.parametrize(
    ("expression", "code", "hint"),
    [
        ("subtotl", "WFC201", "did you mean `subtotal`?"),
        ("Subtotal", "WFC201", "did you mean `subtotal`?"),
        ("sub_total.key", "WFC201", "did you mean `subtotal`?"),
        ("None", "WFC201", "write `null`"),
        ("entirely_different", "WFC201", ""),
        ("var.bucket", "WFC201", "if Terraform fills this in, check the text that it renders"),
        ("log_it", "WFC201", "to keep the result of the step, add `result: log_it` to it"),
        ("fetch", "WFC201", "the result of the step is in `subtotal`"),
        ("len", "WFC206", "call it: `len(value)`"),
        ("text.split", "WFC206", "call it: `text.split(source, separator)`"),
        ("http.get", "WFC206", "write `call: http.get`"),
        ("text", "WFC206", "call one of its functions, such as `text.decode`"),
        ("order.ship-to", "WFC201", 'write `["ship-to"]` for a key with `-` in it'),
        ("order - to", "WFC201", ""),
        ("text.splitt", "WFC206", "did you mean `text.split`?"),
        ("text.unheard.of", "WFC206", "call one of its functions, such as `text.decode`"),
        ("googleapis", "WFC206", None),
        ("text.lower(order)", "WFC205", "did you mean `text.to_lower`?"),
        ("str(1)", "WFC205", "did you mean `string`?"),
        ("type(1)", "WFC205", "did you mean `get_type`?"),
        ("bool(1)", "WFC205", "compare instead, as in `x == true`"),
        ("range(9)", "WFC205", "a loop counts by itself: `range: [first, last]` in its `for`"),
        ("print(1)", "WFC205", "did you mean `sys.log`?"),
        ("split(order)", "WFC205", "did you mean `text.split`?"),
        ("json.encodeToString(order)", "WFC205", "did you mean `json.encode_to_string`?"),
        ("sys.time()", "WFC205", ""),
        ("order()", "WFC208", ""),
        ("order.split(1)", "WFC208", "write `text.split(order, …)`"),
        ("order.key.toLowerCase()", "WFC208", "write `text.to_lower(order.key)`"),
        ("order.push(1)", "WFC208", "write `list.concat(items, item)`, which returns a new list"),
        ("order.map(1)", "WFC208", ""),
        ("events.await_callbacks(order)", "WFC205", "did you mean `events.await_callback`?"),
        (
            "googleapis.run.v2.jobs.run(1)",
            "WFC211",
            "did you mean `googleapis.run.v2.projects.locations.jobs.run`?",
        ),
    ],
)
def test_what_may_have_been_meant(expression: str, code: str, hint: str | None) -> None:
    text = returning(
        expression,
        "log_it: {call: sys.log, args: {text: a}}",
        "fetch: {call: sys.log, args: {text: a}, result: subtotal}",
    )
    problem = the_problem(text)
    assert problem.code == code
    assert hint is None or problem.hint == hint


def test_a_routine_with_a_similar_name_is_suggested_for_a_call() -> None:
    problem = the_problem(returning("nett(1)") + ROUTINE)
    assert problem.hint == "did you mean `net`?"
    assert problem.others[0].text == "a routine with a similar name"


def test_a_step_after_call_is_recognised() -> None:
    problem = the_problem(returning("1", "a: {call: done}"))
    assert (problem.code, problem.hint) == ("WFC205", "to go to the step, write `next: done`")


@pytest.mark.parametrize(
    ("clause", "hint"),
    [
        ("as: e, ", "did you mean `e`?"),
        ("", "to receive the error, add `as: error` to the `except`"),
    ],
)
def test_the_error_of_an_except_under_another_name(clause: str, hint: str) -> None:
    body = f"try: {{call: net}}, except: {{{clause}steps: [{{b: {{raise: '${{error}}'}}}}]}}"
    assert the_problem(returning("1", f"a: {{{body}}}") + ROUTINE).hint == hint
    assert the_problem(returning("error")).hint == ""


def test_the_argument_of_a_workflow_without_params() -> None:
    problem = the_problem("- done:\n    return: ${args.name}\n")
    assert problem.hint == "to receive the workflow's argument, add `params: [args]` to `main`"


def test_a_name_that_only_another_branch_assigns() -> None:
    """Spec 09 §3 check 6; a name of a block in the same branch is an ordinary mistake."""

    def branches(first: str, second: str) -> str:
        both = f"[{{a: {{steps: [{first}]}}}}, {{b: {{steps: [{second}]}}}}]"
        return returning("1", f"fan: {{parallel: {{branches: {both}}}}}")

    assigning = "{s: {assign: [{x: 1}]}}"
    looping = "{s: {for: {value: x, in: [1], steps: []}}}"
    reading = "{t: {assign: [{y: '${x}'}]}}"
    problem = the_problem(branches(assigning, reading))
    assert problem.code == "WFC209"
    assert [label.text for label in problem.others] == ["assigned in branch `a`"]
    assert codes_of(branches(f"{looping}, {reading}", "{u: {next: continue}}")) == ["WFC202"]


def test_a_called_predicate_is_one_mistake() -> None:
    """`checks.retry` says that a predicate is named; what it was called with is no second one."""
    step = "a: {try: {call: sys.log, args: {text: x}}, retry: {predicate: '${net(e)}'}}"
    assert codes_of(returning("1", step) + ROUTINE) == []


def test_every_unknown_name_is_reported_at_its_place() -> None:
    text = returning("a + b.c + a")
    assert [Source("", text).slice(problem.label.span) for problem in problems_of(text)] == [
        "a",
        "b",
        "a",
    ]


def test_many_unknown_names_take_little_time() -> None:
    """Similar names are sought for the first few hundred only."""
    lines = "".join(f"          - value{n}: ${{valu{n}}}\n" for n in range(4000))
    problems = problems_of(f"main:\n  steps:\n    - a:\n        assign:\n{lines}")
    unknown = [problem for problem in problems if problem.code == "WFC201"]
    assert len(unknown) == 4000
    assert unknown[0].hint == "did you mean `value0`?"
    assert unknown[-1].hint == ""
