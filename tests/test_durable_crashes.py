"""Random workflows that crash anywhere, in any number of lives, end as if they had not.

The service that they call remembers what it has answered under each idempotency key.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compiled import load
from tests.durable import GoingClock, Kept, MemoryJournal
from tests.durable_lives import Crash, End, Pool, Sent, Service, answered_by, live
from tests.durable_programs import program

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.durable import Client, Outcome, Recorded, outcome_of, resume
from wfc_runtime.durable.run import start
from wfc_runtime.errors import connection_error

ID = "e"


@cache
def compiled(number: int, size: int) -> wf.Workflow:
    tree = program(Random(number), size)
    made = compile_source(Source("random.json", json.dumps(tree)), layout=False)
    assert made.module is not None, made.problems
    workflow: wf.Workflow = load(made.module, "random").workflow
    return workflow


class World:
    """What stays when a process ends: the journal, the time, and the service that is called."""

    def __init__(self, workflow: wf.Workflow, *, threads: bool = False) -> None:
        self.workflow = workflow
        self.threads = threads
        self.journal = MemoryJournal()
        self.clock = GoingClock(1000.0)
        self.service = Service(self.answer)
        self.logged: list[Any] = []
        started = start(workflow, None, "local", {}, self.clock, "", "LOG_NONE")
        self.journal.runs[ID] = Kept(
            type(started)(started.revision, started.time, started.argument, "00" * 32)
        )

    async def answer(self, execution: Any, sent: Any, key: str) -> Any:
        """Takes a while and may fail, which follows from the key alone."""
        chance = Random(key)
        await self.clock.sleep(chance.choice([0, 0.25, 1, chance.uniform(0, 5)]))
        if chance.random() < 0.25:
            raise connection_error("the connection broke")
        return {"code": 200, "headers": {}, "body": {"n": chance.randrange(1000)}}

    @property
    def kept(self) -> Kept:
        return self.journal.runs[ID]

    async def run(self) -> Outcome:
        executor = ThreadPoolExecutor(2) if self.threads else None
        durable = resume(
            self.workflow,
            ID,
            Recorded(self.kept.started, tuple(self.kept.entries), dict(self.kept.wakes)),
            self.journal,
            Client(),
            clock=self.clock,
            threads=None if executor is None else Pool(executor),
        )
        try:
            ending = durable.start()
            await asyncio.wait([ending])
            return ending.result()
        finally:
            await durable.stop()
            if executor is not None:
                executor.shutdown()

    async def live(self, ends: Sequence[End]) -> Outcome:
        """The outcome after as many lives as it takes; checks that no call is repeated in vain."""
        for life in range(len(ends) + 1):
            durable = {entry.key for entry in self.kept.entries}
            self.service.life = life
            try:
                end = ends[life] if life < len(ends) else None
                outcome: Outcome = await live(self.journal, self.run, end)
                break
            except Crash:
                pass
            finally:
                now = Counter(sent.key for sent in self.service.sent if sent.life == life)
                assert not durable & now.keys(), "a call was repeated that was durable"
                assert set(now.values()) <= {1}, "a call was sent twice in one life"
        meaning: dict[str, str] = {}
        for sent in self.service.sent:
            assert meaning.setdefault(sent.key, sent.what) == sent.what
        assert outcome_of(self.kept.entries) is not None
        return outcome


def told(outcome: Outcome) -> Any:
    error = outcome.error
    shown = None if error is None else (error.payload, error.context, error.stack_trace)
    return outcome.state, outcome.result, shown


async def scenario(workflow: wf.Workflow, ends: Sequence[End], *, threads: bool) -> None:
    undisturbed, world = World(workflow), World(workflow, threads=threads)
    with answered_by(undisturbed.service):
        expected = await undisturbed.live([])
    with answered_by(world.service):
        actual = await world.live(ends)
        assert told(actual) == told(expected)
        if not any(end.lost for end in ends):
            once = {Sent(0, sent.key, sent.what) for sent in world.service.sent}
            assert once == set(undisturbed.service.sent)
        replayed = await replay(world)
    assert told(replayed) == told(actual)
    await world.service.finish()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def replay(world: World) -> Outcome:
    """The outcome again from everything that was delivered, with no help of the world."""
    world.kept.entries.pop()
    sent, slept = len(world.service.sent), len(world.clock.slept)
    outcome = await live(world.journal, world.run)
    assert (len(world.service.sent), len(world.clock.slept)) == (sent, slept)
    return outcome  # type: ignore[no-any-return]


ends = st.lists(
    st.builds(End, st.integers(1, 40), st.booleans(), st.integers(0, 3)), min_size=1, max_size=4
)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 12), ends)
def test_whatever_crashes_ends_as_if_it_had_not(number: int, size: int, ends: list[End]) -> None:
    asyncio.run(scenario(compiled(number, size), ends, threads=False))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 8), ends)
def test_it_does_so_in_any_thread(number: int, size: int, ends: list[End]) -> None:
    asyncio.run(scenario(compiled(number, size), ends, threads=True))


@pytest.mark.parametrize("number", [0, 8, 14, 16])
@pytest.mark.parametrize("kept", [False, True])
def test_every_point_to_crash_at(number: int, kept: bool) -> None:
    async def every() -> None:
        workflow = compiled(number, 8)
        world = World(workflow)
        with answered_by(world.service):
            await live(world.journal, world.run)
        for write in range(1, world.journal.writes + 1):
            await scenario(workflow, [End(write, kept)], threads=False)

    asyncio.run(every())
