"""Ways through a syntax tree, for passes that only look.

Everything here is a loop with a stack of its own, in source order: no depth of nesting that a file
can have exhausts Python's stack.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, assert_never

from wfc import syntax
from wfc.frozen import frozen
from wfc.source import Span

BodyKind = Literal["routine", "steps", "switch", "try", "except", "for", "branch", "iteration"]


@frozen
class Body:
    """One list of steps and what it belongs to; `step` holds it and stands in the list `outer`.

    `owner` is the node with the list; of a `parallel` loop it is the For.  `span` is where it can
    be pointed at.  `parallel` is the Parallel of a branch or an iteration.
    """

    kind: BodyKind
    steps: tuple[syntax.Step, ...]
    owner: syntax.Routine | syntax.Steps | syntax.Try | syntax.Except | syntax.For | syntax.Branch
    span: Span
    step: syntax.Step | None = None
    outer: Body | None = None
    parallel: syntax.Parallel | None = None

    def chain(self) -> list[Body]:
        """This list and those around it, the routine's own first."""
        chain = [self]
        while chain[-1].outer is not None:
            chain.append(chain[-1].outer)
        return chain[::-1]


def steps(routine: syntax.Routine) -> Iterator[tuple[Body, syntax.Step]]:
    """Every step of a routine with the list it stands in."""
    body = Body("routine", routine.steps, routine, routine.name_span)
    stack = [iter([(body, step) for step in body.steps])]
    while stack:
        for body, step in stack[-1]:
            yield body, step
            inner = [found for action in actions(step) for found in bodies(action, step, body)]
            stack.append(iter([(found, child) for found in inner for child in found.steps]))
            break
        else:
            stack.pop()


def bodies(action: syntax.Action, step: syntax.Step, outer: Body | None) -> list[Body]:
    """The lists of steps directly inside one of the `actions` of `step`."""
    match action:
        case syntax.Steps(inner):
            kind: BodyKind = "steps" if action is step.action else "switch"
            return [Body(kind, inner, action, step.name_span, step, outer)]
        case syntax.For():
            return [Body("for", action.steps, action, action.span, step, outer)]
        case syntax.Parallel(body=body):
            if isinstance(body, syntax.For):
                return [Body("iteration", body.steps, body, body.span, step, outer, action)]
            return [
                Body("branch", branch.steps, branch, branch.name_span, step, outer, action)
                for branch in body
            ]
        case syntax.Try(handler=handler):
            made = [Body("try", action.steps, action, action.span, step, outer)]
            if handler is not None:
                made.append(Body("except", handler.steps, handler, handler.span, step, outer))
            return made
        case (
            syntax.Assign() | syntax.CallStep() | syntax.Switch() | syntax.Raise() | syntax.Return()
        ):
            return []
        case _:
            assert_never(action)


def actions(step: syntax.Step) -> Iterator[syntax.Action]:
    """What a step does: its action and, for a `switch`, those of its entries at any depth."""
    stack = [step.action]
    while stack:
        action = stack.pop()
        if action is not None:
            yield action
        if isinstance(action, syntax.Switch):
            stack.extend(case.action for case in reversed(action.cases))


def jumps(step: syntax.Step) -> Iterator[syntax.Jump]:
    """The `next` of a step's `switch` entries, then its own."""
    for action in actions(step):
        if isinstance(action, syntax.Switch):
            yield from (case.next for case in action.cases if case.next is not None)
    if step.next is not None:
        yield step.next


def expressions(action: syntax.Action) -> list[syntax.Expression]:
    """The expressions that stand directly in an action, without those of steps inside it."""
    match action:
        case syntax.Assign(assignments):
            return [
                part
                for assignment in assignments
                for part in (*assignment.target.path, assignment.value)
            ]
        case syntax.CallStep():
            whole = [] if action.whole is None else [action.whole]
            return [argument.value for argument in action.arguments] + whole
        case syntax.Switch(cases):
            return [case.condition for case in cases]
        case syntax.For():
            return _looped(action)
        case syntax.Parallel(body=body):
            found = [action.concurrency_limit]
            if isinstance(body, syntax.For):
                found += _looped(body)
            return [expression for expression in found if expression is not None]
        case syntax.Try(retry=retry):
            return [] if retry is None else retry_parts(retry)
        case syntax.Raise(value) | syntax.Return(value):
            return [value]
        case syntax.Steps():
            return []
        case _:
            assert_never(action)


def _looped(loop: syntax.For) -> list[syntax.Expression]:
    match loop.items:
        case syntax.Range(begin, end, whole):
            return [part for part in (begin, end, whole) if part is not None]
        case items:
            return [items]


def retry_parts(retry: syntax.Retry) -> list[syntax.Expression]:
    """The expressions of a `retry`."""
    parts = (
        retry.policy,
        retry.predicate,
        retry.max_retries,
        retry.backoff,
        retry.initial_delay,
        retry.max_delay,
        retry.multiplier,
    )
    return [part for part in parts if part is not None]


def children(expression: syntax.Expression) -> tuple[syntax.Expression, ...]:
    """The expressions directly inside one; the most frequent kinds come first."""
    match expression:
        case syntax.Constant() | syntax.Name():
            return ()
        case syntax.Member(base):
            return (base,)
        case syntax.Embedded(inner):
            return (inner,)
        case syntax.Binary(left=left, right=right):
            return (left, right)
        case syntax.Call(arguments=arguments):
            return arguments
        case syntax.Index(base, index):
            return (base, index)
        case syntax.Unary(operand=operand):
            return (operand,)
        case syntax.ListLiteral(items):
            return items
        case syntax.MapLiteral(entries):
            return tuple(part for entry in entries for part in (entry.key, entry.value))
        case _:
            assert_never(expression)


def within(expression: syntax.Expression) -> Iterator[syntax.Expression]:
    """An expression and all inside it."""
    stack = [expression]
    while stack:
        found = stack.pop()
        yield found
        if not isinstance(found, (syntax.Name, syntax.Constant)):  # half of them, with no children
            stack.extend(reversed(children(found)))


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
