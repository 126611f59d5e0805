"""names.Names and graphs -> Reach: which steps nothing leads to, which reads may find nothing.

A forward analysis of definite assignment: a variable is set where every way assigns it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from wfc import graph, syntax, walk
from wfc.dominators import reverse_postorder
from wfc.names import Binding, Names


@dataclass(slots=True, eq=False)
class Reach:
    """unreached  steps that no run can come to
    unset      reads of a variable that some way has not assigned (OQ-20: null)
    null       variables that must start as null: those of `unset`, and shared ones that nothing
               is sure to assign before the branches do
    """

    unreached: list[syntax.Step] = field(default_factory=list)
    unset: dict[syntax.Name | syntax.Variable, Binding] = field(default_factory=dict)
    null: set[Binding] = field(default_factory=set)


def reach(routine: syntax.Routine, region: graph.Graph, names: Names) -> Reach:
    """What control flow says about one routine."""
    found = Reach()
    solver = _Solver(names, found)
    start = 0
    for parameter in routine.parameters:
        start |= solver.bit(names.writes[parameter.variable])
    solver.region(region, start, record=True)
    found.unreached = [
        step for _, step in walk.steps(routine) if not step.anonymous and step not in solver.reached
    ]
    return found


class _Solver:
    """Sets of variables are integers, one bit each; meeting ways intersect."""

    def __init__(self, names: Names, found: Reach) -> None:
        self.names = names
        self.found = found
        self.bits: dict[Binding, int] = {}
        self.reached: set[syntax.Step] = set()
        self.solved: dict[tuple[graph.Graph, int], tuple[dict[int, int], dict[str, int]]] = {}
        """What is known of a region by what is set at its start: nested ones are asked often."""

    def bit(self, binding: Binding) -> int:
        return self.bits.setdefault(binding, 1 << len(self.bits))

    def region(self, region: graph.Graph, start: int, *, record: bool) -> dict[str, int]:
        """What is set at each way out of the region, by key; `""` is its end."""
        if (region, start) not in self.solved:
            self.solved[region, start] = self.solve(region, start)
        at, out = self.solved[region, start]
        if record:
            for block, state in at.items():
                list(self.block(region, block, state, {}, record=True))
        return out

    def solve(self, region: graph.Graph, start: int) -> tuple[dict[int, int], dict[str, int]]:
        """What is set at the start of each block that is reached, and at each way out."""
        order = reverse_postorder(region)
        at: dict[int, int] = {region.entry: start}
        out: dict[str, int] = {}
        changed = True
        while changed:
            changed = False
            for block in filter(at.__contains__, order):
                for target, state in self.block(region, block, at[block], out, record=False):
                    old = at.get(target)
                    new = state if old is None else old & state
                    if new != old:
                        at[target] = new
                        changed = True
        return at, out

    def block(
        self, region: graph.Graph, number: int, state: int, out: dict[str, int], *, record: bool
    ) -> Iterator[tuple[int, int]]:
        block = region.blocks[number]
        for operation in block.operations:
            state = self.operation(operation, state, record)

        def leave(key: str) -> None:
            out[key] = out.get(key, state) & state

        match block.exit:
            case graph.Goto(target):
                yield target, state
            case graph.Choose(test, then, otherwise):
                conditions = test.conditions if isinstance(test, graph.AnyOf) else (test,)
                for condition in conditions:
                    self.read(condition.expression, state, record)
                yield then, state
                yield otherwise, state
            case graph.Resume() as resume:
                yield from self.resume(resume, state, record)
            case graph.Finish(_, value) if value is not None:
                self.read(value, state, record)
            case graph.Throw(_, value):
                self.read(value, state, record)
            case graph.Fall():
                leave("")
            case graph.Leave(key):
                leave(key)
            case _:
                pass

    def operation(self, operation: graph.Operation, state: int, record: bool) -> int:
        match operation:
            case graph.Heading(step):
                if record:
                    self.reached.add(step)
            case graph.Do(_, syntax.Assign(assignments)):
                for assignment in assignments:
                    self.read(assignment.value, state, record)
                    for part in assignment.target.path:
                        self.read(part, state, record)
                    variable = assignment.target.variable
                    if assignment.target.path and record:
                        self.use(variable, self.names.writes[variable], state)
                    state |= self.bit(self.names.writes[variable])
            case graph.Do(_, syntax.CallStep() as call):
                for argument in call.arguments:
                    self.read(argument.value, state, record)
                self.read(call.whole, state, record)
                if call.result is not None:
                    state |= self.bit(self.names.writes[call.result])
            case graph.Loop(_, loop, body):
                if record:  # what it assigns is set in no case: it may have no iteration
                    self.region(body, self.loop(loop, state, record), record=True)
            case graph.Fan(_, parallel, bodies):
                return self.fan(parallel, bodies, state, record)
            case graph.Mark() | graph.Count() | graph.Begin():
                pass
        return state

    def loop(self, loop: syntax.For, state: int, record: bool) -> int:
        """What is set at the start of each iteration."""
        if isinstance(loop.items, syntax.Range):
            for bound in (loop.items.begin, loop.items.end, loop.items.whole):
                self.read(bound, state, record)
        else:
            self.read(loop.items, state, record)
        for variable in (loop.value, loop.index):
            if variable is not None:
                state |= self.bit(self.names.writes[variable])
        return state

    def fan(
        self,
        parallel: syntax.Parallel,
        bodies: tuple[graph.Graph, ...],
        state: int,
        record: bool,
    ) -> int:
        """A parallel step that completes has completed every branch (spec 04 §8 rules 2, 26)."""
        self.read(parallel.concurrency_limit, state, record)
        for variable in parallel.shared:
            shared = self.names.writes[variable]
            if not state & self.bit(shared):
                self.found.null.add(shared)
        if isinstance(parallel.body, syntax.For):
            start = self.loop(parallel.body, state, record)
            if record:
                self.region(bodies[0], start, record=True)
            return state
        after = state
        for body in bodies:
            after |= self.region(body, state, record=record).get("", state)
        return after

    def resume(self, resume: graph.Resume, state: int, record: bool) -> Iterator[tuple[int, int]]:
        if resume.attempt.retry is not None:
            for part in walk.retry_parts(resume.attempt.retry):
                self.read(part, state, record)
        outs = [self.region(resume.body, state, record=record)]
        if resume.handler is not None:
            handler = resume.attempt.handler
            caught = state
            if handler is not None and handler.variable is not None:
                caught |= self.bit(self.names.writes[handler.variable])
            outs.append(self.region(resume.handler, caught, record=record))
        for key, target in (("", resume.after), *resume.leaves):
            states = [out[key] for out in outs if key in out]
            if states:
                met = states[0]
                for other in states[1:]:
                    met &= other
                yield target, met

    def read(self, expression: syntax.Expression | None, state: int, record: bool) -> None:
        if expression is None or not record:
            return
        for part in walk.within(expression):
            if isinstance(part, syntax.Name):
                binding = self.names.reads.get(part)
                if isinstance(binding, Binding):
                    self.use(part, binding, state)

    def use(self, place: syntax.Name | syntax.Variable, binding: Binding, state: int) -> None:
        """Notes a use of a variable's value, in an expression or by writing into it."""
        if not state & self.bit(binding):
            self.found.unset[place] = binding
            self.found.null.add(binding)
