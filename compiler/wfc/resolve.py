"""syntax.Workflow -> names.Names: which step, variable, routine or library function a name means.

- a: {assign: [{x: 1}]}            writes: x -> the variable x of main
- b: {call: sys.log, args: {data: "${x}"}, next: a}
                                   callees: sys.log;  reads: x -> that variable;  jumps: step a
"""

from __future__ import annotations

from wfc import syntax, walk
from wfc.names import Names
from wfc.problems import Problems
from wfc.resolve_jumps import StepTable, resolve_jumps
from wfc.resolve_reads import resolve_reads
from wfc.resolve_scopes import resolve_scopes


def resolve(workflow: syntax.Workflow, problems: Problems) -> Names:
    """Every name of the workflow; what no table holds has been reported (WFC2xx, WFC5xx)."""
    names = Names()
    table = _steps_by_name(workflow)
    resolve_scopes(workflow, names)
    resolve_jumps(workflow, names, table, problems)
    resolve_reads(workflow, names, table, problems)
    return names


def _steps_by_name(workflow: syntax.Workflow) -> StepTable:
    table: StepTable = {}
    for routine in workflow.routines:
        steps = table.setdefault(routine, {})
        for _, step in walk.steps(routine):
            if not step.anonymous:
                steps.setdefault(step.name, []).append(step)
    return table
