"""What steps have printed: page by page, followed, and as a file."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.peak_calls import STEP, Peak, spec
from tests.service_calls import Client, Served

from wfc_service.peak import logs
from wfc_service.store.log_rows import INSERT, log_row

TWO = spec(
    steps={
        "count": {**STEP, "command": "i=0; while [ $i -lt 1200 ]; do i=$((i+1)); echo $i; done"},
        "tell": {**STEP, "command": "echo all counted", "parents": ["count"]},
    }
)
GATE = "printf begun\\\\n; while [ ! -e %s ]; do sleep 0.02; done; echo opened"


def messages(page: Any) -> list[str]:
    return [entry["message"] for entry in page["logs"]]


def test_a_log_has_pages(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create(TWO)
        id = (await peak.run(number))["executionId"]
        path, token, read = f"{number}/executions/{id}/logs", "", []
        for length in (500, 500, 200, 0):
            page = await peak.ok("GET", path, stepName="count", nextToken=token)
            assert (page["stepRunStatus"], len(page["logs"])) == ("Success", length)
            read += messages(page)
            token = page["nextToken"]
        assert read == [str(number) for number in range(1, 1201)]
        page = await peak.ok("GET", path, stepName="tell")
        assert messages(page) == ["all counted"]
        assert 1.7e12 < page["logs"][0]["timestamp"] < 1e13
        whole = await peak.ok("GET", path, nextToken=token)
        assert (whole["stepRunStatus"], messages(whole)) == ("Success", [])

    served(check)


def test_who_follows_is_answered_when_there_is_something(
    served: Served, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "HELD", 600.0)  # a slow machine makes no answer an empty one

    async def check(client: Client) -> None:
        peak = Peak(client)
        gate = tmp_path / "gate"
        steps = {
            "wait": {**STEP, "command": GATE % gate},
            "after": {**STEP, "parents": ["wait"]},
        }
        number = await peak.create(spec(steps=steps))
        id = (await peak.ok("POST", f"{number}/execute"))["executionId"]
        path, token = f"{number}/executions/{id}/logs", ""
        read: list[str] = []
        waiting = asyncio.create_task(peak.ok("GET", path, stepName="after"))
        while "begun" not in read:
            page = await peak.ok("GET", path, stepName="wait", nextToken=token)
            assert page["stepRunStatus"] == "Running"
            read, token = read + messages(page), page["nextToken"]
        held = asyncio.create_task(peak.ok("GET", path, stepName="wait", nextToken=token))
        await peak.ok("GET")  # meanwhile others are answered
        assert not held.done()
        assert not waiting.done()  # for a step that has not begun, which is no end
        gate.touch()
        while (page := await held)["stepRunStatus"] == "Running" or page["logs"]:
            read, token = read + messages(page), page["nextToken"]
            held = asyncio.create_task(peak.ok("GET", path, stepName="wait", nextToken=token))
        assert (read, page["stepRunStatus"]) == (["begun", "opened"], "Success")
        assert messages(await waiting) == ["working"]

    served(check)


def test_a_request_is_held_for_a_while_only(
    served: Served, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "HELD", 600.0)

    async def check(client: Client) -> None:
        peak = Peak(client)
        steps = {"wait": {**STEP, "command": GATE % (tmp_path / "gate")}}
        number = await peak.create(spec(steps=steps))
        id = (await peak.ok("POST", f"{number}/execute"))["executionId"]
        page = await peak.ok("GET", f"{number}/executions/{id}/logs", stepName="wait")
        assert messages(page) == ["begun"]
        token = page["nextToken"]
        page = await logs.get_logs(client.service, number, id, "wait", token, held=0.05)
        assert page == {"stepRunStatus": "Running", "logs": [], "nextToken": token}
        async with asyncio.timeout(60):  # who does not follow, as `wfc logs` without `--follow`
            path = f"{number}/executions/{id}/logs"
            assert (
                await peak.ok("GET", path, stepName="wait", nextToken=token, wait="false") == page
            )
        client.engine.news.close()  # the service is being stopped
        page = await logs.get_logs(client.service, number, id, "wait", token, held=600)
        assert page["logs"] == []

    served(check)


@pytest.mark.parametrize("token", ["x", "-1", "1" * 5000, "f/37/s", "٣"])
def test_tokens_that_were_made_up(served: Served, token: str) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create()
        id = (await peak.run(number))["executionId"]
        said = await peak.refused(400, "GET", f"{number}/executions/{id}/logs", nextToken=token)
        assert "none that this service has given" in said

    served(check)


def test_a_step_that_is_not_there_has_no_log(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create()
        id = (await peak.run(number))["executionId"]
        for path in ("logs", "logs/download"):
            where = f"{number}/executions/{id}/{path}"
            said = await peak.refused(404, "GET", where, stepName="lod")
            assert said == "the workflow of this execution has no step `lod`"

    served(check)


def test_a_log_can_be_fetched_for_a_while_by_who_has_its_link(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create(TWO)
        id = (await peak.run(number))["executionId"]
        where = f"{number}/executions/{id}/logs/download"
        links = [
            (await peak.ok("GET", where, stepName=step))["downloadUrl"].removeprefix(
                "http://127.0.0.1:8787"
            )
            for step in ("count", "tell", "tell")
        ]
        assert len(set(links)) == 3
        answer = await client("GET", links[0])
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        lines = answer.body.decode().splitlines()
        assert [line.split(" ")[1] for line in lines] == [str(n) for n in range(1, 1201)]
        assert lines[0][:2] == "20"
        assert lines[0].split(" ")[0].endswith("Z")
        assert (await client("GET", links[1])).body.endswith(b" all counted\n")
        client.clock.time += 301 * 1_000_000_000
        for link in (links[1], links[1], "/workflows/api/v1/downloads/guess"):
            assert await peak.refused(404, "GET", link) == "this link is none, or it has expired"

    served(check)


def test_a_download_ends_while_its_step_prints_on(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        id = (await peak.run(await peak.create(TWO)))["executionId"]
        labels = {"step": "count"}
        printed = [log_row(id, client.clock(), "INFO", "more", labels) for _ in range(1000)]
        pages = 0
        async for _ in logs.text_of_logs(client.service, id, "count"):
            pages += 1
            assert pages < 5
            await client.service.database.write(
                lambda connection: connection.executemany(INSERT, printed)
            )

    served(check)
