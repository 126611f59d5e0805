"""Facts about a control-flow graph: order, dominators, loops (Cooper, Harvey and Kennedy 2001)."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from wfc.frozen import frozen
from wfc.graph import Graph


@frozen
class Flow:
    """order         reachable blocks in reverse postorder
    number        a block's place in that order
    predecessors  reachable predecessors of a block, each once
    entries       how many ways lead to a block from before it in that order
    children      the blocks that a block immediately dominates, in order
    subtrees      the places, in a preorder of the dominator tree, of a block and all it dominates
    loops         for each loop header the blocks that jump back to it
    reducible     whether every backward edge leads to a dominator of its source
    """

    order: list[int]
    number: dict[int, int]
    predecessors: dict[int, list[int]]
    entries: dict[int, int]
    children: dict[int, list[int]]
    subtrees: dict[int, range]
    loops: dict[int, list[int]]
    reducible: bool

    def dominates(self, above: int, below: int) -> bool:
        """Whether every way to `below` leads through `above`."""
        return self.subtrees[below].start in self.subtrees[above]

    def body(self, header: int) -> list[int]:
        """The natural loop of a header, in order: itself and what reaches a jump back to it.

        Only made for who asks: the bodies of all loops that are nested are as many as their square.
        """
        body = {header}
        waiting = list(self.loops[header])
        while waiting:
            block = waiting.pop()
            if block not in body:
                body.add(block)
                waiting.extend(self.predecessors[block])
        return sorted(body, key=self.number.__getitem__)


class Order:
    """blocks    reachable blocks in reverse postorder
    number    a block's place in that order
    repeated  blocks that may come again: those of all circles, and perhaps some between
    """

    def __init__(self, graph: Graph) -> None:
        self.blocks = reverse_postorder(graph)
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
    order = reverse_postorder(graph)
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
    subtrees = _subtrees(order, dominator)
    loops: dict[int, list[int]] = {}
    reducible = True
    for source in order:
        for target in graph.successors(source):
            if number[target] > number[source]:
                continue
            if subtrees[source].start in subtrees[target]:
                loops.setdefault(target, []).append(source)
            else:
                reducible = False
    return Flow(order, number, predecessors, entries, children, subtrees, loops, reducible)


def reverse_postorder(graph: Graph) -> list[int]:
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
    """The immediate dominator of each block but the entry, which is said to be its own."""
    found = [0]  # by places in the order
    changed = True
    while changed:
        changed = False
        for place, block in enumerate(order[1:], 1):
            befores = {number[before] for before in predecessors[block]}
            best = _meet({before for before in befores if before < len(found)}, found)
            if place == len(found):
                found.append(best)
                changed = True
            elif found[place] != best:
                found[place] = best
                changed = True
    return {block: order[place] for block, place in zip(order, found, strict=True)}


def _meet(places: set[int], dominator: list[int]) -> int:
    """The last place that dominates all of some.

    A dominator comes before what it dominates, so the highest of several is none, and its own
    dominator stands for it: nothing is looked at twice, however many ways meet.
    """
    waiting = [-place for place in places]
    heapify(waiting)
    highest = -heappop(waiting)
    while waiting:
        above = dominator[highest]
        if above not in places:
            places.add(above)
            heappush(waiting, -above)
        highest = -heappop(waiting)
    return highest


def _subtrees(order: list[int], dominator: dict[int, int]) -> dict[int, range]:
    size = dict.fromkeys(order, 1)
    for block in reversed(order[1:]):
        size[dominator[block]] += size[block]
    found = {order[0]: range(len(order))}
    free = {order[0]: 1}
    for block in order[1:]:
        start = free[dominator[block]]
        free[dominator[block]] = start + size[block]
        found[block] = range(start, start + size[block])
        free[block] = start + 1
    return found
