"""Source text -> problems and Python text: all passes on one screen."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wfc import graph, names, syntax
from wfc.alias import alias
from wfc.callgraph import callgraph
from wfc.check import check
from wfc.checks.unreached import unreached
from wfc.flow import flow
from wfc.frozen import frozen_value
from wfc.infer import infer
from wfc.lower import Facts, lower
from wfc.parse import parse
from wfc.peak.recognise import Recognised, is_template, recognise
from wfc.print import print as print_module
from wfc.problems import Problem, Problems
from wfc.reach import Reach, reach
from wfc.read import read
from wfc.resolve import resolve
from wfc.source import Source
from wfc.spell import spell
from wfc.structure import structure

if TYPE_CHECKING:
    from wfc.peak.front import Checked


@frozen_value
class Compiled:
    """All problems by place, and the module's text, which is None where one of them is an error.

    `peak` says that the file is one of Peak's.
    """

    problems: list[Problem]
    module: str | None
    peak: bool = False


def check_source(
    source: Source, *, terraform: bool = False, values: Mapping[str, Any] | None = None
) -> list[Problem]:
    """Every problem of a workflow file, sorted by place; runs nothing and writes nothing.

    The file is of either language; `values` are the variables of one of Peak's that is a template.
    """
    if is_template(source.text):
        from wfc.peak.front import front_template

        return front_template(source, values or {})[0]
    problems = Problems()
    _front(source, problems, terraform)
    return problems.sorted()


def compile_source(
    source: Source,
    *,
    terraform: bool = False,
    accounting: bool = False,
    call_log: bool = False,
    history: bool = False,
    layout: bool = True,
    values: Mapping[str, Any] | None = None,
) -> Compiled:
    """Compiles a workflow file of either language to the text of a Python module.

    `terraform` unescapes `$${…}` first.  `accounting` makes the module count its steps and memory,
    so that it can run under the `google` limits (spec 07 §2), `call_log` lets it log every `call`
    step (spec 08 §4), `history` has it report what it does (spec 08 §2, StepEntry).  Without
    `layout` the text is not formatted, for a module that is only run.  Of these only the last is
    for Peak's; `values` are the variables of one that is a template.
    """
    if is_template(source.text):
        from wfc.peak.front import front_template

        found, peak = front_template(source, values or {})
        return Compiled(found, None if peak is None else _peak_back(source, peak, layout), True)
    problems = Problems()
    checked = _front(source, problems, terraform)
    if checked is not None and not isinstance(checked, _Checked):
        return Compiled(problems.sorted(), _peak_back(source, checked, layout), True)
    if checked is None:
        return Compiled(problems.sorted(), None)
    with _deep_stack():
        text = _back(source, checked, accounting, call_log, history, layout)
    return Compiled(problems.sorted(), text)


@frozen_value
class _Checked:
    workflow: syntax.Workflow
    names: names.Names
    graphs: dict[syntax.Routine, graph.Graph]
    reached: list[Reach]


def _front(source: Source, problems: Problems, terraform: bool) -> _Checked | Checked | None:
    """Read, then parse, resolve and check in the file's language; None where there is an error."""
    node = read(source, problems, terraform=terraform)
    language = None if node is None else recognise(source, node, problems)
    if isinstance(language, Recognised):
        from wfc.peak.front import front  # only now: it costs a tenth of a start

        return front(language, problems)
    workflow = None if node is None or language is None else parse(source, node, problems)
    if workflow is None:
        return None
    found = resolve(workflow, problems)
    check(source, workflow, found, problems)
    if problems.has_errors():
        return None
    graphs = {routine: flow(routine, found) for routine in workflow.routines}
    reached = [reach(routine, region, found) for routine, region in graphs.items()]
    unreached(reached, problems)
    return _Checked(workflow, found, graphs, reached)


def _back(
    source: Source,
    checked: _Checked,
    accounting: bool,
    call_log: bool,
    history: bool,
    layout: bool,
) -> str:
    """Structure, infer, lower and print; cannot fail on a checked workflow."""
    workflow, found = checked.workflow, checked.names
    graphs = checked.graphs
    if accounting or history:
        graphs = {
            routine: flow(routine, found, counting=accounting, reporting=history)
            for routine in graphs
        }
    shapes = {routine: structure(region) for routine, region in graphs.items()}
    unset = frozenset(binding for one in checked.reached for binding in one.null)
    facts = Facts(
        found,
        infer(workflow, graphs, found, unset),
        alias(workflow, found),
        spell(workflow, found),
        callgraph(workflow, found, shapes),
        unset,
    )
    module = lower(
        source, workflow, shapes, facts, accounting=accounting, call_log=call_log, history=history
    )
    text = print_module(source, module, accounting=accounting, layout=layout)
    compile(text, source.file_name, "exec", dont_inherit=True)
    return text


def _peak_back(source: Source, checked: Checked, layout: bool) -> str:
    """Lower and print one of Peak's; cannot fail on a checked workflow."""
    from wfc.peak.lower import lower as lower_peak

    module = lower_peak(source, checked.workflow, checked.graph)
    text = print_module(source, module, layout=layout)
    compile(text, source.file_name, "exec", dont_inherit=True)
    return text


@contextmanager
def _deep_stack() -> Iterator[None]:
    """Room for recursion over expressions nested as deeply as 400 characters allow."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 10_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
