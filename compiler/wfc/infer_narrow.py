"""What a condition that came out true or false says of the variables in it.

${x != null and x > 3}      where it is true: x is a number, above 3 where it is an integer
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfc import syntax
from wfc.library import Function
from wfc.names import Binding
from wfc.types import ANY, HIGHEST, LOWEST, Kind

if TYPE_CHECKING:
    from wfc.infer_expressions import Evaluator

_NUMBERS: frozenset[Kind] = frozenset(("integer", "double"))
_OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def narrow(to: Evaluator, condition: syntax.Expression, outcome: bool) -> None:
    """Narrows `to.state` by a condition that has just been evaluated in it."""
    match condition:
        case syntax.Embedded(inner):
            narrow(to, inner, outcome)
        case syntax.Name():
            restrict(to, condition, frozenset(("boolean",)))
        case syntax.Unary("not", operand):
            narrow(to, operand, not outcome)
        case syntax.Binary("and" | "or" as operator, left, right):
            if outcome is (operator == "and"):  # else it is not known which side decided
                narrow(to, left, outcome)
                narrow(to, right, outcome)
        case syntax.Binary("==" | "!=" as operator, left, right):
            same = outcome is (operator == "==")
            _equal(to, left, right, same)
            _equal(to, right, left, same)
        case syntax.Binary("<" | "<=" | ">" | ">=" as operator, left, right):
            _order(to, operator if outcome else _OPPOSITE[operator], left, right)
        case _:
            pass


def restrict(
    to: Evaluator,
    variable: syntax.Name,
    kinds: frozenset[Kind],
    low: int = LOWEST,
    high: int = HIGHEST,
) -> None:
    """What is known of a variable besides; other branches may write one that is shared."""
    binding = to.names.reads.get(variable)
    if not isinstance(binding, Binding) or binding in to.shared:
        return
    before = to.state.get(binding)
    if before is None or (before.kinds <= kinds and before.low >= low and before.high <= high):
        return
    after = before.meet(kinds, low, high)
    if after.kinds:  # else no run comes here: then anything may be said, and nothing need be
        to.state[binding] = after


def _equal(to: Evaluator, part: syntax.Expression, other: syntax.Expression, same: bool) -> None:
    literal = other.value if isinstance(other, syntax.Constant) else ...
    if isinstance(part, syntax.Call):
        _type_name(to, part, literal, same)
    if not isinstance(part, syntax.Name):
        return
    match literal:
        case None:
            null: frozenset[Kind] = frozenset(("null",))
            restrict(to, part, null if same else ANY.kinds - null)
        case bool() if same:
            restrict(to, part, frozenset(("boolean",)))
        case str() if same:
            restrict(to, part, frozenset(("string",)))
        case int() if same:
            restrict(to, part, _NUMBERS, literal, literal)
        case float() if same:
            restrict(to, part, _NUMBERS)
        case _ if same:
            value = to.found.of(other)
            if value.only("integer"):
                restrict(to, part, _NUMBERS, value.low, value.high)


def _type_name(to: Evaluator, call: syntax.Call, literal: object, same: bool) -> None:
    """`get_type(x) == "list"`"""
    callee = to.names.callees.get(call)
    if not isinstance(callee, Function) or callee.name != "get_type":
        return
    kinds = frozenset(kind for kind in ANY.kinds if kind == literal)
    (argument,) = call.arguments
    if kinds and isinstance(argument, syntax.Name):
        restrict(to, argument, kinds if same else ANY.kinds - kinds)


def _order(to: Evaluator, operator: str, left: syntax.Expression, right: syntax.Expression) -> None:
    """Bounds of integers; with NaN no comparison holds, but no integer is NaN."""
    if operator in (">", ">="):
        left, right = right, left
    gap = 1 if operator in ("<", ">") else 0
    below, above = to.found.of(left), to.found.of(right)
    if isinstance(left, syntax.Name) and above.only("integer"):
        restrict(to, left, ANY.kinds, high=above.high - gap)
    if isinstance(right, syntax.Name) and below.only("integer"):
        restrict(to, right, ANY.kinds, low=below.low + gap)
