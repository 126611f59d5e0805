"""Expressions for tests: parsing a text, and random trees with a printer for them.

The printer states the precedence of operators independently of the grammar.  `trees()` makes
`syntax` trees whose spans mean nothing; `printed` writes one as text with no more brackets than it
needs; `shape` is what two trees must agree on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import assert_never

from hypothesis import strategies as st

from wfc import expressions, syntax
from wfc.nodes import Scalar
from wfc.problems import Problem, Problems
from wfc.source import Span

NOWHERE = Span(0, 0)

# spec 03 §3, loosest first.
OPERATORS: tuple[tuple[syntax.BinaryOperator, ...], ...] = (
    ("or",),
    ("and",),
    ("<", "<=", ">", ">=", "==", "!=", "in"),
    ("+", "-"),
    ("*", "/", "//", "%"),
)
LEVEL = {operator: level for level, row in enumerate(OPERATORS) for operator in row}
SIGN = len(OPERATORS)
NOT = SIGN + 1
ACCESS = NOT + 1

RESERVED = ["and", "AND", "or", "OR", "not", "NOT", "in", "null"]
RESERVED += ["true", "True", "TRUE", "false", "False", "FALSE"]

Shape = object


def scalar(text: str) -> Scalar:
    """A plain scalar that is its whole file."""
    return Scalar(text, text, Span(0, len(text)), range(len(text) + 1), True)


def parsed(text: str) -> tuple[syntax.Expression | None, list[Problem]]:
    problems = Problems()
    return expressions.expression(scalar(text), 0, len(text), problems), problems.sorted()


def target(text: str) -> tuple[syntax.Target | None, list[Problem]]:
    problems = Problems()
    return expressions.target(scalar(text), problems), problems.sorted()


def shape(tree: syntax.Expression) -> Shape:
    """The tree as nested tuples without spans; tells `1`, `1.0` and `true` apart."""
    match tree:
        case syntax.Constant(value):
            return ("constant", type(value).__name__, repr(value))
        case syntax.Name(name):
            return ("name", name)
        case syntax.Member(base, name):
            return ("member", shape(base), name)
        case syntax.Index(base, index):
            return ("index", shape(base), shape(index))
        case syntax.Call(function, _, arguments):
            return ("call", function, *map(shape, arguments))
        case syntax.Unary(operator, operand):
            return ("unary", operator, shape(operand))
        case syntax.Binary(operator, left, right):
            return ("binary", operator, shape(left), shape(right))
        case syntax.ListLiteral(items):
            return ("list", *map(shape, items))
        case syntax.MapLiteral() | syntax.Embedded():
            raise AssertionError("not inside expressions")
        case _:
            assert_never(tree)


def nodes(tree: syntax.Expression) -> Iterator[syntax.Expression]:
    """The tree's nodes, itself first."""
    yield tree
    match tree:
        case syntax.Member(base):
            yield from nodes(base)
        case syntax.Unary(_, operand):
            yield from nodes(operand)
        case syntax.Index(first, second) | syntax.Binary(_, first, second):
            yield from nodes(first)
            yield from nodes(second)
        case syntax.Call(_, _, items) | syntax.ListLiteral(items):
            for item in items:
                yield from nodes(item)
        case _:
            pass


# -- printing -------------------------------------------------------------------------------------


def printed(tree: syntax.Expression, *, blank: str = " ", bracketed: bool = False) -> str:
    """The tree as text, with `blank` between tokens; `bracketed` puts brackets round all of it."""
    return _Printer(blank, bracketed).text(tree, 0)


class _Printer:
    def __init__(self, blank: str, bracketed: bool) -> None:
        self.blank = blank
        self.bracketed = bracketed

    def text(self, tree: syntax.Expression, loosest: int) -> str:
        """In brackets if the tree binds more loosely than its place allows."""
        text, level = self.bare(tree)
        needs = level < loosest or (self.bracketed and level < ACCESS)
        return f"({self.blank}{text}{self.blank})" if needs else text

    def bare(self, tree: syntax.Expression) -> tuple[str, int]:
        """The text, and how tightly its outermost operator binds."""
        match tree:
            case syntax.Constant(value):
                smallest = isinstance(value, int) and value < 0
                return _constant(value), SIGN if smallest else ACCESS
            case syntax.Name(name):
                return name, ACCESS
            case syntax.Member(base, name):
                return f"{self.text(base, ACCESS)}.{name}", ACCESS
            case syntax.Index(base, index):
                return f"{self.text(base, ACCESS)}[{self.text(index, 0)}]", ACCESS
            case syntax.Call(function, _, arguments):
                return f"{function}({self.row(arguments)})", ACCESS
            case syntax.ListLiteral(items):
                return f"[{self.row(items)}]", ACCESS
            case syntax.Unary("not", operand):
                return f"not{self.blank}{self.text(operand, NOT)}", NOT
            case syntax.Unary(operator, operand):
                return f"{operator}{self.text(operand, SIGN)}", SIGN
            case syntax.Binary(operator, left, right):
                level = LEVEL[operator]
                words = (self.text(left, level), operator, self.text(right, level + 1))
                return self.blank.join(words), level
            case syntax.MapLiteral() | syntax.Embedded():
                raise AssertionError("not inside expressions")
            case _:
                assert_never(tree)

    def row(self, items: Sequence[syntax.Expression]) -> str:
        return f",{self.blank}".join(self.text(item, 0) for item in items)


def _constant(value: bool | int | float | str | None) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=len(value) % 2 == 0)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return repr(value)


# -- making ---------------------------------------------------------------------------------------


def constants() -> st.SearchStrategy[syntax.Constant]:
    """What an expression can hold literally."""
    values = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(0, 2**63 - 1),
        st.just(-(2**63)),
        st.floats(0, allow_nan=False, allow_infinity=False),
        st.text(st.characters(codec="utf-8"), max_size=8),
    )
    return values.map(lambda value: syntax.Constant(value, NOWHERE))


def words() -> st.SearchStrategy[str]:
    """Any word, also one that means something outside of `x.word`."""
    free = st.from_regex(r"\A[A-Za-z_][A-Za-z0-9_]{0,7}\Z")
    return st.one_of(st.sampled_from(RESERVED), free)


def names() -> st.SearchStrategy[str]:
    return words().filter(lambda word: word not in RESERVED)


@st.composite
def functions(draw: st.DrawFn) -> str:
    return ".".join([draw(names()), *draw(st.lists(words(), max_size=2))])


def trees(
    variables: st.SearchStrategy[str] | None = None,
    callables: st.SearchStrategy[str] | None = None,
) -> st.SearchStrategy[syntax.Expression]:
    """Expressions over the given names of variables and functions; over any without them."""
    named = (variables or names()).map(lambda name: syntax.Name(name, NOWHERE))
    leaves: st.SearchStrategy[syntax.Expression] = st.one_of(constants(), named)
    signs: tuple[syntax.UnaryOperator, ...] = ("-", "+", "not")

    def holding(
        inner: st.SearchStrategy[syntax.Expression],
    ) -> st.SearchStrategy[syntax.Expression]:
        several = st.lists(inner, max_size=3).map(tuple)
        nowhere = st.just(NOWHERE)
        return st.one_of(
            st.builds(syntax.Unary, st.sampled_from(signs), inner, nowhere),
            st.builds(syntax.Binary, st.sampled_from(list(LEVEL)), inner, inner, nowhere),
            st.builds(syntax.Member, inner, words(), nowhere, nowhere),
            st.builds(syntax.Index, inner, inner, nowhere),
            st.builds(syntax.Call, callables or functions(), nowhere, several, nowhere),
            st.builds(syntax.ListLiteral, several, nowhere),
        )

    return st.recursive(leaves, holding, max_leaves=16)
