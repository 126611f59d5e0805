"""Expressions: from the text of a scalar to `syntax` trees.

In: a `nodes.Scalar`.  Out: `syntax.Embedded` for a scalar whose whole text is `${…}`, or
`syntax.Target` for the left side of an assignment; every node's span is exact in the file.

    ${total + item.price}    ->  Embedded(Binary("+", Name("total"), Member(Name("item"), "price")))
    cart.items[i + 1]        ->  Target(Variable("cart"), (Constant("items"), Binary("+", …)))

The grammar is `wfc_grammar/expression.lark`; `expressions_parser` makes lark's parser of it,
`expressions_build` the tree, and `mistakes` finds the words for what is rejected.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, cast

from lark import Lark
from lark.exceptions import UnexpectedInput, UnexpectedToken

from wfc import mistakes
from wfc.expressions_build import DEEPEST, Builder, Part, TooDeep
from wfc.expressions_parser import parser
from wfc.nodes import Scalar
from wfc.problems import Label, Problems
from wfc.source import Span
from wfc.syntax import Constant, Embedded, Expression, Index, Member, Name, Target, Variable
from wfc.tokens import Mistake

LONGEST: Final = 400  # characters between the braces (spec 07 §1, OQ-22)
LONGEST_PARSED: Final = 4_000  # of what is longer only the length is reported

_BLANKS: Final = " \t\r\n"
_BRACE_OR_STRING: Final = re.compile(r'[{}]|"[^"\\]*(?:\\[\s\S][^"\\]*)*"?')


# -- whole-scalar expressions ---------------------------------------------------------------------


def is_embedded(text: str) -> bool:
    """Whether `text` is one expression: `${`, and nothing but blanks after the matching `}`.

    `${a} and ${b}` is not one (OQ-21).  Text that starts with a `${` which is never closed counts
    as one, so that `embedded` can say what is missing.
    """
    return _braces(text) is not None


def mixed(text: str) -> bool:
    """Whether `text` holds `${…}` but is not one expression, so that it stays text (OQ-21)."""
    opening = text.find("${")
    return opening >= 0 and text.find("}", opening) >= 0 and not is_embedded(text)


def embedded(scalar: Scalar, problems: Problems) -> Embedded | None:
    """The expression that a scalar is.

    None without a problem when it is none (see `is_embedded`), None with a problem when it is one
    that cannot be read.
    """
    braces = _braces(scalar.text)
    if braces is None:
        return None
    opening, closing = braces
    if closing is None:
        start = opening + len("${")
        rest = scalar.text[start:] if len(scalar.text) <= LONGEST_PARSED else ""
        _report(problems, scalar, start, mistakes.unclosed(rest))
        return None
    span = scalar.within(opening, closing + 1)
    if not scalar.text[opening + 2 : closing].strip(_BLANKS):
        problems.add("WFC151", "this expression is empty", span, hint="write `${null}` for null")
        return None
    tree = expression(scalar, opening + 2, closing, problems)
    return Embedded(tree, span) if tree else None


def _braces(text: str) -> tuple[int, int | None] | None:
    """Where `$` and the `}` that closes it stand if `text` is one expression.

    Braces in strings do not count; others nest, though only by mistake.
    """
    opening = len(text) - len(text.lstrip(_BLANKS))
    if not text.startswith("${", opening):
        return None
    depth = 0
    for match in _BRACE_OR_STRING.finditer(text, opening + 1):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth == 0:
                whole = match.end() == len(text.rstrip(_BLANKS))
                return (opening, match.start()) if whole else None
    return opening, None


# -- parsing --------------------------------------------------------------------------------------


def expression(scalar: Scalar, start: int, end: int, problems: Problems) -> Expression | None:
    """The tree of `scalar.text[start:end]`, the text between `${` and `}`."""
    part = _parse(scalar, start, end, problems)
    return part.node if part else None


def target(scalar: Scalar, problems: Problems) -> Target | None:
    """The left side of an assignment, which is the whole text of `scalar` (spec 02 §2)."""
    mistake = mistakes.in_target(scalar.text)
    if mistake:
        _report(problems, scalar, 0, mistake)
        return None
    part = _parse(scalar, 0, len(scalar.text), problems)
    if part is None:
        return None
    path: list[Expression] = []
    node = part.node
    while isinstance(node, Member | Index):
        path.append(Constant(node.name, node.name_span) if isinstance(node, Member) else node.index)
        node = node.base
    if not isinstance(node, Name):
        _report(problems, scalar, 0, mistakes.no_target(scalar.text))
        return None
    span = scalar.within(part.start, part.end)
    return Target(Variable(node.name, node.span), tuple(reversed(path)), span)


def _parse(scalar: Scalar, start: int, end: int, problems: Problems) -> Part | None:
    if end - start > LONGEST:
        problems.add(
            "WFC401",
            f"this expression has {end - start:,} characters, and {LONGEST} is the limit",
            scalar.within(start, end),
            hint="assign parts of it to variables first",
        )
        if end - start > LONGEST_PARSED:
            return None
    lark, builder = _parser()
    builder.begin(scalar, start, problems)
    text = scalar.text[start:end]
    try:
        return cast(Part, lark.parse(text))
    except UnexpectedInput as error:
        at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        at = len(text) if at_end else cast(int, error.pos_in_stream)
        _report(problems, scalar, start, mistakes.explain(text, at))
    except TooDeep:
        problems.add(
            "WFC402",
            f"this expression is nested more than {DEEPEST} levels deep",
            scalar.within(start, end),
            hint="assign parts of it to variables first",
        )
    return None


def _report(problems: Problems, scalar: Scalar, base: int, mistake: Mistake) -> None:
    """Adds a mistake in the text of a scalar from the offset `base` on."""

    def within(start: int, end: int) -> Span:
        last = len(scalar.text)
        return scalar.within(min(base + start, last), min(base + end, last))

    problems.add(
        mistake.code,
        mistake.message,
        within(mistake.start, mistake.end),
        mistake.label,
        others=[Label(within(start, end), label) for start, end, label in mistake.others],
        hint=mistake.hint,
        note=mistake.note,
    )


@cache
def _parser() -> tuple[Lark, Builder]:
    """The builder knows the text being parsed, so that one thread at a time may parse."""
    builder = Builder()
    return parser(builder), builder
