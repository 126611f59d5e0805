"""names.Names and shape.Shape -> Calls: which routines wait, and how calls are written for that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wfc import shape, syntax, walk
from wfc.frozen import frozen
from wfc.library import Function
from wfc.names import Names

DEPTH_LIMIT = 20
"""Nested calls that an execution may have (spec 07 §1, OQ-65)."""


@frozen
class Calls:
    """waits     routines that block somewhere, or may have to pause, so are `async def`
    beside    routines that may run beside other branches: those that branches call
    circular  routines that may come to call themselves
    counted   whether some chain of calls may exceed the depth limit, so that calls are counted
    """

    waits: frozenset[syntax.Routine]
    beside: frozenset[syntax.Routine]
    circular: frozenset[syntax.Routine]
    counted: bool


def callgraph(
    workflow: syntax.Workflow, names: Names, shapes: Mapping[syntax.Routine, shape.Shape]
) -> Calls:
    """Facts about who calls whom."""
    callees: dict[syntax.Routine, set[syntax.Routine]] = {}
    waits = {workflow.main}
    in_branches: set[syntax.Routine] = set()
    for routine in workflow.routines:
        callees[routine] = set()
        for called, in_branch in _called(routine, names):
            if isinstance(called, syntax.Routine):
                callees[routine].add(called)
                if in_branch:
                    in_branches.add(called)
            elif called is None or called.way == "wait":
                waits.add(routine)
    beside = _reached(in_branches, callees)
    circular = {one for one in callees if one in _reached(callees[one], callees)}
    waits |= {one for one in beside if one in circular or _loops(shapes[one])}
    callers: dict[syntax.Routine, set[syntax.Routine]] = {routine: set() for routine in callees}
    for routine, called_ones in callees.items():
        for callee in called_ones:
            callers[callee].add(routine)
    return Calls(
        frozenset(_reached(waits, callers)),
        frozenset(beside),
        frozenset(circular),
        _longest(callees) > DEPTH_LIMIT,
    )


def _reached(
    start: set[syntax.Routine], ways: Mapping[syntax.Routine, set[syntax.Routine]]
) -> set[syntax.Routine]:
    """The routines that `ways` lead to from some, themselves included."""
    found = set(start)
    waiting = list(start)
    while waiting:
        more = ways[waiting.pop()] - found
        found |= more
        waiting.extend(more)
    return found


def _loops(statements: shape.Shape) -> bool:
    """Whether some statement may run again and again; branches wait in any case."""
    for statement in statements:
        match statement:
            case shape.While() | shape.For() | shape.Dispatch():
                return True
            case shape.If(then=then, otherwise=otherwise):
                inner = (*then, *otherwise)
            case shape.Try(body=body, handler=handler):
                inner = (*body, *(handler or ()))
            case _:
                continue
        if _loops(inner):
            return True
    return False


def _called(
    routine: syntax.Routine, names: Names
) -> Iterator[tuple[syntax.Routine | Function | None, bool]]:
    """Everything a routine calls, and whether in a branch; None is a step that waits by itself."""
    for _, step in walk.steps(routine):
        in_branch = any(scope.parallel is not None for scope in names.step_scope[step].outward())
        for action in walk.actions(step):
            for called in _called_by(action, names):
                yield called, in_branch


def _called_by(action: syntax.Action, names: Names) -> Iterator[syntax.Routine | Function | None]:
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
