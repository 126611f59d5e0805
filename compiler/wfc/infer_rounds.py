"""How often, at most, control comes to a place: what `infer_growth` multiplies steps by.

    for round in [1, size]: total = 0; for i in [1, 9]: total = total + i

Nothing bounds the rounds of the outer loop, but each sets `total` anew: what counts are nine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from wfc import graph, syntax, walk
from wfc.frozen import frozen_value
from wfc.infer_ranges import LENGTHS
from wfc.names import Binding, Names, Scope
from wfc.types import Types

OFTEN = 2**53
"""More assignments than an execution makes."""


@frozen_value
class Rounds:
    """call   how often in one call of the routine
    anew   how often since a variable was last set, for those that a loop around sets in each round
    """

    call: int = 1
    anew: Mapping[Binding, int] = field(default_factory=dict)

    def of(self, binding: Binding) -> int:
        """How often, at most, an assignment here adds to what a variable was last set to."""
        return self.anew.get(binding, self.call)

    def times(self, rounds: int, anew: Iterable[Binding] = ()) -> Rounds:
        """Inside something that has some rounds, each of which sets the variables `anew` first."""
        rounds = max(rounds, 1)
        since = {binding: min(often * rounds, OFTEN) for binding, often in self.anew.items()}
        return Rounds(min(self.call * rounds, OFTEN), {**since, **dict.fromkeys(anew, 1)})


def rounds(items: syntax.Expression | syntax.Range, found: Types) -> int:
    """How many rounds a loop over `items` has at most, once their types are known."""
    bounds = walk.range_bounds(items)
    if bounds is not None:
        begin, end = (found.of(bound) for bound in bounds)
        known = begin.only("integer") and end.only("integer")
        return end.high - begin.low + 1 if known else OFTEN
    return OFTEN if isinstance(items, syntax.Range) else LENGTHS.high


def anew(loop: syntax.For, body: graph.Graph, names: Names) -> set[Binding]:
    """The variables that every round of a loop sets before it adds to them.

    One that other branches assign as well is not set by this round alone.
    """
    first: dict[Binding, bool] = dict.fromkeys(names.scopes[loop].bindings.values(), True)
    for operation in body.blocks[body.entry].operations:
        match operation:
            case graph.Do(_, syntax.Assign(assignments)):
                for assignment in assignments:
                    binding = names.writes[assignment.target.variable]
                    first.setdefault(binding, not _keeps(assignment, binding, names))
            case graph.Do(_, syntax.CallStep(result=syntax.Variable() as result)):
                first.setdefault(names.writes[result], True)
            case graph.Loop() | graph.Fan():
                break
            case _:
                pass
    own = set(_branch(names.scopes[loop]))
    return {binding for binding, sets in first.items() if sets and binding.scope in own}


def _keeps(assignment: syntax.Assignment, binding: Binding, names: Names) -> bool:
    """Whether a variable may keep something of what it held."""
    parts = walk.within(assignment.value)
    reads = (names.reads.get(part) for part in parts if isinstance(part, syntax.Name))
    return bool(assignment.target.path) or binding in reads


def _branch(scope: Scope) -> Iterable[Scope]:
    """The scopes outward that only the branch around `scope` writes to."""
    for around in scope.outward():
        yield around
        if around.parallel is not None:
            return
