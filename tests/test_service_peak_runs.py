"""Peak's workflows in the service's workers: log, steps, end, parameters, cancelling, bounds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.peak_service import command, deploy, ended, execute, lines, statuses
from tests.service_runs import Service, serving, until

from wfc_service.engine.admission import Bounds
from wfc_service.errors import ApiError
from wfc_service.store.records import Execution


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 60))


def test_log_steps_and_end(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as service:
            await deploy(service, 7, load="echo one; echo two", tell=command('echo "$x"', "load"))
            execution = await execute(service, 7, {"x": 5})
            done = await ended(service, execution)
            assert done.state == "SUCCEEDED"
            assert statuses(done) == "load+ tell+"
            assert lines(service, done) == ["one", "two", "5"]
            assert lines(service, done, "tell") == ["5"]
            result = json.loads(done.result_json or "")
            assert result["status"] == "Success"
            assert result["executionId"] == done.id
            assert result["steps"] == list(done.steps)

    run(main())


def test_a_long_output_goes_to_other_steps_and_is_shown_in_part(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as service:
            long = command("head -c 100000 /dev/zero | tr '\\0' x > x", outputParameters={"x": "x"})
            told = command('echo "${#x}"', "a", parameters={"inherit": {"x": "x"}})
            await deploy(service, 7, a=long, b=told)
            done = await ended(service, await execute(service, 7))
            assert lines(service, done) == ["100000"]
            shown = done.steps[0]["outputs"]["x"]
            assert shown == "x" * 16 * 1024 + "… (100,000 characters)"
            assert json.loads(done.result_json or "")["steps"] == list(done.steps)

    run(main())


def test_what_a_failed_execution_says(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as service:
            steps = {"a": "exit 3", "b": command("true", "a"), "c": "exit 4"}
            await deploy(service, 7, **steps)
            done = await ended(service, await execute(service, 7))
            assert (done.state, statuses(done)) == ("FAILED", "a- b. c-")
            assert done.error is not None
            said = "step `a` failed: the command ended with exit code 3, and 1 more"
            assert done.error["context"] == said
            assert json.loads(done.result_json or "")["status"] == "Failed"

    run(main())


def test_cancelling_ends_the_commands_and_shows_which_steps_were_stopped(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as service:
            waits = 'trap "echo asked; exit 1" TERM; echo ready; while :; do sleep 0.01; done'
            await deploy(service, 7, a="true", b=command(waits, "a"), c=command("true", "b"))
            execution = await execute(service, 7)
            await until(lambda: "ready" in lines(service, execution))
            await until(lambda: statuses_now(service, execution.id) == "a+ b… c?")
            cancelled = await service.runs.cancel(execution)
            assert cancelled.state == "CANCELLED"
            await until(lambda: not service.runs.active)
            await service.database.write(lambda connection: None)
            done = service.get(execution.id)
            assert (done.state, statuses(done)) == ("CANCELLED", "a+ bx c?")
            assert lines(service, execution)[-1] == "asked"

    run(main())


def test_a_cancelled_execution_is_stopping_until_its_commands_have_ended(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as service:
            gate = tmp_path / "gate"
            waits = f'trap "while [ ! -e {gate} ]; do sleep 0.01; done; exit" TERM'
            await deploy(service, 7, a=f"{waits}; echo ready; while :; do sleep 0.01; done")
            execution = await execute(service, 7)
            await until(lambda: "ready" in lines(service, execution))
            assert service.runs.stopping == {}
            await service.runs.cancel(execution)
            assert service.runs.stopping == {execution.id: "peak/7"}
            gate.touch()
            await until(lambda: not service.runs.stopping)
            assert service.runs.active == 0

    run(main())


def statuses_now(service: Service, execution: str) -> str:
    steps = tuple(service.runs.current_steps(execution))
    return statuses(replace(service.get(execution), steps=steps))


def test_alone_is_one_at_a_time_however_many_ask_at_once(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as service:
            await deploy(service, 7, a="sleep 1000")
            await deploy(service, 8, a="true")
            asked = (execute(service, 7, alone=True, request_id=f"{n}") for n in range(20))
            answers = await asyncio.gather(*asked, return_exceptions=True)
            [made] = [one for one in answers if isinstance(one, Execution)]
            refused = [one for one in answers if isinstance(one, ApiError)]
            assert [(one.code, one.status) for one in refused] == [(409, "ABORTED")] * 19
            assert len(service.database.read("SELECT * FROM executions")) == 1
            await ended(service, await execute(service, 8, alone=True))
            again = await execute(service, 7, alone=True, request_id=request_of(service, made))
            assert again.id == made.id
            await service.runs.cancel(made)
            await until(lambda: not service.runs.active)
            assert (await execute(service, 7, alone=True, request_id="x")).state == "ACTIVE"

    run(main())


def test_who_reads_that_an_execution_has_ended_can_begin_another(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as service:
            await deploy(service, 7, a="true")
            for _ in range(50):
                made = await execute(service, 7, alone=True)
                while service.get(made.id).state != "SUCCEEDED":
                    await asyncio.sleep(0)

    run(main())


def has_left(service: Service, count: int) -> bool:
    return service.runs.active + service.runs.queued == count


def request_of(service: Service, execution: Execution) -> str:
    query = "SELECT request_id FROM executions WHERE id = ?"
    return str(service.database.read(query, execution.id)[0][0])


def test_a_peak_workflow_has_bounds_of_its_own_also_after_a_restart(tmp_path: Path) -> None:
    bounds = Bounds(active_per_workflow=50, peak_active=2, peak_queued=3)

    async def full(service: Service) -> None:
        assert (service.runs.active, service.runs.queued) == (2, 3)
        with pytest.raises(ApiError) as refused:
            await execute(service, 7)
        assert (refused.value.code, refused.value.retry_after) == (429, 1)
        assert len(service.database.read("SELECT * FROM executions")) == 5

    async def first() -> None:
        async with serving(tmp_path, bounds=bounds) as service:
            await deploy(service, 7, a="sleep 1000")
            made = [await execute(service, 7) for _ in range(5)]
            assert [one.state for one in made] == ["ACTIVE"] * 2 + ["QUEUED"] * 3
            await full(service)

    async def second() -> None:
        async with serving(tmp_path, bounds=bounds) as service:
            await service.known()
            await full(service)
            states = "SELECT state, count(*) FROM executions GROUP BY 1 ORDER BY 1"
            for left in range(4, -1, -1):
                active = "SELECT id FROM executions WHERE state = 'ACTIVE' ORDER BY number"
                await service.runs.cancel(service.get(service.database.read(active)[0][0]))
                await until(partial(has_left, service, left))
                await service.database.write(lambda connection: None)
            assert [tuple(row) for row in service.database.read(states)] == [("CANCELLED", 5)]

    run(first())
    run(second())
