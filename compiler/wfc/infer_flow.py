"""graph.Graph -> what variables hold at every point of a routine, and so the type of each read.

A forward analysis: states meet by joining; where control goes backwards, bounds of integers that
still grow are given up.  `infer_blocks` has what runs again, or beside other things.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from wfc import graph, infer_blocks, infer_narrow, syntax, types, walk
from wfc.dominators import Order
from wfc.infer_blocks import PATIENCE
from wfc.infer_expressions import Evaluator, Routines
from wfc.infer_growth import Inside
from wfc.infer_rounds import OFTEN, Rounds
from wfc.infer_states import State, add, join, widened
from wfc.names import Binding, Names, Scope
from wfc.types import NOTHING, Type, Types

_NULL = types.one("null")


@dataclass(slots=True, eq=False)
class _Solved:
    """A region as it was last solved: for which start, its ways out, and what it writes."""

    start: State
    shared: Mapping[Binding, Type]
    version: int
    rounds: Rounds
    outs: dict[str, State] = field(default_factory=dict)
    writes: State = field(default_factory=dict)


class Flow:
    """Solves regions, innermost first, again and again until nothing grows any more."""

    def __init__(
        self, names: Names, found: Types, routines: Routines, unset: Iterable[Binding]
    ) -> None:
        self.names = names
        self.found = found
        self.at = Evaluator(names, found, routines)
        self.unset = frozenset(unset)
        self.version = 0
        """Raised whenever the result of a subworkflow has grown."""
        self.result = NOTHING
        self.solved: dict[graph.Graph, _Solved] = {}
        self.starts: dict[graph.Graph, State] = {}
        """What held before a body that may run again, joined over all of its rounds."""
        self.written: dict[graph.Fan, State] = {}
        self.orders: dict[graph.Graph, Order] = {}

    def routine(self, routine: syntax.Routine, region: graph.Graph, parameters: State) -> Type:
        """The type of what a routine returns."""
        self.result = NOTHING
        self.at.state = {}
        self.begin(self.names.scopes[routine])
        for binding, given in parameters.items():
            self.at.write(binding, given)
        start, growth = self.at.state, self.at.growth
        growth.failed = True
        while growth.failed:
            growth.failed = False
            outs = self.region(region, start)
            self.version += growth.failed  # what was found with a wrong claim is found anew
        if "" in outs:
            self.result = self.result.join(_NULL)
        return self.result

    def begin(self, scope: Scope) -> None:
        """A scope that begins here: all its variables are new."""
        for binding in scope.bindings.values():
            self.at.state.pop(binding, None)
            if binding in self.unset:
                self.at.write(binding, _NULL)

    # -- regions -----------------------------------------------------------------------------------

    def region(self, region: graph.Graph, start: State) -> dict[str, State]:
        """The states at the ways out of a region, by key; `""` is its end."""
        given = (start, self.at.shared, self.version, self.at.growth.rounds)
        known = self.solved.get(region)
        if known is None or (known.start, known.shared, known.version, known.rounds) != given:
            known = _Solved(dict(start), *given[1:])
            outer, self.at.writes = self.at.writes, known.writes
            self.solve(region, known)
            self.solved[region] = known
            self.at.writes = outer
        for binding, written in known.writes.items():
            add(self.at.writes, binding, written)
        return known.outs

    def solve(self, region: graph.Graph, known: _Solved) -> None:
        if region not in self.orders:
            self.orders[region] = Order(region)
        order = self.orders[region]
        blocks, number = order.blocks, order.number
        at: dict[int, State] = {region.entry: known.start}
        grown: dict[int, int] = {}
        waiting = [number[region.entry]]
        outside = self.at.growth.rounds
        often = outside.times(OFTEN)
        while waiting:
            block = blocks[heapq.heappop(waiting)]
            self.at.growth.rounds = often if block in order.repeated else outside
            for target, state in self.block(region.blocks[block], dict(at[block]), known.outs):
                old = at.get(target)
                if old is None:
                    at[target] = state
                else:
                    joined = join(old, state)
                    if joined == old:
                        continue
                    if number[target] <= number[block]:
                        grown[target] = grown.get(target, 0) + 1
                        if grown[target] > PATIENCE:
                            joined = widened(joined, old)
                    at[target] = joined
                if number[target] not in waiting:
                    heapq.heappush(waiting, number[target])
        self.at.growth.rounds = outside

    def block(
        self, block: graph.Block, state: State, outs: dict[str, State]
    ) -> Iterator[tuple[int, State]]:
        at = self.at
        at.state = state
        for operation in block.operations:
            self.operation(operation)

        def leave(key: str) -> None:
            outs[key] = join(outs[key], at.state) if key in outs else at.state

        match block.exit:
            case graph.Goto(target):
                yield target, at.state
            case graph.Choose(test, then, otherwise):
                for target, after in zip((then, otherwise), self.chosen(test), strict=True):
                    yield target, after
            case graph.Resume() as resume:
                yield from infer_blocks.resume(self, resume)
            case graph.Finish(_, value):
                self.result = self.result.join(
                    _NULL if value is None else at.type(value, borrowed=True)
                )
            case graph.Throw(_, value):
                at.type(value)
            case graph.Fall():
                leave("")
            case graph.BreakOut():
                leave("break")
            case graph.Leave(key):
                leave(key)

    def chosen(self, test: graph.Condition | graph.AnyOf) -> tuple[State, State]:
        """The states after a test that came out true, and false."""
        at = self.at
        conditions = test.conditions if isinstance(test, graph.AnyOf) else (test,)
        true: State | None = None
        for condition in conditions:
            at.type(condition.expression)
            at.require(condition.expression, frozenset(("boolean",)))
            before = at.state
            at.state = dict(before)
            infer_narrow.narrow(at, condition.expression, True)
            true = at.state if true is None else join(true, at.state)
            at.state = before
            infer_narrow.narrow(at, condition.expression, False)
        assert true is not None, "a choice has a condition"
        return true, at.state

    # -- operations --------------------------------------------------------------------------------

    def operation(self, operation: graph.Operation) -> None:
        match operation:
            case graph.Do(_, syntax.Assign(assignments)):
                for assignment in assignments:
                    self.assignment(assignment)
            case graph.Do(_, syntax.CallStep() as call):
                written = self.at.call_step(call)
                if call.result is not None:
                    self.at.write(self.names.writes[call.result], written)
            case graph.Loop():
                infer_blocks.loop(self, operation)
            case graph.Fan():
                infer_blocks.fan(self, operation)
            case graph.Heading() | graph.Mark() | graph.Count() | graph.Begin():
                pass

    def assignment(self, assignment: syntax.Assignment) -> None:
        at, path = self.at, assignment.target.path
        binding = self.names.writes[assignment.target.variable]
        at.apart(path)  # Python evaluates the value first where it writes `m[k] = v` itself
        value = at.type(assignment.value)
        grown = at.growth.grown(assignment, value)
        if path:
            base = self.found.targets[assignment] = at.read(binding)
            if grown is None and len(path) == 1:
                at.growth.set(Inside(binding), value)
            written = _written(base, [at.found.of(part) for part in path], grown or value)
            if written.kinds:
                at.hold(binding, written)
            return
        self.note_append(assignment, at.read(binding))
        if grown is None:
            at.write(binding, value)
        else:
            at.hold(binding, grown)

    def note_append(self, assignment: syntax.Assignment, held: Type) -> None:
        """Whether `x: ${list.concat(x, v)}` may add to the list itself, `v` being evaluated."""
        match walk.bare(assignment.value):
            case syntax.Call("list.concat", arguments=(syntax.Name() as first, _)) if (
                self.names.reads.get(first) is self.names.writes[assignment.target.variable]
            ):
                # `held` is a list once the call has succeeded, but nothing says that it will
                if held.owned and self.found.of(first).only("list"):
                    self.found.appends.add(assignment)
                else:
                    self.found.appends.discard(assignment)


def _written(base: Type, path: list[Type], value: Type) -> Type:
    """What a variable holds once a value has been written into it at a path without an error."""
    if not path:
        return value
    held = base.meet(frozenset(("map",) if path[0].only("string") else ("list", "map")))
    inside = _written(held.items, path[1:], value)
    element = types.container("map", held.items.join(inside)).element
    return Type(held.kinds, element=element, owned=held.owned)
