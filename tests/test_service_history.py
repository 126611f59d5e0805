"""What a service keeps of the steps of executions, and what it shows while they run."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from tests.gates import gates
from tests.service_runs import Service, serving, until

from wfc_service.store.records import Execution

STEPS = """
main:
  params: [gate]
  steps:
  - init: {assign: [{seen: []}]}
  - each:
      for:
        value: v
        in: [1, 2]
        steps:
        - ask: {call: fetch, args: {url: '${gate + "/" + string(v)}'}, result: r}
        - keep: {assign: [{seen: '${list.concat(seen, r)}'}]}
  - done: {return: '${seen}'}
fetch:
  params: [url]
  steps:
  - get: {call: http.get, args: {url: '${url}'}, result: r}
  - give: {return: '${r.body}'}
"""


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 120))


def entries(service: Service, execution: Execution) -> list[dict[str, Any]]:
    query = "SELECT id, entry FROM step_entries WHERE execution = ? ORDER BY id"
    rows = service.database.read(query, execution.id)
    assert [row["id"] for row in rows] == list(range(1, len(rows) + 1))
    return [json.loads(row["entry"]) for row in rows]


def shown(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["routine"], one["step"], one["state"]) for one in found]


WHOLE = [
    ("main", "init", "STATE_SUCCEEDED"),
    ("main", "each", "STATE_SUCCEEDED"),
    ("main", "each", "STATE_SUCCEEDED"),
    ("main", "ask", "STATE_SUCCEEDED"),
    ("fetch", "get", "STATE_SUCCEEDED"),
    ("fetch", "give", "STATE_SUCCEEDED"),
    ("main", "keep", "STATE_SUCCEEDED"),
    ("main", "each", "STATE_SUCCEEDED"),
    ("main", "ask", "STATE_SUCCEEDED"),
    ("fetch", "get", "STATE_SUCCEEDED"),
    ("fetch", "give", "STATE_SUCCEEDED"),
    ("main", "keep", "STATE_SUCCEEDED"),
    ("main", "done", "STATE_SUCCEEDED"),
]


def test_all_steps_are_there_when_the_execution_has_ended(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            await service.deploy("steps", STEPS)
            execution = await service.create("steps", gate.address)
            await gate.let("/1", 1)
            await gate.let("/2", 2)
            assert await service.result(execution) == [1, 2]
            found = entries(service, execution)
            assert shown(found) == WHOLE
            assert not any("variableData" in one for one in found)
            assert service.get(execution.id).steps == ({"routine": "main", "step": "done"},)

    run(main())


def test_detailed_entries_have_the_values_of_variables(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            settings = {"executionHistoryLevel": "EXECUTION_HISTORY_DETAILED"}
            await service.deploy("steps", STEPS, settings=settings)
            execution = await service.create("steps", gate.address)
            await gate.let("/1", 1)
            await gate.let("/2", 2)
            await service.result(execution)
            *_, kept, _ = entries(service, execution)
            assert kept["variableData"]["variables"]["seen"] == [1, 2]

    run(main())


def test_the_steps_that_run_are_shown_while_they_do(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            await service.deploy("steps", STEPS)
            execution = await service.create("steps", gate.address)
            call = await gate.arrived("/1")
            current = [{"routine": "main", "step": "ask"}, {"routine": "fetch", "step": "get"}]
            await until(lambda: service.runs.current_steps(execution.id) == current)
            await until(
                lambda: (
                    shown(entries(service, execution))
                    == [
                        ("main", "init", "STATE_SUCCEEDED"),
                        ("main", "each", "STATE_IN_PROGRESS"),
                        ("main", "each", "STATE_IN_PROGRESS"),
                        ("main", "ask", "STATE_IN_PROGRESS"),
                        ("fetch", "get", "STATE_IN_PROGRESS"),
                    ]
                )
            )
            cancelled = await service.runs.cancel(execution)
            assert list(cancelled.steps) == current
            call.answer.cancel()

    run(main())


def test_a_replay_makes_no_entry_twice(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            await service.deploy("steps", STEPS)
            execution = await service.create("steps", gate.address)
            await gate.let("/1", 1)
            await gate.arrived("/2")
            await until(lambda: len(entries(service, execution)) == 10)
            [pid] = [worker.process.pid for worker in service.runs.workers]
            os.kill(pid, signal.SIGKILL)
            await gate.let("/2", 2)
            assert await service.result(execution) == [1, 2]
            assert shown(entries(service, execution)) == WHOLE

    run(main())


def test_many_steps_without_a_wait_are_all_there(tmp_path: Path) -> None:
    rounds = 3000
    source = """
main:
  params: [n]
  steps:
  - init: {assign: [{i: 0}]}
  - more: {switch: [{condition: '${i == n}', return: done}]}
  - next: {assign: [{i: '${i + 1}'}], next: more}
"""

    async def main() -> None:
        async with serving(tmp_path) as service:
            await service.deploy("count", source)
            execution = await service.create("count", rounds)
            assert await service.result(execution) == "done"
            found = [one for one in entries(service, execution) if one["stepType"] == "STEP_ASSIGN"]
            assert len(found) == rounds + 1
            assert {one["state"] for one in found} == {"STATE_SUCCEEDED"}

    run(main())
