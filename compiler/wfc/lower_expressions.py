"""syntax.Expression -> ast.expr: native Python where types are proven, helpers of `wf` elsewhere.

${x.k}              x["k"]         where x may be a map; else wf.item(x, "k"), to say what is wrong
${l[i]}             l[i]           where l is a list and i not negative; else wf.item(l, i)
${f(x, 1)}          f(run, x, 1)   x is copied where it could be seen that it is shared

`lower_operators`, `lower_library` and `lower_text` have what else is native where types allow it.
"""

from __future__ import annotations

import ast
from typing import assert_never

from wfc import lower_library, lower_operators, syntax
from wfc.alias import Aliases
from wfc.callgraph import Calls
from wfc.library import VALUES, Function
from wfc.lower_python import call, constant, dotted, name
from wfc.names import Binding, Names
from wfc.source import Span
from wfc.spell import Spelling
from wfc.types import Types, subscripts
from wfc.walk import bare

_OPPOSITE: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
    ast.In: ast.NotIn(),
}
"""Not `<` and its like: with NaN, `not a < b` is not `a >= b`."""


class Expressions:
    """Lowers the expressions of a workflow."""

    def __init__(
        self,
        names: Names,
        types: Types,
        aliases: Aliases,
        spelling: Spelling,
        calls: Calls,
        accounting: bool,
        call_log: bool,
        history: bool,
    ) -> None:
        self.names = names
        self.types = types
        self.aliases = aliases
        self.spelling = spelling
        self.calls = calls
        self.accounting = accounting
        self.call_log = call_log
        self.history = history
        self.origins: dict[ast.expr, Span] = {}
        self.evaluated: dict[syntax.Call, str] = {}
        """Calls already made by a statement before, and the variable that holds the result."""

    # -- values ------------------------------------------------------------------------------------

    def value(self, expression: syntax.Expression) -> ast.expr:
        """The expression's value, which may be shared with others."""
        match expression:
            case syntax.Constant(value):
                return constant(value)
            case syntax.Name():
                return self.read(expression)
            case syntax.Member(base, field):
                return self.member(expression, base, field)
            case syntax.Index(base, index):
                return self.index(base, index)
            case syntax.Call():
                return self.call(expression)
            case syntax.Unary():
                return lower_operators.unary(self, expression)
            case syntax.Binary():
                return lower_operators.binary(self, expression)
            case syntax.ListLiteral(items):
                return ast.List([self.value(item) for item in items], ast.Load())
            case syntax.MapLiteral(entries):
                keys: list[ast.expr | None] = [self.key(entry.key) for entry in entries]
                return ast.Dict(keys, [self.value(entry.value) for entry in entries])
            case syntax.Embedded(inner):
                return self.placed(self.value(inner), expression.span)
            case _:
                assert_never(expression)

    def copied(self, expression: syntax.Expression) -> ast.expr:
        """The value as a variable may keep it: a copy where sharing could be seen."""
        match expression:
            case syntax.ListLiteral(items):
                return ast.List([self.copied(item) for item in items], ast.Load())
            case syntax.MapLiteral(entries):
                keys: list[ast.expr | None] = [self.key(entry.key) for entry in entries]
                return ast.Dict(keys, [self.copied(entry.value) for entry in entries])
            case syntax.Embedded(inner):
                return self.placed(self.copied(inner), expression.span)
            case _:
                return self.owned(expression, self.value(expression))

    def owned(self, value: syntax.Expression | syntax.CallStep, lowered: ast.expr) -> ast.expr:
        """What is evaluated as `lowered`, or a copy of it."""
        scalar = not isinstance(value, syntax.CallStep) and self.types.of(value).scalar
        copied = value in self.aliases.copied and not scalar
        return call("wf.copy", lowered) if copied else lowered

    def append(self, assignment: syntax.Assignment) -> ast.expr:
        """`x: ${list.concat(x, v)}` as `x.append(v)`."""
        whole = assignment.value
        concat = bare(whole)
        assert isinstance(concat, syntax.Call), "infer found it so"
        listed, added = concat.arguments
        method = ast.Attribute(self.value(listed), "append", ast.Load())
        return self.placed(ast.Call(method, [self.copied(added)], []), whole.span)

    def truth(self, expression: syntax.Expression) -> ast.expr:
        """A condition or logical operand: exactly true or false (spec 03 §7)."""
        if self.types.of(expression).only("boolean"):
            return self.value(expression)
        tested = call("wf.truth", self.value(expression))
        if isinstance(expression, syntax.Embedded):
            self.placed(tested, expression.span)
        return tested

    def negated(self, test: ast.expr) -> ast.expr:
        """The opposite of a boolean, as one writes it: `x not in m`."""
        if isinstance(test, ast.Compare) and type(test.ops[0]) in _OPPOSITE:
            test.ops = [_OPPOSITE[type(test.ops[0])]]
            return test
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            origin = self.origins.get(test)
            return test.operand if origin is None else self.placed(test.operand, origin)
        return ast.UnaryOp(ast.Not(), test)

    def placed(self, lowered: ast.expr, span: Span) -> ast.expr:
        self.origins[lowered] = span
        return lowered

    def key(self, key: syntax.Constant | syntax.Embedded) -> ast.expr:
        if isinstance(key, syntax.Constant) or self.types.of(key).only("string"):
            return self.value(key)
        return self.placed(call("wf.key", self.value(key)), key.span)

    # -- names -------------------------------------------------------------------------------------

    def read(self, expression: syntax.Name) -> ast.expr:
        target = self.names.reads[expression]
        assert isinstance(target, Binding), "a routine is a value only as a retry predicate"
        return name(self.spelling.bindings[target])

    def member(self, whole: syntax.Member, base: syntax.Expression, field: str) -> ast.expr:
        library = self.names.values.get(whole)
        if library is not None:
            return dotted(VALUES[library.name])
        if self.types.of(base).may("map"):
            return ast.Subscript(self.value(base), ast.Constant(field), ast.Load())
        return call("wf.item", self.value(base), ast.Constant(field))

    def index(self, base: syntax.Expression, index: syntax.Expression) -> ast.expr:
        if subscripts(self.types.of(base), self.types.of(index)):
            return ast.Subscript(self.value(base), self.value(index), ast.Load())
        return call("wf.item", self.value(base), self.value(index))

    def call(self, expression: syntax.Call) -> ast.expr:
        if expression in self.evaluated:
            return name(self.evaluated[expression])
        callee = self.names.callees[expression]
        if isinstance(callee, syntax.Routine):
            arguments = [self.copied(argument) for argument in expression.arguments]
            return self.invoke(callee, arguments, [])
        if expression in self.names.awaited:
            return self.awaited(callee, expression)
        if (native := lower_library.native(self, callee, expression.arguments)) is not None:
            return native
        return call(callee.python, *(self.value(argument) for argument in expression.arguments))

    def awaited(self, function: Function, expression: syntax.Call) -> ast.expr:
        """A library function that waits, called by name as in a `call` step."""
        label = constant(self.names.awaited[expression].name)
        keywords = [
            ast.keyword(parameter.name, self.value(argument))
            for parameter, argument in zip(function.parameters, expression.arguments, strict=False)
        ]
        return ast.Await(ast.Call(dotted("run.call"), [label, dotted(function.python)], keywords))

    def invoke(
        self, routine: syntax.Routine, arguments: list[ast.expr], keywords: list[ast.keyword]
    ) -> ast.expr:
        """A call of a subworkflow, awaited where it waits."""
        function = name(self.spelling.routines[routine])
        made = ast.Call(function, [self.run_of_call(), *arguments], keywords)
        return ast.Await(made) if routine in self.calls.waits else made

    def run_of_call(self) -> ast.expr:
        """The run that a subworkflow takes: it knows depth, ledger and history as far as needed."""
        if self.accounting:
            return call("run.nested")
        if self.calls.counted or self.history:
            return ast.BoolOp(ast.Or(), [dotted("run.inner"), call("run.nested")])
        return name("run")
