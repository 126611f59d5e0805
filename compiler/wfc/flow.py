"""syntax.Routine -> graph.Graph: steps become blocks, `next` becomes an edge.

- a: {switch: [{condition: ${x}, next: c}]}        0 [a] choose x -> 2 else 1
- b: {assign: [{y: 1}]}                            1 [b] y = 1; goto 2
- c: {return: ${y}}                                2 [c] finish y
"""

from __future__ import annotations

from typing import assert_never

from wfc import graph, syntax
from wfc.names import Names
from wfc.weigh import weigh


def flow(
    routine: syntax.Routine, names: Names, *, counting: bool = False, reporting: bool = False
) -> graph.Graph:
    """The control-flow graph of a routine that `check` found no fault with.

    `counting` puts in what counts executed steps (spec 04 §11), `reporting` what tells of them.
    """
    return _Region("routine", routine.steps, None, names, counting, reporting).build()


class _Block:
    def __init__(self, label: str) -> None:
        self.label = label
        self.operations: list[graph.Operation] = []
        self.exit: graph.Exit = graph.Fall()


class _Region:
    """Builds one region's graph; `parent` is the region around a `try` or `except` body."""

    def __init__(
        self,
        kind: graph.RegionKind,
        steps: tuple[syntax.Step, ...],
        parent: _Region | None,
        names: Names,
        counting: bool,
        reporting: bool,
        start: graph.Place | None = None,
    ) -> None:
        self.kind = kind
        self.counting = counting
        self.reporting = reporting
        self.names = names
        self.parent = parent
        self.blocks: list[_Block] = []
        self.block_of: dict[syntax.Step, int] = {}
        self.leaves: dict[str, syntax.Jump] = {}
        self.exits: dict[str, int] = {}
        self.steps = steps
        self.fall = self._new("(end)")
        self._declare(steps)
        self.entry = self._sequence(steps, self.fall)
        if start is not None:  # an iteration, a branch, an attempt or an `except` counts itself
            self.entry = self._by(start, None, self.entry)

    def build(self) -> graph.Graph:
        blocks = tuple(
            graph.Block(block.label, tuple(block.operations), block.exit) for block in self.blocks
        )
        return graph.Graph(self.kind, blocks, self.entry, self.fall)

    def _new(self, label: str) -> int:
        self.blocks.append(_Block(label))
        return len(self.blocks) - 1

    def _ending(self, label: str, exit: graph.Exit) -> int:
        block = self._new(label)
        self.blocks[block].exit = exit
        return block

    def _declare(self, steps: tuple[syntax.Step, ...]) -> None:
        """Gives every step of the region its block, so that jumps can be made in any order."""
        for step in steps:
            self.block_of[step] = self._new(step.name)
            match step.action:
                case syntax.Steps(inner):
                    self._declare(inner)
                case syntax.Switch(cases):
                    self._declare_cases(cases)

    def _declare_cases(self, cases: tuple[syntax.Case, ...]) -> None:
        for case in cases:
            match case.action:
                case syntax.Steps(inner):
                    self._declare(inner)
                case syntax.Switch(nested):
                    self._declare_cases(nested)

    def _sequence(self, steps: tuple[syntax.Step, ...], after: int) -> int:
        """Fills the blocks of a step list; returns the block it starts with."""
        for step, following in zip(steps, [*steps[1:], None], strict=False):
            block = self.block_of[step]
            successor = after if following is None else self.block_of[following]
            only_jumps = step.action is None and step.next is not None
            jump = step.next.target if only_jumps and step.next else ""
            if not step.anonymous:
                self.blocks[block].operations.append(graph.Heading(step, jump))
            place = graph.Place(step, step.position)
            self._begin(block, place, step.action)
            self._count(block, place, step.action, named=not step.anonymous)
            if step.next is not None:
                successor = self._jump(step.next, place)
            self._action(step.action, place, block, successor)
        return self.block_of[steps[0]] if steps else after

    def _begin(
        self, block: int, place: graph.Place, part: syntax.Action | syntax.Case | syntax.Jump | None
    ) -> None:
        if self.reporting and part is not None and not isinstance(part, syntax.Steps):
            self.blocks[block].operations.append(graph.Begin(place, part))

    def _count(
        self, block: int, place: graph.Place, action: syntax.Action | None, *, named: bool
    ) -> None:
        steps = weigh(action, self.names, named=named) if self.counting else 0
        if steps:
            self.blocks[block].operations.append(graph.Count(place, steps))

    def _by(self, place: graph.Place, jump: syntax.Jump | None, target: int) -> int:
        """A way to `target` that counts as one step, by a jump if it is one."""
        if not self.counting and not (self.reporting and jump is not None):
            return target
        block = self._ending(place.step.name, graph.Goto(target))
        self._begin(block, place, jump)
        if self.counting:
            self.blocks[block].operations.append(graph.Count(place, 1))
        return block

    def _jump(self, jump: syntax.Jump, place: graph.Place) -> int:
        """The way a `next` goes."""
        return self._by(place, jump, self._target(jump, place))

    def _target(self, jump: syntax.Jump, place: graph.Place) -> int:
        """The block a `next` leads to (spec 04 §4)."""
        target = self.names.jumps.get(jump)
        if target is not None:
            return self.block_of[target] if target in self.block_of else self._leave(jump)
        if jump.target == "end":
            return self._ending("(return)", graph.Finish(place, None))
        if self.kind == "try":
            return self._leave(jump)
        return self._exit("break", graph.BreakOut()) if jump.target == "break" else self.fall

    def _leave(self, jump: syntax.Jump) -> int:
        """A jump out of this body; the region around it finds the place."""
        self.leaves.setdefault(jump.target, jump)
        return self._exit(jump.target, graph.Leave(jump.target))

    def _exit(self, key: str, exit: graph.Exit) -> int:
        """One block for all jumps that leave the region in the same way."""
        if key not in self.exits:
            self.exits[key] = self._ending(f"({key})", exit)
        return self.exits[key]

    def _action(
        self, action: syntax.Action | None, place: graph.Place, block: int, successor: int
    ) -> None:
        """Appends an action to `block` and ends the block."""
        here = self.blocks[block]
        here.exit = graph.Goto(successor)
        match action:
            case None:
                pass
            case syntax.Assign() | syntax.CallStep():
                here.operations.append(graph.Do(place, action))
            case syntax.Switch():
                self._switch(action, place, block, successor)
            case syntax.Steps(steps):
                here.exit = graph.Goto(self._sequence(steps, successor))
            case syntax.Return(value):
                here.exit = graph.Finish(place, value)
            case syntax.Raise(value):
                here.exit = graph.Throw(place, value)
            case syntax.For():
                body = self._inner("loop", action.steps, None, place).build()
                here.operations.append(graph.Loop(place, action, body))
            case syntax.Parallel(body=body):
                branches = (body,) if isinstance(body, syntax.For) else body
                graphs = tuple(
                    self._inner("branch", branch.steps, None, place).build() for branch in branches
                )
                here.operations.append(graph.Fan(place, action, graphs))
            case syntax.Try():
                here.exit = self._attempt(action, place, successor)
            case _:
                assert_never(action)

    def _switch(
        self, action: syntax.Switch, place: graph.Place, block: int, successor: int
    ) -> None:
        """A chain of choices; a literal condition needs none."""
        for case in action.cases:
            where = graph.Place(place.step, case.position)
            target = successor if case.next is None else self._jump(case.next, where)
            if case.action is not None:
                inner = self._new(place.step.name)
                self._begin(inner, where, case.action)
                self._count(inner, where, case.action, named=False)
                self._action(case.action, where, inner, target)
                target = inner
            if self.reporting:
                target = self._ending(place.step.name, graph.Goto(target))
                self._begin(target, where, case)
            match case.condition:
                case syntax.Constant(True) | syntax.Embedded(syntax.Constant(True)):
                    self.blocks[block].exit = graph.Goto(target)
                    return
                case syntax.Constant(False) | syntax.Embedded(syntax.Constant(False)):
                    continue
            following = self._new(place.step.name)
            test = graph.Condition(where, case.condition)
            self.blocks[block].exit = graph.Choose(test, target, following)
            block = following
        self.blocks[block].exit = graph.Goto(successor)

    def _inner(
        self,
        kind: graph.RegionKind,
        steps: tuple[syntax.Step, ...],
        parent: _Region | None,
        place: graph.Place,
    ) -> _Region:
        return _Region(kind, steps, parent, self.names, self.counting, self.reporting, place)

    def _attempt(self, action: syntax.Try, place: graph.Place, successor: int) -> graph.Resume:
        regions = [self._inner("try", action.steps, self, place)]
        if action.handler is not None:
            regions.append(self._inner("try", action.handler.steps, self, place))
        leaves = {key: jump for region in regions for key, jump in region.leaves.items()}
        targets = tuple((key, self._target(jump, place)) for key, jump in leaves.items())
        handler = regions[1].build() if action.handler is not None else None
        return graph.Resume(place, action, regions[0].build(), handler, successor, targets)
