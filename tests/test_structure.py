"""`structure` keeps behaviour: graph, structured code and dispatch loop leave the same trace.

Random graphs with loops, tries, crossing jumps and jumps out of `try` bodies are run three ways
under the same oracle, which decides every condition and which operations fail.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfc import graph, shape, syntax
from wfc.dispatch import dispatch
from wfc.source import Span
from wfc.structure import structure

_NOWHERE = Span(0, 0)
_FUEL = 300
_NULL = syntax.Constant(None, _NOWHERE)


class _OutOfFuel(Exception):
    pass


class _Failed(Exception):
    """What a failing operation raises; a `try` catches it."""


class _Returned(Exception):
    pass


class _Broke(Exception):
    pass


class _Continued(Exception):
    pass


def _place(name: str) -> graph.Place:
    return graph.Place(syntax.Step(name, _NOWHERE, None, None, _NOWHERE), _NOWHERE)


class _Oracle:
    """Answers depend only on the name asked about and how often it was asked before."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.asked: Counter[str] = Counter()
        self.trace: list[str] = []

    def answer(self, name: str, odds: float) -> bool:
        self.asked[name] += 1
        if sum(self.asked.values()) > _FUEL:
            raise _OutOfFuel
        return random.Random(f"{self.seed} {name} {self.asked[name]}").random() < odds

    def do(self, name: str) -> None:
        self.trace.append(name)
        if self.answer(name, 0.08):
            self.trace.append(f"{name} fails")
            raise _Failed

    def choose(self, test: graph.Condition | graph.AnyOf) -> bool:
        conditions = test.conditions if isinstance(test, graph.AnyOf) else (test,)
        for condition in conditions:
            name = condition.place.step.name
            chosen = self.answer(name, 0.5)
            self.trace.append(f"{name}={chosen}")
            if chosen:
                return True
        return False

    def attempts(self, attempt: syntax.Try, name: str) -> bool:
        """Whether a failed `try` with a retry goes round again."""
        return attempt.retry is not None and self.answer(f"{name} again", 0.5)


# -- three interpreters ---------------------------------------------------------------------------


def _run_graph(region: graph.Graph, oracle: _Oracle) -> str:
    """Walks the edges; returns the key a region is left under (`""` at its end)."""
    number = region.entry
    while True:
        block = region.blocks[number]
        for operation in block.operations:
            _operate(operation, oracle)
        match block.exit:
            case graph.Goto(target):
                oracle.answer("goto", 0)
                number = target
            case graph.Choose(test, then, otherwise):
                number = then if oracle.choose(test) else otherwise
            case graph.Resume() as resume:
                key = _attempt(resume, oracle)
                number = dict(resume.leaves)[key] if key else resume.after
            case graph.Finish(place):
                oracle.trace.append(f"return {place.step.name}")
                raise _Returned
            case graph.Throw(place):
                oracle.trace.append(f"raise {place.step.name}")
                raise _Failed
            case graph.Fall():
                return ""
            case graph.BreakOut():
                raise _Broke
            case graph.Leave(key):
                return key


def _attempt(resume: graph.Resume, oracle: _Oracle) -> str:
    while True:
        try:
            return _run_graph(resume.body, oracle)
        except _Failed:
            if oracle.attempts(resume.attempt, resume.place.step.name):
                continue
            if resume.handler is None:
                raise
            return _run_graph(resume.handler, oracle)


def _operate(operation: graph.Operation, oracle: _Oracle) -> None:
    match operation:
        case graph.Do(place):
            oracle.do(place.step.name)
        case graph.Loop(place, _, body):
            while oracle.answer(f"{place.step.name} more", 0.6):
                try:
                    _run_graph(body, oracle)
                except _Broke:
                    break
        case _:
            raise AssertionError(operation)


class _Shapes:
    """Runs a shape as Python would run the code that comes of it."""

    def __init__(self, oracle: _Oracle) -> None:
        self.oracle = oracle
        self.marks: dict[object, str] = {}
        self.step = ""

    def body(self, statements: shape.Shape) -> None:
        for statement in statements:
            self.statement(statement)

    def statement(self, statement: shape.Statement) -> None:
        match statement:
            case graph.Do(place):
                self.oracle.do(place.step.name)
            case graph.Mark(key, owner):
                self.marks[owner] = key
            case shape.If(test, then, otherwise):
                self.body(then if self.test(test) else otherwise)
            case shape.While(test, body):
                self.loop(lambda: test is None or self.test(test), body)
            case shape.For(place, _, body):
                self.loop(lambda: self.oracle.answer(f"{place.step.name} more", 0.6), body)
            case shape.Try():
                self.attempt(statement)
            case shape.Return(place):
                self.oracle.trace.append(f"return {place.step.name}" if place else "end")
                raise _Returned
            case shape.Raise(place):
                self.oracle.trace.append(f"raise {place.step.name}")
                raise _Failed
            case shape.Break():
                raise _Broke
            case shape.Continue():
                raise _Continued
            case shape.GoTo(label):
                self.step = label
            case shape.Dispatch(first, blocks):
                outer, self.step = self.step, first
                while self.step:
                    self.oracle.answer("goto", 0)
                    self.body(dict(blocks)[self.step])
                self.step = outer
            case _:
                raise AssertionError(statement)

    def loop(self, more, body: shape.Shape) -> None:  # type: ignore[no-untyped-def]
        while more():
            self.oracle.answer("goto", 0)
            try:
                self.body(body)
            except _Broke:
                break
            except _Continued:
                continue

    def attempt(self, statement: shape.Try) -> None:
        while True:
            try:
                self.body(statement.body)
            except _Failed:
                if self.oracle.attempts(statement.attempt, statement.place.step.name):
                    continue
                if statement.handler is None:
                    raise
                self.body(statement.handler)
            if statement.attempt.retry is not None:
                pass  # the `break` after the try
            return

    def test(self, test: shape.Test) -> bool:
        match test:
            case shape.Marked(key, owner):
                return self.marks[owner] == key
            case shape.Not(inner):
                return not self.test(inner)
            case _:
                return self.oracle.choose(test)


def _trace(oracle: _Oracle, run) -> list[str]:  # type: ignore[no-untyped-def]
    try:
        run()
        oracle.trace.append("end")
    except _Returned:
        pass
    except _Failed:
        oracle.trace.append("failed")
    except _OutOfFuel:
        # the interpreters count fuel differently; a shared beginning is what can be compared
        return [*oracle.trace, "out of fuel"]
    return oracle.trace


# -- random graphs --------------------------------------------------------------------------------


class _Maker:
    """Draws regions; every operation and condition has a name of its own."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.count = 0

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def region(
        self, kind: graph.RegionKind, keys: tuple[str, ...] = (), depth: int = 0
    ) -> graph.Graph:
        size = self.random.randint(1, 7 if depth == 0 else 4)
        exits: list[graph.Exit] = [graph.Fall()]
        if kind == "loop":
            exits.append(graph.BreakOut())
        exits.extend(graph.Leave(key) for key in keys)
        last = size + len(exits)
        blocks = [
            graph.Block(f"b{number}", self.operations(depth), self.exit(number, size, last, depth))
            for number in range(size)
        ]
        endings = [graph.Block("(end)", (), exit) for exit in exits]
        return graph.Graph(kind, (*blocks, *endings), 0, size)

    def operations(self, depth: int) -> tuple[graph.Operation, ...]:
        made: list[graph.Operation] = []
        for _ in range(self.random.choice((0, 1, 1, 2))):
            if depth < 2 and self.random.random() < 0.15:
                body = self.region("loop", depth=depth + 1)
                made.append(graph.Loop(_place(self.name("for")), _FOR, body))
            else:
                made.append(graph.Do(_place(self.name("do")), syntax.Assign(())))
        return tuple(made)

    def target(self, number: int, size: int, last: int) -> int:
        """Mostly forwards and near, as people write; at times anywhere."""
        if self.random.random() < 0.7:
            return self.random.randint(min(number + 1, last - 1), min(number + 3, last - 1))
        return self.random.randrange(last)

    def exit(self, number: int, size: int, last: int, depth: int) -> graph.Exit:
        kind = self.random.random()
        place = _place(self.name("at"))
        if kind < 0.3:
            return graph.Goto(self.target(number, size, last))
        if kind < 0.7:
            test = graph.Condition(_place(self.name("if")), _NULL)
            then, otherwise = (self.target(number, size, last) for _ in range(2))
            return graph.Choose(test, then, otherwise)
        if kind < 0.85 and depth < 2:
            keys = tuple(f"key{n}" for n in range(self.random.choice((0, 0, 1, 2))))
            retry = _RETRY if self.random.random() < 0.3 else None
            body = self.region("try", keys, depth + 1)
            handler = self.region("try", keys, depth + 1) if self.random.random() < 0.7 else None
            attempt = syntax.Try((), retry, None, _NOWHERE)
            leaves = tuple((key, self.target(number, size, last)) for key in keys)
            after = self.target(number, size, last)
            return graph.Resume(place, attempt, body, handler, after, leaves)
        return graph.Finish(place, None) if kind < 0.95 else graph.Throw(place, _NULL)


_FOR = syntax.For(syntax.Variable("v", _NOWHERE), None, _NULL, (), _NOWHERE)
_RETRY = syntax.Retry(None, None, None, None, None, None, None, _NOWHERE)


def _dispatched(region: graph.Graph, ways: dict[str, shape.Shape]) -> shape.Shape:
    return dispatch(region, ways, _dispatched)


def _compare(made: graph.Graph, shaped: shape.Shape, seed: int) -> None:
    first, second = _Oracle(seed), _Oracle(seed)
    expected = _trace(first, lambda: _run_graph(made, first))
    actual = _trace(second, lambda: _Shapes(second).body(shaped))
    if "out of fuel" in (expected[-1], actual[-1]):
        shorter = min(len(expected), len(actual)) - 1
        expected, actual = expected[:shorter], actual[:shorter]
    assert actual == expected


@settings(max_examples=600, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.integers(0, 2**16), min_size=4, max_size=4))
def test_structured_code_leaves_the_trace_of_the_graph(seed: int, walks: list[int]) -> None:
    made = _Maker(seed).region("routine")
    shaped = structure(made)
    for walk in walks:
        _compare(made, shaped, walk)


@settings(max_examples=250, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.integers(0, 2**16), min_size=4, max_size=4))
def test_dispatch_loops_leave_the_trace_of_the_graph(seed: int, walks: list[int]) -> None:
    made = _Maker(seed).region("routine")
    shaped = _dispatched(made, {})
    for walk in walks:
        _compare(made, shaped, walk)


@pytest.mark.soak
@settings(max_examples=8000, deadline=None)
@given(st.integers(0, 2**32), st.lists(st.integers(0, 2**16), min_size=6, max_size=6))
def test_all_forms_leave_one_trace_at_length(seed: int, walks: list[int]) -> None:
    made = _Maker(seed).region("routine")
    shaped, dispatched = structure(made), _dispatched(made, {})
    for walk in walks:
        _compare(made, shaped, walk)
        _compare(made, dispatched, walk)


def _has_dispatch(statements: shape.Shape) -> bool:
    for statement in statements:
        match statement:
            case shape.Dispatch():
                return True
            case shape.If(_, then, otherwise):
                inner = (*then, *otherwise)
            case shape.While(_, body) | shape.For(_, _, body):
                inner = body
            case shape.Try(body=body, handler=handler):
                inner = (*body, *(handler or ()))
            case _:
                continue
        if _has_dispatch(inner):
            return True
    return False


def test_random_graphs_exercise_both_forms() -> None:
    """The properties above would say little if one form never came up."""
    forms = Counter(_has_dispatch(structure(_Maker(seed).region("routine"))) for seed in range(300))
    assert forms[False] > 100
    assert forms[True] > 10


def _chain(*exits: graph.Exit) -> graph.Graph:
    blocks = [
        graph.Block(f"s{n}", (graph.Do(_place(f"s{n}"), syntax.Assign(())),), exit)
        for n, exit in enumerate(exits)
    ]
    return graph.Graph("routine", (*blocks, graph.Block("", (), graph.Fall())), 0, len(exits))


def _condition(name: str) -> graph.Condition:
    return graph.Condition(_place(name), _NULL)


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        pytest.param(
            _chain(graph.Goto(1), graph.Choose(_condition("c"), 0, 2), graph.Goto(3)),
            ["while", "do"],
            id="a backward jump is a loop",
        ),
        pytest.param(
            _chain(graph.Choose(_condition("c"), 2, 1), graph.Goto(2), graph.Goto(3)),
            ["do", "if", "do"],
            id="a forward jump is an if",
        ),
    ],
)
def test_simple_jumps_need_no_dispatch(region: graph.Graph, expected: list[str]) -> None:
    words = {graph.Do: "do", shape.If: "if", shape.While: "while"}
    assert [words[type(statement)] for statement in structure(region)] == expected


def test_a_hundred_thousand_steps_in_a_row_need_no_deep_stack() -> None:
    made = _chain(*(graph.Goto(n + 1) for n in range(20_000)))
    assert len(structure(made)) == 20_000
