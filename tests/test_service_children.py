"""Executions that executions ask for: real ones, created once, which survive and go on alone."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from tests.gates import gates
from tests.service_runs import Service, serving, until

from wfc_service.engine.admission import Bounds
from wfc_service.store.records import Execution

CHILD = """
main:
  params: [x]
  steps:
  - ask: {call: http.get, args: {url: '${x.gate}'}, result: r}
  - check: {switch: [{condition: '${r.body == "fail"}', raise: 'no'}]}
  - done: {return: '${x.n + 1}'}
"""
RUN = """
main:
  params: [x]
  steps:
  - run:
      call: experimental.executions.run
      args: {workflow_id: child, argument: '${x}'}
      result: r
  - done: {return: '${["parent", r]}'}
"""
MAP = """
main:
  params: [xs]
  steps:
  - map:
      call: experimental.executions.map
      args: {workflow_id: child, arguments: '${xs}'}
      result: r
  - done: {return: '${r}'}
"""
CONNECTOR = """
main:
  params: [x]
  steps:
  - run:
      try:
        call: googleapis.workflowexecutions.v1.projects.locations.workflows.executions.run
        args:
          workflow_id: child
          argument: '${x}'
          disableConcurrencyQuotaOverflowBuffering: '${x.unbuffered}'
          connector_params: {skip_polling: '${x.skip}'}
        result: r
      except:
        as: e
        steps:
        - failed: {return: '${e}'}
  - done: {return: '${r}'}
"""
LOOP = """
main:
  steps:
  - again: {call: experimental.executions.run, args: {workflow_id: loop}}
"""


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 120))


def executions(service: Service, workflow: str) -> list[str]:
    query = "SELECT id FROM executions WHERE workflow = ? ORDER BY number"
    return [row["id"] for row in service.database.read(query, workflow)]


def test_a_child_is_an_execution_of_the_service_and_its_result_that_of_the_call(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path, workers=2) as service:
            await service.deploy("child", CHILD)
            await service.deploy("parent", RUN)
            execution = await service.create("parent", {"gate": f"{gate.address}/a", "n": 1})
            await gate.let("/a")
            assert await service.result(execution) == ["parent", 2]
            [child] = executions(service, "child")
            assert service.get(child).generation == 1
            assert service.get(child).result_json == "2"
            assert json.loads(service.get(child).argument_json)["n"] == 1

    run(main())


def test_a_map_is_as_many_executions_and_keeps_the_order_of_results(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            await service.deploy("child", CHILD)
            await service.deploy("parent", MAP)
            arguments = [{"gate": f"{gate.address}/{n}", "n": n} for n in range(5)]
            execution = await service.create("parent", arguments)
            for n in (3, 1, 4, 0, 2):
                await gate.let(f"/{n}")
            assert await service.result(execution) == [1, 2, 3, 4, 5]
            assert len(executions(service, "child")) == 5

    run(main())


def test_a_child_that_fails_is_the_callers_error(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            await service.deploy("child", CHILD)
            await service.deploy("parent", RUN)
            await service.deploy("connected", CONNECTOR)
            argument = {"gate": f"{gate.address}/a", "n": 1, "skip": False, "unbuffered": True}
            parent = await service.create("parent", argument)
            await gate.let("/a", "fail")
            ended = await service.runs.wait(parent.id)
            assert ended.error is not None
            assert json.loads(ended.error["payload"])["tags"] == ["ExecutionError"]
            connected = await service.create("connected", argument)
            await gate.let("/a", "fail")
            error = await service.result(connected)
            assert error["tags"] == ["OperationError"]
            operation = error["operation"]
            assert operation["state"] == "FAILED"
            assert operation["name"].endswith(executions(service, "child")[1])
            assert operation["error"]["payload"] == '"no"'

    run(main())


def test_a_workflow_that_is_not_there_is_an_http_error(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as service:
            await service.deploy("connected", CONNECTOR)
            for skip in (False, True):
                argument = {"unbuffered": False, "skip": skip}
                error = await service.run("connected", argument)
                assert (error["code"], error["tags"]) == (404, ["HttpError"])
                assert error["body"]["error"]["status"] == "NOT_FOUND"

    run(main())


def test_with_skip_polling_nobody_waits_for_the_child(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            await service.deploy("child", CHILD)
            await service.deploy("connected", CONNECTOR)
            argument = {"gate": f"{gate.address}/a", "n": 1, "unbuffered": True, "skip": True}
            assert await service.run("connected", argument) is None
            await gate.let("/a")
            [child] = executions(service, "child")
            assert (await service.runs.wait(child)).result_json == "2"

    run(main())


def test_a_connector_asks_again_where_there_is_no_seat_unless_it_may_be_queued(
    tmp_path: Path,
) -> None:
    """Backlogging is off for connectors (spec 07 §3); its delays are those of retries."""

    async def main() -> None:
        async with gates() as gate, serving(tmp_path, bounds=Bounds(active=1)) as service:
            await service.deploy("child", CHILD)
            await service.deploy("connected", CONNECTOR)
            argument = {"gate": f"{gate.address}/a", "n": 1, "skip": True}
            execution = await service.create("connected", {**argument, "unbuffered": True})
            await until(lambda: service.database.read("SELECT * FROM sleeps") != [])
            refused, *_ = service.database.read("SELECT kind, value FROM journal ORDER BY number")
            assert refused["kind"] == "failed"
            assert json.loads(refused["value"])["code"] == 429
            await service.runs.cancel(execution)
            assert executions(service, "child") == []
            queued = await service.create("connected", {**argument, "unbuffered": False})
            assert await service.result(queued) is None
            await gate.let("/a")
            [child] = executions(service, "child")
            assert (await service.runs.wait(child)).state == "SUCCEEDED"

    run(main())


def test_a_child_is_created_once_though_its_parents_worker_dies(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate:
            async with serving(tmp_path) as service:
                await service.deploy("child", CHILD)
                await service.deploy("parent", RUN)
                argument = {"gate": f"{gate.address}/a", "n": 1}
                execution = await service.create("parent", argument)
                await gate.arrived("/a")
                [pid] = [worker.process.pid for worker in service.runs.workers]
                os.kill(pid, signal.SIGKILL)
                await gate.arrived("/a")
            async with serving(tmp_path) as service:
                await gate.let("/a")
                assert await service.result(execution) == ["parent", 2]
                assert len(executions(service, "child")) == 1

    run(main())


def test_a_child_goes_on_when_its_parent_is_cancelled(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            await service.deploy("child", CHILD)
            await service.deploy("parent", RUN)
            execution = await service.create("parent", {"gate": f"{gate.address}/a", "n": 1})
            call = await gate.arrived("/a")
            await service.runs.cancel(execution)
            call.answer.set_result(None)
            [child] = executions(service, "child")
            assert (await service.runs.wait(child)).result_json == "2"

    run(main())


def test_executions_that_call_one_another_without_an_end_come_to_one(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as service:
            await service.deploy("loop", LOOP)
            ended = await service.runs.wait((await service.create("loop")).id)
            assert ended.state == "FAILED"
            found = [service.get(id) for id in executions(service, "loop")]
            assert [one.generation for one in found] == list(range(11))
            assert "generations" in str(found[-1].error)

    run(main())


@pytest.mark.parametrize(("place", "code"), [("us-central1", None), ("moon", 404)])
def test_another_location_has_no_workflows(tmp_path: Path, place: str, code: int | None) -> None:
    source = RUN.replace("workflow_id: child", f"workflow_id: child, location: {place}")

    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            gate.open.add("/a")
            await service.deploy("child", CHILD)
            await service.deploy("parent", source)
            execution: Execution = await service.create(
                "parent", {"gate": f"{gate.address}/a", "n": 1}
            )
            ended = await service.runs.wait(execution.id)
            payload = json.loads(ended.error["payload"]) if ended.error else {}
            assert payload.get("code") == code

    run(main())


@pytest.mark.parametrize("broken", ["create", "wait"])
def test_what_the_service_fails_at_is_the_callers_error_and_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("nobody has foreseen it")

    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            gate.open.add("/a")
            await service.deploy("child", CHILD)
            await service.deploy("parent", RUN)
            parent = await service.create("parent", {"gate": f"{gate.address}/a", "n": 1})
            ended = await service.runs.wait(parent.id)
            assert ended.error is not None
            payload = json.loads(ended.error["payload"])
            assert payload["code"] == 500
            assert "nobody has foreseen it" not in ended.error["payload"]

    places = {"create": "workflow_of", "wait": "execution_resource"}
    monkeypatch.setattr(f"wfc_service.engine.children.{places[broken]}", fail)
    run(main())
    assert "nobody has foreseen it" in caplog.text
