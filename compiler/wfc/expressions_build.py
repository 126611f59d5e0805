"""What lark finds in an expression -> its `syntax` tree, made while lark parses.

    [part of `a`, `+`, part of `b`]  ->  part of Binary("+", Name("a"), Name("b"))

Out besides: problems that the grammar cannot see, in literals and in what is called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar, cast

from lark import Token, Transformer

from wfc import literals
from wfc.nodes import Scalar
from wfc.problems import Problems
from wfc.source import Span
from wfc.syntax import (
    Binary,
    BinaryOperator,
    Call,
    Constant,
    Expression,
    Index,
    ListLiteral,
    Member,
    Name,
    Unary,
    UnaryOperator,
)

DEEPEST: Final = 64
"""Operators, accesses, calls and lists inside one another.

Python refuses 200 open brackets.  A level can take one and a half, and the YAML around the
expression up to 95.
"""

_T = TypeVar("_T", int, float, str)
_WORDS: Final = {"true": True, "false": False, "null": None}


class Part(NamedTuple):
    """A parsed part: its tree, the text it covers with its brackets, and how deep the tree is."""

    node: Expression
    start: int
    end: int
    depth: int


class TooDeep(Exception):
    """Raised while building what is nested more than `DEEPEST` levels deep."""


class Builder(Transformer[Token, Part]):
    """Makes the tree while lark parses: one method a rule, called with what the rule matched.

    The span of a node leaves out brackets around it, the extent of its part has them, so that
    `(a + b) * c` spans all of its text.
    """

    def begin(self, scalar: Scalar, base: int, problems: Problems) -> None:
        """Says what is parsed next: `scalar.text` from the offset `base` on."""
        self._offsets = scalar.offsets
        self._base = base
        self._problems = problems
        self._refused: set[Expression] = set()

    def _span(self, start: int, end: int) -> Span:
        offsets, base = self._offsets, self._base
        return Span(offsets[base + start], offsets[base + end])

    def name(self, found: list[Token]) -> Part:
        start, end = _extent(found[0])
        return Part(Name(found[0].value, self._span(start, end)), start, end, 1)

    def word(self, found: list[Token]) -> Part:
        start, end = _extent(found[0])
        return Part(Constant(_WORDS[found[0].lower()], self._span(start, end)), start, end, 1)

    def string(self, found: list[Token]) -> Part:
        return self._literal(found[0], literals.string, "WFC157", "")

    def integer(self, found: list[Token]) -> Part:
        return self._literal(found[0], literals.integer, "WFC158", 0)

    def double(self, found: list[Token]) -> Part:
        return self._literal(found[0], literals.double, "WFC158", 0.0)

    def smallest(self, found: list[Token]) -> Part:
        start, end = _extent(found[0])[0], _extent(found[1])[1]
        return Part(Constant(literals.SMALLEST_INTEGER, self._span(start, end)), start, end, 1)

    def _literal(self, token: Token, read: Callable[[str], _T], code: str, instead: _T) -> Part:
        """A literal; one that cannot be read (reported) counts as `instead`."""
        start, end = _extent(token)
        try:
            value = read(token.value)
        except literals.BadLiteral as bad:
            span = self._span(start + bad.start, start + bad.end)
            self._problems.add(code, bad.message, span, hint=bad.hint)
            value = instead
        return Part(Constant(value, self._span(start, end)), start, end, 1)

    def group(self, found: tuple[Token, Part, Token]) -> Part:
        opening, part, closing = found
        return Part(part.node, _extent(opening)[0], _extent(closing)[1], part.depth)

    def items(self, found: list[Any]) -> Part:
        opening, *items, closing = found
        start, end = _extent(opening)[0], _extent(closing)[1]
        nodes, depth = _inside(items)
        return Part(ListLiteral(nodes, self._span(start, end)), start, end, depth)

    def unary(self, found: tuple[Token, Part]) -> Part:
        token, operand = found
        start, end = _extent(token)[0], operand.end
        operator = cast(UnaryOperator, token.lower())
        node = Unary(operator, operand.node, self._span(start, end))
        return Part(node, start, end, _depth(operand))

    def binary(self, found: tuple[Part, Token, Part]) -> Part:
        left, token, right = found
        operator = cast(BinaryOperator, token.lower())
        node = Binary(operator, left.node, right.node, self._span(left.start, right.end))
        depth = left.depth if _goes_on(operator, left.node, right.node) else _depth(left, right)
        return Part(node, left.start, right.end, max(depth, _depth(right)))

    def membership(self, found: tuple[Token, Part, Part, Token]) -> Part:
        """`in(x, c)`, the function form of `x in c` (spec 03 §8)."""
        word, element, container, closing = found
        start, end = _extent(word)[0], _extent(closing)[1]
        node = Binary("in", element.node, container.node, self._span(start, end))
        return Part(node, start, end, _depth(element, container))

    def member(self, found: tuple[Part, Token]) -> Part:
        base, token = found
        start, end = _extent(token)
        span = self._span(base.start, end)
        node = Member(base.node, token.value, self._span(start, end), span)
        return Part(node, base.start, end, _depth(base))

    def index(self, found: tuple[Part, Part, Token]) -> Part:
        base, index, closing = found
        end = _extent(closing)[1]
        node = Index(base.node, index.node, self._span(base.start, end))
        return Part(node, base.start, end, _depth(base, index))

    def call(self, found: list[Any]) -> Part:
        callee, *rest, closing = found
        end = _extent(closing)[1]
        span = self._span(callee.start, callee.end)
        nodes, depth = _inside(rest)
        function = _dotted(callee.node, span)
        if not function:
            self._not_callable(callee.node, span)
            return Part(callee.node, callee.start, end, callee.depth)
        node = Call(function, span, nodes, self._span(callee.start, end))
        return Part(node, callee.start, end, depth)

    def _not_callable(self, node: Expression, span: Span) -> None:
        """Reports a call of what is not a dotted name; of a chain of calls only the first."""
        inner = node.base if isinstance(node, Member) else node
        if inner in self._refused:
            pass
        elif isinstance(node, Member):
            message = f"values have no methods, so `.{node.name}` cannot be called"
            hint = "pass the value to a function, as in `text.split(value, …)`"
            self._problems.add("WFC169", message, node.name_span, hint=hint)
        else:
            message = "only a function given by its name can be called"
            self._problems.add("WFC169", message, span, "this is not a name")
        self._refused.add(node)


def _extent(token: Token) -> tuple[int, int]:
    return cast(int, token.start_pos), cast(int, token.end_pos)


def _inside(parts: list[Part]) -> tuple[tuple[Expression, ...], int]:
    """The nodes of a list of parts, and the depth of what holds them."""
    return tuple([part.node for part in parts]), _depth(*parts)


def _depth(*parts: Part) -> int:
    """The depth of what holds `parts`."""
    depth = 1 + max([part.depth for part in parts], default=0)
    if depth > DEEPEST:
        raise TooDeep
    return depth


def _goes_on(operator: BinaryOperator, left: Expression, right: Expression) -> bool:
    """Whether an operator only makes a chain longer, which is no deeper in Python either."""
    chained = isinstance(left, Binary) and left.operator == operator
    plain = isinstance(right, Constant | Name)
    return chained and (operator in ("and", "or") or (operator == "+" and plain))


def _dotted(node: Expression, span: Span) -> str:
    """The dotted name that `node` is; nothing if it is no name or has brackets in its `span`."""
    names = []
    while isinstance(node, Member):
        names.append(node.name)
        node = node.base
    if not isinstance(node, Name) or node.span.start != span.start:
        return ""
    return ".".join([node.name, *reversed(names)])
