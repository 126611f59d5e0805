"""syntax.CallStep -> ast.expr, and which calls in an expression wait."""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterator

from wfc import syntax, walk
from wfc.graph import Place
from wfc.library import PARAMETER_ALIASES, Function
from wfc.lower_expressions import Expressions
from wfc.lower_python import constant, dotted
from wfc.source import Span


def call_step(expressions: Expressions, place: Place, step: syntax.CallStep) -> ast.expr:
    """The call of a `call` step, awaited where it waits."""
    callee = expressions.names.callees[step]
    if isinstance(callee, syntax.Routine):
        spelled_as = expressions.spelling.routines[callee]
        positional = [
            expressions.copied(part.value) for part in step.arguments if part.name is None
        ]
        spelled = {
            parameter.variable.name: expressions.spelling.bindings[
                expressions.names.writes[parameter.variable]
            ]
            for parameter in callee.parameters
        }
        keywords = [
            ast.keyword(spelled[part.name], expressions.copied(part.value))
            for part in step.arguments
            if part.name is not None
        ]
        if expressions.call_log:  # which shows arguments by their names
            given = zip(spelled.values(), positional, strict=False)
            keywords += [ast.keyword(parameter, value) for parameter, value in given]
            positional = []
        made = expressions.invoke(
            callee, positional, keywords + _whole(expressions, step, spelled_as, {})
        )
        return _logged(expressions, place, callee.name, made)
    return _library(expressions, place, step, callee)


def _library(
    expressions: Expressions, place: Place, step: syntax.CallStep, function: Function
) -> ast.expr:
    python = expressions.spelling.connectors.get(function.name, function.python)
    parameters = [parameter.name for parameter in function.parameters]
    named = []
    for position, argument in enumerate(step.arguments):
        given = parameters[position] if argument.name is None else argument.name
        given = PARAMETER_ALIASES.get((function.name, given), given)
        named.append((given, expressions.value(argument.value)))
    keywords = [_keyword(given, value) for given, value in named]
    other_names = {
        other: own for (owner, other), own in PARAMETER_ALIASES.items() if owner == function.name
    }
    keywords += _whole(expressions, step, python, other_names)
    label = constant(place.step.name)
    if function.way == "wait" and not python.startswith("run."):
        positional: list[ast.expr] = [label, dotted(python)]
        return ast.Await(ast.Call(dotted("run.call"), positional, keywords))
    in_order = [given for given, _ in named] == parameters[: len(named)]
    if in_order and not step.whole and not expressions.call_log:
        required = [parameter for parameter in function.parameters if parameter.required]
        positional = [value for _, value in named[: len(required)]]
        keywords = keywords[len(required) :]
    else:
        positional = []
    if function.way == "wait":
        return ast.Await(ast.Call(dotted(python), [label, *positional], keywords))
    made = _logged(
        expressions, place, function.name, ast.Call(dotted(python), positional, keywords)
    )
    return expressions.owned(step, made)


def _keyword(given: str, value: ast.expr) -> ast.keyword:
    """`given=value`, or `**{"given": value}` where Python has no such name."""
    if given.isidentifier() and not keyword.iskeyword(given):
        return ast.keyword(given, value)
    return ast.keyword(None, ast.Dict([ast.Constant(given)], [value]))


def _logged(expressions: Expressions, place: Place, callee: str, made: ast.expr) -> ast.expr:
    """The call through the run, which logs it; what waits for the library is logged anyway."""
    match made:
        case ast.Await(ast.Call() as waiting) if expressions.call_log:
            return ast.Await(_through("run.log_wait", place, callee, waiting))
        case ast.Call() if expressions.call_log:
            return _through("run.log_call", place, callee, made)
        case _:
            return made


def _through(method: str, place: Place, callee: str, made: ast.Call) -> ast.Call:
    given = [constant(place.step.name), constant(callee), made.func, *made.args]
    return ast.Call(dotted(method), given, made.keywords)


def _whole(
    expressions: Expressions,
    step: syntax.CallStep,
    function: str,
    other_names: dict[str, str],
) -> list[ast.keyword]:
    """`args: ${map}`: arguments whose names are known only when it runs."""
    if step.whole is None:
        return []
    given = [dotted(function), expressions.copied(step.whole)]
    others = [ast.keyword(other, constant(own)) for other, own in other_names.items()]
    return [ast.keyword(None, ast.Call(dotted("wf.named"), given, others))]


def waiting(
    value: syntax.Expression, expressions: Expressions, span: Span | None = None
) -> Iterator[tuple[syntax.Call, Span | None]]:
    """The calls in an expression that wait, inner ones first, where they are certain to be made.

    Each with the place of the `${…}` around it.  A call on the right of `and` or `or` stays where
    it is: it may not be made at all.
    """
    children = walk.children(value)
    if isinstance(value, syntax.Embedded):
        span = value.span
    if isinstance(value, syntax.Binary) and value.operator in ("and", "or"):
        children = children[:1]
    for child in children:
        yield from waiting(child, expressions, span)
    if isinstance(value, syntax.Call):
        callee = expressions.names.callees[value]
        if value in expressions.names.awaited or callee in expressions.calls.waits:
            yield value, span
