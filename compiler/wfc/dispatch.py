"""graph.Graph -> shape.Shape for a region whose jumps cross: a loop over named blocks.

step = "a"
while True:
    if step == "a": …; step = "c"
    elif step == "c": …; return …

What comes before all jumps stands before the loop.  It is `while step:` where a block ends it.
"""

from __future__ import annotations

from collections.abc import Callable

from wfc import graph, shape
from wfc.dominators import analyse
from wfc.graph import Graph
from wfc.shape import Shape

_BROKEN = "break"

_DEEPEST = 8
"""Levels of `if` inside one another in a block; what is deeper becomes a block of its own."""


def dispatch(
    region: Graph,
    ways: dict[str, Shape],
    solve: Callable[[Graph, dict[str, Shape]], Shape],
    flat: bool = False,
) -> Shape:
    """The region as one loop; `solve` structures the regions inside it, `flat` avoids levels."""
    return _Dispatcher(region, ways, solve, 0 if flat else _DEEPEST).run()


class _Dispatcher:
    def __init__(
        self,
        region: Graph,
        ways: dict[str, Shape],
        solve: Callable[[Graph, dict[str, Shape]], Shape],
        deepest: int,
    ) -> None:
        self.region = region
        self.ways = ways
        self.solve = solve
        self.deepest = deepest
        self.flow = analyse(region)
        self.breaks = False
        self.endless = True
        self.labels: dict[int, str] = {}
        self.taken: set[str] = set()
        for block in sorted(filter(self.is_start, self.flow.order)):  # as in the source
            self.start(block)

    def start(self, block: int) -> None:
        """Gives a block a label, so that it can be jumped to."""
        name = self.region.blocks[block].label
        number = 2
        label = name
        while label in self.taken or not label:
            label = f"{name} ({number})"
            number += 1
        self.taken.add(label)
        self.labels[block] = label

    def is_start(self, block: int) -> bool:
        """Whether the block is jumped to, rather than written where it is reached."""
        befores = self.flow.predecessors[block]
        if block == self.region.entry:
            return True
        here = self.region.blocks[block]
        if not here.operations and isinstance(here.exit, (graph.Fall, graph.BreakOut, graph.Leave)):
            return False
        return len(befores) != 1 or self.flow.number[befores[0]] >= self.flow.number[block]

    def run(self) -> Shape:
        made: dict[int, Shape] = {}
        while missing := self.labels.keys() - made.keys():
            made |= {block: self.code(block, 0) for block in sorted(missing)}
        before, first = self.lead(made)
        blocks = tuple((self.labels[block], made[block]) for block in sorted(made))
        loop = shape.Dispatch(first, blocks, self.crossing(), self.endless)
        if not self.breaks:
            return (*before, loop)
        return (
            graph.Mark("", self.region),
            *before,
            loop,
            shape.If(shape.Marked(_BROKEN, self.region), (shape.Break(),), ()),
        )

    def lead(self, made: dict[int, Shape]) -> tuple[Shape, str]:
        """What stands before the loop, taken out of the blocks, and where the loop begins."""
        entry = self.region.entry
        match made[entry]:
            case (*before, shape.GoTo(label)) if label and not self.flow.predecessors[entry]:
                del made[entry]
                return tuple(before), label
            case _:
                return (), self.labels[entry]

    def crossing(self) -> tuple[tuple[str, str], ...]:
        """What the reader may want to untangle, by step names: the backward jumps if there are any.

        Else those that meet others on their way forwards; a step's way to the next one is no jump.
        """
        blocks = self.region.blocks
        first: dict[str, int] = {}
        for number, block in enumerate(blocks):
            first.setdefault(block.label, number)
        edges = [
            (block, target)
            for block in self.flow.order
            for target in self.region.successors(block)
            if target in self.labels
        ]
        jumps = [
            (block, target)
            for block, target in edges
            if first[blocks[target].label] <= first[blocks[block].label]
        ] or [(block, target) for block, target in edges if target != block + 1]
        return tuple(
            dict.fromkeys((blocks[block].label, blocks[target].label) for block, target in jumps)
        )

    def code(self, start: int, depth: int) -> Shape:
        """A block and those that follow it; `depth` levels of `if` are around them."""
        out: list[shape.Statement] = []
        block: int | None = start
        while block is not None:
            here = self.region.blocks[block]
            out.extend(self.operation(operation) for operation in here.operations)
            match here.exit:
                case graph.Goto(target) if self.follows(target):
                    block = target
                case graph.Resume(after=target, leaves=()) as resume if self.follows(target):
                    out.extend(self.attempt(resume))
                    block = target
                case _:
                    out.extend(self.exit(here.exit, depth))
                    block = None
        return tuple(out)

    def follows(self, block: int) -> bool:
        """Whether the block is simply written next."""
        return block not in self.labels and not self.leaves(block)

    def operation(self, operation: graph.Operation) -> shape.Statement:
        match operation:
            case graph.Loop(place, loop, body):
                return shape.For(place, loop, self.solve(body, {}))
            case graph.Fan(place, parallel, bodies):
                solved = tuple(self.solve(body, {}) for body in bodies)
                return shape.Parallel(place, parallel, solved)
            case _:
                return operation

    def leaves(self, block: int) -> bool:
        return isinstance(self.region.blocks[block].exit, (graph.Fall, graph.BreakOut, graph.Leave))

    def goto(self, target: int, depth: int) -> Shape:
        if self.follows(target) and depth > self.deepest:
            self.start(target)
        if target in self.labels:
            return (shape.GoTo(self.labels[target]),)
        return self.code(target, depth)

    def exit(self, exit: graph.Exit, depth: int) -> Shape:
        match exit:
            case graph.Goto(target):
                return self.goto(target, depth)
            case graph.Choose(test, then, otherwise):
                other = depth if self.region.chooses_at_once(otherwise) else depth + 1  # `elif`
                return (shape.If(test, self.goto(then, depth + 1), self.goto(otherwise, other)),)
            case graph.Resume() as resume:
                return self.resume(resume, depth)
            case graph.Finish(place, value):
                return (shape.Return(place, value),)
            case graph.Throw(place, value):
                return (shape.Raise(place, value),)
            case graph.BreakOut():
                self.breaks = True
                return (graph.Mark(_BROKEN, self.region), *self.end())
            case graph.Leave(key):
                return (*self.ways[key], *self.end())
            case graph.Fall():
                if self.region.kind in ("routine", "branch"):
                    return (shape.Return(None, None),)
                return self.end()

    def end(self) -> Shape:
        self.endless = False
        return (shape.GoTo(""),)

    def attempt(self, resume: graph.Resume) -> Shape:
        """A `try`; a jump out of it leaves a mark."""
        ways: dict[str, Shape] = {key: (graph.Mark(key, resume),) for key, _ in resume.leaves}
        body = self.solve(resume.body, ways)
        handler = self.solve(resume.handler, ways) if resume.handler else None
        cleared = (graph.Mark("", resume),) if resume.leaves else ()
        return (*cleared, shape.Try(resume.place, resume.attempt, body, handler))

    def resume(self, resume: graph.Resume, depth: int) -> Shape:
        inside = depth + 1 if resume.leaves else depth
        rest = self.goto(resume.after, inside)
        for key, target in reversed(resume.leaves):
            rest = (shape.If(shape.Marked(key, resume), self.goto(target, inside), rest),)
        return (*self.attempt(resume), *rest)
