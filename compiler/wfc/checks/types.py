"""What is certain about the types of expressions, from literals and the library's table alone.

An expression's entry is the set of types that its value can have, if it gives a value at all; an
expression without an entry may have any.  So `len(x)` is an integer whatever `x` is, and a rule may
say "this always raises" when none of the types is one that the operation takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from wfc import syntax, walk
from wfc.names import Names
from wfc.source import Source

Possible = frozenset[str]
Types = Mapping[syntax.Expression, Possible]

NUMBER: Possible = frozenset({"integer", "double"})
BOOLEAN: Possible = frozenset({"boolean"})
CONTAINER: Possible = frozenset({"list", "map"})

_NAMES = {type(None): "null", bool: "boolean", int: "integer", float: "double", str: "string"}


def certain_types(source: Source, workflow: syntax.Workflow, names: Names) -> Types:
    """The types of all expressions of a workflow of which any are certain."""
    types: dict[syntax.Expression, Possible] = {}
    for root in expressions(workflow):
        for part in reversed(list(walk.within(root))):  # operands before what is made of them
            possible = _possible(part, names, types)
            if possible and not _stands_in(part, source):
                types[part] = possible
    return types


def expressions(workflow: syntax.Workflow) -> Iterator[syntax.Expression]:
    """Every expression of every step, as a whole."""
    for action in actions(workflow):
        yield from walk.expressions(action)


def actions(workflow: syntax.Workflow) -> Iterator[syntax.Action]:
    """Every action of every step."""
    for routine in workflow.routines:
        for _, step in walk.steps(routine):
            yield from walk.actions(step)


def bare(expression: syntax.Expression) -> syntax.Expression:
    """The expression inside `${…}`, or the expression itself."""
    return expression.expression if isinstance(expression, syntax.Embedded) else expression


def constant(value: syntax.Expression) -> bool | int | float | str | None:
    """A literal's value, also that of `-3`, which is an operator and a literal."""
    match bare(value):
        case syntax.Constant(literal):
            return literal
        case syntax.Unary("-", syntax.Constant(int() | float() as number)):
            return -number
        case _:
            return None


def named(possible: Possible) -> str:
    """How a message calls a set of types: `a number`, `an integer`, `a list or a map`."""
    if possible == NUMBER:
        return "a number"
    articles = {"integer": "an ", "bytes": "", "null": ""}
    return " or ".join(articles.get(name, "a ") + name for name in sorted(possible))


def sum_of(left: Possible, right: Possible) -> Possible:
    """The types of `left + right` by the table of spec 03 §6; empty where it always raises."""
    made = set()
    for one in left:
        for other in right:
            pair = {one, other}
            if "string" in pair and pair <= {"string", "integer", "double", "boolean"}:
                made.add("string")
            elif pair <= NUMBER:
                made.add("double" if "double" in pair else "integer")
    return frozenset(made)


def _stands_in(expression: syntax.Expression, source: Source) -> bool:
    """Whether this is the null that `parse` puts in place of an expression it cannot read."""
    return (
        isinstance(expression, syntax.Constant)
        and expression.value is None
        and "$" in source.slice(expression.span)
    )


def _possible(expression: syntax.Expression, names: Names, types: Types) -> Possible | None:
    match expression:
        case syntax.Constant(value):
            return frozenset({_NAMES[type(value)]})
        case syntax.Embedded(inner):
            return types.get(inner)
        case syntax.Name() | syntax.Member() | syntax.Index():
            return None
        case syntax.Call():
            return _result(expression, names)
        case syntax.Unary(operator, operand):
            return BOOLEAN if operator == "not" else types.get(operand, NUMBER) & NUMBER
        case syntax.Binary():
            return _binary(expression, types)
        case syntax.ListLiteral():
            return frozenset({"list"})
        case syntax.MapLiteral():
            return frozenset({"map"})
        case _:
            assert_never(expression)


def _result(call: syntax.Call, names: Names) -> Possible | None:
    callee = names.callees.get(call)
    if callee is None or isinstance(callee, syntax.Routine) or callee.result == "any":
        return None
    return NUMBER if callee.result == "number" else frozenset({callee.result})


def _binary(binary: syntax.Binary, types: Types) -> Possible | None:
    left, right = types.get(binary.left), types.get(binary.right)
    match binary.operator:
        case "+":
            if left is not None and right is not None:
                return sum_of(left, right)
            return frozenset({"string"}) if frozenset({"string"}) in (left, right) else None
        case "-" | "*" | "//" | "%":
            return sum_of((left or NUMBER) & NUMBER, (right or NUMBER) & NUMBER)
        case "/":
            return frozenset({"double"})
        case "<" | "<=" | ">" | ">=" | "==" | "!=" | "in" | "and" | "or":
            return BOOLEAN
        case _:
            assert_never(binary.operator)
