"""Seats, whatever happens: none stays taken, none is given twice, the bounds hold, first come first
served.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.engine_world import FakeWorker, World

from wfc_service.engine.admission import Bounds
from wfc_service.errors import ApiError

WORKFLOWS = ("a", "b")
ANY = st.integers(0, 1000)
"""Which of those that there are."""


class Seats(RuleBasedStateMachine):
    """Requests, workers that end, ask and die, writes that are late, refused or lost."""

    @initialize(
        active=st.integers(1, 3),
        queued=st.integers(0, 4),
        own=st.none() | st.integers(1, 2),
        workers=st.integers(1, 2),
    )
    def begin(self, active: int, queued: int, own: int | None, workers: int) -> None:
        self.bounds = Bounds(active, queued, active_per_workflow=own)
        self.world = World(self.bounds, workers=workers)
        self.asked: list[asyncio.Task[Any]] = []
        self.settled: dict[str, str] = {}
        self.keys = 0
        for workflow in WORKFLOWS:
            self.world.deploy(workflow)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.come_to_an_end()
        finally:
            self.world.close()

    def come_to_an_end(self) -> None:
        world = self.world
        while not world.workers.there:
            world.join()
        for _ in range(200):
            self.world.settle()
            running = [(worker, number) for worker in world.workers.there for number in worker.has]
            if not running:
                break
            for _, number in running:
                world.end(number)
        assert world.numbers("ACTIVE", "QUEUED") == []
        assert (world.runs.active, world.runs.queued) == (0, 0)
        assert world.runs._hosting.all() == []
        assert world.runs._beginnings._tickets == {}
        assert world.runs._beginnings._admission._lines == {}
        assert world.disk.read("SELECT * FROM journal") == []
        self.look_at_answers()
        assert self.asked == []

    def look_at_answers(self) -> None:
        """Forgets requests that have been answered."""
        for task in [task for task in self.asked if task.done()]:
            self.asked.remove(task)
            if (error := task.exception()) is not None:
                assert isinstance(error, ApiError), error

    # requests

    @rule(workflow=st.sampled_from(WORKFLOWS), unbuffered=st.booleans(), again=st.booleans())
    def create(self, workflow: str, unbuffered: bool, again: bool) -> None:
        if workflow in self.world.workflows:
            self.keys += not again
            key = f"wish {self.keys}" if again or self.keys % 2 else ""
            creation = self.world.create(workflow, unbuffered=unbuffered, request_id=key)
            self.asked.append(self.world.ask(creation))

    @rule(which=ANY)
    def cancel(self, which: int) -> None:
        rows = self.world.disk.read("SELECT id FROM executions ORDER BY number DESC")
        if rows:
            execution = self.world.get(rows[which % len(rows)]["id"])
            self.asked.append(self.world.ask(self.world.runs.cancel(execution)))

    @rule(workflow=st.sampled_from(WORKFLOWS), back=st.booleans())
    def delete(self, workflow: str, back: bool) -> None:
        if workflow not in self.world.workflows:
            self.world.deploy(workflow)
            return
        self.asked.append(self.world.ask(self.world.forget(workflow)))
        if back:
            self.world.deploy(workflow)

    # workers

    def running(self, which: int) -> tuple[FakeWorker, int] | None:
        there = [
            (worker, number)
            for worker in self.world.workers.there
            if not worker.is_killed
            for number in sorted(worker.has)
        ]
        return there[which % len(there)] if there else None

    @rule(which=ANY, state=st.sampled_from(["SUCCEEDED", "FAILED"]))
    def end(self, which: int, state: str) -> None:
        if (found := self.running(which)) is not None:
            self.world.end(found[1], state)

    @rule(which=ANY)
    def journal(self, which: int) -> None:
        if (found := self.running(which)) is not None:
            worker, number = found
            self.keys += 1
            entry = [self.keys, 0.0, "done", f"step#{self.keys}", "", ""]
            self.world.say(worker, "entry", number, entry)

    @rule(which=ANY, workflow=st.sampled_from(WORKFLOWS))
    def ask(self, which: int, workflow: str) -> None:
        if (found := self.running(which)) is not None:
            worker, number = found
            self.keys += 1
            wanted = ["create", f"child {self.keys}", workflow, "null", None, None, None, False]
            self.world.say(worker, "ask", number, self.keys, *wanted)

    @rule(which=ANY)
    def die(self, which: int) -> None:
        if there := self.world.workers.there:
            self.world.lose(there[which % len(there)])

    @precondition(lambda self: len(self.world.workers.there) < 2)
    @rule()
    def join(self) -> None:
        self.world.join()

    # the disk

    @rule(count=st.integers(1, 4))
    def commit(self, count: int) -> None:
        self.world.disk.commit(count)

    @rule(count=st.integers(1, 3))
    def refuse(self, count: int) -> None:
        self.world.disk.refuse(count)

    @rule()
    def everything_is_written(self) -> None:
        self.world.settle()
        world = self.world
        held = {number for worker in world.workers.there for number in worker.has}
        assert world.runs.active == len({*held, *world.numbers("ACTIVE")})
        assert world.runs.queued == len(world.numbers("QUEUED"))

    @rule()
    def crash(self) -> None:
        self.look_at_answers()
        self.asked.clear()
        self.world.crash()

    # what always holds

    @invariant()
    def bounds_hold(self) -> None:
        self.world.rest()
        active, queued = self.world.runs.active, self.world.runs.queued
        assert 0 <= active <= (self.bounds.active or 0)
        assert 0 <= queued <= (self.bounds.queued or 0)

    @invariant()
    def every_seat_is_somebodys(self) -> None:
        runs = self.world.runs
        tickets = runs._beginnings._tickets.values()
        seated = sum(ticket.seated for ticket in tickets)
        beginning = len(self.world.disk.jobs)  # one that is withdrawn meanwhile is among them
        seats = len(runs._hosting.all()) + seated
        assert seats <= runs.active <= seats + beginning
        assert runs.queued == len(tickets) - seated

    @invariant()
    def nothing_runs_twice_at_a_time(self) -> None:
        there = [number for worker in self.world.workers.there for number in worker.has]
        assert len(there) == len(set(there))

    @invariant()
    def first_come_is_first_served(self) -> None:
        rows = self.world.disk.read("SELECT number, workflow FROM executions")
        workflow_of = {row["number"]: row["workflow"] for row in rows}
        for workflow in WORKFLOWS:
            begun = [n for n in self.world.order if workflow_of.get(n) == workflow]
            first = list(dict.fromkeys(begun))
            assert first == sorted(first)

    @invariant()
    def what_has_ended_stays_so(self) -> None:
        rows = self.world.disk.read("SELECT id, state FROM executions")
        states = {row["id"]: row["state"] for row in rows}
        for id, state in self.settled.items():
            assert states.get(id, state) == state
        self.settled = {
            id: state for id, state in states.items() if state not in ("ACTIVE", "QUEUED")
        }


@pytest.mark.parametrize(
    ("examples", "steps"), [(15, 30), pytest.param(1000, 50, marks=pytest.mark.soak)]
)
def test_no_seat_stays_taken_or_is_given_twice(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Seats, settings=settings(max_examples=examples, stateful_step_count=steps)
    )
