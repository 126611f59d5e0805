"""Durable executions end as plain ones do, in one life or in several."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from tests.compiled import workflow
from tests.durable import MemoryJournal, StillClock

import wfc_runtime.v1 as wf
from wfc_runtime.durable import (
    DivergenceError,
    Entry,
    SqliteJournal,
    outcome_of,
    run_durably,
)


async def three_naps(run: wf.Run, args: Any) -> Any:
    order: list[int] = []

    async def nap(run: wf.Run, seconds: int, index: int) -> None:
        await run.sleep("nap", seconds)
        order.append(index)

    await run.parallel_for("fan", args, nap)
    return {"order": order, "id": run.uuid(), "now": run.now()}


def test_a_run_ends_with_its_result_and_returns_it_again(tmp_path: Path) -> None:
    async def scenario() -> list[Any]:
        journal = SqliteJournal(tmp_path / "runs.db")
        made = workflow(three_naps, parameters=1)
        results = []
        for _ in range(2):
            clock = StillClock(100.0)
            options: dict[str, Any] = {"execution": "one", "journal": journal, "env": {}}
            results.append(await run_durably(made, [3, 1, 2], clock=clock, **options))
            results.append(clock.slept)
        journal.close()
        return results

    first, slept, again, not_slept = asyncio.run(scenario())
    assert first == again
    assert (first["order"], first["now"]) == ([1, 2, 0], 103.0)
    assert (slept, not_slept) == ([3, 1, 2], [])


def test_entries_are_named_by_branch_step_and_visit() -> None:
    async def scenario() -> list[Entry]:
        journal = MemoryJournal()
        made = workflow(three_naps, parameters=1)
        await run_durably(
            made, [3, 1, 2], execution="one", journal=journal, env={}, clock=StillClock()
        )
        return journal.runs["one"].entries

    entries = asyncio.run(scenario())
    assert [(entry.number, entry.time, entry.kind, entry.key) for entry in entries] == [
        (1, 1.0, "slept", "fan#1[1]/nap#1"),
        (2, 2.0, "slept", "fan#1[2]/nap#1"),
        (3, 3.0, "slept", "fan#1[0]/nap#1"),
        (4, 3.0, "ended", ""),
    ]
    ended = outcome_of(entries)
    assert ended is not None
    assert ended.state == "SUCCEEDED"


def test_another_module_cannot_go_on() -> None:
    async def scenario() -> None:
        journal = MemoryJournal()
        options: dict[str, Any] = {"execution": "one", "journal": journal, "env": {}}
        await run_durably(workflow(three_naps, parameters=1), [1], clock=StillClock(), **options)
        other = workflow(three_naps, parameters=1)
        other.sha256 = "fedcba"
        await run_durably(other, [1], clock=StillClock(), **options)

    with pytest.raises(DivergenceError, match="was begun by revision"):
        asyncio.run(scenario())
