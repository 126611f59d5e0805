"""Loops, `try` steps and dispatch loops -> pytree statements."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wfc import pytree, shape, syntax, walk
from wfc.lower_history import attempt_begun, begun, iterations
from wfc.lower_python import call, constant, dotted, name
from wfc.names import Binding, Scope
from wfc.types import HIGHEST
from wfc.visible import visible

if TYPE_CHECKING:
    from wfc.lower_statements import Statements

_VALUE = dotted("wf.Value")
_MOST_SHOWN = 5  # jumps, in the comment on a dispatch loop


@dataclass(slots=True, eq=False)
class Function:
    """One Python function: a routine's, or a branch's inside it.

    `declared` are the variables that some statement above has introduced; a type checker takes the
    type from there.
    """

    scope: Scope
    outer: Function | None
    declared: set[str] = field(default_factory=set)


# -- for ------------------------------------------------------------------------------------------


def loop(to: Statements, statement: shape.For, function: Function) -> list[pytree.Statement]:
    """An ordinary `for`; the variables of its scope are new in each iteration."""
    place, node = statement.place, statement.loop
    scope = to.names.scopes[node]
    value = to.spelling.bindings[to.names.writes[node.value]]
    over = iterations(to, node, items(to, node, value))
    target: ast.expr = ast.Name(value, ast.Store())
    function.declared.add(value)
    bindings = [to.names.writes[node.value]]
    if node.index is not None:
        index = to.spelling.bindings[to.names.writes[node.index]]
        target = ast.Tuple([ast.Name(index, ast.Store()), target], ast.Store())
        over = call("enumerate", over)
        function.declared.add(index)
        bindings.append(to.names.writes[node.index])
    ended = [*scope.bindings.values(), *_ended(to, node.steps)]
    fresh = to.released([binding for binding in ended if binding not in bindings], place)
    start = [*fresh, *to.held(bindings, place)]
    body = to.block(statement.body, function, scope)
    rounds = (*to.pause(statement.body, function), *start, *body)
    return [pytree.For(target, over, rounds, place), *to.released(ended, place)]


def _ended(to: Statements, steps: tuple[syntax.Step, ...]) -> list[Binding]:
    """The variables of the blocks inside some steps, when none of these runs any more.

    An error or a jump can leave a block on the way.  A branch accounts for its own.
    """
    found: list[Binding] = []
    pending = list(steps) if to.accounting else []
    for step in pending:
        for action in walk.actions(step):
            for body in walk.bodies(action, step, None):
                if body.kind in ("branch", "iteration"):
                    continue
                if isinstance(body.owner, (syntax.For, syntax.Except)):
                    found += to.names.scopes[body.owner].bindings.values()
                pending += body.steps
    return found


def items(to: Statements, node: syntax.For, value: str) -> ast.expr:
    """What a loop runs over: a native range or list where the types are proven."""
    bounds = walk.range_bounds(node.items)
    if bounds is not None:
        begin, end = bounds
        types = [to.types.of(bound) for bound in bounds]
        whole = all(kind.only("integer") for kind in types)
        if whole and types[1].high < HIGHEST and to.narrow(value):
            return call("range", to.expressions.value(begin), _plus_one(to, end))
        return _span(to, node, begin, end)
    if isinstance(node.items, syntax.Range):
        assert node.items.whole is not None
        spanned = call("wf.span_of", to.expressions.value(node.items.whole))
        to.expressions.placed(spanned, node.items.whole.span)
        return spanned
    value_of = to.expressions.copied(node.items)
    if isinstance(walk.bare(node.items), syntax.ListLiteral):
        return value_of if to.narrow(value) else call("wf.each", value_of)
    if to.types.of(node.items).only("list"):
        return value_of
    listed = call("wf.each", value_of)
    if isinstance(node.items, syntax.Embedded):
        to.expressions.placed(listed, node.items.span)
    return listed


def _span(
    to: Statements, node: syntax.For, begin: syntax.Expression, end: syntax.Expression
) -> ast.expr:
    made = call("wf.span", to.expressions.value(begin), to.expressions.value(end))
    if isinstance(node.items, syntax.Range) and isinstance(node.items.whole, syntax.Embedded):
        to.expressions.placed(made, node.items.whole.span)
    return made


def _plus_one(to: Statements, end: syntax.Expression) -> ast.expr:
    """`range` excludes its end; `n - 1 + 1` is `n`."""
    inner = walk.bare(end)
    if isinstance(inner, syntax.Constant) and isinstance(inner.value, int):
        return constant(inner.value + 1)
    if (
        isinstance(inner, syntax.Binary)
        and inner.operator == "-"
        and isinstance(inner.right, syntax.Constant)
        and inner.right.value == 1
    ):
        return to.expressions.value(inner.left)
    return ast.BinOp(to.expressions.value(end), ast.Add(), ast.Constant(1))


# -- try ------------------------------------------------------------------------------------------


def attempt(to: Statements, statement: shape.Try, function: Function) -> list[pytree.Statement]:
    """`try`, with the loop that repeats it where there is a `retry` (spec 04 §9)."""
    node, place = statement.attempt, statement.place
    body = (*attempt_begun(to, node, place), *to.block(statement.body, function, None))
    if node.retry is None and node.handler is None:
        return list(body)
    exc = to.helper("exc")
    ended = to.released(_ended(to, node.steps), place)
    if node.retry is None:
        handler = (*ended, *_handler(to, statement, function, exc))
        return [pytree.Try(body, exc, handler, place), *_after_handler(to, node, statement)]
    retry, error = to.spelling.fresh(to.routine, "retry"), to.helper("error")
    settled = ast.Await(ast.Call(dotted(f"{retry}.settle"), [name(exc)], []))
    again = ast.Compare(name(error), [ast.Is()], [ast.Constant(None)])
    caught: pytree.Body = (
        *ended,
        *begun(to, node.retry, place, exc),
        pytree.Simple(to.assign(error, settled), place),
        pytree.If(again, (*to.counted(1, place), pytree.Simple(ast.Continue(), None)), (), None),
    )
    if node.handler is None:
        caught = (*caught, pytree.Simple(ast.Raise(name(error), None), place))
    else:
        caught = (*caught, *_handler(to, statement, function, error))
    tried = pytree.Try(body, exc, caught, place)
    rounds: pytree.Body = (tried,)
    if not shape.ends((statement,)):
        rounds = (tried, pytree.Simple(ast.Break(), None))
    return [
        pytree.Simple(to.assign(retry, _policy(to, statement)), place),
        pytree.While(ast.Constant(True), rounds, None),
        *_after_handler(to, node, statement),
    ]


def _handler(to: Statements, statement: shape.Try, function: Function, error: str) -> pytree.Body:
    node = statement.attempt.handler
    assert node is not None
    assert statement.handler is not None
    caught = call("wf.caught", name(error))
    if node.variable is None:
        bound: list[pytree.Statement] = [pytree.Simple(ast.Expr(caught), statement.place)]
    else:
        binding = to.names.writes[node.variable]
        spelled = to.spelling.bindings[binding]
        bound = [
            to.store(spelled, caught, function, statement.place),
            *to.held([binding], statement.place),
        ]
    failed = begun(to, node, statement.place, error)
    return (*failed, *bound, *to.body(statement.handler, function, to.names.scopes[node]))


def _after_handler(
    to: Statements, node: syntax.Try, statement: shape.Try
) -> list[pytree.Statement]:
    if node.handler is None or shape.ends((statement,)):
        return []
    own = to.names.scopes[node.handler].bindings.values()
    return to.released([*own, *_ended(to, node.handler.steps)], statement.place)


def _policy(to: Statements, statement: shape.Try) -> ast.expr:
    retry = statement.attempt.retry
    assert retry is not None
    made = call("run.retry", constant(statement.place.step.name))
    if retry.policy is not None:
        made.args.append(to.expressions.value(retry.policy))
        return made
    if retry.predicate is not None:
        made.keywords.append(ast.keyword("predicate", _predicate(to, retry.predicate)))
    for part in ("max_retries", "backoff", "initial_delay", "max_delay", "multiplier"):
        expression = getattr(retry, part)
        if expression is not None:
            made.keywords.append(ast.keyword(part, to.expressions.value(expression)))
    return made


def _predicate(to: Statements, expression: syntax.Expression) -> ast.expr:
    """A subworkflow as a predicate needs the run; the library's take the error alone."""
    inner = walk.bare(expression)
    routine = to.names.reads.get(inner) if isinstance(inner, syntax.Name) else None
    if not isinstance(routine, syntax.Routine):
        return to.expressions.value(expression)
    error = to.helper("error")
    given = to.expressions.owned(expression, name(error))
    invoked = to.expressions.invoke(routine, [given], [])
    called = invoked.value if isinstance(invoked, ast.Await) else invoked
    return ast.Lambda(ast.arguments([], [ast.arg(error)], None, [], [], None, []), called)


# -- dispatch -------------------------------------------------------------------------------------


def dispatch(
    to: Statements, statement: shape.Dispatch, function: Function
) -> list[pytree.Statement]:
    """Blocks that jump to each other by name, for jumps that no loop can express."""
    jumps = [f"{visible(source)} → {visible(target)}" for source, target in statement.jumps]
    if len(jumps) > _MOST_SHOWN:
        jumps[_MOST_SHOWN:] = [f"… ({len(jumps)} in all)"]
    step = to.helper("step")
    chain: pytree.Body = ()
    lowered = [(label, to.block(body, function, None)) for label, body in statement.blocks]
    for label, block in reversed(lowered):
        test = ast.Compare(name(step), [ast.Eq()], [constant(label)])
        chain = (pytree.If(test, block, chain, None),)
    going_on = constant(True) if statement.endless else name(step)
    why = f"The jumps {', '.join(jumps)} cross, so the steps run by name."
    return [
        pytree.Comment(why, spaced=True),
        pytree.Simple(to.assign(step, constant(statement.first)), None),
        pytree.While(going_on, (*to.pause((), function), *chain), None),
    ]
