"""syntax.Workflow -> the scopes of names.Names and the variables in them.

The first half of `resolve`: finds out which names each scope defines, so that the second half can
look them up whatever the order of the text.

    for: {value: v, steps: [{s: {assign: [{total: 1}, {seen: 2}]}}]}     # `total` also set outside
    ->  routine scope: total        for scope: v, seen
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from wfc import syntax, walk
from wfc.names import Binding, BindingKind, Names, Scope, ScopeKind

Opener = syntax.For | syntax.Except | syntax.Branch


def resolve_scopes(workflow: syntax.Workflow, names: Names) -> None:
    """Fills `scopes`, `step_scope`, and `writes` except for nested targets such as `m.k`.

    A name assigned in an inner scope is the outer variable when any scope around it assigns that
    name, earlier or later in the text (OQ-19); so scopes are filled from the outside in.
    """
    for routine in workflow.routines:
        scope = Scope("routine", routine, None, routine)
        names.scopes[routine] = scope
        for parameter in routine.parameters:
            _define(scope, parameter.variable, "parameter", names)
        pending = [(scope, routine.steps)]
        for scope, steps in pending:
            pending += _fill(scope, steps, names)
    for scope in names.scopes.values():
        for binding in scope.bindings.values():
            binding.writes.sort()


def _fill(
    scope: Scope, steps: tuple[syntax.Step, ...], names: Names
) -> list[tuple[Scope, tuple[syntax.Step, ...]]]:
    """Binds what the steps of one scope assign; returns the scopes directly inside it."""
    openers: list[tuple[Opener, syntax.Parallel | None]] = []
    shared: list[syntax.Variable] = []
    for step in _own_steps(steps, openers):
        names.step_scope[step] = scope
        for action in walk.actions(step):
            for variable, kind in _assigned(action):
                binding = scope.find(variable.name) or _define(scope, variable, kind, names)
                binding.writes.append(variable.span)
                names.writes[variable] = binding
            if isinstance(action, syntax.Parallel):
                shared += action.shared
    for variable in shared:
        # A name that nothing outside assigns binds itself: one problem at `shared` (OQ-40)
        # instead of one at each use.
        found = scope.find(variable.name)
        names.writes[variable] = found or _define(scope, variable, "shared", names)
    return [(_open(scope, opener, around, names), opener.steps) for opener, around in openers]


def _own_steps(
    steps: tuple[syntax.Step, ...], openers: list[tuple[Opener, syntax.Parallel | None]]
) -> Iterator[syntax.Step]:
    """The steps of one scope; plain `steps`, `switch` entries and `try` bodies belong to it.

    What opens a scope of its own (spec 02 §4) is put into `openers` instead.
    """
    stack = [iter(steps)]
    while stack:
        for step in stack[-1]:
            yield step
            inner: list[syntax.Step] = []
            for action in walk.actions(step):
                for body in walk.bodies(action, step, None):
                    match body.owner:
                        case syntax.For() | syntax.Except() | syntax.Branch() as opener:
                            openers.append((opener, body.parallel))
                        case _:
                            inner += body.steps
            stack.append(iter(inner))
            break
        else:
            stack.pop()


def _assigned(action: syntax.Action) -> Iterator[tuple[syntax.Variable, BindingKind]]:
    """The names an action defines; a nested target such as `m.k` needs an `m` that exists."""
    match action:
        case syntax.Assign(assignments):
            for assignment in assignments:
                if not assignment.target.path:
                    yield assignment.target.variable, "assigned"
        case syntax.CallStep(result=syntax.Variable() as result):
            yield result, "result"


def _open(parent: Scope, opener: Opener, parallel: syntax.Parallel | None, names: Names) -> Scope:
    """A new scope with the names its head defines: its own, whatever is defined outside."""
    match opener:
        case syntax.For():
            kind: ScopeKind = "for" if parallel is None else "iteration"
            scope = Scope(kind, opener, parent, parent.routine, parallel)
            _define(scope, opener.value, "loop", names)
            if opener.index is not None:
                _define(scope, opener.index, "loop", names)
        case syntax.Except():
            scope = Scope("except", opener, parent, parent.routine)
            if opener.variable is not None:
                _define(scope, opener.variable, "error", names)
        case syntax.Branch():
            scope = Scope("branch", opener, parent, parent.routine, parallel)
        case _:
            assert_never(opener)
    names.scopes[opener] = scope
    return scope


def _define(scope: Scope, variable: syntax.Variable, kind: BindingKind, names: Names) -> Binding:
    """A new variable of `scope`, or the one of that name that this scope already has."""
    binding = scope.bindings.get(variable.name)
    if binding is None:
        binding = Binding(variable.name, scope, kind, variable.span)
        scope.bindings[variable.name] = binding
    names.writes[variable] = binding
    return binding
