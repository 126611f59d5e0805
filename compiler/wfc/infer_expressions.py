"""syntax.Expression -> types.Type, in the state that holds where the expression stands.

An expression that was evaluated without an error says something of its operands: after `x - 1`
has succeeded, `x` is a number (spec 03 §6).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, assert_never

from wfc import infer_narrow, syntax, types
from wfc.infer_growth import Growth
from wfc.infer_library import result
from wfc.infer_ranges import integers
from wfc.infer_states import State, add
from wfc.library import Function
from wfc.names import Binding, Callee, Names
from wfc.types import ANY, HIGHEST, NOTHING, Kind, Type, Types

_STRING = types.one("string")
_BOOLEAN = types.one("boolean")
_NUMBERS: frozenset[Kind] = frozenset(("integer", "double"))
_STRINGS: frozenset[Kind] = frozenset(("string",))
_BOOLEANS: frozenset[Kind] = frozenset(("boolean",))
_KEYS: frozenset[Kind] = frozenset(("string", "integer"))
_MAPS: frozenset[Kind] = frozenset(("map",))
_CONTAINERS: frozenset[Kind] = frozenset(("list", "map"))


class Routines(Protocol):
    """What is known of the subworkflows so far."""

    def result(self, routine: syntax.Routine) -> Type: ...

    def given(self, parameter: syntax.Parameter, argument: Type) -> None:
        """Notes what a call gives to a parameter."""


class Evaluator:
    """Types of expressions in `state`, which may change between one and the next.

    `shared` are the variables that other branches may write meanwhile: nothing narrows them.
    """

    def __init__(self, names: Names, found: Types, routines: Routines) -> None:
        self.names = names
        self.found = found
        self.routines = routines
        self.growth = Growth(names, found)
        self.state: State = {}
        self.shared: Mapping[Binding, Type] = {}
        self.writes: State = {}
        """What the region that is being solved writes, at any time."""

    def read(self, binding: Binding) -> Type:
        return self.shared.get(binding) or self.state.get(binding, NOTHING)

    def write(self, binding: Binding, written: Type) -> None:
        self.growth.assigned(binding, written)
        self.hold(binding, written)

    def hold(self, binding: Binding, written: Type) -> None:
        self.state[binding] = written
        add(self.writes, binding, written)
        add(self.found.bindings, binding, written)

    def type(self, expression: syntax.Expression, *, borrowed: bool = False) -> Type:
        """The type of an expression and, on the way, of all inside it.

        What is only `borrowed` is not kept by anything: a list stays its variable's own.
        """
        found = self.known(expression, borrowed)
        self.found.expressions[expression] = found
        return found

    def apart(self, expressions: Iterable[syntax.Expression]) -> None:
        """Types of expressions whose order of evaluation is not certain."""
        state = self.state
        for expression in expressions:
            self.state = dict(state)
            self.type(expression)
        self.state = state

    def known(self, expression: syntax.Expression, borrowed: bool) -> Type:
        match expression:
            case syntax.Constant(value):
                return constant(value)
            case syntax.Name():
                binding = self.names.reads.get(expression)
                if not isinstance(binding, Binding):
                    return ANY
                held = self.read(binding)
                if held.owned and not borrowed:
                    self.hold(binding, held.seen())
                return held.seen()
            case syntax.Embedded(inner):
                return self.type(inner, borrowed=borrowed)
            case syntax.Member(base):
                if expression in self.names.values:
                    return ANY
                of_base = self.type(base, borrowed=True)
                self.require(base, _MAPS)
                return of_base.items
            case syntax.Index(base, index):
                of_base, of_index = self.type(base, borrowed=True), self.type(index)
                self.require(base, _MAPS if of_index.only("string") else _CONTAINERS)
                return of_base.items
            case syntax.Call():
                return self.call(expression)
            case syntax.Unary(operator, operand):
                return self.unary(operator, operand)
            case syntax.Binary("and" | "or"):
                return self.logical(expression)
            case syntax.Binary():
                return self.binary(expression)
            case syntax.ListLiteral(items):
                element = NOTHING
                for item in items:
                    element = element.join(self.type(item))
                return types.container("list", element)
            case syntax.MapLiteral(entries):
                element = NOTHING
                for entry in entries:
                    self.type(entry.key)
                    self.require(entry.key, _KEYS)
                    element = element.join(self.type(entry.value))
                return types.container("map", element)
            case _:
                assert_never(expression)

    def require(self, operand: syntax.Expression, kinds: frozenset[Kind]) -> None:
        """Notes that a variable just evaluated is of one of the kinds, or there was an error."""
        while isinstance(operand, syntax.Embedded):
            operand = operand.expression
        if isinstance(operand, syntax.Name):
            infer_narrow.restrict(self, operand, kinds)

    # -- calls -------------------------------------------------------------------------------------

    def call(self, call: syntax.Call) -> Type:
        callee = self.names.callees.get(call)
        arguments = [
            self.type(argument, borrowed=_borrows(callee, number))
            for number, argument in enumerate(call.arguments)
        ]
        if isinstance(callee, syntax.Routine):
            for number, parameter in enumerate(callee.parameters):
                self.routines.given(parameter, _given(parameter, arguments[number : number + 1]))
            return self.routines.result(callee)
        if callee is None:
            return ANY
        for argument, taken in zip(call.arguments, callee.parameters, strict=False):
            if taken.types:
                self.require(argument, _kinds(taken.types))
        return result(callee, arguments)

    def call_step(self, step: syntax.CallStep) -> Type:
        callee = self.names.callees.get(step)
        named: dict[str, Type] = {}
        for number, argument in enumerate(step.arguments):
            written = self.type(argument.value)
            if argument.name is not None:
                named[argument.name] = written
            elif isinstance(callee, syntax.Routine) and number < len(callee.parameters):
                named[callee.parameters[number].variable.name] = written
        if step.whole is not None:
            self.type(step.whole)
        if isinstance(callee, syntax.Routine):
            for parameter in callee.parameters:
                name = parameter.variable.name
                given = [named[name]] if name in named else []
                self.routines.given(
                    parameter, _given(parameter, given) if step.whole is None else ANY
                )
            return self.routines.result(callee)
        in_order = all(argument.name is None for argument in step.arguments)
        if callee is None or step.whole is not None:
            return ANY
        return result(
            callee, [self.found.of(part.value) for part in step.arguments] if in_order else []
        )

    def predicate(self, part: syntax.Expression) -> None:
        """A part of a `retry` that names a subworkflow, which is called with an error."""
        inner = part.expression if isinstance(part, syntax.Embedded) else part
        routine = self.names.reads.get(inner) if isinstance(inner, syntax.Name) else None
        if isinstance(routine, syntax.Routine):
            for number, parameter in enumerate(routine.parameters):
                self.routines.given(parameter, _given(parameter, [] if number else [ANY]))
            self.routines.result(routine)

    # -- operators ---------------------------------------------------------------------------------

    def unary(self, operator: syntax.UnaryOperator, operand: syntax.Expression) -> Type:
        value = self.type(operand)
        if operator == "not":
            self.require(operand, _BOOLEANS)
            return _BOOLEAN
        self.require(operand, _NUMBERS)
        value = value.meet(_NUMBERS)
        if operator == "-" and value.may("integer"):
            return Type(value.kinds, max(-value.high, types.LOWEST), min(-value.low, HIGHEST))
        return value

    def logical(self, expression: syntax.Binary) -> Type:
        """The right side is evaluated only where the left one does not decide."""
        self.type(expression.left)
        self.require(expression.left, _BOOLEANS)
        state = self.state
        self.state = dict(state)
        infer_narrow.narrow(self, expression.left, expression.operator == "and")
        self.type(expression.right)
        self.state = state
        return _BOOLEAN

    def binary(self, expression: syntax.Binary) -> Type:
        """The type of a result that is not an error (spec 03 §6)."""
        operator, left, right = expression.operator, expression.left, expression.right
        of_left, of_right = self.type(left, borrowed=True), self.type(right, borrowed=True)
        match operator:
            case "==" | "!=":
                return _BOOLEAN
            case "in":
                self.require(right, _CONTAINERS)
                return _BOOLEAN
            case "<" | "<=" | ">" | ">=":
                for kinds in (_NUMBERS, _STRINGS):
                    if of_left.only(*kinds) or of_right.only(*kinds):
                        self.require(left, kinds)
                        self.require(right, kinds)
                return _BOOLEAN
            case "+":
                return _sum(of_left, of_right)
            case _:
                self.require(left, _NUMBERS)
                self.require(right, _NUMBERS)
                return _arithmetic(operator, of_left, of_right)


def _borrows(callee: Callee | None, argument: int) -> bool:
    """Whether a function does no more than look at an argument, or at what is in it."""
    if not isinstance(callee, Function) or callee.way != "pure":
        return False
    return not callee.aliases or (callee.name in _COPYING and argument == 0)


_COPYING = ("list.concat", "list.prepend")


def _given(parameter: syntax.Parameter, argument: list[Type]) -> Type:
    """What a parameter holds when it is given an argument, or none."""
    if argument:
        return argument[0]
    return ANY if parameter.default is None else literal(parameter.default)


def literal(expression: syntax.Expression) -> Type:
    """The type of a value written out, as the default of a parameter is (OQ-5)."""
    match expression:
        case syntax.Constant(value):
            return constant(value)
        case syntax.ListLiteral(items):
            parts = [literal(item) for item in items]
            return types.container("list", _joined(parts))
        case syntax.MapLiteral(entries):
            return types.container("map", _joined([literal(entry.value) for entry in entries]))
        case _:
            return ANY


def _joined(parts: list[Type]) -> Type:
    found = NOTHING
    for part in parts:
        found = found.join(part)
    return found


def constant(value: bool | int | float | str | None) -> Type:
    match value:
        case None:
            return types.one("null")
        case bool():
            return _BOOLEAN
        case int():
            return types.integer(value, value)
        case float():
            return types.one("double")
        case str():
            return _STRING


def _kinds(names: tuple[str, ...]) -> frozenset[Kind]:
    """The kinds that a parameter of the library takes."""
    return frozenset(kind for kind in ANY.kinds if kind in names)


def _sum(left: Type, right: Type) -> Type:
    """Text where one side is text, else a number."""
    if not left.kinds or not right.kinds:
        return NOTHING
    if left.only("string") or right.only("string"):
        return _STRING
    kinds = left.kinds | right.kinds
    numbers = _arithmetic("+", left, right)
    return numbers.join(_STRING) if "string" in kinds else numbers


def _arithmetic(operator: syntax.BinaryOperator, left: Type, right: Type) -> Type:
    if not left.kinds or not right.kinds:
        return NOTHING
    if operator == "/":
        return types.one("double")
    left, right = left.meet(_NUMBERS), right.meet(_NUMBERS)
    doubles: Type = NOTHING
    if left.may("double") or right.may("double"):
        doubles = types.one("double")
    if left.may("integer") and right.may("integer"):
        return doubles.join(integers(operator, left, right))
    return doubles
