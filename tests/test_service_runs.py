"""The state machine of executions: who runs, who waits, who is refused, and what is kept of it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from tests.gates import gates
from tests.service_runs import serving, until

from wfc_service.engine.admission import RETRY_AFTER, Bounds
from wfc_service.engine.interface import NewExecution
from wfc_service.errors import ApiError
from wfc_service.store.journal_rows import Rows
from wfc_service.store.records import Execution

ADD = """
main:
  params: [x]
  steps:
  - sum: {return: '${x + 1}'}
"""
GATE = """
main:
  params: [gate]
  steps:
  - ask: {call: http.get, args: {url: '${gate}'}, result: answer}
  - done: {return: '${answer.body}'}
"""


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 60))


def refused(answers: list[Execution | BaseException]) -> list[ApiError]:
    return [answer for answer in answers if isinstance(answer, ApiError)]


def test_an_execution_comes_to_its_result(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path, now=lambda: 5_000_000_000) as service:
            await service.deploy("add", ADD)
            created = await service.create("add", 41)
            assert (created.state, created.revision) == ("ACTIVE", "000001-abc")
            assert created.create_time == created.start_time == 5_000_000_000
            ended = await service.runs.wait(created.id)
            assert (ended.state, ended.result_json, ended.error) == ("SUCCEEDED", "42", None)
            assert service.get(created.id) == ended
            assert (service.runs.active, service.runs.queued) == (0, 0)

    run(main())


def test_a_failed_execution_says_why_and_where(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as service:
            await service.deploy("add", ADD)
            ended = await service.runs.wait((await service.create("add", {})).id)
            assert (ended.state, ended.result_json) == ("FAILED", None)
            assert ended.error is not None
            assert json.loads(ended.error["payload"])["tags"] == ["TypeError"]
            assert 'in step "sum", routine "main", line: 5' in ended.error["context"]
            assert ended.steps == ({"routine": "main", "step": "sum"},)

    run(main())


def test_of_200_clients_exactly_as_many_are_accepted_as_there_is_room_for(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path, bounds=Bounds(7, 43)) as service:
            await service.deploy("wait", GATE)
            creations = (service.create("wait", f"{gate.address}/a") for _ in range(200))
            answers = await asyncio.gather(*creations, return_exceptions=True)
            states = [one.state for one in answers if isinstance(one, Execution)]
            assert sorted(states) == ["ACTIVE"] * 7 + ["QUEUED"] * 43
            assert len(refused(answers)) == 150
            assert {(one.code, one.retry_after) for one in refused(answers)} == {(429, RETRY_AFTER)}
            [(stored,)] = service.database.read("SELECT count(*) FROM executions")
            assert stored == 50
            for _ in range(50):
                await gate.let("/a", 1)
            accepted = [one for one in answers if isinstance(one, Execution)]
            ended = await asyncio.gather(*(service.runs.wait(one.id) for one in accepted))
            assert {one.state for one in ended} == {"SUCCEEDED"}
            assert len(gate.log) == 50

    run(main())


def test_first_come_is_first_served(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path, bounds=Bounds(active=1)) as service:
            await service.deploy("wait", GATE)
            created = [await service.create("wait", f"{gate.address}/{n}") for n in range(6)]
            assert [one.state for one in created] == ["ACTIVE"] + ["QUEUED"] * 5
            assert created[1].start_time is None
            for n in range(6):
                await gate.let(f"/{n}", n)
                assert await service.result(created[n]) == n
            assert [path for path, _ in gate.log] == [f"/{n}" for n in range(6)]
            ended = service.get(created[3].id)
            assert ended.start_time is not None
            assert ended.start_time >= ended.create_time

    run(main())


def test_one_that_is_not_to_be_queued_is_refused_and_creates_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path, bounds=Bounds(active=1)) as service:
            await service.deploy("wait", GATE)
            await service.create("wait", f"{gate.address}/a", unbuffered=True)
            with pytest.raises(ApiError) as error:
                await service.create("wait", f"{gate.address}/a", unbuffered=True)
            assert (error.value.code, error.value.status) == (429, "RESOURCE_EXHAUSTED")
            assert len(service.database.read("SELECT id FROM executions")) == 1

    run(main())


def test_the_same_request_is_the_same_execution(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as service:
            await service.deploy("add", ADD)
            await service.deploy("other", ADD)
            many = await asyncio.gather(
                *(service.create("add", n, request_id="wish") for n in range(20))
            )
            assert len({one.id for one in many}) == 1
            assert await service.result(many[0]) == 1
            later = await service.create("add", 5, request_id="wish")
            assert (later.id, later.state) == (many[0].id, "SUCCEEDED")
            other = await service.create("other", 5, request_id="wish")
            assert other.id != many[0].id

    run(main())


def test_a_creation_that_cannot_be_written_leaves_no_trace(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path, bounds=Bounds(active=2, queued=1)) as service:
            workflow = await service.deploy("add", ADD)
            unwritable = NewExecution(workflow, "null", labels={"bad": "\udc80"})
            for _ in range(3):
                with pytest.raises(UnicodeEncodeError):
                    await service.runs.create(unwritable)
            assert (service.runs.active, service.runs.queued) == (0, 0)
            assert await service.run("add", 1) == 2

    run(main())


def test_cancelling_ends_requests_and_gives_the_seat_to_the_next(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path, bounds=Bounds(active=1)) as service:
            await service.deploy("wait", GATE)
            first = await service.create("wait", f"{gate.address}/a")
            second = await service.create("wait", f"{gate.address}/b")
            third = await service.create("wait", f"{gate.address}/c")
            await gate.arrived("/a")
            cancelled = await service.runs.cancel(second)
            assert (cancelled.state, cancelled.start_time) == ("CANCELLED", None)
            cancelled = await service.runs.cancel(service.get(first.id))
            assert cancelled.state == "CANCELLED"
            assert cancelled == service.get(first.id)
            await gate.let("/c", 3)
            assert await service.result(third) == 3
            assert [path for path, _ in gate.log] == ["/a", "/c"]
            assert (service.runs.active, service.runs.queued) == (0, 0)

    run(main())


@pytest.mark.parametrize("argument", [1, {}])
def test_what_has_finished_cannot_be_cancelled(tmp_path: Path, argument: object) -> None:
    async def main() -> None:
        async with serving(tmp_path) as service:
            await service.deploy("add", ADD)
            ended = await service.runs.wait((await service.create("add", argument)).id)
            with pytest.raises(ApiError) as error:
                await service.runs.cancel(ended)
            assert error.value.status == "FAILED_PRECONDITION"
            expected = f"cancelling execution in state {ended.state} is not allowed"
            assert str(error.value) == expected

    run(main())


def test_forgetting_a_workflow_ends_and_deletes_its_executions_and_no_others(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path, bounds=Bounds(active=2)) as service:
            await service.deploy("gone", GATE)
            await service.deploy("stays", GATE)
            doomed = [await service.create("gone", f"{gate.address}/a") for _ in range(4)]
            stays = await service.create("stays", f"{gate.address}/b")
            await gate.arrived("/a")
            waiting = asyncio.ensure_future(service.runs.wait(doomed[0].id))
            await asyncio.sleep(0)
            await service.runs.forget("gone")
            assert (await waiting).state == "CANCELLED"
            await gate.let("/b", 1)
            assert await service.result(stays) == 1
            for table in ("executions", "logs"):
                column = "id" if table == "executions" else "execution"
                rows = service.database.read(f"SELECT DISTINCT {column} FROM {table}")
                assert [row[0] for row in rows] == [stays.id]
            assert service.database.read("SELECT * FROM journal") == []
            assert service.runs.queued == 0

    run(main())


class Ends:
    """A follower that notes the states in which executions end."""

    def __init__(self) -> None:
        self.states: list[str] = []

    def begun(self, execution: Execution) -> None:
        pass

    def ended(self, execution: Execution) -> None:
        self.states.append(execution.state)


@pytest.mark.parametrize("state", ["SUCCEEDED", "CANCELLED"])
def test_what_ends_while_its_workflow_is_forgotten_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    write, goes_on = Rows.write, threading.Event()

    def late(rows: Rows, connection: sqlite3.Connection) -> None:
        if rows.ended:
            goes_on.wait()
        write(rows, connection)

    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            await service.deploy("gone", GATE)
            ends = Ends()
            service.runs.followers.append(ends)
            execution = await service.create("gone", f"{gate.address}/a")
            call = await gate.arrived("/a")
            hosted = service.runs._hosting.find(execution.id)
            assert hosted is not None
            if state == "CANCELLED":
                service.database.write(lambda connection: goes_on.wait())
                ending = asyncio.ensure_future(service.runs.cancel(execution))
            else:
                ending = asyncio.ensure_future(service.runs.wait(execution.id))
                call.answer.set_result(1)
            await until(lambda: not hosted.is_active)
            forgetting = asyncio.ensure_future(service.runs.forget("gone"))
            await asyncio.sleep(0)
            goes_on.set()
            await asyncio.gather(ending, forgetting)
            await until(lambda: not service.runs.active)
            assert ends.states == [state]

    monkeypatch.setattr(Rows, "write", late)
    try:
        run(main())
    finally:
        goes_on.set()


def test_an_execution_sees_where_and_what_it_is(tmp_path: Path) -> None:
    source = """
main:
  steps:
  - done:
      return:
      - ${sys.get_env("GOOGLE_CLOUD_PROJECT_ID")}
      - ${sys.get_env("GOOGLE_CLOUD_PROJECT_NUMBER")}
      - ${sys.get_env("GOOGLE_CLOUD_LOCATION")}
      - ${sys.get_env("GOOGLE_CLOUD_WORKFLOW_ID")}
      - ${sys.get_env("GOOGLE_CLOUD_WORKFLOW_REVISION_ID")}
      - ${sys.get_env("GOOGLE_CLOUD_SERVICE_ACCOUNT_NAME")}
      - ${sys.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")}
      - ${sys.get_env("COLOUR")}
      - ${sys.get_env("SIZE")}
"""

    async def main() -> None:
        variables = {"COLOUR": "red", "SIZE": "m", "GOOGLE_CLOUD_LOCATION": "moon"}
        async with serving(tmp_path, variables=variables) as service:
            own = {"userEnvVars": {"COLOUR": "blue"}}
            await service.deploy("envious", source, 7, settings=own)
            execution = await service.create("envious")
            assert await service.result(execution) == [
                "my-project",
                "123",
                "us-central1",
                "envious",
                "000007-abc",
                "me@example.com",
                execution.id,
                "blue",
                "m",
            ]

    run(main())


def test_an_execution_keeps_the_revision_it_was_created_with(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path, bounds=Bounds(active=1)) as service:
            await service.deploy("wait", GATE)
            old = [await service.create("wait", f"{gate.address}/a") for _ in range(2)]
            await service.deploy("wait", GATE.replace("answer.body", '"new"'), 2)
            new = await service.create("wait", f"{gate.address}/a")
            for _ in range(3):
                await gate.let("/a", "old")
            assert [await service.result(one) for one in old] == ["old", "old"]
            assert await service.result(new) == "new"
            assert service.get(new.id).revision == "000002-abc"

    run(main())


def test_logs_have_what_was_logged_and_what_became_of_the_execution(tmp_path: Path) -> None:
    source = """
main:
  steps:
  - say: {call: sys.log, args: {data: hello, severity: NOTICE}}
  - note: {call: sys.log, args: {json: {n: 1}}}
  - nap: {call: sys.sleep, args: {seconds: 0}}
  - fail: {raise: no}
"""

    async def main() -> None:
        async with serving(tmp_path) as service:
            await service.deploy("talk", source)
            ended = await service.runs.wait((await service.create("talk")).id)
            rows = service.database.read("SELECT * FROM logs ORDER BY number")
            assert {row["execution"] for row in rows} == {ended.id}
            entries = [json.loads(row["entry"]) for row in rows]
            assert [entry["severity"] for entry in entries] == [
                "INFO",
                "NOTICE",
                "DEFAULT",
                "ERROR",
            ]
            assert [row["severity"] for row in rows] == [entry["severity"] for entry in entries]
            started, hello, note, failed = entries
            assert started["jsonPayload"]["state"] == "ACTIVE"
            assert hello["textPayload"] == "hello"
            assert hello["labels"]["step"] == "say"
            assert note["jsonPayload"] == {"n": 1}
            assert failed["jsonPayload"]["state"] == "FAILED"
            assert 'RuntimeError: "no"' in failed["jsonPayload"]["failure"]["exception"]

    run(main())


@pytest.mark.parametrize(
    ("own", "of_the_workflow", "states"),
    [
        ("", "", []),
        ("", "LOG_ALL_CALLS", ["BEGUN", "SUCCEEDED"]),
        ("LOG_NONE", "LOG_ALL_CALLS", []),
        ("LOG_ALL_CALLS", "", ["BEGUN", "SUCCEEDED"]),
    ],
)
def test_calls_are_logged_as_the_execution_or_else_its_workflow_says(
    tmp_path: Path, own: str, of_the_workflow: str, states: list[str]
) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            gate.open.add("/a")
            settings = {"callLogLevel": of_the_workflow} if of_the_workflow else {}
            await service.deploy("wait", GATE, settings=settings)
            execution = await service.create("wait", f"{gate.address}/a", call_log_level=own)
            await service.result(execution)
            entries = [
                json.loads(row["entry"]) for row in service.database.read("SELECT * FROM logs")
            ]
            calls = [entry["jsonPayload"] for entry in entries if entry["severity"] == "DEBUG"]
            assert [call["state"] for call in calls] == states

    run(main())


def test_where_a_workflow_may_not_go_it_cannot_connect(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path, allowed_hosts=("example.com",)) as service:
            await service.deploy("wait", GATE)
            ended = await service.runs.wait((await service.create("wait", f"{gate.address}/a")).id)
            assert ended.error is not None
            payload = json.loads(ended.error["payload"])
            assert payload["tags"][0] == "ConnectionFailedError"
            assert "127.0.0.1" in payload["message"]
            assert gate.log == []

    run(main())


def test_routes_lead_elsewhere_whatever_hosts_are_allowed(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate:
            routes = {"https://orders.example.com": gate.address}
            async with serving(tmp_path, routes=routes, allowed_hosts=()) as service:
                gate.open.add("/a")
                await service.deploy("wait", GATE)
                assert await service.run("wait", "https://orders.example.com/a") is None

    run(main())


def test_a_module_that_cannot_run_fails_its_executions_and_nothing_else(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as service:
            await service.deploy("add", ADD)
            await service.deploy_module("broken", "import nothing_that_exists")
            ended = await service.runs.wait((await service.create("broken")).id)
            assert ended.state == "FAILED"
            assert ended.error is not None
            assert json.loads(ended.error["payload"])["tags"] == ["SystemError"]
            assert await service.run("add", 1) == 2

    run(main())


def test_an_execution_that_its_worker_gives_up_has_ended_and_keeps_no_seat(tmp_path: Path) -> None:
    """Work that is cancelled by nobody who may: a library that has gone wrong stands in for it."""
    source = """
import asyncio
import wfc_runtime.v1 as wf

async def work(key):
    raise asyncio.CancelledError

async def main(run):
    await run.outside(lambda: "call", work)

workflow = wf.Workflow(
    main, source="odd.yaml", sha256="", compiler="", parameters=0, positions="", accounting=True
)
"""

    async def main() -> None:
        async with serving(tmp_path) as service:
            await service.deploy_module("odd", source)
            ended = await service.runs.wait((await service.create("odd")).id)
            assert ended.state == "FAILED"
            assert service.runs.active == 0

    run(main())


def test_a_service_that_is_stopping_creates_nothing(tmp_path: Path) -> None:
    async def main() -> None:
        async with serving(tmp_path) as service:
            await service.deploy("add", ADD)
            await service.runs.close(patience=0)
            with pytest.raises(ApiError) as error:
                await service.create("add", 1)
            assert error.value.status == "UNAVAILABLE"

    run(main())
