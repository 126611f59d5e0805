"""Names: which variable, routine, step or library function each one means, and what none is."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.resolved import ROUTINE, codes_of, resolved, returning, the_problem

from wfc import walk
from wfc.library import FUNCTIONS
from wfc.names import Binding, Names
from wfc.source import Source


def bindings(names: Names) -> dict[str, list[tuple[str, str]]]:
    """Each name with the kind of variable and of scope, in the order of the scopes."""
    found: dict[str, list[tuple[str, str]]] = {}
    for scope in names.scopes.values():
        for name, binding in scope.bindings.items():
            found.setdefault(name, []).append((binding.kind, scope.kind))
    return found


# -- scopes (spec 02 §4) --------------------------------------------------------------------------


def test_every_kind_of_definition_is_bound_in_its_scope() -> None:
    _, _, names, problems = resolved("""
        main:
          params: [args]
          steps:
            - init: {assign: [{total: 0}]}
            - get: {call: sub, args: {n: 1}, result: answer}
            - each:
                for: {value: item, index: i, in: "${args}", steps: [{s: {assign: [{seen: 1}]}}]}
            - guarded:
                try: {steps: [{t: {assign: [{tried: 1}]}}]}
                except: {as: e, steps: [{u: {assign: [{text: "${e}"}]}}]}
            - fan:
                parallel:
                  branches:
                    - a: {steps: [{v: {assign: [{mine: 1}]}}]}
                    - b:
                        steps:
                          - inner:
                              parallel:
                                for: {value: id, in: [1], steps: [{w: {assign: [{its: 1}]}}]}
        sub:
          params: [n]
          steps: [{s: {return: "${n}"}}]
        """)
    assert problems == []
    assert bindings(names) == {
        "args": [("parameter", "routine")],
        "total": [("assigned", "routine")],
        "answer": [("result", "routine")],
        "tried": [("assigned", "routine")],
        "item": [("loop", "for")],
        "i": [("loop", "for")],
        "seen": [("assigned", "for")],
        "e": [("error", "except")],
        "text": [("assigned", "except")],
        "mine": [("assigned", "branch")],
        "id": [("loop", "iteration")],
        "its": [("assigned", "iteration")],
        "n": [("parameter", "routine")],
    }


@pytest.mark.parametrize(
    "step",
    [
        "steps: [{s: {assign: [{x: 1}]}}]",
        "switch: [{condition: true, assign: [{x: 1}]}]",
        "switch: [{condition: true, steps: [{s: {assign: [{x: 1}]}}]}]",
        "switch: [{condition: true, switch: [{condition: true, assign: [{x: 1}]}]}]",
        "try: {assign: [{x: 1}]}",
        "try: {steps: [{s: {assign: [{x: 1}]}}]}",
        "{try: {call: sys.log, args: {text: a}, result: x}, except: {steps: []}}",
    ],
)
def test_blocks_without_a_scope_define_names_for_the_whole_routine(step: str) -> None:
    body = step if step.startswith("{") else f"{{{step}}}"
    assert codes_of(returning("x", f"block: {body}")) == []


@pytest.mark.parametrize(
    ("step", "expression", "words"),
    [
        ("for: {value: x, in: [1], steps: []}", "x", "the loop over it"),
        ("for: {value: v, index: x, in: [1], steps: []}", "x", "the loop over it"),
        (
            "for: {value: v, in: [1], steps: [{s: {assign: [{x: 1}]}}]}",
            "x",
            "the loop that assigns it",
        ),
        ("try: {steps: []}, except: {as: x, steps: []}", "x", "the `except` that catches it"),
        (
            "try: {steps: []}, except: {steps: [{s: {assign: [{x: 1}]}}]}",
            "x.key",
            "the `except` that assigns it",
        ),
        (
            "parallel: {branches: [{a: {steps: [{s: {assign: [{x: 1}]}}]}}, "
            "{b: {steps: [{t: {next: continue}}]}}]}",
            "[x]",
            "the parallel step that assigns it",
        ),
        (
            "parallel: {for: {value: v, in: [1], steps: [{s: {call: sys.now, result: x}}]}}",
            "-x",
            "the parallel step that assigns it",
        ),
    ],
)
def test_a_name_of_a_block_is_gone_after_it(step: str, expression: str, words: str) -> None:
    """Spec 09 §3 check 5; the second place is where the block defines the name."""
    text = returning(expression, f"block: {{{step}}}")
    problem = the_problem(text)
    assert problem.code == "WFC202"
    assert problem.message == f"`x` exists only inside {words}"
    [other] = problem.others
    assert Source("", text).slice(other.span) == "x"
    assert other.span < problem.label.span


def test_a_name_is_gone_before_its_block_too() -> None:
    text = returning(
        "1", 'first: {assign: [{y: "${x}"}]}', "block: {for: {value: x, in: [1], steps: []}}"
    )
    assert codes_of(text) == ["WFC202"]


@pytest.mark.parametrize("assigned_first", [True, False])
@pytest.mark.parametrize(
    "block",
    [
        "{for: {value: v, in: [1], steps: [{s: {assign: [{x: 2}]}}]}}",
        "{try: {steps: []}, except: {steps: [{s: {assign: [{x: 2}]}}]}}",
        "{for: {value: v, in: [1], steps: [{s: {try: {assign: [{x: 2}]}}}]}}",
        "{parallel: {shared: [x], for: {value: v, in: [1], steps: [{s: {assign: [{x: 2}]}}]}}}",
    ],
)
def test_oq_19_inner_assignment_writes_outwards_whatever_the_order(
    block: str, assigned_first: bool
) -> None:
    outer, inner = "outer: {assign: [{x: 1}]}", f"inner: {block}"
    steps = (outer, inner) if assigned_first else (inner, outer)
    _, workflow, names, problems = resolved(returning("x", *steps))
    assert problems == []
    assert bindings(names)["x"] == [("assigned", "routine")]
    binding = names.scopes[workflow.main].bindings["x"]
    assert len(binding.writes) == 2
    assert binding.writes == sorted(binding.writes)


def test_a_subworkflow_does_not_see_the_variables_of_its_caller() -> None:
    text = """
        main:
          steps:
            - a: {assign: [{rate: 2}]}
            - b: {call: sub, result: r}
            - c: {return: "${r}"}
        sub:
          steps: [{s: {return: "${rate}"}}]
        """
    problem = the_problem(text)
    assert problem.code == "WFC201"
    assert problem.others[0].text == "a variable of `main`, not of `sub`"
    assert problem.hint == "pass it on: add `rate` to the `params` of `sub`"


def test_a_nested_target_changes_a_variable_and_defines_none() -> None:
    _, workflow, names, problems = resolved(returning("m", "a: {assign: [{m: {}}, {m.k: 1}]}"))
    assert problems == []
    assert len(names.scopes[workflow.main].bindings["m"].writes) == 1
    problem = the_problem(returning("1", "a: {assign: [{m.k: 1}]}"))
    assert problem.code == "WFC201"
    assert problem.hint == "assign it first: `- m: {}`"


@given(st.permutations(range(6)))
@settings(max_examples=60, deadline=None)
def test_the_order_of_steps_changes_neither_names_nor_errors(order: list[int]) -> None:
    """Names are lexical (OQ-19): a law over all orders of a routine's steps."""
    steps = [
        "a: {assign: [{x: 1}, {m: {}}]}",
        "b: {for: {value: v, in: [1], steps: [{s: {assign: [{x: 2}, {y: 3}]}}]}}",
        'c: {assign: [{m.k: "${x}"}, {z: "${nowhere}"}]}',
        'd: {switch: [{condition: "${x == 1}", next: a}, {condition: true, next: nowhere}]}',
        'e: {try: {steps: []}, except: {as: e, steps: [{t: {assign: [{z: "${e}"}]}}]}}',
        'f: {call: sys.log, args: {text: "${e}"}, result: r}',
    ]
    _, _, names, problems = resolved(returning("x", *(steps[place] for place in order)))
    assert sorted(problem.code for problem in problems) == ["WFC201", "WFC202", "WFC203"]
    assert {name: found for name, found in bindings(names).items() if len(found) == 1} == {
        "order": [("parameter", "routine")],
        "x": [("assigned", "routine")],
        "m": [("assigned", "routine")],
        "z": [("assigned", "routine")],
        "r": [("result", "routine")],
        "v": [("loop", "for")],
        "y": [("assigned", "for")],
        "e": [("error", "except")],
    }


# -- order of look-up (spec 03 §4) ----------------------------------------------------------------


def callees(text: str) -> list[str]:
    _, _, names, _ = resolved(text)
    return [callee.name for callee in names.callees.values()]


def test_a_routine_is_called_before_a_library_function_of_its_name() -> None:
    _, workflow, names, problems = resolved(returning("len(net(2))") + ROUTINE)
    assert problems == []
    assert set(names.callees.values()) == set(workflow.routines[1:])


def test_call_steps_and_expressions_find_library_functions() -> None:
    text = returning("text.to_lower(order)", "log: {call: sys.log, args: {text: a}}")
    assert callees(text) == ["sys.log", "text.to_lower"]
    assert codes_of(text) == []


@pytest.mark.parametrize("name", ["map", "text", "len"])
def test_a_variable_may_bear_a_library_name(name: str) -> None:
    assert codes_of(returning(f"{name}.key", f"a: {{assign: [{{{name}: {{key: 1}}}}]}}")) == []


@pytest.mark.parametrize(
    ("variable", "call", "function"),
    [
        ("map", 'map.get(order, "k")', "map.get"),
        ("len", "len(order)", "len"),
        ("net", "net(1)", "net"),
    ],
)
def test_a_hidden_function_is_called_with_a_warning(
    variable: str, call: str, function: str
) -> None:
    text = returning(f"[{call}, {call}]", f"a: {{assign: [{{{variable}: 1}}]}}")
    if function == "net":
        text += ROUTINE
    assert codes_of(text) == ["WFC603"]
    assert callees(text) == [function, function]


def test_the_function_of_a_call_step_is_never_hidden() -> None:
    text = returning("map", "a: {call: map.get, args: {map: '${order}', keys: k}, result: map}")
    assert codes_of(text) == []


def test_a_routine_may_be_a_retry_predicate_and_nothing_else() -> None:
    guarded = "a: {try: {call: sys.log, args: {text: x}}, retry: {predicate: '${net}'}}"
    text = returning("1", guarded) + ROUTINE
    _, workflow, names, problems = resolved(text)
    assert problems == []
    assert workflow.routines[1] in names.reads.values()
    assert codes_of(returning("net") + ROUTINE) == ["WFC207"]
    as_policy = guarded.replace("{predicate: '${net}'}", "'${net}'")
    problem = the_problem(returning("1", as_policy) + ROUTINE)
    assert (problem.code, problem.hint) == ("WFC207", "write `predicate: ${net}` inside `retry`")


@pytest.mark.parametrize("value", ["http.default_retry", "http.default_retry_non_idempotent"])
def test_library_values_stand_only_in_retry(value: str) -> None:
    step = f"a: {{try: {{call: sys.log, args: {{text: x}}}}, retry: '${{{value}}}'}}"
    _, _, names, problems = resolved(returning("1", step))
    assert problems == []
    assert [found.name for found in names.values.values()] == [value]
    assert codes_of(returning(value)) == ["WFC206"]


# -- steps ----------------------------------------------------------------------------------------


def jump_targets(text: str) -> list[str]:
    _, _, names, _ = resolved(text)
    return [step.name for step in names.jumps.values()]


def test_a_jump_leads_to_the_step_of_its_own_routine() -> None:
    text = """
        main:
          steps:
            - a: {switch: [{condition: true, next: b}], next: b}
            - b: {steps: [{c: {next: a}}], next: end}
        sub:
          steps: [{a: {next: b}}, {b: {next: c}}, {c: {return: 1}}]
        """
    _, workflow, names, problems = resolved(text)
    assert problems == []
    steps = {
        (routine.name, step.name): step
        for routine in workflow.routines
        for _, step in walk.steps(routine)
    }
    assert list(names.jumps.values()) == [
        steps[key]
        for key in (("main", "b"), ("main", "b"), ("main", "a"), ("sub", "b"), ("sub", "c"))
    ]


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("dnoe", "did you mean `done`?"),
        ("Done", "did you mean `done`?"),
        ("End", "did you mean `end`?"),
        ("net", "`net` is a routine; call it: `call: net`"),
        ("halve", "call the routine instead: `call: net`"),
        ("nothing_like_it", ""),
    ],
)
def test_what_may_have_been_meant_by_a_jump(target: str, hint: str) -> None:
    text = returning("1", f"a: {{next: {target}}}") + ROUTINE.replace("{s:", "{halve:", 1)
    problem = the_problem(text)
    assert problem.code == "WFC203"
    assert problem.message == f"no step is named `{target}`"
    assert problem.hint == hint


def test_oq_12_a_repeated_step_name_is_an_error_only_where_a_next_names_it() -> None:
    repeated = ["a: {assign: [{x: 1}]}", "b: {steps: [{a: {assign: [{x: 2}]}}]}"]
    problem = the_problem(returning("x", *repeated))
    assert (problem.code, problem.severity) == ("WFC601", "warning")
    problem = the_problem(returning("x", *repeated, "c: {next: a}"))
    assert problem.code == "WFC204"
    assert len(problem.others) == 2


def test_oq_12_next_end_is_the_jump_even_where_a_step_bears_the_name() -> None:
    text = returning("1", "a: {next: end}", "end: {assign: [{x: 1}]}")
    assert codes_of(text) == ["WFC602"]
    assert jump_targets(text) == []


def test_every_library_function_resolves_by_its_name() -> None:
    for name, function in FUNCTIONS.items():
        _, _, names, problems = resolved(returning("1", f"a: {{call: {name}}}"))
        assert problems == []
        assert list(names.callees.values()) == [function]


def test_reads_of_a_loop_variable_are_those_of_the_innermost_loop() -> None:
    _, workflow, names, problems = resolved(
        returning(
            "1",
            "a: {for: {value: v, in: [1], steps: [{s: {call: sys.log, args: {text: '${v}'}}}]}}",
            "b: {for: {value: v, in: [2], steps: [{t: {call: sys.log, args: {text: '${v}'}}}]}}",
        )
    )
    assert problems == []
    owners = [
        found.scope.owner
        for name, found in names.reads.items()
        if name.name == "v" and isinstance(found, Binding)
    ]
    assert owners == [step.action for step in workflow.main.steps[:2]]
