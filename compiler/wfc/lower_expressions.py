"""syntax.Expression -> ast.expr: native Python where types are proven, helpers of `wf` elsewhere.

${n + 1}            n + 1          where n is an integer within bounds; else wf.add(n, 1)
${x.k == "a"}       x["k"] == "a"
${"a" + b + c}      wf.add("a", b, c)
"""

from __future__ import annotations

import ast
from typing import assert_never

from wfc import lower_text, syntax
from wfc.alias import Aliases
from wfc.callgraph import Calls
from wfc.infer_ranges import fits
from wfc.library import VALUES, Function
from wfc.names import Binding, Names
from wfc.source import Span
from wfc.spell import Spelling
from wfc.types import ANY, Type, Types
from wfc.walk import bare

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
_OPPOSITE: dict[type[ast.cmpop], ast.cmpop] = {
    ast.Eq: ast.NotEq(),
    ast.NotEq: ast.Eq(),
    ast.Is: ast.IsNot(),
    ast.IsNot: ast.Is(),
    ast.In: ast.NotIn(),
}
"""Not `<` and its like: with NaN, `not a < b` is not `a >= b`."""


def name(identifier: str) -> ast.Name:
    return ast.Name(identifier, ast.Load())


def dotted(path: str) -> ast.expr:
    """`wf.text.split` as an expression."""
    first, *rest = path.split(".")
    made: ast.expr = name(first)
    for part in rest:
        made = ast.Attribute(made, part, ast.Load())
    return made


def call(function: str, *arguments: ast.expr, **keywords: ast.expr) -> ast.Call:
    named = [ast.keyword(key, value) for key, value in keywords.items()]
    return ast.Call(dotted(function), list(arguments), named)


def constant(value: bool | int | float | str | None) -> ast.expr:
    """A literal; a negative number is spelled with its sign in front."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and str(value)[0] == "-":
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)


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
    ) -> None:
        self.names = names
        self.types = types
        self.aliases = aliases
        self.spelling = spelling
        self.calls = calls
        self.accounting = accounting
        self.call_log = call_log
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
                return self.unary(expression)
            case syntax.Binary():
                return self.binary(expression)
            case syntax.ListLiteral(items):
                return ast.List([self.value(item) for item in items], ast.Load())
            case syntax.MapLiteral(entries):
                keys: list[ast.expr | None] = [self.key(entry.key) for entry in entries]
                return ast.Dict(keys, [self.value(entry.value) for entry in entries])
            case syntax.Embedded(inner):
                return self.placed(self.value(inner), expression.span)
            case _:
                assert_never(expression)

    def copied(self, expression: syntax.Expression, *, taken_apart: bool = False) -> ast.expr:
        """The value as a variable may keep it: a copy where sharing could be seen.

        A value that is `taken_apart` is not kept itself, but what is inside it.
        """
        if self.types.of(expression).scalar or not self.aliases.shared(expression):
            return self.value(expression)
        match expression:
            case syntax.ListLiteral(items):
                return ast.List([self.copied(item) for item in items], ast.Load())
            case syntax.MapLiteral(entries):
                keys: list[ast.expr | None] = [self.key(entry.key) for entry in entries]
                return ast.Dict(keys, [self.copied(entry.value) for entry in entries])
            case syntax.Embedded(inner):
                inside = self.copied(inner, taken_apart=taken_apart)
                return self.placed(inside, expression.span)
            case syntax.Call() if not taken_apart and isinstance(
                self.names.callees.get(expression), syntax.Routine
            ):
                return self.value(expression)  # what a routine returns, nobody else holds
            case _:
                return call("wf.copy", self.value(expression))

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
        """Native where Python's rules are the workflow's: no negative, boolean or text index."""
        of_base, of_index = self.types.of(base), self.types.of(index)
        by_name = of_index.only("string") and of_base.may("map")
        by_number = of_base.only("list") and of_index.only("integer") and of_index.low >= 0
        if by_name or by_number:
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
        return self.library(callee, expression.arguments)

    def awaited(self, function: Function, expression: syntax.Call) -> ast.expr:
        """A library function that waits, called by name as in a `call` step."""
        label = constant(self.names.awaited[expression].name)
        keywords = [
            ast.keyword(parameter.name, self.value(argument))
            for parameter, argument in zip(function.parameters, expression.arguments, strict=False)
        ]
        return ast.Await(ast.Call(dotted("run.call"), [label, dotted(function.python)], keywords))

    def library(self, function: Function, arguments: tuple[syntax.Expression, ...]) -> ast.expr:
        given = self.types.of(arguments[0]) if arguments else ANY
        if function.name == "len" and given.only("string", "list", "map"):
            return call("len", self.value(arguments[0]))
        if function.name == "string" and given.only("integer"):
            return call("str", self.value(arguments[0]))
        if function.name == "string" and given.only("string"):
            return self.value(arguments[0])
        return call(function.python, *(self.value(argument) for argument in arguments))

    def invoke(
        self, routine: syntax.Routine, arguments: list[ast.expr], keywords: list[ast.keyword]
    ) -> ast.expr:
        """A call of a subworkflow, awaited where it waits."""
        function = name(self.spelling.routines[routine])
        made = ast.Call(function, [self.run_of_call(), *arguments], keywords)
        return ast.Await(made) if routine in self.calls.waits else made

    def run_of_call(self) -> ast.expr:
        """The run that a subworkflow takes: it knows the depth and the ledger, as far as needed."""
        if self.accounting:
            return call("run.nested")
        if self.calls.counted:
            return ast.BoolOp(ast.Or(), [dotted("run.inner"), call("run.nested")])
        return name("run")

    # -- operators ---------------------------------------------------------------------------------

    def unary(self, expression: syntax.Unary) -> ast.expr:
        operand = self.types.of(expression.operand)
        match expression.operator:
            case "not":
                return self.negated(self.truth(expression.operand))
            case "-" if operand.only("double") or (
                operand.only("integer", "double") and operand.low > -(2**63)
            ):
                return ast.UnaryOp(ast.USub(), self.value(expression.operand))
            case "-":
                return call("wf.neg", self.value(expression.operand))
            case "+" if operand.only("integer", "double"):
                return self.value(expression.operand)
            case _:
                return call("wf.pos", self.value(expression.operand))

    def binary(self, expression: syntax.Binary) -> ast.expr:
        operator = expression.operator
        left, right = self.types.of(expression.left), self.types.of(expression.right)
        if operator in ("and", "or"):
            return self.logical(expression)
        if operator in ("==", "!="):
            return self.equality(expression, left, right)
        if operator == "+" and (text := lower_text.joined(self, expression)) is not None:
            return text
        if operator in _ARITHMETIC and self.native(expression):
            lowered = (self.value(expression.left), self.value(expression.right))
            return ast.BinOp(lowered[0], _ARITHMETIC[operator], lowered[1])
        if operator == "+":
            return self.sum(expression)
        ordered = _both(left, right, "integer", "double") or _both(left, right, "string")
        member = left.only("string") and right.only("map", "list")
        if member if operator == "in" else ordered and operator in _COMPARISONS:
            return self.compare(expression, _COMPARISONS[operator])
        helper = f"wf.{_HELPERS[operator]}"
        return call(helper, self.value(expression.left), self.value(expression.right))

    def native(self, expression: syntax.Binary) -> bool:
        """Whether Python's operator serves; a chain of `+` is native as a whole or not at all."""
        here: syntax.Expression = expression
        while isinstance(here, syntax.Binary) and here.operator == expression.operator:
            if not _native(here.operator, self.types.of(here.left), self.types.of(here.right)):
                return False
            if here.operator != "+":
                break
            here = here.left
        return True

    def sum(self, expression: syntax.Binary) -> ast.expr:
        """A chain of `+` as one helper call.

        The helper adds from left to right, but has all operands first: where both the sum so far
        and the next operand could fail, a new call starts, so that the left error is seen.
        """
        chain = [expression]
        while isinstance(left := chain[-1].left, syntax.Binary) and left.operator == "+":
            chain.append(left)
        first = chain.pop()
        made = call("wf.add", self.value(first.left), self.value(first.right))
        for node in reversed(chain):
            plain = isinstance(node.right, (syntax.Constant, syntax.Name))
            if plain or (isinstance(node.left, syntax.Binary) and self.native(node.left)):
                made.args.append(self.value(node.right))
            else:
                made = call("wf.add", made, self.value(node.right))
        return made

    def logical(self, expression: syntax.Binary) -> ast.expr:
        """A chain of the same operator is one `and` or `or`."""
        operands = [self.truth(expression.right)]
        left = expression.left
        while isinstance(left, syntax.Binary) and left.operator == expression.operator:
            operands.append(self.truth(left.right))
            left = left.left
        operator = ast.And() if expression.operator == "and" else ast.Or()
        return ast.BoolOp(operator, [self.truth(left), *reversed(operands)])

    def equality(self, expression: syntax.Binary, left: Type, right: Type) -> ast.expr:
        """Native where no boolean meets a number, not even inside a list (OQ-31)."""
        same = expression.operator == "=="
        literal, other = bare(expression.right), expression.left
        if not isinstance(literal, syntax.Constant):
            literal, other = bare(expression.left), expression.right
        if isinstance(literal, syntax.Constant) and not isinstance(bare(other), syntax.Constant):
            if literal.value is None or isinstance(literal.value, bool):
                operator = ast.Is() if same else ast.IsNot()
                return ast.Compare(self.value(other), [operator], [ast.Constant(literal.value)])
            # true is 1 and false is 0 to Python, and no other number
            unlike_booleans = isinstance(literal.value, str) or literal.value not in (0, 1)
            # what a type checker knows to be of one other type, it calls a pointless comparison
            if unlike_booleans and len(self.types.of(other).kinds) > 1:
                return self.compare(expression, _COMPARISONS[expression.operator])
        literals = isinstance(literal, syntax.Constant) and isinstance(other, syntax.Constant)
        alike = _both(left, right, "string") or _both(left, right, "integer", "double")
        if alike and not literals:
            return self.compare(expression, _COMPARISONS[expression.operator])
        helper = f"wf.{_HELPERS[expression.operator]}"
        return call(helper, self.value(expression.left), self.value(expression.right))

    def compare(self, expression: syntax.Binary, operator: ast.cmpop) -> ast.expr:
        left, right = self.value(expression.left), self.value(expression.right)
        return ast.Compare(left, [operator], [right])


def _both(left: Type, right: Type, *kinds: str) -> bool:
    return all(side.kinds and side.kinds <= set(kinds) for side in (left, right))


def _native(operator: syntax.BinaryOperator, left: Type, right: Type) -> bool:
    """Whether Python's own operator does exactly what the workflow's does."""
    if operator == "+" and _both(left, right, "string"):
        return True
    if not _both(left, right, "integer", "double"):
        return False
    integers = left.may("integer") and right.may("integer")
    return not integers or operator == "/" or fits(operator, left, right)
