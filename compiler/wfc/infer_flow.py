"""graph.Graph -> what variables hold at every point of a routine, and so the type of each read.

A forward analysis: states meet by joining; where control goes backwards, bounds of integers that
still grow are given up.  What may happen at any time is in no state: an error inside a `try` may
come before or after any assignment there, and other branches may write what is shared.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from wfc import graph, infer_narrow, syntax, types, walk
from wfc.dominators import Order
from wfc.infer_expressions import Evaluator, Routines
from wfc.infer_growth import OFTEN
from wfc.infer_ranges import LENGTHS
from wfc.infer_states import State, add, join, widened, without
from wfc.names import Binding, Names, Scope
from wfc.types import ANY, HIGHEST, NOTHING, Type, Types

_PATIENCE = 3
"""How often a state may grow where control goes backwards before bounds are given up."""

_NULL = types.one("null")
_NUMBER = types.one("integer", "double")


@dataclass(slots=True, eq=False)
class _Solved:
    """A region as it was last solved: for which start, its ways out, and what it writes."""

    start: State
    shared: Mapping[Binding, Type]
    version: int
    rounds: int
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
        while waiting:
            block = blocks[heapq.heappop(waiting)]
            self.at.growth.rounds = OFTEN if block in order.repeated else outside
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
                        if grown[target] > _PATIENCE:
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
                yield from self.resume(resume)
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
                self.loop(operation)
            case graph.Fan():
                self.fan(operation)
            case graph.Heading() | graph.Mark() | graph.Count() | graph.Begin():
                pass

    def assignment(self, assignment: syntax.Assignment) -> None:
        at, path = self.at, assignment.target.path
        binding = self.names.writes[assignment.target.variable]
        if not path:
            value = at.type(assignment.value)
            self.note_append(assignment, at.read(binding))
            grown = at.growth.grown(assignment, value)
            if grown is None:
                at.write(binding, value)
            else:
                at.hold(binding, grown)
            return
        at.apart(path)  # Python evaluates the value first where it writes `m[k] = v` itself
        value = at.type(assignment.value)
        base = at.read(binding)
        by_name = at.found.of(path[0]).only("string")
        base = base.meet(frozenset(("map",) if by_name else ("list", "map")))
        element = base.items.join(value) if len(path) == 1 else ANY
        if base.kinds:
            inside = types.container("map", element).element
            self.at.write(binding, Type(base.kinds, element=inside, owned=base.owned))

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

    # -- what runs again, or beside other things ---------------------------------------------------

    def again(self, body: graph.Graph, run: Callable[[], Iterable[State]]) -> None:
        """Calls `run` until the states that come back add nothing to the one it starts with."""
        start = join(self.at.state, self.starts.get(body, {}))
        rounds = 0
        while True:
            self.at.state = dict(start)
            wider = start
            for state in run():
                wider = join(wider, state)
            if wider == start:
                break
            rounds += 1
            start = widened(wider, start) if rounds > _PATIENCE else wider
        self.starts[body] = start
        self.at.state = dict(start)

    def loop(self, operation: graph.Loop) -> None:
        """A body that runs any number of times, with variables of its own each time."""
        loop, body = operation.loop, operation.body
        scope = self.names.scopes[loop]
        value = self.items(loop)
        left: dict[str, State] = {}

        def run() -> Iterable[State]:
            self.begin_round(loop, value)
            outs = self.region(body, self.at.state)
            left.update((key, without(state, scope)) for key, state in outs.items())
            return [left[""]] if "" in left else []

        rounds = self.at.growth.times(self.rounds(loop))
        self.again(body, run)
        self.at.growth.rounds = rounds
        if "break" in left:
            self.at.state = join(self.at.state, left["break"])

    def begin_round(self, loop: syntax.For, value: Type) -> None:
        self.begin(self.names.scopes[loop])
        self.at.write(self.names.writes[loop.value], value)
        if loop.index is not None:
            self.at.write(self.names.writes[loop.index], LENGTHS)

    def items(self, loop: syntax.For) -> Type:
        """The type of the values that a loop runs over."""
        at = self.at
        if not isinstance(loop.items, syntax.Range):
            found = at.type(loop.items)
            at.require(loop.items, frozenset(("list",)))
            return found.items
        if loop.items.whole is not None:
            at.type(loop.items.whole)
        bounds = walk.range_bounds(loop.items)
        if bounds is None:
            return _NUMBER
        begin, end = (at.type(bound) for bound in bounds)
        if begin.only("double"):
            return begin
        if not begin.only("integer"):
            return _NUMBER
        high = end.high if end.only("integer") else HIGHEST
        return types.integer(begin.low, max(begin.low, high))

    def rounds(self, loop: syntax.For) -> int:
        """How many rounds a loop has at most, once its items are known."""
        bounds = walk.range_bounds(loop.items)
        if bounds is not None:
            begin, end = (self.found.of(bound) for bound in bounds)
            known = begin.only("integer") and end.only("integer")
            return end.high - begin.low + 1 if known else OFTEN
        return OFTEN if isinstance(loop.items, syntax.Range) else LENGTHS.high

    def resume(self, resume: graph.Resume) -> Iterator[tuple[int, State]]:
        """A `try`: an error may come before or after anything that its body writes."""
        at, attempt = self.at, resume.attempt
        if attempt.retry is not None:
            for part in walk.retry_parts(attempt.retry):
                at.type(part)
                at.predicate(part)
        outs: list[dict[str, State]] = []

        def run() -> Iterable[State]:
            outs[:] = [self.region(resume.body, at.state)]
            return [self.solved[resume.body].writes] if attempt.retry is not None else []

        rounds = at.growth.times(OFTEN if attempt.retry is not None else 1)
        self.again(resume.body, run)
        at.growth.rounds = rounds
        if resume.handler is not None and attempt.handler is not None:
            scope = self.names.scopes[attempt.handler]
            at.state = join(at.state, self.solved[resume.body].writes)
            self.begin(scope)
            if attempt.handler.variable is not None:
                self.at.write(self.names.writes[attempt.handler.variable], ANY)
            handled = self.region(resume.handler, at.state)
            outs.append({key: without(state, scope) for key, state in handled.items()})
        for key, target in (("", resume.after), *resume.leaves):
            states = [out[key] for out in outs if key in out]
            if states:
                yield target, join(states[0], states[-1])

    def fan(self, fan: graph.Fan) -> None:
        """A parallel step: while it runs, what its branches write may be written at any time."""
        at, node, loop = self.at, fan.parallel, fan.parallel.body
        value = self.items(loop) if isinstance(loop, syntax.For) else NOTHING
        if node.concurrency_limit is not None:
            at.type(node.concurrency_limit)
        before, outer = at.state, at.shared
        owners: list[syntax.For | syntax.Branch] = []
        owners += [loop] if isinstance(loop, syntax.For) else loop
        written = self.written.get(fan, {})
        grown = 0
        around = at.growth.times(self.rounds(loop) if isinstance(loop, syntax.For) else 1)
        while True:
            shared = {
                binding: outer.get(binding) or before.get(binding, NOTHING).join(each)
                for binding, each in written.items()
            }
            at.shared = {**outer, **shared}
            wider = dict(written)
            for owner, body in zip(owners, fan.bodies, strict=True):
                at.state = dict(before)
                if isinstance(owner, syntax.For):
                    self.begin_round(owner, value)
                else:
                    self.begin(self.names.scopes[owner])
                self.region(body, at.state)
                for binding, each in self.solved[body].writes.items():
                    if not _within(binding.scope, node):
                        add(wider, binding, each)
            if wider == written:
                break
            grown += 1
            written = widened(wider, written) if grown > _PATIENCE else wider
        at.growth.rounds = around
        self.written[fan] = written
        at.shared = outer
        at.state = {**before, **shared}


def _within(scope: Scope, parallel: syntax.Parallel) -> bool:
    """Whether a variable is a branch's own."""
    return any(around.parallel is parallel for around in scope.outward())
