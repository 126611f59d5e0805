"""What the steps of a workflow with parallel steps do: a walk over the syntax tree.

`simulate` gives everything that can be seen of an execution, for compiled code to be compared with.
It knows the steps and functions that `tests.parallel_programs` makes; expressions are those of
`tests.reference`, seats and time those of `tests.parallel_model`.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar

from tests.interpreter import copied, put, span_items
from tests.parallel_model import (
    Body,
    Exhausted,
    Fork,
    Limits,
    Model,
    Outcome,
    Scope,
    Thread,
    places,
)
from tests.reference import HELPERS, Raised, binary, condition, evaluate, fail, word

from wfc import syntax
from wfc.source import Source, Span

T = TypeVar("T")
Waits = Generator[None, None, T]
"""Yields while it waits; returns what comes of it."""
Steps = tuple[syntax.Step, ...]
Way = None | str | list[Any]
"""How a step is left: to what follows, by a jump, or with the routine's result in a list."""


def simulate(
    source: Source, workflow: syntax.Workflow, args: Any, limits: Limits, seed: int | None
) -> Outcome:
    """The outcome of an execution under a virtual clock with that seed."""
    execution = _Execution(source, workflow, limits, seed)
    main = Thread(())
    main.body = execution.main(main, args)
    try:
        execution.model.run(main)
    except Exhausted:
        message = "ResourceLimitError: Memory usage limit exceeded"
        execution.outcome.error = {"message": message, "tags": ["ResourceLimitError"]}, []
    execution.outcome.peak, execution.outcome.edges = execution.model.peak, execution.model.edges
    return execution.outcome


class _Execution:
    """What all branches and calls share."""

    def __init__(
        self, source: Source, workflow: syntax.Workflow, limits: Limits, seed: int | None
    ) -> None:
        self.source = source
        self.routines = {routine.name: routine for routine in workflow.routines}
        self.model = Model(limits, seed)
        self.outcome = Outcome(events=self.model.events)

    def main(self, thread: Thread, args: Any) -> Body:
        main = self.routines["main"]
        try:
            given = [args][: len(main.parameters)]
            self.outcome.result = yield from _Activation(self, main, thread, 0).called(given, None)
        except Raised as raised:
            self.outcome.error = raised.payload, places(raised)


class _Activation:
    """A routine call, or a branch in it; an error gets one place from each that it passes.

    `nesting` counts the parallel steps around it, through calls too (rule 15).
    """

    def __init__(
        self, execution: _Execution, routine: syntax.Routine, thread: Thread, nesting: int
    ) -> None:
        self.execution = execution
        self.model = execution.model
        self.routine = routine
        self.thread = thread
        self.nesting = nesting

    def called(self, given: list[Any], caller: Scope | None) -> Waits[Any]:
        names = [parameter.variable.name for parameter in self.routine.parameters]
        scope = Scope(caller, None, self.routine.steps, dict(zip(names, given, strict=True)))
        self.model.account(scope)
        way = yield from self.steps(self.routine.steps, scope)
        return copied(way[0]) if isinstance(way, list) else None

    # -- steps -------------------------------------------------------------------------------------

    def steps(self, steps: Steps, scope: Scope) -> Waits[Way]:
        names = [step.name for step in steps]
        position = 0
        while position < len(steps):
            step = steps[position]
            way: Way = None
            if step.action is not None:
                way = yield from self.action(step, step.action, step.position, scope)
            if way is None and step.next is not None:
                way = _jump(step.next)
            position += 1
            if isinstance(way, str) and way in names:
                position = names.index(way)
            elif way is not None:
                return way
        return None

    def action(
        self, step: syntax.Step, action: syntax.Action, place: Span, scope: Scope
    ) -> Waits[Way]:
        value = partial(self.value, step, scope)
        match action:
            case syntax.Assign(assignments):
                for assignment in assignments:
                    with self.at(step, place):
                        yield from self.assign(step, assignment, scope)
            case syntax.CallStep():
                with self.at(step, place):
                    result = yield from self.call(step, action, scope)
                if action.result is not None:  # rule 11
                    variable = scope.home(action.result.name), action.result.name
                    yield from self.model.lock(self.thread, variable, step.name)
                    self.store(scope, action.result.name, result)
                    self.model.unlock(variable)
            case syntax.Switch(cases):
                for case in cases:
                    with self.at(step, case.position):
                        chosen = condition((yield from value(case.condition)))
                    if chosen:
                        way: Way = None
                        if case.action is not None:
                            way = yield from self.action(step, case.action, case.position, scope)
                        return _jump(case.next) if way is None and case.next else way
            case syntax.Steps(steps):
                return (yield from self.steps(steps, scope))
            case syntax.Return(returned):
                with self.at(step, place):
                    return [(yield from value(returned))]
            case syntax.Raise(raised):
                with self.at(step, place):
                    raise Raised(copied((yield from value(raised))))
            case syntax.For():
                with self.at(step, place):
                    items = yield from self.items(step, action, scope)
                for index, item in enumerate(items):
                    way = yield from self.iteration(action, index, item, scope)
                    if way == "break":
                        break
                    if way not in (None, "continue"):
                        return way
            case syntax.Try():
                return (yield from self.attempt(step, action, scope))
            case syntax.Parallel():
                with self.at(step, place):
                    yield from self.parallel(step, action, scope)
        return None

    def assign(self, step: syntax.Step, assignment: syntax.Assignment, scope: Scope) -> Waits[None]:
        """Rules 8 to 10: from before the right side is evaluated nobody else writes."""
        name = assignment.target.variable.name
        variable = scope.home(name), name
        yield from self.model.lock(self.thread, variable, step.name)
        try:
            path = []
            for part in assignment.target.path:
                path.append((yield from self.value(step, scope, part)))
            value = yield from self.value(step, scope, assignment.value)
            if path:
                changed = scope.visible()[name]
                put(changed, path, copied(value))
                value = changed
            self.store(scope, name, value)
        finally:
            self.model.unlock(variable)

    def store(self, scope: Scope, name: str, value: Any) -> None:
        scope.home(name).store(name, value)
        self.model.account(scope)

    def call(self, step: syntax.Step, call: syntax.CallStep, scope: Scope) -> Waits[Any]:
        given = []
        for argument in call.arguments:
            given.append((yield from self.value(step, scope, argument.value)))
        match call.function:
            case "sys.log":
                self.model.event("log", Thread(()), copied(given[0]))  # of no branch
                return None
            case "sys.sleep":
                if given[0] > _YEAR:
                    raise fail("ValueError", f"sys.sleep(): `seconds` must be from 0 to {_YEAR}")
                return (yield from self.wait("sleep", step, given[0]))
            case "list.concat":
                return _concat(*given)
            case name:
                return (yield from self.nested(name, given, scope))

    def nested(self, name: str, given: list[Any], scope: Scope) -> Waits[Any]:
        routine = self.execution.routines[name]
        called = _Activation(self.execution, routine, self.thread, self.nesting)
        return (yield from called.called(given, scope))

    def wait(self, what: str, step: syntax.Step, seconds: float) -> Waits[None]:
        self.model.event(what, self.thread, step.name)
        yield from self.model.sleep(self.thread, seconds)
        self.model.event(f"{what} over", self.thread, (step.name, False))

    def items(self, step: syntax.Step, loop: syntax.For, scope: Scope) -> Waits[list[Any]]:
        match loop.items:
            case syntax.Range(begin=begin, end=end) if begin is not None and end is not None:
                first = yield from self.value(step, scope, begin)
                last = yield from self.value(step, scope, end)
                return span_items(first, last)
            case syntax.Range():
                raise AssertionError("`tests.parallel_programs` makes no ranges of one expression")
            case expression:
                items = yield from self.value(step, scope, expression)
                if type(items) is not list:
                    with self.at(step, expression.span):
                        raise fail("TypeError", f"`for` goes over a list, not {word(items)}")
                return list(items)

    def iteration(self, loop: syntax.For, index: int, item: Any, scope: Scope) -> Waits[Way]:
        """Rules 13, 29, 31: variables of its own, also the item and its index."""
        own = {loop.value.name: item} | ({loop.index.name: index} if loop.index else {})
        inner = Scope(scope, scope, loop.steps, own)
        self.model.account(inner)
        return (yield from self.steps(loop.steps, inner))

    def attempt(self, step: syntax.Step, attempt: syntax.Try, scope: Scope) -> Waits[Way]:
        """Rule 24; spec 04 §9."""
        delays: list[float] = []
        if attempt.retry is not None:
            delays = _delays(attempt.retry)
        while True:
            try:
                return (yield from self.steps(attempt.steps, scope))
            except Raised as raised:
                error = raised
            if delays:
                yield from self.wait("retry", step, delays.pop(0))
                continue
            handler = attempt.handler
            if handler is None:
                raise error
            own = {handler.variable.name: error.payload} if handler.variable else {}
            inner = Scope(scope, scope, handler.steps, own)
            self.model.account(inner)
            return (yield from self.steps(handler.steps, inner))

    # -- parallel ----------------------------------------------------------------------------------

    def parallel(self, step: syntax.Step, action: syntax.Parallel, scope: Scope) -> Waits[None]:
        bodies: list[partial[Waits[Way]]] = []
        if isinstance(action.body, syntax.For):
            items = yield from self.items(step, action.body, scope)
            for index, item in enumerate(items):
                given = {"loop": action.body, "index": index, "item": item, "scope": scope}
                bodies.append(partial(_Activation.iteration, **given))
        else:
            for branch in action.body:
                own = Scope(scope, scope, branch.steps, {})  # rule 13
                bodies.append(partial(_Activation.steps, steps=branch.steps, scope=own))
        limits = self.model.limits
        seats: Any = limits.active
        if action.concurrency_limit is not None:
            seats = yield from self.value(step, scope, action.concurrency_limit)
        nesting = self.nesting + 1
        if nesting > limits.nesting:  # rule 15, OQ-41
            what = f"nested parallel steps: {nesting}, where the limit is {limits.nesting}"
            raise fail("ParallelNestingError", f"{what} (Limits.nesting)")
        if type(seats) is not int:  # rule 20, OQ-42
            raise fail("TypeError", f"`concurrency_limit` must be an integer, not {word(seats)}")
        if seats <= 0:
            what = f"`concurrency_limit` must be greater than 0, not {seats}"
            raise fail("ValueError", what)
        seats = min(seats, limits.active)
        fork = Fork(step.name, self.thread, scope, seats, free=seats)
        for index, body in enumerate(bodies):
            thread = Thread((*self.thread.path, (step.name, index)), fork)
            inner = _Activation(self.execution, self.routine, thread, nesting)
            thread.body = self.branch(thread, index, partial(body, inner))
            fork.items.append(thread)
        fork.left = len(bodies)
        yield from self.model.fork(fork)
        self.model.event("parallel over", self.thread, (step.name, fork.failed))
        if fork.failed:  # rule 26
            raised = fail("UnhandledBranchError", _UNHANDLED)
            raised.payload |= {"branches": fork.errors, "truncated": fork.truncated}
            raise raised

    def branch(self, thread: Thread, index: int, body: Callable[[], Waits[Way]]) -> Body:
        """One branch from its begin to its end; `continue` ends it too (rule 21)."""
        assert thread.step is not None
        self.model.event("begin", thread, None)
        failed = False
        try:
            yield from body()
        except Raised as raised:
            failed = True
            self.model.record(thread.step, index, raised)
        self.model.count(thread, -1)
        self.model.event("end", thread, failed)
        self.model.ended(thread)

    # -- expressions and where they fail (spec 05 §3) ----------------------------------------------

    def value(self, step: syntax.Step, scope: Scope, expression: syntax.Expression) -> Waits[Any]:
        match expression:
            case syntax.Embedded(expression=inner, span=span):
                with self.at(step, span):
                    return (yield from self.inner(inner, scope))
            case syntax.ListLiteral(items=items):
                made = []
                for item in items:
                    made.append((yield from self.value(step, scope, item)))
                return made
            case syntax.MapLiteral(entries=entries):
                pairs = {}
                for entry in entries:
                    assert isinstance(entry.key, syntax.Constant)
                    pairs[entry.key.value] = yield from self.value(step, scope, entry.value)
                return pairs
            case _:
                return evaluate(expression, scope.visible())

    def inner(self, expression: syntax.Expression, scope: Scope) -> Waits[Any]:
        """Calls of routines may wait, so they are found here; `evaluate` does the rest."""
        match expression:
            case syntax.Call(function=name, arguments=arguments) if name in self.execution.routines:
                given = []
                for argument in arguments:
                    given.append((yield from self.inner(argument, scope)))
                return (yield from self.nested(name, given, scope))
            case syntax.Binary(operator="+" as operator, left=left, right=right):
                first = yield from self.inner(left, scope)
                return binary(operator, first, (yield from self.inner(right, scope)))
            case _:
                return evaluate(expression, scope.visible(), _FUNCTIONS)

    @contextmanager
    def at(self, step: syntax.Step, span: Span) -> Iterator[None]:
        """Notes where an error leaves this activation, the innermost place first."""
        try:
            yield
        except Raised as raised:
            passed = raised.__dict__.setdefault("places", [])
            if not any(activation is self for activation, _ in passed):
                line, _ = self.execution.source.line_column(span.start)
                place = f'in step "{step.name}", routine "{self.routine.name}", line: {line}'
                passed.append((self, place))
            raise


def _jump(jump: syntax.Jump) -> Way:
    return [None] if jump.target == "end" else jump.target


def _delays(retry: syntax.Retry) -> list[float]:
    """Seconds before each retry: one for every error, or none."""
    constants = (retry.max_retries, retry.initial_delay, retry.max_delay, retry.multiplier)
    retries, first, longest, factor = (evaluate(part, {}) for part in constants if part)
    assert isinstance(retry.predicate, syntax.Embedded)
    assert isinstance(retry.predicate.expression, syntax.Member)
    if retry.predicate.expression.name == "never":
        return []
    return [min(first * factor**number, longest) for number in range(retries)]


def _concat(objs: Any, val: Any) -> Any:
    if type(objs) is not list:
        raise fail("TypeError", f"list.concat(): `objs` must be a list, not {word(objs)}")
    return [*copied(objs), copied(val)]


_FUNCTIONS = {**HELPERS, "list.concat": _concat}
_YEAR = 31_536_000
"""Seconds, the longest sleep (spec 07 §2)."""
_UNHANDLED = "One or more branches or iterations encountered an unhandled runtime error"
