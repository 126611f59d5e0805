"""Names in real files: what the index knows to be wrong is found, and nothing else."""

from __future__ import annotations

import re
from functools import cache

from tests.corpus import CorpusFile, files, needs_corpus

from wfc import syntax, walk
from wfc.checks.jumps import jumps
from wfc.checks.parallel import parallel
from wfc.checks.variables import variables
from wfc.names import Names
from wfc.parse import parse
from wfc.problems import Problem, Problems
from wfc.read import read
from wfc.resolve import resolve
from wfc.resolve_jumps import BUILT_IN
from wfc.source import Span

pytestmark = needs_corpus

LINT = re.compile(
    r"(undefined-var|unknown-function|unknown-call|next-missing|dup-step-name) '?([\w.]+)"
)
CODES = {
    "undefined-var": ("WFC201", "WFC202", "WFC206", "WFC209"),
    "unknown-function": ("WFC205", "WFC208"),
    "unknown-call": ("WFC205", "WFC208"),
    "next-missing": ("WFC203",),
    "dup-step-name": ("WFC601", "WFC204"),
}
"""The codes that say what a word of the index says."""

UNDESCRIBED = ("WFC210", "WFC211")

SHOWS = "returns the locals of its loops, to show that such a workflow does not deploy"
SNIPPET = "a test's snippet that assigns parts of a variable which nothing defines"
NOT_BEFORE = "shares names that only the parallel step itself assigns (OQ-40)"

TS2WORKFLOWS = "aajanki__ts2workflows__test_assignmentStatements.spec.ts__"
RESEARCH = "lemonberrylabs__gcw-emulator__.planning_research_"
UNLISTED = {
    "GoogleCloudPlatform__workflows-samples__src_loop_variable_scope.json": SHOWS,
    f"{RESEARCH}edge-cases.md__fence10.yaml": NOT_BEFORE,
    **{f"{RESEARCH}parallel-execution.md__fence{n}.yaml": NOT_BEFORE for n in range(1, 6)},
    "lemonberrylabs__gcw-emulator__pkg_parser_parser_test.go__"
    "TestParseParallelBranches_str7.yaml": NOT_BEFORE,
    **{
        f"{TS2WORKFLOWS}{name}.yaml": SNIPPET
        for name in (
            "addition-assignment-to-a-member-expression_str61",
            "assignment-to-a-member-expression-with-a-variable-index_str57",
            "compound-assignment-to-a-member-expression-with-side-effects_str69",
            "compound-assignment-with-a-list-and-map-expressions-on-LHS_str67",
            "compound-assignment-with-a-unary-expression-on-LHS_str65",
            "indexed-assignment-with-a-function-call-expression-as-the-in_str43",
            "multiple-map-literals-in-an-assignment-statement_str34",
            "object-property-assignment-with-a-variable-as-a-key_str49",
            "property-assignment_str10",
        )
    },
}
"""Files with faults in names that the index does not list, and what they are."""


@cache
def resolved(file: CorpusFile) -> tuple[syntax.Workflow | None, Names, list[Problem]]:
    """A file's tree, its names, and the problems of all passes that have to do with names."""
    source, problems = file.source(), Problems()
    node = read(source, problems, terraform=file.terraform)
    workflow = None if node is None else parse(source, node, problems)
    if workflow is None:
        return None, Names(), problems.sorted()
    names = resolve(workflow, problems)
    for check in (jumps, variables, parallel):
        check(workflow, names, problems)
    return workflow, names, problems.sorted()


def about_names(problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.code[:4] in ("WFC2", "WFC3")]


def listed(file: CorpusFile) -> list[tuple[str, str]]:
    """The faults in names that the index lists: the kind, and the name."""
    return [(kind, name) for kind, name in LINT.findall(file.lint)]


def test_what_the_index_lists_is_reported() -> None:
    for file in files():
        _, names, problems = resolved(file)
        read_names = {name.name for name in names.reads}
        for kind, name in listed(file) if file.parses else []:
            if kind == "undefined-var" and name not in read_names:
                # The index also looks into texts such as `echo ${name}`, which stay text (OQ-21).
                assert f"${{{name}" in file.source().text
                continue
            said = [problem.message for problem in problems if problem.code in CODES[kind]]
            assert any(f"`{name}`" in message for message in said), (file.name, kind, name)


def test_nothing_else_is_reported() -> None:
    for file in files():
        if not file.parses:
            continue
        expected = {name for _, name in listed(file)}
        found = [
            problem
            for problem in about_names(resolved(file)[2])
            if not any(f"`{name}`" in problem.message for name in expected)
        ]
        if file.name in UNLISTED:
            assert found, f"{file.name} is listed here for nothing"
        else:
            assert found == [], file.name


def test_what_is_not_reported_has_a_meaning() -> None:
    """The back half looks up every name of a workflow without errors in these tables."""
    checked = 0
    for file in files():
        workflow, names, problems = resolved(file)
        errors = [problem for problem in problems if problem.severity == "error"]
        if workflow is None or any(problem.code not in UNDESCRIBED for problem in errors):
            continue
        checked += 1
        not_yet = {problem.label.span for problem in errors}
        for routine in workflow.routines:
            for _, step in walk.steps(routine):
                assert names.step_scope[step].routine is routine
                for jump in walk.jumps(step):
                    assert jump in names.jumps or jump.target in BUILT_IN
                for action in walk.actions(step):
                    has_meaning(action, names, not_yet)
    assert checked > 200


def has_meaning(action: syntax.Action, names: Names, not_yet: set[Span]) -> None:
    match action:
        case syntax.CallStep():
            assert action in names.callees or action.span in not_yet
            assert action.result is None or action.result in names.writes
        case syntax.Assign(assignments):
            assert all(found.target.variable in names.writes for found in assignments)
    for root in walk.expressions(action):
        values = [found for found in walk.within(root) if found in names.values]
        of_library = {part for value in values for part in walk.within(value)}
        for found in walk.within(root):
            match found:
                case syntax.Name() if found not in of_library:
                    assert names.reads[found] is not None
                case syntax.Call():
                    assert found in names.callees or found.function_span in not_yet
