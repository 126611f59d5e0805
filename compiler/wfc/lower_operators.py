"""Operators -> Python's own where types prove them equal, helpers of `wf` elsewhere.

${n + 1}                 n + 1             where n is an integer within bounds, else wf.add(n, 1)
${"a" + b + c}           wf.add("a", b, c)
${a and not(b == 1)}     a and b != 1      where a is a boolean, else wf.truth(a)
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from wfc import lower_text, syntax
from wfc.infer_ranges import fits
from wfc.lower_python import call
from wfc.types import Type
from wfc.walk import bare

if TYPE_CHECKING:
    from wfc.lower_expressions import Expressions

_HELPERS: dict[str, str] = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "//": "floordiv",
    "%": "mod",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
    "==": "eq",
    "!=": "ne",
    "in": "is_in",
}
_ARITHMETIC: dict[str, ast.operator] = {
    "+": ast.Add(),
    "-": ast.Sub(),
    "*": ast.Mult(),
    "/": ast.Div(),
    "//": ast.FloorDiv(),
    "%": ast.Mod(),
}
_COMPARISONS: dict[str, ast.cmpop] = {
    "<": ast.Lt(),
    "<=": ast.LtE(),
    ">": ast.Gt(),
    ">=": ast.GtE(),
    "==": ast.Eq(),
    "!=": ast.NotEq(),
    "in": ast.In(),
}


def unary(to: Expressions, expression: syntax.Unary) -> ast.expr:
    operand = to.types.of(expression.operand)
    match expression.operator:
        case "not":
            return to.negated(to.truth(expression.operand))
        case "-" if operand.only("double") or (
            operand.only("integer", "double") and operand.low > -(2**63)
        ):
            return ast.UnaryOp(ast.USub(), to.value(expression.operand))
        case "-":
            return call("wf.neg", to.value(expression.operand))
        case "+" if operand.only("integer", "double"):
            return to.value(expression.operand)
        case _:
            return call("wf.pos", to.value(expression.operand))


def binary(to: Expressions, expression: syntax.Binary) -> ast.expr:
    operator = expression.operator
    left, right = to.types.of(expression.left), to.types.of(expression.right)
    if operator in ("and", "or"):
        return _logical(to, expression)
    if operator in ("==", "!="):
        return _equality(to, expression, left, right)
    if operator == "+" and (text := lower_text.joined(to, expression)) is not None:
        return text
    if operator in _ARITHMETIC and _native(to, expression):
        lowered = (to.value(expression.left), to.value(expression.right))
        return ast.BinOp(lowered[0], _ARITHMETIC[operator], lowered[1])
    if operator == "+":
        return _sum(to, expression)
    ordered = _both(left, right, "integer", "double") or _both(left, right, "string")
    member = left.only("string") and right.only("map", "list")
    if member if operator == "in" else ordered and operator in _COMPARISONS:
        return _compare(to, expression, _COMPARISONS[operator])
    helper = f"wf.{_HELPERS[operator]}"
    return call(helper, to.value(expression.left), to.value(expression.right))


def _native(to: Expressions, expression: syntax.Binary) -> bool:
    """Whether Python's operator serves; a chain of `+` is native as a whole or not at all."""
    here: syntax.Expression = expression
    while isinstance(here, syntax.Binary) and here.operator == expression.operator:
        if not _serves(here.operator, to.types.of(here.left), to.types.of(here.right)):
            return False
        if here.operator != "+":
            break
        here = here.left
    return True


def _sum(to: Expressions, expression: syntax.Binary) -> ast.expr:
    """A chain of `+` as one helper call.

    The helper adds from left to right, but has all operands first: where both the sum so far
    and the next operand could fail, a new call starts, so that the left error is seen.
    """
    chain = [expression]
    while isinstance(left := chain[-1].left, syntax.Binary) and left.operator == "+":
        chain.append(left)
    first = chain.pop()
    made = call("wf.add", to.value(first.left), to.value(first.right))
    for node in reversed(chain):
        plain = isinstance(node.right, (syntax.Constant, syntax.Name))
        if plain or (isinstance(node.left, syntax.Binary) and _native(to, node.left)):
            made.args.append(to.value(node.right))
        else:
            made = call("wf.add", made, to.value(node.right))
    return made


def _logical(to: Expressions, expression: syntax.Binary) -> ast.expr:
    """A chain of the same operator is one `and` or `or`."""
    operands = [to.truth(expression.right)]
    left = expression.left
    while isinstance(left, syntax.Binary) and left.operator == expression.operator:
        operands.append(to.truth(left.right))
        left = left.left
    operator = ast.And() if expression.operator == "and" else ast.Or()
    return ast.BoolOp(operator, [to.truth(left), *reversed(operands)])


def _equality(to: Expressions, expression: syntax.Binary, left: Type, right: Type) -> ast.expr:
    """Native where no boolean meets a number, not even inside a list (OQ-31)."""
    same = expression.operator == "=="
    literal, other = bare(expression.right), expression.left
    if not isinstance(literal, syntax.Constant):
        literal, other = bare(expression.left), expression.right
    if isinstance(literal, syntax.Constant) and not isinstance(bare(other), syntax.Constant):
        if literal.value is None or isinstance(literal.value, bool):
            operator = ast.Is() if same else ast.IsNot()
            return ast.Compare(to.value(other), [operator], [ast.Constant(literal.value)])
        # true is 1 and false is 0 to Python, and no other number
        unlike_booleans = isinstance(literal.value, str) or literal.value not in (0, 1)
        # what a type checker knows to be of one other type, it calls a pointless comparison
        if unlike_booleans and len(to.types.of(other).kinds) > 1:
            return _compare(to, expression, _COMPARISONS[expression.operator])
    literals = isinstance(literal, syntax.Constant) and isinstance(other, syntax.Constant)
    alike = _both(left, right, "string") or _both(left, right, "integer", "double")
    if alike and not literals:
        return _compare(to, expression, _COMPARISONS[expression.operator])
    helper = f"wf.{_HELPERS[expression.operator]}"
    return call(helper, to.value(expression.left), to.value(expression.right))


def _compare(to: Expressions, expression: syntax.Binary, operator: ast.cmpop) -> ast.expr:
    left, right = to.value(expression.left), to.value(expression.right)
    return ast.Compare(left, [operator], [right])


def _both(left: Type, right: Type, *kinds: str) -> bool:
    return all(side.kinds and side.kinds <= set(kinds) for side in (left, right))


def _serves(operator: syntax.BinaryOperator, left: Type, right: Type) -> bool:
    """Whether Python's own operator does exactly what the workflow's does."""
    if operator == "+" and _both(left, right, "string"):
        return True
    if not _both(left, right, "integer", "double"):
        return False
    integers = left.may("integer") and right.may("integer")
    return not integers or operator == "/" or fits(operator, left, right)
