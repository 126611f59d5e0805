"""Concatenations of proven text and integers -> f-strings.

${"a" + string(i * i)}          f"a{i * i}"
s: ${s + "a" + i + ";"}         s = s + f"a{i};"
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from wfc import syntax
from wfc.infer_ranges import fits
from wfc.library import Function
from wfc.walk import bare

if TYPE_CHECKING:
    from wfc.lower_expressions import Expressions

_LONGEST = 60
"""Characters of an f-string: black does not break it."""


def joined(to: Expressions, expression: syntax.Binary) -> ast.expr | None:
    """A chain of `+` as text, where every part is plain enough to be read inside an f-string."""
    parts = _chain(expression)
    types = [to.types.of(part) for part in parts]
    if not (types[0].only("string") or types[1].only("string")):
        return None
    pieces = [piece for piece in (_plain(to, part) for part in parts) if piece is not None]
    if len(pieces) < len(parts) or all(isinstance(piece, str) for piece in pieces):
        return None
    if len(parts) == 2 and not any(_converted(to, part) for part in parts):
        return None  # `a + b` as it is
    text = "".join(piece if isinstance(piece, str) else ast.unparse(piece) for piece in pieces)
    if len(text) > _LONGEST or not _is_legible(text):
        return None
    return ast.JoinedStr(_values(pieces))


def in_place(to: Expressions, target: str, value: ast.expr) -> ast.expr:
    """Text that is assigned to `s` and begins with it, as one `+`: Python then adds to it in place.

    From the left, `s + "a" + t` would copy all of `s` twice.
    """
    rest: ast.expr
    match value:
        case ast.JoinedStr([ast.FormattedValue(ast.Name(front)), *more]) if front == target:
            rest = ast.JoinedStr(more)
        case ast.BinOp(ast.BinOp(), ast.Add()):
            operands: list[ast.expr] = []
            left: ast.expr = value
            while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Add):
                operands.append(left.right)
                left = left.left
            if not (isinstance(left, ast.Name) and left.id == target):
                return value
            rest = operands.pop()
            while operands:
                rest = ast.BinOp(rest, ast.Add(), operands.pop())
        case _:
            return value
    made = ast.BinOp(ast.Name(target, ast.Load()), ast.Add(), rest)
    origin = to.origins.get(value)
    return made if origin is None else to.placed(made, origin)


def begins_with(to: Expressions, expression: syntax.Expression) -> bool:
    """Whether an expression is a chain of `+` that begins with a variable which holds text."""
    inner = bare(expression)
    if not isinstance(inner, syntax.Binary) or inner.operator != "+":
        return False
    first = _chain(inner)[0]
    return isinstance(first, syntax.Name) and to.types.of(first).only("string")


def _chain(expression: syntax.Binary) -> list[syntax.Expression]:
    """The operands of a chain of `+`, from the left."""
    parts: list[syntax.Expression] = [expression.right]
    left = expression.left
    while isinstance(left, syntax.Binary) and left.operator == "+":
        parts.append(left.right)
        left = left.left
    return [left, *reversed(parts)]


def _converted(to: Expressions, part: syntax.Expression) -> bool:
    """Whether `string` makes text of the part, or `+` does."""
    return isinstance(part, syntax.Call) or not to.types.of(part).only("string")


def _plain(to: Expressions, part: syntax.Expression) -> str | ast.expr | None:
    """Text to write out, or what an f-string spells as `string` does and what cannot fail.

    Python before 3.12 does not know where in an f-string something failed.
    """
    match part:
        case syntax.Constant(str() as text):
            return text
        case syntax.Constant(int(number)) if not isinstance(number, bool):
            return str(number)
        case syntax.Name() if to.types.of(part).only("string"):
            return to.value(part)
        case syntax.Call(arguments=(inner,)):
            callee = to.names.callees.get(part)
            if isinstance(callee, Function) and callee.name == "string":
                return _plain(to, inner)
        case _:
            pass
    return to.value(part) if is_figure(to, part) else None


def _is_legible(text: str) -> bool:
    """Whether text can stand in an f-string as it is: one kind of quotes leaves the other."""
    both = "'" in text and '"' in text
    return text.replace("\n", "").isprintable() and "\\" not in text and not both


def is_figure(to: Expressions, part: syntax.Expression) -> bool:
    """Whether an expression is an integer in any case, and never an error."""
    match part:
        case syntax.Constant(int(number)):
            return not isinstance(number, bool)
        case syntax.Name():
            return to.types.of(part).only("integer")
        case syntax.Binary("+" | "-" | "*" | "//" | "%" as operator, left, right):
            if not (is_figure(to, left) and is_figure(to, right)):
                return False
            divisor = to.types.of(right)
            divides = operator not in ("//", "%") or divisor.low > 0
            return divides and fits(operator, to.types.of(left), divisor)
        case syntax.Call(arguments=(syntax.Name() as inner,)):
            callee = to.names.callees.get(part)
            counts = isinstance(callee, Function) and callee.name == "len"
            return counts and to.types.of(inner).only("string", "list", "map")
        case _:
            return False


def _values(pieces: list[str | ast.expr]) -> list[ast.expr]:
    """The parts of an f-string; neighbouring text is one, as Python reads it."""
    values: list[ast.expr] = []
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        if text:
            values.append(ast.Constant(text))
            text = ""
        values.append(ast.FormattedValue(piece, -1))
    return [*values, ast.Constant(text)] if text else values
