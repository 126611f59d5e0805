"""Executions of Peak's workflows: what they are started with, and what is shown of them."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest
from tests.peak_calls import STEP, Peak, names, spec
from tests.service_calls import Client, Served

ECHO = {"imageId": 7, "imageVersionId": 2, "command": "printf '%s' \"$batch_id\" > out.txt"}
THREE = spec(
    metadata={"allowConcurrentExecution": True},
    steps={
        "load": {**ECHO, "outputParameters": {"batch": "out.txt"}},
        "sum-up": {**STEP, "command": "exit 3", "parents": ["load"]},
        "last": {**STEP, "parents": ["sum-up"]},
    },
)


def test_an_execution_is_shown_with_its_steps(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create(THREE)
        done = await peak.run(number, {"params": {"global": {"batch_id": 5, "full": True}}})
        assert (done["status"], done["runId"]) == ("Failed", done["executionId"])
        assert str(UUID(done["runId"])) == done["runId"]
        assert done["executedAt"] < done["finishedAt"]
        load, sum_up, last = done["steps"]
        assert load.pop("startedAt") <= load.pop("finishedAt")
        assert load == {
            "name": "load",
            "stepType": "standard",
            "status": "Success",
            "exitCode": 0,
            "image": "7:2",
            "output": {"batch": "5"},
        }
        assert (sum_up["status"], sum_up["exitCode"]) == ("Failed", 3)
        assert (last["status"], last["output"]) == ("Skipped", {})

    served(check)


def test_an_execution_keeps_the_steps_that_it_began_with(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create(THREE)
        id = (await peak.run(number))["executionId"]
        await peak.ok("PUT", f"{number}", spec(steps={"other": STEP}))
        done = await peak.ok("GET", f"{number}/executions/{id}")
        assert names(done["steps"]) == ["load", "sum-up", "last"]
        assert names((await peak.run(number))["steps"]) == ["other"]

    served(check)


@pytest.mark.parametrize("body", [b"", b" ", {}, {"params": {}, "stepsToRun": []}])
def test_nothing_need_be_said(served: Served, body: Any) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        assert (await peak.run(await peak.create(), body))["status"] == "Success"

    served(check)


def test_only_the_steps_that_are_asked_for_run(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        done = await peak.run(await peak.create(THREE), {"stepsToRun": [{"stepName": "load"}]})
        assert [step["status"] for step in done["steps"]] == ["Success", "Skipped", "Skipped"]

    served(check)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([], "the body must be a map"),
        ({"parms": {}}, "no key `parms`"),
        ({"params": {"globals": {}}}, "no key `globals`"),
        ({"params": {"global": {"a": None}}}, "params.global.a must be a string"),
        ({"params": {"global": {"a": [1]}}}, "params.global.a must be a string"),
        ({"params": {"global": {"a=b": "1"}}}, "cannot be an environment variable"),
        ({"params": {"stepWise": {"lod": {}}}}, "there is no step `lod`"),
        ({"stepsToRun": [{"stepName": "lod"}]}, "there is no step `lod`"),
        ({"stepsToRun": "load"}, "stepsToRun"),
        (b'{"params": {"global": {"a": 1e999}}}', "a number that is infinite"),
        (b'{"params": {"global": {"a": NaN}}}', "a number that is infinite"),
        (b'{"params": {"global": {"a": 1%s}}}' % (b"0" * 400), "infinite, none or too long"),
        (b'{"params": {"global": {"a": 1%s}}}' % (b"0" * 5000), "infinite, none or too long"),
        (b'{"params": {"global": {"a": "\\ud800"}}}', "half a character"),
        (b'{"params": {"global": {"a": "\xed\xa0\x80"}}}', "not UTF-8"),
        (b'{"\xed\xa0\x80": {}}', "not UTF-8"),
        ('{"params": {"global": {"a": "\\ud800"}}}'.encode("utf-16"), "not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"{", "the body is no JSON"),
        (b"\xff", "not UTF-8"),
    ],
)
def test_what_an_execution_cannot_be_asked(served: Served, body: Any, said: str) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create()
        assert said in await peak.refused(400, "POST", f"{number}/execute", body)
        assert (await peak.ok("GET", f"executions/{number}"))["executions"] == []

    served(check)


def test_one_request_is_one_execution(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create()
        first = await peak("POST", f"{number}/execute", request="a")
        assert await peak("POST", f"{number}/execute", request="a") == first
        await client.engine.ended(first[1]["executionId"])
        assert await peak("POST", f"{number}/execute", request="a") == first
        assert await peak("POST", f"{number}/execute", request="b") != first

    served(check)


def test_a_workflow_runs_once_at_a_time_unless_it_allows_more(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        alone, several = await peak.create(), await peak.create(THREE)
        client.engine.full = True
        for number in (alone, several):
            await peak.ok("POST", f"{number}/execute")
        await peak.ok("POST", f"{several}/execute")
        said = await peak.refused(409, "POST", f"{alone}/execute")
        assert said == "an execution of the workflow has not ended yet"

    served(check)


def test_lists_of_executions(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create()
        ids = [(await peak.run(number))["executionId"] for _ in range(5)]
        client.engine.full = True
        ids.append((await peak.ok("POST", f"{number}/execute"))["executionId"])
        ids.reverse()

        async def listed(**query: Any) -> list[str]:
            found = await peak.ok("GET", f"executions/{number}", **query)
            return [one["executionId"] for one in found["executions"]]

        assert await listed() == ids
        assert await listed(count=2) == ids[:2]
        assert await listed(count=9) == ids
        assert await listed(count=3, pageSize=2, pageNumber=2) == ids[2:3]
        assert await listed(statuses="Running") == ids[:1]
        assert await listed(statuses="Success", pageSize=2, pageNumber=3) == ids[5:]
        assert await listed(statuses="Stopping") == []
        page = await peak.ok("GET", f"executions/{number}", pageSize=2)
        first = page.pop("executions")[0]
        assert (first["status"], first["duration"]) == ("Running", 0)
        assert page == {
            "pageSize": 2,
            "pageNumber": 1,
            "pageCount": 3,
            "executionsCount": 6,
            "workflowId": number,
        }
        at = (await peak.ok("GET", f"{number}/executions/{ids[3]}"))["executedAt"]
        assert await listed(dateFrom=at) == ids[:4]
        assert await listed(dateTo=at) == ids[3:]
        assert await listed(dateFrom=at, dateTo=at) == ids[3:4]
        assert await listed(dateTo="2023-11-14") == []
        assert await listed(dateFrom="0001-01-01", dateTo="9999-12-31T23:59:59-14:00") == ids
        assert await listed(dateFrom="2023-11-14 22:00") == ids

    served(check)


def test_only_the_last_90_days_are_listed_unless_more_is_asked_for(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create()
        await peak.run(number)
        client.clock.time += 91 * 86_400 * 1_000_000_000
        path = f"executions/{number}"
        assert (await peak.ok("GET", path))["executionsCount"] == 0
        assert (await peak.ok("GET", path, dateFrom="2023-01-01"))["executionsCount"] == 1

    served(check)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"dateFrom": "yesterday"}, "dateFrom: `yesterday` is no date or time in ISO format"),
        ({"dateTo": "2023-13-01"}, "dateTo: "),
        ({"statuses": "success"}, "statuses: `success` is none of Success, Running"),
        ({"count": "-1"}, "count: "),
    ],
)
def test_lists_that_cannot_be(served: Served, query: dict[str, str], said: str) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create()
        assert said in await peak.refused(400, "GET", f"executions/{number}", **query)

    served(check)


def test_executions_are_stopped_once(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create(spec(steps={"load": {**STEP, "command": "sleep 60"}}))
        id = (await peak.ok("POST", f"{number}/execute"))["executionId"]
        path = f"{number}/executions/{id}"
        assert await peak.ok("POST", f"{path}/stop") == {"executionId": id, "status": "Stopped"}
        done = await peak.ok("GET", path)
        assert (done["status"], done["steps"][0]["status"]) == ("Stopped", "Stopped")
        said = await peak.refused(409, "POST", f"{path}/stop")
        assert said == "the execution has ended: Stopped"

    served(check)


def test_what_is_stopped_is_stopping_until_its_commands_have_ended(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        steps = {
            "load": {**STEP, "command": "sleep 60"},
            "report": {**STEP, "parents": ["load"]},
        }
        number = await peak.create(spec(steps=steps))
        id = (await peak.ok("POST", f"{number}/execute"))["executionId"]
        path = f"{number}/executions/{id}"
        while (await peak.ok("GET", path))["steps"][0]["status"] != "Running":
            await asyncio.sleep(0)
        running = client.engine.current_steps(id)
        await peak.ok("POST", f"{path}/stop")
        client.engine.staying[id] = f"peak/{number}", running
        assert await peak.ok("POST", f"{path}/stop") == {"executionId": id, "status": "Stopping"}
        for _ in range(2):
            shown = await peak.ok("GET", path)
            steps_shown = [one["status"] for one in shown["steps"]]
            assert (shown["status"], steps_shown) == ("Stopping", ["Stopping", "Stopped"])
            assert "finishedAt" not in shown
            workflow = await peak.ok("GET", f"{number}")
            assert workflow["status"] == "Running"
            assert workflow["lastExecution"]["status"] == "Stopping"
            for status, count in (("Stopping", 1), ("Stopped", 0)):
                listed = await peak.ok("GET", f"executions/{number}", statuses=status)
                assert listed["executionsCount"] == count
                listed = await peak.ok("GET", "", lastExecutionStatus=status)
                assert listed["workflowsCount"] == count
            # whoever follows the log is not to go before its last lines
            for step in ("load", ""):
                page = await peak.ok("GET", f"{path}/logs", stepName=step, wait="false")
                assert page["stepRunStatus"] == "Running"
        client.engine.staying.clear()
        shown = await peak.ok("GET", path)
        assert (shown["status"], "finishedAt" in shown) == ("Stopped", True)
        assert (await peak.ok("GET", f"{number}"))["status"] == "Available"

    served(check)


def test_executions_are_found_below_their_own_workflow_alone(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        first, second = await peak.create(), await peak.create()
        id = (await peak.run(first))["executionId"]
        for path in ("", "/logs", "/logs/download"):
            said = await peak.refused(404, "GET", f"{second}/executions/{id}{path}")
            assert said == f"workflow {second} has no execution {id}"
        assert await peak.refused(404, "GET", f"9/executions/{id}") == "there is no workflow 9"

    served(check)
