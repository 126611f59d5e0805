"""names.Names -> types.Types: what the type of each expression is known to be.

Forward and flow-insensitive: a variable's type joins everything that is ever written to it.
No correctness depends on it; what is not known is ANY, and `lower` then uses a helper.

    - a: {assign: [{n: 3}, {m: "${n + 1}"}]}      n: integer 3..3, m: integer 4..4
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from wfc import syntax, types, walk
from wfc.library import Function
from wfc.names import Binding, Names
from wfc.types import ANY, HIGHEST, LOWEST, NOTHING, Type, Types

_ROUNDS = 4
"""Rounds of joining before the bounds of an integer that still grows are given up."""

_LENGTHS = types.integer(0, 2**40)
_NUMBER = types.one("integer", "double")
_COMPARING = {"<", "<=", ">", ">=", "==", "!=", "in", "and", "or"}


def infer(workflow: syntax.Workflow, names: Names, unset: Iterable[Binding]) -> Types:
    """Types for a whole workflow; `unset` are the variables that may be read as null."""
    found = Types()
    solver = _Solver(names, found)
    for binding in unset:
        solver.write(binding, types.one("null"))
    for routine in workflow.routines:
        for parameter in routine.parameters:
            solver.write(names.writes[parameter.variable], ANY)
    actions = [
        action
        for routine in workflow.routines
        for _, step in walk.steps(routine)
        for action in walk.actions(step)
    ]
    reads = [solver.reads(action) for action in actions]
    for number in range(2 * _ROUNDS):
        solver.widening = number >= _ROUNDS
        before, solver.changed = solver.changed, set()
        for action, read in zip(actions, reads, strict=True):
            # what reads nothing that has changed since would find the same again
            if number == 0 or not (read.isdisjoint(before) and read.isdisjoint(solver.changed)):
                solver.action(action)
        if not solver.changed:
            return found
    for binding in found.bindings:  # not reached: after widening only kinds can grow
        found.bindings[binding] = ANY
    for action in actions:
        solver.action(action)
    return found


class _Solver:
    def __init__(self, names: Names, found: Types) -> None:
        self.names = names
        self.found = found
        self.changed: set[Binding] = set()
        self.widening = False

    def write(self, binding: Binding, written: Type) -> None:
        old = self.found.bindings.get(binding, NOTHING)
        new = old.join(written)
        if new != old:
            if self.widening:
                new = Type(new.kinds)
            self.found.bindings[binding] = new
            self.changed.add(binding)

    def reads(self, action: syntax.Action) -> set[Binding]:
        """The variables in the expressions of an action."""
        found = set()
        for expression in walk.expressions(action):
            for part in walk.within(expression):
                binding = self.names.reads.get(part) if isinstance(part, syntax.Name) else None
                if isinstance(binding, Binding):
                    found.add(binding)
        return found

    def action(self, action: syntax.Action) -> None:
        for expression in walk.expressions(action):
            self.type(expression)
        match action:
            case syntax.Assign(assignments):
                for assignment in assignments:
                    binding = self.names.writes[assignment.target.variable]
                    written = self.found.of(assignment.value)
                    if not assignment.target.path:
                        self.write(binding, written)
            case syntax.CallStep(result=result) if result is not None:
                callee = self.names.callees.get(action)
                kind = _result(callee) if isinstance(callee, Function) else ANY
                self.write(self.names.writes[result], kind)
            case syntax.For():
                self.loop(action)
            case syntax.Parallel(body=syntax.For() as loop):
                self.loop(loop)
            case syntax.Try(handler=syntax.Except(variable=syntax.Variable() as variable)):
                self.write(self.names.writes[variable], ANY)
            case _:
                pass

    def loop(self, loop: syntax.For) -> None:
        if loop.index is not None:
            self.write(self.names.writes[loop.index], _LENGTHS)
        value = ANY
        bounds = range_bounds(loop.items)
        if bounds is not None:
            begin, end = (self.found.of(bound) for bound in bounds)
            if begin.only("integer") and end.only("integer"):
                value = types.integer(begin.low, max(begin.low, end.high))
            else:
                value = _NUMBER
        elif isinstance(loop.items, syntax.Range):
            value = _NUMBER
        elif isinstance(inner := bare(loop.items), syntax.ListLiteral):
            value = NOTHING
            for item in inner.items:
                value = value.join(self.found.of(item))
            value = value if value.kinds else ANY
        self.write(self.names.writes[loop.value], value)

    def type(self, expression: syntax.Expression) -> Type:
        """The type of an expression and, on the way, of all inside it."""
        inner = [self.type(child) for child in walk.children(expression)]
        found = self.known(expression, inner)
        self.found.expressions[expression] = found
        return found

    def known(self, expression: syntax.Expression, inner: list[Type]) -> Type:
        match expression:
            case syntax.Constant(value):
                return _constant(value)
            case syntax.Name():
                binding = self.names.reads.get(expression)
                # NOTHING, not ANY: a later round joins what is written further down
                if isinstance(binding, Binding):
                    return self.found.bindings.get(binding, NOTHING)
                return ANY
            case syntax.Member() | syntax.Index():
                return ANY
            case syntax.Call():
                callee = self.names.callees.get(expression)
                return _result(callee) if isinstance(callee, Function) else ANY
            case syntax.Unary(operator):
                return _unary(operator, inner[0])
            case syntax.Binary(operator):
                return _binary(operator, inner[0], inner[1])
            case syntax.ListLiteral():
                return types.one("list")
            case syntax.MapLiteral():
                return types.one("map")
            case syntax.Embedded():
                return inner[0]
            case _:
                assert_never(expression)


def bare(expression: syntax.Expression) -> syntax.Expression:
    """The expression inside `${…}`, or the expression itself."""
    return expression.expression if isinstance(expression, syntax.Embedded) else expression


def range_bounds(
    items: syntax.Expression | syntax.Range,
) -> tuple[syntax.Expression, syntax.Expression] | None:
    """The two ends of a `range` where they are written out, also as `${[begin, end]}`."""
    match items:
        case syntax.Range(begin=begin, end=end) if begin is not None and end is not None:
            return begin, end
        case syntax.Range(whole=syntax.Embedded(syntax.ListLiteral((begin, end)))):
            return begin, end
        case _:
            return None


def _result(function: Function) -> Type:
    match function.result:
        case "any":
            return ANY
        case "number":
            return _NUMBER
        case kind:
            return _LENGTHS if function.name == "len" else types.one(kind)


def _constant(value: bool | int | float | str | None) -> Type:
    match value:
        case None:
            return types.one("null")
        case bool():
            return types.one("boolean")
        case int():
            return types.integer(value, value)
        case float():
            return types.one("double")
        case str():
            return types.one("string")


def _unary(operator: syntax.UnaryOperator, operand: Type) -> Type:
    if operator == "not":
        return types.one("boolean")
    if operator == "-" and operand.only("integer"):
        return _bounded(-operand.high, -operand.low)
    return operand if operand.only("integer", "double") else _NUMBER


def _binary(operator: syntax.BinaryOperator, left: Type, right: Type) -> Type:
    """The type of a result that is not an error (spec 03 §6)."""
    if operator in _COMPARING:
        return types.one("boolean")
    if not left.kinds or not right.kinds:
        return NOTHING
    if operator == "/":
        return types.one("double")
    if operator == "+" and (left.only("string") or right.only("string")):
        return types.one("string")
    if left.only("integer") and right.only("integer"):
        return _integers(operator, left, right)
    if left.only("integer", "double") and right.only("integer", "double"):
        certain = left.only("double") or right.only("double")
        return types.one("double") if certain else _NUMBER
    return types.one("integer", "double", "string") if operator == "+" else _NUMBER


def _integers(operator: syntax.BinaryOperator, left: Type, right: Type) -> Type:
    match operator:
        case "+":
            return _bounded(left.low + right.low, left.high + right.high)
        case "-":
            return _bounded(left.low - right.high, left.high - right.low)
        case "*":
            ends = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
            return _bounded(min(ends), max(ends))
        case "%" if right.low > 0:
            return types.integer(0, right.high - 1)
        case _:
            return types.one("integer")


def _bounded(low: int, high: int) -> Type:
    """An integer result; one beyond int64 is an error, not a value (OQ-29)."""
    return types.integer(max(low, LOWEST), min(high, HIGHEST))


def fits(operator: syntax.BinaryOperator, left: Type, right: Type) -> bool:
    """Whether an integer operation certainly stays within int64, so needs no guard."""
    match operator:
        case "+":
            ends = (left.low + right.low, left.high + right.high)
        case "-":
            ends = (left.low - right.high, left.high - right.low)
        case "*":
            ends_of = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
            ends = (min(ends_of), max(ends_of))
        case "//":
            return left.low > LOWEST or right.low > -1 or right.high < -1
        case _:
            return True
    return ends[0] >= LOWEST and ends[1] <= HIGHEST
