"""names.Names and graphs -> types.Types: what the type of each expression is known to be.

Types flow forward through every routine (`infer_flow`), and between routines: a parameter has what
all calls give it, a call the type of what the routine returns.  No correctness depends on what is
not known: that is ANY, and `lower` then uses a helper.

    - a: {assign: [{n: 3}, {m: "${n + 1}"}]}      n: integer 3..3, m: integer 4..4
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wfc import graph, syntax
from wfc.infer_flow import Flow
from wfc.infer_growth import widened
from wfc.infer_states import State
from wfc.names import Binding, Names
from wfc.types import ANY, NOTHING, Type, Types

_PATIENCE = 3
"""How often what is known of a routine may grow before bounds of integers are given up."""


def infer(
    workflow: syntax.Workflow,
    graphs: Mapping[syntax.Routine, graph.Graph],
    names: Names,
    unset: Iterable[Binding],
) -> Types:
    """Types for a whole workflow; `unset` are the variables that may be read as null."""
    found = Types()
    routines = _Routines(names)
    flow = Flow(names, found, routines, unset)
    for routine in (workflow.main, *workflow.routines):  # those that nothing calls as well
        if routine in routines.called:
            continue
        for parameter in routine.parameters:
            routines.given(parameter, ANY)
        routines.call(routine)
        while routines.waiting:
            solving = next(iter(routines.waiting))
            del routines.waiting[solving]
            routines.current = solving
            parameters = [names.writes[parameter.variable] for parameter in solving.parameters]
            state = {binding: routines.parameters.get(binding, NOTHING) for binding in parameters}
            if routines.returned(solving, flow.routine(solving, graphs[solving], state)):
                flow.version += 1
    return found


class _Routines:
    """What is known of all routines so far, and which have to be looked at (again)."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.parameters: State = {}
        self.results: dict[syntax.Routine, Type] = {}
        self.callers: dict[syntax.Routine, set[syntax.Routine]] = {}
        self.called: set[syntax.Routine] = set()
        self.waiting: dict[syntax.Routine, None] = {}
        """In the order in which they were called first."""
        self.current: syntax.Routine | None = None
        self.grown: dict[Binding | syntax.Routine, int] = {}

    def call(self, routine: syntax.Routine) -> None:
        if routine not in self.called:
            self.called.add(routine)
            self.waiting[routine] = None

    def result(self, routine: syntax.Routine) -> Type:
        self.call(routine)
        if self.current is not None:
            self.callers.setdefault(routine, set()).add(self.current)
        return self.results.get(routine, NOTHING)

    def given(self, parameter: syntax.Parameter, argument: Type) -> None:
        binding = self.names.writes[parameter.variable]
        before = self.parameters.get(binding, NOTHING)
        after = self.wider(binding, before, argument.seen())
        if after != before:
            self.parameters[binding] = after
            routine = binding.scope.routine
            if routine in self.called:
                self.waiting[routine] = None

    def returned(self, routine: syntax.Routine, result: Type) -> bool:
        """Notes what a routine returns; whether that is more than was known before."""
        before = self.results.get(routine, NOTHING)
        after = self.wider(routine, before, result)
        if after == before:
            return False
        self.results[routine] = after
        self.waiting.update(dict.fromkeys(self.callers.get(routine, ())))
        return True

    def wider(self, what: Binding | syntax.Routine, before: Type, more: Type) -> Type:
        after = before.join(more)
        if after == before:
            return before
        self.grown[what] = self.grown.get(what, 0) + 1
        return widened(after, before) if self.grown[what] > _PATIENCE else after
