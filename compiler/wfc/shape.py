"""The tree that `structure` returns: statements without jumps between steps.

What is left of jumps is what Python has: `continue`, `break`, `return`; or, where that is not
enough, a `Dispatch` loop over named blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

from wfc import graph, syntax

Shape = tuple["Statement", ...]


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """Whether the region before was left with this mark."""

    key: str
    owner: graph.Resume | graph.Graph


@dataclass(frozen=True, slots=True, eq=False)
class Not:
    test: Test


Test = graph.Condition | graph.AnyOf | Marked | Not


@dataclass(frozen=True, slots=True, eq=False)
class If:
    test: Test
    then: Shape
    otherwise: Shape


@dataclass(frozen=True, slots=True, eq=False)
class While:
    """`test` is None for `while True`."""

    test: Test | None
    body: Shape


@dataclass(frozen=True, slots=True, eq=False)
class For:
    place: graph.Place
    loop: syntax.For
    body: Shape


@dataclass(frozen=True, slots=True, eq=False)
class Try:
    place: graph.Place
    attempt: syntax.Try
    body: Shape
    handler: Shape | None


@dataclass(frozen=True, slots=True, eq=False)
class Parallel:
    place: graph.Place
    parallel: syntax.Parallel
    bodies: tuple[Shape, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Return:
    """`value` None: the routine or branch ends without one; `place` None: it falls off its end."""

    place: graph.Place | None
    value: syntax.Expression | None


@dataclass(frozen=True, slots=True, eq=False)
class Raise:
    place: graph.Place
    value: syntax.Expression


@dataclass(frozen=True, slots=True, eq=False)
class Break:
    pass


@dataclass(frozen=True, slots=True, eq=False)
class Continue:
    pass


@dataclass(frozen=True, slots=True, eq=False)
class GoTo:
    """Inside a Dispatch: which block comes next; the empty label ends the loop."""

    label: str


@dataclass(frozen=True, slots=True, eq=False)
class Dispatch:
    """A loop over named blocks, for jumps that cross each other; `jumps` are those at fault."""

    first: str
    blocks: tuple[tuple[str, Shape], ...]
    jumps: tuple[tuple[str, str], ...]


Statement = (
    graph.Heading
    | graph.Do
    | graph.Mark
    | graph.Count
    | If
    | While
    | For
    | Try
    | Parallel
    | Return
    | Raise
    | Break
    | Continue
    | GoTo
    | Dispatch
)


def ends(shape: Shape) -> bool:
    """Whether control never reaches the end of the statements."""
    if not shape:
        return False
    match shape[-1]:
        case Return() | Raise() | Break() | Continue():
            return True
        case If(then=then, otherwise=otherwise):
            return ends(then) and ends(otherwise)
        case While(test=None, body=body):
            return not leaves_loop(body, Break)
        case Try(body=body, handler=handler):
            return ends(body) and (handler is None or ends(handler))
        case _:
            return False


def leaves_loop(shape: Shape, *jumps: type[Break] | type[Continue]) -> bool:
    """Whether a `break` or `continue` (or just one kind) means a loop around the statements."""
    for statement in shape:
        match statement:
            case Break() | Continue():
                if not jumps or isinstance(statement, jumps):
                    return True
                continue
            case If(then=then, otherwise=otherwise):
                inner = (*then, *otherwise)
            case Try(body=body, handler=handler):
                inner = (*body, *(handler or ()))
            case _:
                continue
        if leaves_loop(inner, *jumps):
            return True
    return False
