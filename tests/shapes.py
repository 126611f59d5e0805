"""What a workflow reads of values that come from outside, and values that have just that.

In goes a workflow's tree, out come its argument, the body of the replies to its requests, the body
of its callbacks, the result of its child workflows and its environment variables: maps with the
keys that are read, lists where there is a loop, what a condition compares with.  The order of steps
does not matter: a variable has one shape in all of a routine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wfc import syntax, walk

URL = "https://orders.example/7"
"""What is called, or the beginning of it."""

BASE64 = "dGV4dA=="

_CHILDREN = ("experimental.executions.run", "googleapis.workflowexecutions.v1")
_NUMBERS = {"-", "*", "/", "//", "%", "<", "<=", ">", ">="}


class Shape:
    """What is known of one value; `same` is the shape that this one was found to be.

    parts  the values of the keys that are named
    item   of the elements of a list of that `length`, or the value of any key of a map with `keys`
    value  for what is neither
    """

    def __init__(self) -> None:
        self.same: Shape | None = None
        self.parts: dict[str, Shape] = {}
        self.item: Shape | None = None
        self.length = 1
        self.keys = False
        self.value: Any = None

    def found(self) -> Shape:
        return self if self.same is None else self.same.found()

    def part(self, name: str) -> Shape:
        return self.found().parts.setdefault(name, Shape()).found()

    def element(self, index: int = 0) -> Shape:
        found = self.found()
        found.length = max(found.length, index + 1)
        if found.item is None:
            found.item = Shape()
        return found.item.found()

    def hint(self, value: Any) -> None:
        """The first value that is heard of is the one."""
        found = self.found()
        if found.value is None:
            found.value = value

    def join(self, other: Shape | None) -> None:
        """Both are one from here on."""
        if other is None or (mine := self.found()) is (its := other.found()):
            return
        its.same = mine
        mine.hint(its.value)
        for name, part in its.parts.items():
            mine.part(name).join(part)
        if its.item is not None:
            mine.found().element(its.length - 1).join(its.item)
        mine.found().keys |= its.keys

    def example(self, depth: int = 8) -> Any:
        """A value of this shape; one that holds itself ends somewhere."""
        found = self.found()
        if found.parts and depth:
            return {name: part.example(depth - 1) for name, part in found.parts.items()}
        if found.item is not None and depth:
            item = found.item.example(depth - 1)
            return {"key": item} if found.keys else [item] * found.length
        if found.keys:
            return {"key": "text"}
        return "text" if found.value is None else found.value


@dataclass(frozen=True)
class Shapes:
    """Of what comes from outside; all replies of a workflow share one shape."""

    argument: Shape = field(default_factory=Shape)
    environment: Shape = field(default_factory=Shape)
    reply: Shape = field(default_factory=Shape)
    headers: Shape = field(default_factory=Shape)
    callback: Shape = field(default_factory=Shape)
    child: Shape = field(default_factory=Shape)


def shapes(workflow: syntax.Workflow) -> Shapes:
    reader = _Reader(workflow)
    for routine in workflow.routines:
        for _, step in walk.steps(routine):
            for action in walk.actions(step):
                reader.action(routine.name, action)
    for parameter in workflow.main.parameters:
        reader.of.argument.join(reader.variable("main", parameter.variable.name))
    return reader.of


class _Reader:
    def __init__(self, workflow: syntax.Workflow) -> None:
        self.of = Shapes()
        self.routines = {routine.name: routine for routine in workflow.routines}
        self.variables: dict[tuple[str, str], Shape] = {}

    def variable(self, routine: str, name: str) -> Shape:
        return self.variables.setdefault((routine, name), Shape()).found()

    def result(self, routine: str) -> Shape:
        return self.variable(routine, "${result}")  # as no variable is called

    def action(self, routine: str, action: syntax.Action) -> None:
        for whole in walk.expressions(action):
            for expression in walk.within(whole):
                self.operands(routine, expression)
        match action:
            case syntax.Assign(assignments):
                for one in assignments:
                    if not one.target.path:
                        variable = self.variable(routine, one.target.variable.name)
                        variable.join(self.shape(routine, one.value))
            case syntax.For() as loop:
                self.loop(routine, loop)
            case syntax.Parallel(body=syntax.For() as loop):
                self.loop(routine, loop)
            case syntax.CallStep():
                self.call(routine, action)
            case syntax.Switch(cases):
                for case in cases:
                    self.hint(routine, case.condition, True)
            case syntax.Return(value):
                self.result(routine).join(self.shape(routine, value))

    def loop(self, routine: str, loop: syntax.For) -> None:
        if not isinstance(loop.items, syntax.Range):
            items = self.shape(routine, loop.items)
            if items is not None:
                self.variable(routine, loop.value.name).join(items.element())

    def call(self, routine: str, call: syntax.CallStep) -> None:
        for argument in call.arguments:
            match argument.name:
                case "url":
                    self.hint(routine, _first(argument.value), URL)
                case "query":
                    self.hint(routine, argument.value, {"key": "text"})
        callee = self.routines.get(call.function)
        if callee is not None:
            for argument in call.arguments:
                if argument.name is not None:
                    parameter = self.variable(callee.name, argument.name)
                    parameter.join(self.shape(routine, argument.value))
                    if isinstance(argument.value, syntax.Constant):
                        parameter.hint(argument.value.value)
        if call.result is None:
            return
        result = self.variable(routine, call.result.name)
        if callee is not None:
            result.join(self.result(callee.name))
        elif call.function.startswith("http."):
            self.of.reply.join(result.part("body"))
            self.of.headers.join(result.part("headers"))
        elif call.function.startswith(_CHILDREN):
            self.of.child.join(result)
        elif call.function.endswith(".accessString"):
            self.of.reply.part("payload").part("data").hint(BASE64)
        elif call.function.startswith("googleapis."):
            self.of.reply.join(result)
        elif call.function == "events.await_callback":
            self.of.callback.join(result.part("http_request").part("body"))

    def shape(self, routine: str, expression: syntax.Expression) -> Shape | None:
        """Of a chain of names and keys from a variable; None of anything else."""
        match expression:
            case syntax.Embedded(inner):
                return self.shape(routine, inner)
            case syntax.Name(name):
                return self.variable(routine, name)
            case syntax.Member(base, name):
                return self.below(routine, base, [name])
            case syntax.Index(base, syntax.Constant(str(name))):
                return self.below(routine, base, [name])
            case syntax.Index(base, index):
                found = self.shape(routine, base)
                return None if found is None else found.element(_number(index))
            case syntax.Call("map.get", arguments=(base, key)):
                return self.below(routine, base, list(_keys(key)))
            case syntax.Call("default", arguments=(base, _)):
                return self.shape(routine, base)
            case syntax.Call("sys.get_env", arguments=(syntax.Constant(str(name)), *_)):
                return self.of.environment.part(name)
            case _:
                return None

    def below(self, routine: str, base: syntax.Expression, keys: list[str]) -> Shape | None:
        found = self.shape(routine, base)
        for key in keys:
            found = None if found is None else found.part(key)
        return found

    def operands(self, routine: str, expression: syntax.Expression) -> None:
        """What an operator or a function says of what it is used on."""
        match expression:
            case syntax.Binary("==" | "!=", left, right):
                self.alike(routine, left, right)
                self.alike(routine, right, left)
            case syntax.Binary("+", left, right):  # what is added to a text is any text
                for one, other in ((left, right), (right, left)):
                    if isinstance(other, syntax.Constant) and not isinstance(other.value, str):
                        self.hint(routine, one, other.value)
            case syntax.Call("default", arguments=(given, syntax.Constant(value))):
                self.hint(routine, given, value)
            case syntax.Binary(operator, left, right) if operator in _NUMBERS:
                self.hint(routine, left, 1)
                self.hint(routine, right, 1)
            case syntax.Binary("and" | "or", left, right):
                self.hint(routine, left, True)
                self.hint(routine, right, True)
            case syntax.Unary("not", operand):
                self.hint(routine, operand, True)
            case syntax.Call("int" | "double", arguments=(operand,)):
                self.hint(routine, operand, "1")
            case syntax.Call("keys", arguments=(operand,)):
                keyed = self.shape(routine, operand)
                if keyed is not None:
                    keyed.found().keys = True
            case syntax.Call("base64.decode", arguments=(operand,)):
                self.hint(routine, operand, BASE64)
            case syntax.Call("time.parse", arguments=(operand,)):
                self.hint(routine, operand, "2024-05-06T07:08:09Z")
            case _:
                self.shape(routine, expression)

    def alike(self, routine: str, one: syntax.Expression, other: syntax.Expression) -> None:
        if isinstance(other, syntax.Constant):
            self.hint(routine, one, other.value)
        elif (found := self.shape(routine, one)) is not None:
            found.join(self.shape(routine, other))

    def hint(self, routine: str, expression: syntax.Expression, value: Any) -> None:
        found = self.shape(routine, expression)
        if found is not None:
            found.hint(value)


def _first(expression: syntax.Expression) -> syntax.Expression:
    """`a` of `${a + "/b" + c}`"""
    match expression:
        case syntax.Embedded(inner):
            return _first(inner)
        case syntax.Binary("+", left, _):
            return _first(left)
        case _:
            return expression


def _number(index: syntax.Expression) -> int:
    """Of an element that is named by its number; else 0."""
    match index:
        case syntax.Constant(int(number)):
            return number
        case _:
            return 0


def _keys(key: syntax.Expression) -> Iterator[str]:
    match key:
        case syntax.Constant(str(name)):
            yield name
        case syntax.ListLiteral(items):
            for item in items:
                yield from _keys(item)
