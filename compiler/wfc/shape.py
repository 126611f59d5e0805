"""The tree that `structure` returns: statements without jumps between steps.

What is left of jumps is what Python has: `continue`, `break`, `return`; or, where that is not
enough, a `Dispatch` loop over named blocks.
"""

from __future__ import annotations

from collections.abc import Iterable

from wfc import graph, syntax
from wfc.frozen import frozen

Shape = tuple["Statement", ...]


@frozen
class Marked:
    """Whether the region before was left with this mark."""

    key: str
    owner: graph.Resume | graph.Graph


@frozen
class Not:
    test: Test


Test = graph.Condition | graph.AnyOf | Marked | Not


@frozen
class If:
    test: Test
    then: Shape
    otherwise: Shape


@frozen
class While:
    """`test` is None for `while True`."""

    test: Test | None
    body: Shape


@frozen
class For:
    place: graph.Place
    loop: syntax.For
    body: Shape


@frozen
class Try:
    place: graph.Place
    attempt: syntax.Try
    body: Shape
    handler: Shape | None


@frozen
class Parallel:
    place: graph.Place
    parallel: syntax.Parallel
    bodies: tuple[Shape, ...]


@frozen
class Return:
    """`value` None: the routine or branch ends without one; `place` None: it falls off its end."""

    place: graph.Place | None
    value: syntax.Expression | None


@frozen
class Raise:
    place: graph.Place
    value: syntax.Expression


@frozen
class Break:
    pass


@frozen
class Continue:
    pass


@frozen
class GoTo:
    """Inside a Dispatch: which block comes next; the empty label ends the loop."""

    label: str


@frozen
class Dispatch:
    """A loop over named blocks, for jumps that cross each other; `jumps` are those at fault.

    It is `endless` where no block goes to the empty label.
    """

    first: str
    blocks: tuple[tuple[str, Shape], ...]
    jumps: tuple[tuple[str, str], ...]
    endless: bool


Statement = (
    graph.Heading
    | graph.Do
    | graph.Mark
    | graph.Count
    | graph.Begin
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
        case Dispatch(endless=endless):
            return endless
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


_MOST_LEVELS, _MOST_BLOCKS = 95, 20  # Python takes 100, and one more for each function
_Size = tuple[int, int]


def fits(shape: Shape) -> bool:
    """Whether Python takes a function of these statements: it limits how deeply they nest."""
    levels, blocks = _nesting(shape)
    return levels <= _MOST_LEVELS and blocks <= _MOST_BLOCKS


def _nesting(shape: Shape) -> _Size:
    """The most levels of indentation, and the most loops and `try`, inside one another."""
    return _most(map(_size, shape))


def _size(statement: Statement) -> _Size:
    match statement:
        case If(then=then, otherwise=(If() as elif_,)):
            return _most((_more(1, 0, then), _size(elif_)))
        case If(then=then, otherwise=otherwise):
            return _more(1, 0, then, otherwise)
        case While(body=body) | For(body=body):
            return _more(1, 1, body)
        case Try(attempt=attempt, body=body, handler=handler):
            again = attempt.retry is not None  # a loop around it
            return _more(1 + again, 2 + again, body, handler or ())
        case Parallel(bodies=bodies):
            levels, blocks = _more(1, 0, *bodies)
            return levels, 0 if blocks <= _MOST_BLOCKS else blocks  # a function counts for itself
        case Dispatch(blocks=parts):
            return _more(2, 1, *(part for _, part in parts))
        case _:
            return 0, 0


def _more(levels: int, blocks: int, *inside: Shape) -> _Size:
    deepest = _most(map(_nesting, inside))
    return levels + deepest[0], blocks + deepest[1]


def _most(sizes: Iterable[_Size]) -> _Size:
    found = [(0, 0), *sizes]
    return max(levels for levels, _ in found), max(blocks for _, blocks in found)
