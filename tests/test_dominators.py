"""Dominators and loops are what their definitions say, on random graphs."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from wfc import graph, syntax
from wfc.dominators import analyse
from wfc.source import Span

_NOWHERE = Span(0, 0)
_PLACE = graph.Place(syntax.Step("s", _NOWHERE, None, None, _NOWHERE), _NOWHERE)
_TEST = graph.Condition(_PLACE, syntax.Constant(True, _NOWHERE))


def _exit(ways: list[int]) -> graph.Exit:
    match ways:
        case []:
            return graph.Fall()
        case [target]:
            return graph.Goto(target)
        case _:
            return graph.Choose(_TEST, ways[0], ways[1])


def _graph(ways: list[list[int]]) -> graph.Graph:
    blocks = tuple(graph.Block("", (), _exit(targets)) for targets in ways)
    return graph.Graph("routine", blocks, 0, -1)


def _targets(count: int) -> st.SearchStrategy[list[list[int]]]:
    """None, one or two ways on for each block; the first is the entry."""
    ways = st.lists(st.integers(0, count - 1), max_size=2)
    return st.lists(ways, min_size=count, max_size=count)


graphs = st.integers(1, 9).flatmap(_targets).map(_graph)


def _reached(region: graph.Graph, start: int, without: int | None = None) -> set[int]:
    """What can be reached, not going through one block."""
    found: set[int] = set()
    waiting = [start]
    while waiting:
        block = waiting.pop()
        if block != without and block not in found:
            found.add(block)
            waiting.extend(region.successors(block))
    return found


@given(graphs)
def test_a_block_dominates_what_cannot_be_reached_without_it(region: graph.Graph) -> None:
    flow = analyse(region)
    reachable = _reached(region, region.entry)
    assert set(flow.order) == reachable
    for above in reachable:
        free = _reached(region, region.entry, without=above)
        for below in reachable:
            assert flow.dominates(above, below) == (below not in free), (above, below)


@given(graphs)
def test_the_children_of_a_block_are_those_it_dominates_with_nothing_between(
    region: graph.Graph,
) -> None:
    flow = analyse(region)
    for block in flow.order:
        strict = {b for b in flow.order if b != block and flow.dominates(block, b)}
        nearest = {b for b in strict if not any(flow.dominates(a, b) for a in strict - {b})}
        assert set(flow.children[block]) == nearest
        assert all(flow.number[a] < flow.number[b] for a, b in pairwise(flow.children[block]))


@given(graphs)
def test_a_loop_is_what_reaches_a_jump_back_without_passing_its_header(
    region: graph.Graph,
) -> None:
    flow = analyse(region)
    for header, sources in flow.loops.items():
        assert all(flow.dominates(header, source) for source in sources)
        inside = {
            block
            for block in flow.order
            if block != header and _reached(region, block, without=header) & set(sources)
        }
        assert flow.body(header) == [b for b in flow.order if b in inside | {header}]


@given(graphs)
def test_a_graph_is_reducible_if_every_circle_is_entered_at_a_dominator(
    region: graph.Graph,
) -> None:
    flow = analyse(region)
    forward = {
        block: [to for to in region.successors(block) if not flow.dominates(to, block)]
        for block in flow.order
    }
    while any(not ways for ways in forward.values()):  # what is left without a way on is a circle
        ended = {block for block, ways in forward.items() if not ways}
        forward = {
            block: [to for to in ways if to not in ended]
            for block, ways in forward.items()
            if block not in ended
        }
    assert flow.reducible == (not forward)
