"""graph.Graph -> shape.Shape for a region whose jumps cross: a loop over named blocks.

step = "a"
while step:
    if step == "a": …; step = "c"
    elif step == "c": …
"""

from __future__ import annotations

from collections.abc import Callable

from wfc import graph, shape
from wfc.dominators import analyse
from wfc.graph import Graph
from wfc.shape import Shape

_BROKEN = "break"


def dispatch(
    region: Graph, ways: dict[str, Shape], solve: Callable[[Graph, dict[str, Shape]], Shape]
) -> Shape:
    """The region as one loop; `solve` structures the regions inside it."""
    return _Dispatcher(region, ways, solve).run()


class _Dispatcher:
    def __init__(
        self,
        region: Graph,
        ways: dict[str, Shape],
        solve: Callable[[Graph, dict[str, Shape]], Shape],
    ) -> None:
        self.region = region
        self.ways = ways
        self.solve = solve
        self.flow = analyse(region)
        self.breaks = False
        self.labels: dict[int, str] = {}
        self.starts = sorted(filter(self.is_start, self.flow.order))  # as in the source
        for block in self.starts:
            name = region.blocks[block].label
            taken = set(self.labels.values())
            number = 2
            label = name
            while label in taken or not label:
                label = f"{name} ({number})"
                number += 1
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
        blocks = tuple((self.labels[block], self.code(block)) for block in self.starts)
        loop = shape.Dispatch(self.labels[self.region.entry], blocks, self.crossing())
        if not self.breaks:
            return (loop,)
        return (
            graph.Mark("", self.region),
            loop,
            shape.If(shape.Marked(_BROKEN, self.region), (shape.Break(),), ()),
        )

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

    def code(self, start: int) -> Shape:
        out: list[shape.Statement] = []
        block: int | None = start
        while block is not None:
            here = self.region.blocks[block]
            out.extend(self.operation(operation) for operation in here.operations)
            match here.exit:
                case graph.Goto(target) if target not in self.labels and not self.leaves(target):
                    block = target
                    continue
                case _:
                    out.extend(self.exit(here.exit))
            block = None
        return tuple(out)

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

    def goto(self, target: int) -> Shape:
        if target in self.labels:
            return (shape.GoTo(self.labels[target]),)
        return self.code(target)

    def exit(self, exit: graph.Exit) -> Shape:
        match exit:
            case graph.Goto(target):
                return self.goto(target)
            case graph.Choose(test, then, otherwise):
                return (shape.If(test, self.goto(then), self.goto(otherwise)),)
            case graph.Resume() as resume:
                return self.resume(resume)
            case graph.Finish(place, value):
                return (shape.Return(place, value),)
            case graph.Throw(place, value):
                return (shape.Raise(place, value),)
            case graph.BreakOut():
                self.breaks = True
                return (graph.Mark(_BROKEN, self.region), shape.GoTo(""))
            case graph.Leave(key):
                return (*self.ways[key], shape.GoTo(""))
            case graph.Fall():
                if self.region.kind in ("routine", "branch"):
                    return (shape.Return(None, None),)
                return (shape.GoTo(""),)

    def resume(self, resume: graph.Resume) -> Shape:
        ways: dict[str, Shape] = {key: (graph.Mark(key, resume),) for key, _ in resume.leaves}
        body = self.solve(resume.body, ways)
        handler = self.solve(resume.handler, ways) if resume.handler else None
        rest = self.goto(resume.after)
        for key, target in reversed(resume.leaves):
            rest = (shape.If(shape.Marked(key, resume), self.goto(target), rest),)
        cleared = (graph.Mark("", resume),) if resume.leaves else ()
        return (*cleared, shape.Try(resume.place, resume.attempt, body, handler), *rest)
