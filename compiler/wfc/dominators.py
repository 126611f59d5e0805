"""Facts about a control-flow graph: order, dominators, loops (Cooper, Harvey and Kennedy 2001)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from wfc.graph import Graph


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """order         reachable blocks in reverse postorder
    number        a block's place in that order
    predecessors  reachable predecessors of a block, each once
    entries       how many ways lead to a block from before it in that order
    dominator     the immediate dominator of each block but the entry
    children      the blocks that a block immediately dominates, in order
    loops         for each loop header the blocks of its natural loop, itself included
    reducible     whether every backward edge leads to a dominator of its source
    """

    order: list[int]
    number: dict[int, int]
    predecessors: dict[int, list[int]]
    entries: dict[int, int]
    dominator: dict[int, int]
    children: dict[int, list[int]]
    loops: dict[int, set[int]]
    reducible: bool

    def dominates(self, above: int, below: int) -> bool:
        """Whether every way to `below` leads through `above`."""
        while self.number[below] > self.number[above]:
            below = self.dominator[below]
        return above == below


class Order:
    """blocks    reachable blocks in reverse postorder
    number    a block's place in that order
    repeated  blocks that may come again: those of all circles, and perhaps some between
    """

    def __init__(self, graph: Graph) -> None:
        self.blocks = _reverse_postorder(graph)
        self.number = {block: place for place, block in enumerate(self.blocks)}
        self.repeated: set[int] = set()
        lowest = len(self.blocks)  # that a block here or further down goes back to
        for place in reversed(range(lowest)):
            targets = graph.successors(self.blocks[place])
            lowest = min((lowest, *(self.number[target] for target in targets)))
            if lowest <= place:
                self.repeated.add(self.blocks[place])


def analyse(graph: Graph) -> Flow:
    """All facts about the part of a graph that its entry reaches."""
    order = _reverse_postorder(graph)
    number = {block: index for index, block in enumerate(order)}
    predecessors: dict[int, list[int]] = {block: [] for block in order}
    for block in order:
        for successor in graph.successors(block):
            predecessors[successor].append(block)
    entries = {
        block: sum(1 for before in befores if number[before] < number[block])
        for block, befores in predecessors.items()
    }
    dominator = _dominators(order, number, predecessors)
    children: dict[int, list[int]] = {block: [] for block in order}
    for block in order[1:]:
        children[dominator[block]].append(block)
    flow = Flow(order, number, predecessors, entries, dominator, children, {}, True)
    backward: dict[int, list[int]] = {}
    reducible = True
    for source in order:
        for target in graph.successors(source):
            if number[target] > number[source]:
                continue
            if flow.dominates(target, source):
                backward.setdefault(target, []).append(source)
            else:
                reducible = False
    loops = {header: _body(header, sources, predecessors) for header, sources in backward.items()}
    return replace(flow, loops=loops, reducible=reducible)


def _reverse_postorder(graph: Graph) -> list[int]:
    """Without recursion: a workflow may have 100,000 steps in a row."""
    seen = {graph.entry}
    postorder: list[int] = []
    stack = [(graph.entry, iter(graph.successors(graph.entry)))]
    while stack:
        block, successors = stack[-1]
        for successor in successors:
            if successor not in seen:
                seen.add(successor)
                stack.append((successor, iter(graph.successors(successor))))
                break
        else:
            postorder.append(block)
            stack.pop()
    return postorder[::-1]


def _dominators(
    order: list[int], number: dict[int, int], predecessors: dict[int, list[int]]
) -> dict[int, int]:
    entry = order[0]
    found = {entry: entry}
    changed = True
    while changed:
        changed = False
        for block in order[1:]:
            best: int | None = None
            for predecessor in predecessors[block]:
                if predecessor not in found:
                    continue
                if best is None:
                    best = predecessor
                    continue
                other = predecessor
                while best != other:
                    while number[best] > number[other]:
                        best = found[best]
                    while number[other] > number[best]:
                        other = found[other]
            assert best is not None, "every reachable block has a predecessor before it"
            if found.get(block) != best:
                found[block] = best
                changed = True
    del found[entry]
    return found


def _body(header: int, sources: list[int], predecessors: dict[int, list[int]]) -> set[int]:
    """The blocks that reach a back edge `source -> header` without passing the header."""
    body = {header}
    waiting = list(sources)
    while waiting:
        block = waiting.pop()
        if block not in body:
            body.add(block)
            waiting.extend(predecessors[block])
    return body
