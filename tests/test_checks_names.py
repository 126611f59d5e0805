"""Jumps, loop variables and parallel steps: what the rules about names allow, as tables."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.resolved import resolved

from wfc.checks.jumps import jumps
from wfc.checks.parallel import parallel
from wfc.checks.variables import variables
from wfc.problems import Problem, Problems
from wfc.source import Source


def workflow(*steps: str, routine: str = "main") -> str:
    """A routine with the parameter `args`; each step in flow style."""
    lines = "".join(f"    - {step}\n" for step in steps)
    return f"{routine}:\n  params: [args]\n  steps:\n{lines}"


def problems_of(text: str) -> list[Problem]:
    """What resolving and the checks of names find: nothing that later passes know better."""
    _, tree, names, found = resolved(text)
    problems = Problems()
    for check in (jumps, variables, parallel):
        check(tree, names, problems)
    return [*found, *problems.sorted()]


def codes_of(text: str) -> list[str]:
    return [problem.code for problem in problems_of(text)]


def errors_of(text: str) -> list[str]:
    return [problem.code for problem in problems_of(text) if problem.severity == "error"]


def the_problem(text: str) -> Problem:
    [problem] = problems_of(text)
    return problem


def places(text: str, problem: Problem) -> list[str]:
    """The text at each further place of a problem."""
    return [Source("", text).slice(label.span) for label in problem.others]


# -- jumps (spec 04 §4) ---------------------------------------------------------------------------

LOG = "call: sys.log, args: {text: a}"

# How steps (INSIDE) stand in a list of each kind that belongs to a step (NAME).
BLOCKS = {
    "steps": "{NAME: {steps: [INSIDE]}}",
    "switch": "{NAME: {switch: [{condition: '${args}', steps: [INSIDE]}]}}",
    "try": "{NAME: {try: {steps: [INSIDE]}, except: {steps: []}}}",
    "except": "{NAME: {try: {call: sys.now}, except: {steps: [INSIDE]}}}",
    "for": "{NAME: {for: {value: v_NAME, in: [1], steps: [INSIDE]}}}",
    "branch": "{NAME: {parallel: {branches: [{first: {steps: [INSIDE]}}, "
    "{second: {steps: [{NAME_2: {next: continue}}]}}]}}}",
    "iteration": "{NAME: {parallel: {for: {value: v_NAME, in: [1], steps: [INSIDE]}}}}",
}
CLOSED = ("for", "branch", "iteration")


def block(kind: str, name: str, inside: str) -> str:
    return BLOCKS[kind].replace("NAME", name).replace("INSIDE", inside)


def jumping(kinds: list[str], target: str, *after: str) -> str:
    """A workflow with a jump inside nested blocks, then further steps."""
    step = "{jump: {switch: [{condition: '${args}', next: TARGET}]}}".replace("TARGET", target)
    for depth, kind in enumerate(reversed(kinds)):
        step = block(kind, f"block{depth}", step)
    return workflow(step, *after)


DONE = "{done: {return: 1}}"


@pytest.mark.parametrize(
    ("inside", "codes"),
    [
        ([], []),
        (["steps"], []),
        (["switch"], []),
        (["try"], []),
        (["except"], []),
        (["except", "steps", "try", "switch"], []),
        (["for"], ["WFC303"]),
        (["for", "try"], ["WFC303"]),
        (["branch"], ["WFC305"]),
        (["iteration"], ["WFC305"]),
        (["iteration", "for"], ["WFC303"]),
        (["for", "branch"], ["WFC305"]),
    ],
)
def test_jumps_outwards(inside: list[str], codes: list[str]) -> None:
    assert errors_of(jumping(inside, "done", DONE)) == codes


@pytest.mark.parametrize(
    ("around", "codes"),
    [
        (["steps"], []),
        (["steps", "steps"], []),
        (["switch"], ["WFC307"]),
        (["steps", "switch"], ["WFC307"]),
        (["try"], ["WFC307"]),
        (["except"], ["WFC307"]),
        (["try", "for"], ["WFC307"]),
        (["for"], ["WFC304"]),
        (["steps", "for"], ["WFC304"]),
        (["branch"], ["WFC306"]),
        (["iteration"], ["WFC306"]),
    ],
)
def test_oq_38_jumps_inwards(around: list[str], codes: list[str]) -> None:
    """Plain nested `steps` may be entered, nothing else."""
    target = "{inner: {assign: [{x: 1}]}}"
    for depth, kind in enumerate(reversed(around)):
        target = block(kind, f"other{depth}", target)
    assert errors_of(jumping([], "inner", target)) == codes


@pytest.mark.parametrize("kind", BLOCKS)
def test_jumps_within_one_list_are_free(kind: str) -> None:
    inside = "{a: {next: b}}, {b: {switch: [{condition: '${args}', next: a}]}}"
    assert errors_of(workflow(block(kind, "around", inside))) == []


def test_the_entries_of_a_switch_are_closed_to_each_other() -> None:
    first, second = "{a: {next: b}}", "{b: {next: end}}"
    entries = (
        f"[{{condition: '${{args}}', steps: [{first}]}}, {{condition: true, steps: [{second}]}}]"
    )
    assert errors_of(workflow(f"s: {{switch: {entries}}}")) == ["WFC307"]


def test_the_body_of_a_try_and_its_except_are_closed_to_each_other() -> None:
    text = workflow(
        f"s: {{try: {{steps: [{{a: {{{LOG}}}}}]}}, except: {{steps: [{{b: {{next: a}}}}]}}}}"
    )
    assert errors_of(text) == ["WFC307"]


def test_branches_of_one_step_are_closed_to_each_other() -> None:
    branches = "[{x: {steps: [{a: {next: b}}]}}, {y: {steps: [{b: {next: continue}}]}}]"
    text = workflow(f"fan: {{parallel: {{branches: {branches}}}}}")
    problem = the_problem(text)
    assert problem.message == "the jump to `b` leaves the branch `x`"
    assert places(text, problem) == ["x", "b"]


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_jump_is_legal_exactly_by_the_paths_of_its_two_places(data: st.DataObject) -> None:
    """A law over random nestings: what a jump leaves and enters is all that decides."""
    kinds = st.sampled_from(["steps", "switch", "try", "except", "for", "iteration"])
    common = data.draw(st.lists(kinds, max_size=2), label="around both")
    left = data.draw(st.lists(kinds, max_size=2), label="around the jump")
    entered = data.draw(st.lists(kinds, max_size=2), label="around the target")
    if [*common, *left].count("iteration") > 2 or [*common, *entered].count("iteration") > 2:
        return  # nested too deeply, which is another error
    jump, target = "{jump: {next: target}}", f"{{target: {{{LOG}}}}}"
    for depth, kind in enumerate(reversed(left)):
        jump = block(kind, f"left{depth}", jump)
    for depth, kind in enumerate(reversed(entered)):
        target = block(kind, f"entered{depth}", target)
    both = f"{jump}, {target}"
    for depth, kind in enumerate(reversed(common)):
        both = block(kind, f"common{depth}", both)
    legal = not set(left) & set(CLOSED) and set(entered) <= {"steps"}
    assert (errors_of(f"main:\n  params: [args]\n  steps: [{both}]\n") == []) == legal


@pytest.mark.parametrize(
    ("inside", "target", "codes"),
    [
        ([], "end", []),
        (["for"], "end", []),
        (["try"], "end", []),
        (["branch"], "end", ["WFC309"]),
        (["iteration"], "end", ["WFC309"]),
        (["iteration", "for", "try"], "end", ["WFC309"]),
        ([], "break", ["WFC301"]),
        (["try"], "break", ["WFC301"]),
        (["for"], "break", []),
        (["for", "except"], "break", []),
        (["iteration", "for"], "break", []),
        (["for", "iteration"], "break", ["WFC308"]),
        (["branch"], "break", ["WFC308"]),
        ([], "continue", ["WFC302"]),
        (["switch"], "continue", ["WFC302"]),
        (["for"], "continue", []),
        (["for", "try"], "continue", []),
        (["branch"], "continue", []),
        (["iteration", "steps"], "continue", []),
    ],
)
def test_oq_37_built_in_jumps(inside: list[str], target: str, codes: list[str]) -> None:
    assert errors_of(jumping(inside, target)) == codes


def test_a_jump_into_another_routine_is_an_unknown_step() -> None:
    text = workflow("a: {next: there}") + workflow("there: {return: 1}", routine="sub")
    problem = the_problem(text)
    assert problem.code == "WFC203"
    assert problem.others[0].text == "a step of `sub`, not of this routine"


# -- loop variables (spec 02 §4, spec 04 §8 rule 31) ----------------------------------------------


@pytest.mark.parametrize(
    ("steps", "codes"),
    [
        (
            [
                "a: {for: {value: v, in: [1], steps: []}}",
                "b: {for: {value: v, in: [1], steps: []}}",
            ],
            [],
        ),
        (["a: {for: {value: v, index: i, in: [1], steps: [{s: {assign: [{v: 2}, {i: 3}]}}]}}"], []),
        (["a: {for: {value: v, in: [1], steps: []}}", "b: {assign: [{v: 1}]}"], ["WFC321"]),
        (["a: {assign: [{v: 1}]}", "b: {for: {value: v, in: [1], steps: []}}"], ["WFC321"]),
        (["a: {for: {value: x, index: args, in: [1], steps: []}}"], ["WFC321"]),
        (["a: {call: sys.now, result: v}", "b: {for: {value: v, in: [1], steps: []}}"], ["WFC321"]),
        (
            ["a: {parallel: {for: {value: v, in: [1], steps: []}}}", "b: {assign: [{v: 1}]}"],
            ["WFC321"],
        ),
        (
            [
                "a: {for: {value: v, in: [1], steps: [{s: {assign: [{w: 1}]}}]}}",
                "b: {for: {value: w, in: [1], steps: []}}",
            ],
            [],
        ),
        (
            ["a: {for: {value: v, in: [1], steps: [{b: {for: {value: v, in: [1], steps: []}}}]}}"],
            ["WFC322"],
        ),
        (
            [
                "a: {for: {value: v, index: i, in: [1], steps: [{b: {for: {value: w, index: v, "
                "in: [1], steps: []}}}]}}"
            ],
            ["WFC322"],
        ),
        (
            [
                "a: {parallel: {for: {value: v, in: [1], steps: [{b: {try: {steps: [{c: {for: "
                "{value: v, in: [1], steps: []}}}]}}}]}}}"
            ],
            ["WFC322"],
        ),
        (["a: {for: {value: v, index: v, in: [1], steps: []}}"], ["WFC323"]),
    ],
)
def test_loop_variables(steps: list[str], codes: list[str]) -> None:
    assert errors_of(workflow(*steps)) == codes


# -- parallel steps (spec 04 §8) ------------------------------------------------------------------


def fan(inside: str, shared: str = "", name: str = "fan") -> str:
    """A parallel loop with one step in flow style."""
    clause = f"shared: [{shared}], " if shared else ""
    loop = f"for: {{value: v_{name}, in: [1], steps: [{{{inside}}}]}}"
    return f"{name}: {{parallel: {{{clause}{loop}}}}}"


INIT = "init: {assign: [{x: 1}, {y: {}}]}"


@pytest.mark.parametrize(
    ("inside", "shared", "codes"),
    [
        ("s: {assign: [{x: 2}]}", "", ["WFC381"]),
        ("s: {assign: [{x: 2}]}", "x", []),
        ("s: {assign: [{x: 2}, {y: 3}]}", "x", ["WFC381"]),
        ("s: {assign: [{y.k: 2}]}", "", ["WFC381"]),  # rule 10: a part is a write too
        ("s: {assign: [{'y[args]': 2}]}", "y", []),
        ("s: {call: sys.now, result: x}", "", ["WFC381"]),
        ("s: {call: sys.now, result: x}", "x", []),  # rule 11
        ("s: {assign: [{args: 2}]}", "", ["WFC381"]),
        ("s: {assign: [{z: '${x}'}, {z: '${z + 1}'}]}", "", []),  # rules 5 and 13
        ("s: {switch: [{condition: '${args}', assign: [{x: 2}]}]}", "", ["WFC381"]),
        ("s: {for: {value: w, in: [1], steps: [{t: {assign: [{x: 2}]}}]}}", "", ["WFC381"]),
        ("s: {for: {value: w, in: [1], steps: [{t: {assign: [{v_fan: 2}]}}]}}", "", []),
        ("s: {try: {assign: [{x: 2}]}, except: {steps: []}}", "", ["WFC381"]),
        # a name cannot be both a variable outside and a temporary one inside (spec 09 §3 case 8)
        ("s: {try: {assign: [{z: 2}]}, except: {as: x, steps: []}}", "", ["WFC381"]),
        ("s: {try: {assign: [{z: 2}]}, except: {as: e, steps: []}}", "", []),
        ("s: {for: {value: x, in: [1], steps: []}}", "", ["WFC321"]),
    ],
)
def test_rule_6_variables_of_the_parent_are_read_only_unless_shared(
    inside: str, shared: str, codes: list[str]
) -> None:
    assert errors_of(workflow(INIT, fan(inside, shared))) == codes


def test_the_same_rule_holds_in_branches() -> None:
    branches = "[{a: {steps: [{s: {assign: [{x: 2}]}}]}}, {b: {steps: [{t: {assign: [{y: 2}]}}]}}]"
    text = workflow(INIT, f"fan: {{parallel: {{shared: [y], branches: {branches}}}}}")
    problem = the_problem(text)
    assert problem.code == "WFC381"
    assert places(text, problem) == ["parallel", "x"]
    assert problem.hint == "write `shared: [y, x]` in `fan`, or use another name inside"


@pytest.mark.parametrize(
    ("outer", "inner", "missing"),
    [("x", "x", 0), ("x", "", 1), ("", "x", 1), ("", "", 2)],
)
def test_rule_14_both_of_two_nested_parallel_steps_must_share(
    outer: str, inner: str, missing: int
) -> None:
    text = workflow(INIT, fan(fan("s: {assign: [{x: 2}]}", inner, "inner"), outer, "outer"))
    errors = [problem for problem in problems_of(text) if problem.severity == "error"]
    assert [problem.code for problem in errors] == ["WFC381"] * (missing > 0)
    for problem in errors:
        assert places(text, problem) == ["parallel"] * missing + ["x"]
        assert problem.hint.count("shared: [x]") == missing


def test_a_local_of_the_outer_branch_is_shared_by_the_inner_step_alone() -> None:
    """It needs no place under `shared` of the outer step, which has never heard of it."""
    inner = fan("s: {assign: [{mine: 2}]}", "mine", "inner")
    both = f"first: {{assign: [{{mine: 1}}]}}}}, {{{inner}"
    assert codes_of(workflow(fan(both, "", "outer"))) == []


@pytest.mark.parametrize(
    ("init", "shared", "hint"),
    [
        (INIT, "total", "assign it before the parallel step, such as `- total: null`"),
        ("init: {assign: [{totals: 1}]}", "total", "did you mean `totals`?"),
    ],
)
def test_oq_40_shared_names_must_exist_outside(init: str, shared: str, hint: str) -> None:
    """Said once: neither the assignments inside nor the reads after it are further mistakes."""
    inside = "s: {assign: [{total: 1}]}" if "did" not in hint else f"s: {{{LOG}}}"
    text = workflow(init, fan(inside, shared), "done: {return: '${total}'}")
    problem = the_problem(text)
    assert (problem.code, problem.hint) == ("WFC382", hint)


def test_a_misspelt_shared_name_is_one_mistake() -> None:
    inside = "s: {assign: [{totals: 1}]}"
    problem = the_problem(workflow("init: {assign: [{totals: 1}]}", fan(inside, "total")))
    assert (problem.code, problem.hint) == ("WFC382", "did you mean `totals`?")


@pytest.mark.parametrize(
    ("inside", "codes"),
    [
        ("s: {assign: [{z: '${x}'}]}", ["WFC604"]),
        ("s: {assign: [{x: '${x}'}]}", []),
        ("s: {for: {value: w, in: [1], steps: [{t: {assign: [{x: 1}]}}]}}", []),
        (fan("s: {assign: [{x: 2}]}", "x", "inner"), []),
        (fan("s: {assign: [{z: '${x}'}]}", "x", "inner"), ["WFC604", "WFC604"]),
    ],
)
def test_a_shared_name_that_is_only_read_is_a_warning(inside: str, codes: list[str]) -> None:
    assert codes_of(workflow(INIT, fan(inside, "x"))) == codes


@pytest.mark.parametrize(
    ("kinds", "codes"),
    [
        ([], []),
        (["for", "try", "switch"], []),
        (["branch"], ["WFC383"]),
        (["iteration"], ["WFC383"]),
        (["iteration", "for", "try", "steps"], ["WFC383"]),
        (["iteration", "branch", "except"], ["WFC383"]),
    ],
)
def test_rule_23_no_return_in_a_parallel_step_at_any_depth(
    kinds: list[str], codes: list[str]
) -> None:
    step = "{s: {switch: [{condition: '${args}', return: 1}]}}"
    for depth, kind in enumerate(reversed(kinds)):
        step = block(kind, f"block{depth}", step)
    assert errors_of(workflow(step)) == codes


@pytest.mark.parametrize(("depth", "codes"), [(1, []), (2, []), (3, ["WFC384"]), (4, ["WFC384"])])
def test_oq_41_parallel_steps_may_be_nested_two_deep(depth: int, codes: list[str]) -> None:
    step = f"s: {{{LOG}}}"
    for level in range(depth):
        step = fan(step, name=f"p{level}")
    assert errors_of(workflow(step)) == codes


def test_a_subworkflow_called_in_a_branch_starts_counting_anew() -> None:
    inner = workflow(fan(f"s: {{{LOG}}}", name="deep"), routine="sub")
    outer = workflow(fan(fan("s: {call: sub, args: {args: 1}}", name="p2"), name="p1"))
    assert errors_of(outer + inner) == []
