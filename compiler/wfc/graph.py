"""The tree that `flow` returns: one control-flow graph a region.

A region is the body of a routine, a `for`, a `try`, an `except`, a branch or a parallel iteration.
Plain `steps:` and the `steps:` of a switch entry are no regions: they join the graph around them.
"""

from __future__ import annotations

from typing import Literal

from wfc import syntax
from wfc.frozen import frozen
from wfc.source import Span


@frozen
class Place:
    """Which step something belongs to, and where its run-time errors are reported."""

    step: syntax.Step
    position: Span


# -- what a block does, in order ------------------------------------------------------------------


@frozen
class Heading:
    """The start of a step; becomes its comment.  `jump` is the target of a step that only jumps."""

    step: syntax.Step
    jump: str = ""


@frozen
class Do:
    place: Place
    action: syntax.Assign | syntax.CallStep


@frozen
class Loop:
    place: Place
    loop: syntax.For
    body: Graph


@frozen
class Fan:
    """A parallel step: its branches, or its loop as the only body."""

    place: Place
    parallel: syntax.Parallel
    bodies: tuple[Graph, ...]


@frozen
class Mark:
    """Notes how a region was left, for the test after it; `""` clears the note.

    `owner` is the Resume or Graph that is left: each has a note of its own, or one left over from
    inside would be taken for it.
    """

    key: str
    owner: Resume | Graph


@frozen
class Count:
    """Counts executed steps against their limit (spec 04 §11); only where that is asked for."""

    place: Place
    steps: int


@frozen
class Begin:
    """Tells the run that a step, a condition or a jump begins; only where that is asked for."""

    place: Place
    part: syntax.Action | syntax.Case | syntax.Jump


Operation = Heading | Do | Loop | Fan | Mark | Count | Begin

# -- how a block ends -----------------------------------------------------------------------------


@frozen
class Goto:
    target: int


@frozen
class Condition:
    """A `switch` condition."""

    place: Place
    expression: syntax.Expression


@frozen
class AnyOf:
    """Neighbouring conditions that lead to the same place."""

    conditions: tuple[Condition, ...]


@frozen
class Choose:
    test: Condition | AnyOf
    then: int
    otherwise: int


@frozen
class Resume:
    """Runs a `try` step, then goes on at `after`, or where a jump out of its bodies leads."""

    place: Place
    attempt: syntax.Try
    body: Graph
    handler: Graph | None
    after: int
    leaves: tuple[tuple[str, int], ...]

    @property
    def regions(self) -> list[Graph]:
        """The body and, if there is one, the handler."""
        return [self.body] if self.handler is None else [self.body, self.handler]


@frozen
class Finish:
    """`return value`; `value` is None for `next: end`."""

    place: Place
    value: syntax.Expression | None


@frozen
class Throw:
    place: Place
    value: syntax.Expression


@frozen
class Fall:
    """The end of the region; in a loop or an iteration also what `next: continue` does."""


@frozen
class BreakOut:
    """`next: break` of the `for` whose body the region is."""


@frozen
class Leave:
    """A jump out of a `try` or `except` body, to the place its `Resume` lists under `key`."""

    key: str


Exit = Goto | Choose | Resume | Finish | Throw | Fall | BreakOut | Leave


@frozen
class Block:
    """`label` names the block in a dispatch loop: the name of the step that starts it."""

    label: str
    operations: tuple[Operation, ...]
    exit: Exit


RegionKind = Literal["routine", "branch", "loop", "try"]


@frozen
class Graph:
    """Blocks by number; `fall` is the block that ends the region, `out` the one that breaks.

    A `branch` region is a parallel branch or iteration; `try` is a try or except body.
    """

    kind: RegionKind
    blocks: tuple[Block, ...]
    entry: int
    fall: int

    def successors(self, block: int) -> tuple[int, ...]:
        """Where control can go from a block, each once, in order."""
        match self.blocks[block].exit:
            case Goto(target):
                return (target,)
            case Choose(_, then, otherwise):
                return (then, otherwise) if then != otherwise else (then,)
            case Resume(after=after, leaves=leaves):
                return tuple(dict.fromkeys((after, *(target for _, target in leaves))))
            case _:
                return ()

    def chooses_at_once(self, block: int) -> bool:
        """Whether a block does nothing but ask, as the second entry of a `switch` does."""
        here = self.blocks[block]
        return not here.operations and isinstance(here.exit, Choose)

    def jumps_out(self, key: str) -> int:
        """How many places in the region jump out of it under `key`."""
        leaves = {
            number
            for number, block in enumerate(self.blocks)
            if isinstance(block.exit, Leave) and block.exit.key == key
        }
        return sum(
            len(leaves.intersection(self.successors(block))) for block in range(len(self.blocks))
        )
