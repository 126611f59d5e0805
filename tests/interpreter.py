"""What a workflow does, step by step, said as plainly as possible: to compare compiled code with.

`execute` walks the syntax tree: no graph, no types, no sharing of values (all are copied whenever
they are stored).  Parallel branches run one after another.  It knows the steps and functions that
`tests.workflows` makes; expressions are those of `tests.reference`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, TypeVar

from tests.reference import HELPERS, Raised, condition, evaluate, fail, name, word

from wfc import syntax
from wfc.source import Source, Span

Steps = tuple[syntax.Step, ...]
Caller = Callable[..., Any]
T = TypeVar("T")


class OutOfFuel(Exception):
    """The workflow runs longer than a test wants to wait."""


@dataclass(frozen=True)
class Finish:
    """`return`, or `next: end` with null: the routine is over."""

    value: Any


Way = None | Literal["break", "continue"] | syntax.Step | Finish
"""How a step is left: to what follows, out of or on with the loop, by a jump, or for good."""


@dataclass
class Entry:
    """A step or a block that ran, inside `level` others, in the order in which they began."""

    level: int
    type: str
    routine: str
    step: str
    state: str = "STATE_SUCCEEDED"


@dataclass(frozen=True)
class Outcome:
    """`error` holds the payload and the stack trace of what ended the execution."""

    result: Any = None
    error: tuple[Any, list[dict[str, Any]]] | None = None
    log: list[Any] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def text(self) -> str:
        """Equal for outcomes that are the same to a user; `repr` tells 1 from 1.0 and true."""
        return repr(_ordered([self.result, self.error, self.log]))


def _ordered(value: Any) -> Any:
    """The order of a map's keys means nothing."""
    match value:
        case dict():
            return sorted((repr(key), repr(_ordered(inner))) for key, inner in value.items())
        case list() | tuple():
            return [_ordered(inner) for inner in value]
        case _:
            return value


def execute(source: Source, workflow: syntax.Workflow, args: Any, fuel: int = 2_000) -> Outcome:
    """The outcome of an execution; raises OutOfFuel after `fuel` steps."""
    machine = _Machine(source, workflow, fuel)
    given = [args] if workflow.main.parameters else []
    try:
        result = in_json(machine.call(workflow.main, given, {}, 0))
        return Outcome(result=result, log=machine.log, entries=machine.entries)
    except Raised as raised:
        error = (raised.payload, _frames(raised))
        return Outcome(error=error, log=machine.log, entries=machine.entries)


def _frames(raised: Raised) -> list[dict[str, Any]]:
    return [frame for _, frame in getattr(raised, "frames", [])]


class Scope(Mapping[str, Any]):
    """The variables of a routine, loop, `except`, branch or iteration (spec 02 §4).

    `own` come from its head, `assigned` from its steps.  An assigned name that a scope around
    assigns too, earlier or later, is the variable there (OQ-19).
    """

    def __init__(self, outer: Scope | None, own: dict[str, Any], steps: Steps) -> None:
        self.outer = outer
        self.values_here = dict(own)
        for variable in assigned(steps):
            if outer is None or outer.find(variable) is None:
                self.values_here.setdefault(variable, None)  # OQ-20

    def find(self, variable: str) -> Scope | None:
        if variable in self.values_here:
            return self
        return None if self.outer is None else self.outer.find(variable)

    def __getitem__(self, variable: str) -> Any:
        found = self.find(variable)
        assert found is not None, variable
        return found.values_here[variable]

    def store(self, variable: str, value: Any) -> None:
        found = self.find(variable)
        assert found is not None, variable
        found.values_here[variable] = copied(value)

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError


def assigned(steps: Steps) -> Iterator[str]:
    """The names that the steps of one scope assign."""
    for step in steps:
        yield from _assigned_by(step.action)


def _assigned_by(action: syntax.Action | None) -> Iterator[str]:
    match action:
        case syntax.Assign(assignments):
            yield from (a.target.variable.name for a in assignments if not a.target.path)
        case syntax.CallStep(result=syntax.Variable(name=result)):
            yield result
        case syntax.Switch(cases):
            for case in cases:
                yield from _assigned_by(case.action)
        case syntax.Steps(steps) | syntax.Try(steps=steps):
            yield from assigned(steps)
        case _:
            pass


class _Machine:
    def __init__(self, source: Source, workflow: syntax.Workflow, fuel: int) -> None:
        self.source = source
        self.routines = {routine.name: routine for routine in workflow.routines}
        self.fuel = fuel
        self.log: list[Any] = []
        self.entries: list[Entry] = []
        self.level = 0

    def call(
        self, routine: syntax.Routine, given: list[Any], named: dict[str, Any], depth: int
    ) -> Any:
        if depth > 20:
            detail = f"nested subworkflow calls: {depth}, where the limit is 20 (Limits.depth)"
            raise fail("RecursionError", detail)
        values = {p.variable.name: _literal(p.default) for p in routine.parameters}
        values |= zip((p.variable.name for p in routine.parameters), given, strict=False)
        values |= named
        scope = Scope(None, copied(values), routine.steps)
        way = _Activation(self, routine, depth).steps(routine.steps, scope)
        return copied(way.value) if isinstance(way, Finish) else None


def _literal(default: syntax.Expression | None) -> Any:
    return None if default is None else evaluate(default, {})


class _Activation:
    """One call of a routine; an error passes through it once and gets its frame (spec 05 §3)."""

    def __init__(self, machine: _Machine, routine: syntax.Routine, depth: int) -> None:
        self.machine = machine
        self.routine = routine
        self.depth = depth
        called = {name: partial(self.called, name) for name in machine.routines}
        self.functions: dict[str, Caller] = {**HELPERS, **_LIBRARY, **called}

    def called(self, routine: str, *given: Any, **named: Any) -> Any:
        machine = self.machine
        return machine.call(machine.routines[routine], list(given), named, self.depth + 1)

    @contextmanager
    def entry(self, type: str, step: str) -> Iterator[None]:
        """Notes that a step or a block begins, and whether it fails."""
        machine = self.machine
        entry = Entry(machine.level, f"STEP_{type}", self.routine.name, step)
        machine.entries.append(entry)
        machine.level += 1
        try:
            yield
        except Raised:
            entry.state = "STATE_FAILED"
            raise
        finally:
            machine.level -= 1

    # -- steps -------------------------------------------------------------------------------------

    def steps(self, steps: Steps, scope: Scope, start: syntax.Step | None = None) -> Way:
        """Runs a list from its first step or from `start`, which may be in `steps` inside it."""
        position = next((n for n, step in enumerate(steps) if start in _entries(step)), 0)
        while position < len(steps):
            step = steps[position]
            inner = start if start is not step else None
            start = None
            way = self.step(step, scope, inner)
            position += 1
            if isinstance(way, syntax.Step) and any(way in _entries(step) for step in steps):
                start = way
                position = next(n for n, step in enumerate(steps) if way in _entries(step))
            elif way is not None:
                return way
        return None

    def step(self, step: syntax.Step, scope: Scope, start: syntax.Step | None) -> Way:
        self.machine.fuel -= 1
        if self.machine.fuel < 0:
            raise OutOfFuel
        match step.action:
            case None:
                way: Way = None
            case syntax.Steps(steps):
                way = self.steps(steps, scope, start)
            case action:
                way = self.action(step, action, step.position, scope)
        return self.jump(step, step.next) if way is None and step.next else way

    def jump(self, step: syntax.Step, jump: syntax.Jump) -> Way:
        with self.entry("GOTO", step.name):
            pass
        match jump.target:
            case "end":
                return Finish(None)
            case "break" | "continue" as way:
                return way
            case target:
                return _named(target, self.routine.steps)

    def action(self, step: syntax.Step, action: syntax.Action, place: Span, scope: Scope) -> Way:
        if isinstance(action, syntax.Steps):
            return self.steps(action.steps, scope)
        with self.entry(self.type(action), step.name):
            return self.act(step, action, place, scope)

    def type(self, action: syntax.Action) -> str:
        match action:
            case syntax.CallStep(function=function):
                return "SUBWORKFLOW_CALL" if function in self.machine.routines else "STD_LIB_CALL"
            case syntax.Parallel(body=body):
                return "PARALLEL_FOR" if isinstance(body, syntax.For) else "PARALLEL_BRANCH"
            case syntax.Try():
                return "TRY_RETRY_EXCEPT"
            case _:
                return type(action).__name__.upper()

    def act(self, step: syntax.Step, action: syntax.Action, place: Span, scope: Scope) -> Way:
        def at(compute: Callable[[], T]) -> T:
            return self.at(step, place, compute)

        def value(expression: syntax.Expression) -> Any:
            return at(lambda: self.value(step, expression, scope))

        match action:
            case syntax.Assign(assignments):
                for assignment in assignments:
                    at(partial(self.assign, step, assignment, scope))
            case syntax.CallStep():
                result = at(lambda: self.call_step(step, action, scope))
                if action.result is not None:
                    scope.store(action.result.name, result)
            case syntax.Switch(cases):
                return self.switch(step, cases, scope)
            case syntax.Return(returned):
                return Finish(value(returned))
            case syntax.Raise(raised):
                payload = copied(value(raised))
                at(partial(_throw, Raised(payload)))
            case syntax.For():
                items = at(lambda: self.items(step, action, scope))
                return self.loop(step, action, items, scope)
            case syntax.Try():
                return self.attempt(step, action, place, scope)
            case syntax.Parallel(body=body):
                branches: Iterable[Callable[[], Way]]
                if isinstance(body, syntax.For):
                    items = at(partial(self.items, step, body, scope))
                    branches = [partial(self.iteration, step, body, i, v, scope) for i, v in items]
                else:
                    branches = [partial(self.branch, branch, scope) for branch in body]
                at(partial(self.parallel, branches))
        return None

    def assign(self, step: syntax.Step, assignment: syntax.Assignment, scope: Scope) -> None:
        target = assignment.target
        path = [self.value(step, part, scope) for part in target.path]
        value = copied(self.value(step, assignment.value, scope))
        if path:
            changed = scope[target.variable.name]
            put(changed, path, value)
            scope.store(target.variable.name, changed)
        else:
            scope.store(target.variable.name, value)

    def call_step(self, step: syntax.Step, call: syntax.CallStep, scope: Scope) -> Any:
        given = [self.value(step, a.value, scope) for a in call.arguments if a.name is None]
        named = {a.name: self.value(step, a.value, scope) for a in call.arguments if a.name}
        match call.function:
            case "sys.log":
                self.machine.log.append(in_json(named["json"]))
                return None
            case "sys.sleep":
                return None
            case function:
                return self.functions[function](*given, **named)

    def switch(self, step: syntax.Step, cases: tuple[syntax.Case, ...], scope: Scope) -> Way:
        for case in cases:
            test = partial(self.test, step, case.condition, scope)
            if self.at(step, case.position, test):
                way: Way = None
                with self.entry("CONDITION", step.name):
                    if case.action is not None:
                        way = self.action(step, case.action, case.position, scope)
                    return self.jump(step, case.next) if way is None and case.next else way
        return None

    # -- loops and branches ------------------------------------------------------------------------

    def items(self, step: syntax.Step, loop: syntax.For, scope: Scope) -> list[tuple[int, Any]]:
        match loop.items:
            case syntax.Range(begin=begin, end=end) if begin is not None and end is not None:
                first, last = (self.value(step, bound, scope) for bound in (begin, end))
                items: Any = span_items(first, last)
            case syntax.Range(whole=whole):
                assert whole is not None
                first, last = self.value(step, whole, scope)
                items = span_items(first, last)
            case expression:
                items = copied(self.value(step, expression, scope))
                if type(items) is not list:
                    raise self.placed(step, expression, _not_a_list(items))
        return list(enumerate(items))

    def loop(
        self, step: syntax.Step, loop: syntax.For, items: list[tuple[int, Any]], scope: Scope
    ) -> Way:
        for index, item in items:
            way = self.iteration(step, loop, index, item, scope)
            if way == "break":
                break
            if way not in (None, "continue"):
                return way
        return None

    def iteration(
        self, step: syntax.Step, loop: syntax.For, index: int, item: Any, scope: Scope
    ) -> Way:
        own = {loop.value.name: item} | ({loop.index.name: index} if loop.index else {})
        with self.entry("FOR_ITERATION", step.name):
            return self.steps(loop.steps, Scope(scope, own, loop.steps))

    def branch(self, branch: syntax.Branch, scope: Scope) -> Way:
        with self.entry("PARALLEL_BRANCH_ENTRY", branch.name):
            return self.steps(branch.steps, Scope(scope, {}, branch.steps))

    def parallel(self, branches: Iterable[Callable[[], Way]]) -> None:
        failed = []
        for index, branch in enumerate(branches):
            try:
                branch()
            except Raised as raised:
                lines = [
                    f'in step "{f["step"]}", routine "{f["routine"]}", '
                    f"line: {f['position']['line']}"
                    for f in _frames(raised)
                ]
                shown = "\n".join(['RuntimeError: "branch error"', *lines])
                error = {"context": shown, "payload": raised.payload}
                failed.append({"error": error, "id": str(index)})
        if failed:
            text = "One or more branches or iterations encountered an unhandled runtime error"
            unhandled = fail("UnhandledBranchError", text)
            unhandled.payload |= {"branches": failed, "truncated": False}
            raise unhandled

    # -- try ---------------------------------------------------------------------------------------

    def attempt(self, step: syntax.Step, attempt: syntax.Try, place: Span, scope: Scope) -> Way:
        retry = attempt.retry
        most = 0
        if retry is not None and retry.max_retries is not None:
            most = self.value(step, retry.max_retries, scope)
        while True:
            try:
                with self.entry("TRY", step.name):
                    return self.steps(attempt.steps, scope)
            except Raised as raised:
                error = raised
            if retry is not None:
                try:
                    with self.entry("RETRY", step.name):
                        self.at(step, place, partial(self.retry, retry, error, most))
                    most -= 1
                    continue
                except Raised as instead:
                    error = instead
            handler = attempt.handler
            if handler is None:
                raise error
            own = {handler.variable.name: error.payload} if handler.variable else {}
            with self.entry("EXCEPT", step.name):
                return self.steps(handler.steps, Scope(scope, copied(own), handler.steps))

    def retry(self, retry: syntax.Retry, error: Raised, most: int) -> None:
        """Raises the error, or that of the predicate (OQ-44), unless it is tried again."""
        if most == 0 or not self.worth_it(retry, error.payload):
            raise error

    def worth_it(self, retry: syntax.Retry, error: Any) -> bool:
        assert isinstance(retry.predicate, syntax.Embedded)
        match retry.predicate.expression:
            case syntax.Member(name="always" | "never" as answer):
                return answer == "always"
            case syntax.Name(name=routine):
                answer = self.called(routine, error)
                if name(answer) != "boolean":
                    detail = f"a retry predicate must return a boolean, not {word(answer)}"
                    raise fail("TypeError", detail)
                return bool(answer)
            case other:
                raise AssertionError(other)

    # -- expressions and where they fail (spec 05 §3) ----------------------------------------------

    def value(self, step: syntax.Step, expression: syntax.Expression, scope: Scope) -> Any:
        match expression:
            case syntax.Embedded(expression=inner, span=span):
                return self.at(step, span, lambda: evaluate(inner, scope, self.functions))
            case syntax.ListLiteral(items=items):
                return [self.value(step, item, scope) for item in items]
            case syntax.MapLiteral(entries=entries):
                return {
                    self.value(step, entry.key, scope): self.value(step, entry.value, scope)
                    for entry in entries
                }
            case _:
                return evaluate(expression, scope, self.functions)

    def test(self, step: syntax.Step, expression: syntax.Expression, scope: Scope) -> bool:
        value = self.value(step, expression, scope)
        try:
            return condition(value)
        except Raised as raised:
            raise self.placed(step, expression, raised) from None

    def placed(self, step: syntax.Step, expression: syntax.Expression, raised: Raised) -> Raised:
        """The error of what is made of an expression's value, which counts as the expression's."""
        if isinstance(expression, syntax.Embedded):
            try:
                self.at(step, expression.span, partial(_throw, raised))
            except Raised:
                pass
        return raised

    def at(self, step: syntax.Step, span: Span, compute: Callable[[], T]) -> T:
        """Notes where an error leaves this activation, the innermost place first."""
        try:
            return compute()
        except Raised as raised:
            frames = raised.__dict__.setdefault("frames", [])
            if not any(activation is self for activation, _ in frames):
                line, column = self.machine.source.line_column(span.start)
                length = len(self.machine.source.slice(span).encode())
                position = {"line": str(line), "column": str(column), "length": str(length)}
                frame = {"step": step.name, "routine": self.routine.name, "position": position}
                frames.append((self, frame))
            raise


def _entries(step: syntax.Step) -> list[syntax.Step]:
    """A step and those in plain `steps` inside it: what a jump may lead to (OQ-38)."""
    found = [step]
    if isinstance(step.action, syntax.Steps):
        found += [entry for inner in step.action.steps for entry in _entries(inner)]
    return found


def _named(target: str, steps: Steps) -> syntax.Step:
    from wfc import walk

    routine = syntax.Routine("", Span(0, 0), (), steps)
    return next(step for _, step in walk.steps(routine) if step.name == target)


def in_json(value: Any) -> Any:
    """A copy of what is logged or returned from main, which must have a form in JSON."""
    try:
        json.dumps(value, allow_nan=False)
    except ValueError:
        raise fail("ValueError", _NOT_JSON) from None
    return copied(value)


_NOT_JSON = "a double that is not a finite number has no form in JSON"


def copied(value: Any) -> Any:
    """A value that shares nothing, not even with another part of itself."""
    match value:
        case list():
            return [copied(item) for item in value]
        case dict():
            return {key: copied(item) for key, item in value.items()}
        case _:
            return value


def _throw(raised: Raised) -> None:
    raise raised


def put(base: Any, path: list[Any], value: Any) -> None:
    from tests.reference import check_key, element

    for key in path[:-1]:
        base = element(base, key)
    if name(base) == "map":
        base[check_key(path[-1])] = value
    else:
        element(base, path[-1])
        base[path[-1]] = value


def span_items(first: Any, last: Any) -> list[Any]:
    if not {name(first), name(last)} <= {"integer", "double"}:
        raise AssertionError("`tests.workflows` makes ranges of numbers only")
    items = []
    while first <= last:
        items.append(first)
        first += 1
    return items


def _not_a_list(items: Any) -> Raised:
    return fail("TypeError", f"`for` goes over a list, not {word(items)}")


def _concat(objs: Any, val: Any) -> Any:
    if name(objs) != "list":
        raise fail("TypeError", f"list.concat(): `objs` must be a list, not {word(objs)}")
    return [*copied(objs), copied(val)]


def _get(entries: Any, key: Any) -> Any:
    """`map.get`, at one key or at a path of keys."""
    path = key if name(key) == "list" else [key]
    for part in path:
        if name(part) not in ("string", "integer"):
            wanted = "a string or a list of strings"
            raise fail("TypeError", f"map.get(): `keys` must be {wanted}, not {word(part)}")
    value: Any = entries if name(entries) == "map" else None
    for part in path:
        value = value.get(part) if name(value) == "map" else None
    return value


def _split(source: Any, separator: Any) -> Any:
    if name(source) != "string":
        raise fail("TypeError", f"text.split(): `source` must be a string, not {word(source)}")
    return source.split(separator)


_LIBRARY: dict[str, Caller] = {"list.concat": _concat, "map.get": _get, "text.split": _split}
