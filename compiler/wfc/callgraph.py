"""names.Names -> Calls: which routines wait, and whether calls must be counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wfc import syntax, walk
from wfc.library import Function
from wfc.names import Names

DEPTH_LIMIT = 20
"""Nested calls that an execution may have (spec 07 §1, OQ-65)."""


@dataclass(frozen=True, slots=True, eq=False)
class Calls:
    """waits    routines that block somewhere, so are `async def`
    counted  whether some chain of calls may exceed the depth limit, so that calls are counted
    """

    waits: frozenset[syntax.Routine]
    counted: bool


def callgraph(workflow: syntax.Workflow, names: Names) -> Calls:
    """Facts about who calls whom."""
    callees: dict[syntax.Routine, set[syntax.Routine]] = {}
    waits: set[syntax.Routine] = set()
    for routine in workflow.routines:
        callees[routine] = set()
        if routine.name == "main":
            waits.add(routine)
        for called in _called(routine, names):
            if isinstance(called, syntax.Routine):
                callees[routine].add(called)
            elif called is None or called.way == "wait":
                waits.add(routine)
    grown = True
    while grown:
        more = {routine for routine, called in callees.items() if called & waits} - waits
        waits |= more
        grown = bool(more)
    return Calls(frozenset(waits), _longest(callees) > DEPTH_LIMIT)


def _called(routine: syntax.Routine, names: Names) -> Iterator[syntax.Routine | Function | None]:
    """Everything a routine calls; None stands for a step that waits by itself."""
    for _, step in walk.steps(routine):
        for action in walk.actions(step):
            if isinstance(action, syntax.CallStep):
                yield names.callees[action]
            if isinstance(action, syntax.Parallel):
                yield None
            if isinstance(action, syntax.Try) and action.retry is not None:
                yield None
            for expression in walk.expressions(action):
                for part in walk.within(expression):
                    if isinstance(part, syntax.Call):
                        yield names.callees[part]
                    elif isinstance(part, syntax.Name):
                        read = names.reads.get(part)
                        if isinstance(read, syntax.Routine):
                            yield read


def _longest(callees: dict[syntax.Routine, set[syntax.Routine]]) -> int:
    """The longest chain of calls; more than the limit where calls go round in a circle."""
    depth = dict.fromkeys(callees, 0)
    for _ in range(DEPTH_LIMIT + 1):
        deeper = {
            routine: 1 + max(depth[callee] for callee in called)
            for routine, called in callees.items()
            if called
        }
        if all(depth[routine] == value for routine, value in deeper.items()):
            break
        depth.update(deeper)
    return max(depth.values(), default=0)
