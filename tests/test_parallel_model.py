"""Compiled parallel steps do what a model of the rules says (spec 04 §8, 05 §6, 02 §6).

The model shares nothing with the compiler after `parse`, and nothing with the runtime.  Compared
are the result or the error with its places, the error maps of parallel steps, the order under the
virtual clock of all that can be seen from outside, and how many branches are active after each of
these events, in their step and in the execution.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import asdict, replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compiled import load
from tests.parallel_model import Event, Limits, Outcome, Path
from tests.parallel_programs import program
from tests.parallel_steps import simulate

import wfc_runtime.v1 as wf
from wfc import syntax
from wfc.parse import parse
from wfc.pipeline import compile_source
from wfc.problems import Problems
from wfc.read import read
from wfc.source import Source
from wfc_runtime.limits import LOCAL
from wfc_runtime.testing import VirtualClock


class Recorder:
    """An observer that notes events as the model does, and counts active branches by itself."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self.events: list[Event] = []
        self.active: Counter[Path] = Counter()

    def step_started(self, branch: Path, step: str, what: str) -> None:
        if what in ("parallel", "lock"):
            self.count(branch, -1)
        self.note(what, branch, step)

    def step_finished(
        self, branch: Path, step: str, what: str, error: BaseException | None
    ) -> None:
        if error is not None and not isinstance(error, Exception):
            return  # the execution is being stopped
        if what in ("parallel", "lock"):
            self.count(branch, +1)
        self.note(f"{what} over", branch, (step, error is not None))

    def branch_started(self, branch: Path) -> None:
        self.count(branch, +1)
        self.note("begin", branch, None)

    def branch_finished(self, branch: Path, error: Exception | None) -> None:
        self.count(branch, -1)
        self.note("end", branch, error is not None)

    def log(self, entry: wf.LogEntry) -> None:
        self.note("log", (), entry.payload)

    def count(self, branch: Path, change: int) -> None:
        if branch:
            self.active[_step(branch)] += change

    def note(self, what: str, branch: Path, detail: Any) -> None:
        in_step = self.active[_step(branch)] if branch else 0
        total = self.active.total()
        self.events.append(Event(self.clock.time(), what, branch, detail, total, in_step))


def _step(branch: Path) -> Path:
    return (*branch[:-1], (branch[-1][0], -1))


def execute(module: str, args: Any, limits: Limits, seed: int | None) -> Outcome:
    """What a compiled module does, in the model's words."""
    clock = VirtualClock(seed=seed)
    recorder = Recorder(clock)
    outcome = Outcome(events=recorder.events)
    workflow = load(module, "random").workflow
    allowed = LOCAL if limits == Limits() else replace(LOCAL, **asdict(limits))
    running = workflow.run(
        args, limits=allowed, clock=clock, observer=recorder, env={}, log=lambda entry: None
    )
    try:
        outcome.result = asyncio.run(running)
    except wf.WorkflowError as error:
        places = (error.context or "").splitlines()[1:]
        outcome.error = error.payload, places
    return outcome


def outcome_text(outcome: Outcome) -> str:
    """As JSON, which tells 1 from 1.0 and true; the order of a map's keys means nothing."""
    return json.dumps([outcome.result, outcome.error], sort_keys=True, indent=1)


class Program:
    """A workflow as a tree, for the model, and compiled."""

    def __init__(self, tree: dict[str, Any], *, accounting: bool = False) -> None:
        self.source = Source("random.json", json.dumps(tree, indent=1))
        compiled = compile_source(self.source, accounting=accounting, layout=False)
        errors = [problem for problem in compiled.problems if problem.severity == "error"]
        assert compiled.module is not None, errors[:3]
        self.module = compiled.module
        self.tree = _parsed(self.source)

    def agrees(self, limits: Limits, seed: int | None) -> Outcome:
        """What the model says; the compiled module must do the same."""
        expected = simulate(self.source, self.tree, {}, limits, seed)
        actual = execute(self.module, {}, limits, seed)
        where = f"{limits}, seed {seed}, {self.source.text}"
        assert actual.events == expected.events, where
        assert outcome_text(actual) == outcome_text(expected), where
        return expected


def _parsed(source: Source) -> syntax.Workflow:
    problems = Problems()
    node = read(source, problems)
    assert node is not None
    tree = parse(source, node, problems)
    assert tree is not None
    return tree


def check(number: int, size: int) -> None:
    """A random program under a few limits, each with a scheduler's seed of its own."""
    chance = Random(number)
    loops, locks, accounting = (chance.random() < share for share in (0.4, 0.2, 0.7))
    made = Program(program(chance, size=size, loops=loops, locks=locks), accounting=accounting)

    def agree(**limits: int) -> Outcome:
        # where the compiler lets loops pause is its own affair; without a seed they do not
        seed = None if "run.pause()" in made.module else chance.choice([None, *range(3)])
        active, errors = chance.choice([1, 2, 3, 5, 20]), chance.choice([2, 5, 100])
        allowed = Limits(active=active, branch_errors=errors, **limits)
        return made.agrees(allowed, seed)

    agree()
    agree()
    if not accounting:
        return
    peak = agree(memory=2**40).peak
    edges = agree(memory=peak).edges
    agree(memory=peak - 1)
    edge = chance.choice(edges) if edges else chance.randint(peak // 3, peak * 2)
    agree(memory=edge)
    agree(memory=edge - 1)


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_random_programs_do_what_the_model_says(number: int, size: int) -> None:
    check(number, size)


@pytest.mark.soak
@pytest.mark.parametrize("start", [10_000, 20_000])
def test_many_random_programs_do_what_the_model_says(start: int) -> None:
    end = time.monotonic() + 120
    for number in range(start, start + 10_000):
        check(number, 30)
        if time.monotonic() > end:
            break


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_of_120_errors_in_nested_steps_the_first_100_are_recorded(seed: int | None) -> None:
    """Rule 27: what is caught counts too, and it counts in the execution, not in each step."""
    nap = {"call": "sys.sleep", "args": {"seconds": "${j % 3}"}}
    failing = {"value": "j", "range": [1, 12], "steps": [{"nap": nap}, {"fail": {"raise": "odd"}}]}
    seen = {"call": "sys.log", "args": {"json": {"errors": "${len(e.branches)}"}}}
    attempt = {
        "try": {"steps": [{"inner": {"parallel": {"for": failing}}}]},
        "except": {"as": "e", "steps": [{"seen": seen}]},
    }
    loop = {"value": "i", "range": [1, 10], "steps": [{"attempt": attempt}]}
    outcome = Program({"main": {"steps": [{"outer": {"parallel": {"for": loop}}}]}}).agrees(
        Limits(), seed
    )
    assert sum(event.what == "end" and event.detail for event in outcome.events) == 120
    logged = [event.detail["errors"] for event in outcome.events if event.what == "log"]
    assert (len(logged), sum(logged)) == (10, 100)
