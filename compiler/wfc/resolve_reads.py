"""syntax.Workflow and its scopes -> the names in expressions and calls.

The second half of `resolve`: a name is a variable, else a routine, else of the library (03 §4).
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from wfc import discovery, library, syntax, walk
from wfc.frozen import frozen_value
from wfc.names import Binding, LibraryValue, Names, Scope
from wfc.problems import Label, Problems
from wfc.resolve_jumps import StepTable
from wfc.resolve_unknown_functions import UnknownFunctions
from wfc.resolve_unknown_names import UnknownNames


def resolve_reads(
    workflow: syntax.Workflow, names: Names, table: StepTable, problems: Problems
) -> None:
    """Fills `reads`, `values`, `callees`, and `writes` of nested targets such as `m.k`."""
    looking = _LookUp(workflow, names, table, problems)
    for routine in workflow.routines:
        for _, step in walk.steps(routine):
            for action in walk.actions(step):
                looking.action(action, _Place(step, names.step_scope[step]))


@frozen_value
class _Place:
    """Where an expression stands: `retry` anywhere in a `retry`, `predicate` as its predicate."""

    step: syntax.Step
    scope: Scope
    returns: bool = False
    retry: bool = False
    predicate: bool = False


class _LookUp:
    def __init__(
        self, workflow: syntax.Workflow, names: Names, table: StepTable, problems: Problems
    ) -> None:
        self.names = names
        self.problems = problems
        self.routines = {routine.name: routine for routine in workflow.routines}
        self.unknown_names = UnknownNames(workflow, names, table, problems)
        self.unknown_functions = UnknownFunctions(workflow, table, problems)
        self.warned: set[Binding | syntax.Routine] = set()

    def action(self, action: syntax.Action, place: _Place) -> None:
        match action:
            case syntax.Assign(assignments):
                for assignment in assignments:
                    if assignment.target.path:
                        self._nested_target(assignment.target.variable, place)
            case syntax.CallStep():
                self._call(action, place)
            case syntax.Return():
                place = replace(place, returns=True)
            case syntax.Try(retry=retry):
                if retry is not None:
                    self._retry(retry, place)
                return
            case (
                syntax.Switch() | syntax.For() | syntax.Parallel() | syntax.Raise() | syntax.Steps()
            ):
                pass
            case _:
                assert_never(action)
        for expression in walk.expressions(action):
            self._expression(expression, place)

    def _nested_target(self, variable: syntax.Variable, place: _Place) -> None:
        """`m.k: v` changes a variable that something else must define (spec 02 §2)."""
        binding = place.scope.find(variable.name)
        if binding is None:
            self.unknown_names.report_target(variable, place.scope)
        else:
            self.names.writes[variable] = binding

    def _retry(self, retry: syntax.Retry, place: _Place) -> None:
        for part in walk.retry_parts(retry):
            predicate = part is retry.predicate
            self._expression(part, replace(place, retry=True, predicate=predicate))

    def _expression(self, root: syntax.Expression, place: _Place) -> None:
        alone = root.expression if isinstance(root, syntax.Embedded) else root
        stack = [root]
        while stack:
            found = stack.pop()
            match found:
                case syntax.Name():
                    self._name(found, place, as_predicate=place.predicate and found is alone)
                case syntax.Member():
                    stack += self._member(found, place)
                case syntax.Binary("-"):
                    self.unknown_names.note_hyphens(found)
                    stack += walk.children(found)
                case syntax.Call():
                    self._call(found, place)
                    if not (place.predicate and found is alone):  # to be named, not called
                        stack += found.arguments
                case _:
                    stack += walk.children(found)

    def _name(self, name: syntax.Name, place: _Place, *, as_predicate: bool) -> None:
        found: Binding | syntax.Routine | None = place.scope.find(name.name)
        if found is None and name.name in self.routines:
            found = self.routines[name.name]
            if not as_predicate:
                self._report_routine(name, found, place)
                found = None
        elif found is None:
            self.unknown_names.report(name, place.scope, place.step if place.returns else None)
        self.names.reads[name] = found

    def _member(self, member: syntax.Member, place: _Place) -> list[syntax.Expression]:
        """What is left to look up of `a.b.c`: nothing if it begins with a library name."""
        inner = member
        while isinstance(inner.base, syntax.Member):
            inner = inner.base
        root = inner.base
        if not isinstance(root, syntax.Name):
            return [root]
        if place.scope.find(root.name) is not None or root.name in self.routines:
            return [root]
        dotted = f"{root.name}.{inner.name}"
        if place.retry and dotted in library.VALUES:
            self.names.values[inner] = LibraryValue(dotted)
            return []
        if dotted in library.FUNCTIONS or dotted in library.VALUES:
            self.unknown_names.report_library(dotted, inner.span)
            self.names.reads[root] = None
            return []
        if self.unknown_names.misspelt_library(dotted, inner.span, place.scope.routine):
            self.names.reads[root] = None
            return []
        return [root]

    def _call(self, call: syntax.Call | syntax.CallStep, place: _Place) -> None:
        name = call.function
        span = call.span if isinstance(call, syntax.CallStep) else call.function_span
        first = name.partition(".")[0]
        variable = place.scope.find(first)
        if name in self.routines:
            self.names.callees[call] = self.routines[name]
            self._warn_of_hidden(call, variable)
        elif name in library.FUNCTIONS:
            self.names.callees[call] = function = library.FUNCTIONS[name]
            if function.way == "wait" and isinstance(call, syntax.Call):
                self.names.awaited[call] = place.step
            self._warn_of_hidden(call, variable or self.routines.get(first))
        elif name.startswith(library.CONNECTORS):
            found = discovery.connector(name)
            if isinstance(found, discovery.Unknown):
                self.unknown_functions.report_connector(name, span, found)
            else:
                self.names.callees[call] = found
        elif variable is not None:
            self.unknown_functions.report_variable(call, span, variable)
        else:
            self.unknown_functions.report(call, span, place.step, place.scope.routine)

    def _warn_of_hidden(
        self, call: syntax.Call | syntax.CallStep, hider: Binding | syntax.Routine | None
    ) -> None:
        """Real files have variables such as `map` next to `map.get(…)`, which spec 03 §4 forbids.

        The function after `call:` is no expression, and nothing hides it.
        """
        if hider is None or hider in self.warned or isinstance(call, syntax.CallStep):
            return
        self.warned.add(hider)
        what, origin = (
            ("variable", hider.origin)
            if isinstance(hider, Binding)
            else ("routine", hider.name_span)
        )
        self.problems.add(
            "WFC603",
            f"the {what} `{hider.name}` hides the function `{call.function}`",
            call.function_span,
            "calls the function all the same",
            others=[Label(origin, f"the {what}")],
            hint=f"give the {what} another name, such as `{hider.name}_value`",
        )

    def _report_routine(self, name: syntax.Name, routine: syntax.Routine, place: _Place) -> None:
        """A routine is a value only as the predicate of a `retry` (spec 01 §3)."""
        parameters = ", ".join(parameter.variable.name for parameter in routine.parameters)
        hint = f"call it: `{name.name}({parameters})`"
        if place.retry:
            hint = f"write `predicate: ${{{name.name}}}` inside `retry`"
        self.problems.add(
            "WFC207",
            f"`{name.name}` is a routine, not a value",
            name.span,
            others=[Label(routine.name_span, "the routine")],
            hint=hint,
        )
