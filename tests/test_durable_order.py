"""Parallel steps interleave on the durable driver as on the plain one, in every life.

The programs write what they see into shared variables, so that any other order is another result.
"""

from __future__ import annotations

import asyncio
import json
from random import Random
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compiled import load
from tests.durable import GoingClock, MemoryJournal, StillClock
from tests.durable_lives import live
from tests.parallel_programs import program
from tests.test_parallel_model import Recorder

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.durable import run_durably
from wfc_runtime.durable.inside import InnerTicker


def compiled(number: int, size: int, *, accounting: bool) -> wf.Workflow:
    chance = Random(number)
    tree = program(chance, size=size, loops=chance.random() < 0.4, locks=chance.random() < 0.2)
    source = Source("random.json", json.dumps(tree))
    made = compile_source(source, accounting=accounting, layout=False)
    assert made.module is not None
    workflow: wf.Workflow = load(made.module, "random").workflow
    return workflow


def told(error: wf.WorkflowError) -> str:
    return json.dumps([error.payload, error.context, error.stack_trace])


async def outcome(running: Any) -> str:
    try:
        return json.dumps(await running)
    except wf.WorkflowError as error:
        return told(error)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40), st.booleans(), st.none() | st.integers(0, 9))
def test_random_programs_interleave_as_on_the_plain_driver(
    number: int, size: int, accounting: bool, seed: int | None
) -> None:
    workflow = compiled(number, size, accounting=accounting)
    limits = "google" if accounting else "local"
    options: dict[str, Any] = {"env": {}, "limits": limits, "log": lambda entry: None}

    async def both() -> None:
        clock = StillClock(seed=seed)
        plain = Recorder(clock)  # type: ignore[arg-type]
        with patch("wfc_runtime.execution.loop_ticker", InnerTicker):  # or it would go by the time
            expected = await outcome(workflow.run({}, clock=clock, observer=plain, **options))
        took = clock.time()

        journal = MemoryJournal()
        clock = StillClock(seed=seed)
        durable = Recorder(clock)  # type: ignore[arg-type]
        options.update(execution="e", journal=journal)

        async def run() -> str:
            running = run_durably(workflow, {}, clock=clock, observer=durable, **options)
            return await outcome(running)

        assert await live(journal, run) == expected
        assert clock.time() == took
        assert durable.events == plain.events

        kept = journal.runs["e"]
        assert await live(journal, run) == expected  # as it was recorded
        kept.entries.pop()
        clock.slept.clear()
        assert await live(journal, run) == expected  # as the entries make it again
        assert clock.slept == []

        chance, clock = Random(number), GoingClock(seed=seed)
        journal.delay = lambda: clock.sleep(chance.choice([0, 0.1, 1, 5]))
        options.update(execution="f")
        delayed = await live(journal, run)  # perhaps in another order
        journal.runs["f"].entries.pop()
        journal.delay = None
        assert await live(journal, run) == delayed

    asyncio.run(both())
