"""The history of executions over http: listed, filtered, shown, exported and deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.service_calls import PARENT, Client, Served

WAITS = "main: {steps: [{pause: {call: sys.sleep, args: {seconds: 1000}}}]}"
ENTRIES = [
    {"step": "a", "routine": "main", "stepType": "STEP_ASSIGN", "state": "STATE_SUCCEEDED"},
    {"step": "b", "routine": "main", "stepType": "STEP_CALL", "state": "STATE_SUCCEEDED"},
    {"step": "c", "routine": "sub", "stepType": "STEP_RETURN", "state": "STATE_FAILED"},
]


async def with_history(client: Client) -> str:
    """The name of an execution with three step entries."""
    await client.deploy()
    name: str = (await client.run())["name"]
    id, rows = name.rpartition("/")[2], []
    for n, entry in enumerate(ENTRIES, 1):
        seconds = f"2023-01-01T00:00:0{4 - n}Z"
        told: dict[str, Any] = {**entry, "createTime": seconds, "updateTime": seconds}
        told["navigationInfo"] = {"parent": "2"} if n == 3 else {}
        rows.append((id, n, json.dumps(told)))
    await client.service.database.write(
        lambda connection: connection.executemany("INSERT INTO step_entries VALUES (?, ?, ?)", rows)
    )
    return name


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({}, ["1", "2", "3"]),
        ({"skip": 1}, ["2", "3"]),
        ({"orderBy": "createTime"}, ["3", "2", "1"]),
        ({"filter": 'state="SUCCEEDED"'}, ["1", "2"]),
        ({"filter": "stepType = STEP_CALL OR entryId = 3"}, ["2", "3"]),
        ({"filter": "parent = 2"}, ["3"]),
        ({"filter": "createTime > 2023-01-01T00:00:01Z"}, ["1", "2"]),
        ({"filter": "routine = main step = b"}, ["2"]),
        ({"filter": "step = z"}, []),
    ],
)
def test_step_entries_are_listed(served: Served, query: dict[str, Any], ids: list[str]) -> None:
    async def check(client: Client) -> None:
        name = await with_history(client)
        page = await client.ok("GET", f"{name}/stepEntries", **query)
        assert [entry["entryId"] for entry in page.get("stepEntries", [])] == ids
        assert page.get("totalSize", 0) == len(ids) + query.get("skip", 0)

    served(check)


def test_step_entries_are_shown_and_deleted(served: Served) -> None:
    async def check(client: Client) -> None:
        name = await with_history(client)
        first = await client.ok("GET", f"{name}/stepEntries", pageSize=2)
        assert first["totalSize"] == 3
        token = first["nextPageToken"]
        rest = await client.ok("GET", f"{name}/stepEntries", pageSize=2, pageToken=token)
        assert [entry["step"] for entry in rest["stepEntries"]] == ["c"]
        entry = await client.ok("GET", f"{name}/stepEntries/2")
        assert entry["name"] == f"{name}/stepEntries/2"
        assert entry["step"] == "b"
        assert (await client.error("GET", f"{name}/stepEntries/9"))["code"] == 404
        assert (await client.error("GET", f"{name}/stepEntries/x"))["code"] == 404
        error = await client.error("GET", f"{name}/stepEntries", skip=-1)
        assert error["message"] == "skip: it must not be negative"
        exported = json.loads((await client.ok("GET", f"{name}:exportData"))["data"])
        assert [entry["step"] for entry in exported["stepEntries"]] == ["a", "b", "c"]
        assert exported["execution"] == await client.ok("GET", name)
        assert await client.ok("POST", f"{name}:deleteExecutionHistory", {}) == {}
        assert await client.ok("GET", f"{name}/stepEntries") == {}

    served(check)


def test_the_history_of_what_still_runs_stays(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy("waits", WAITS)
        name = (await client.ok("POST", f"{PARENT}/workflows/waits/executions", {}))["name"]
        error = await client.error("POST", f"{name}:deleteExecutionHistory", {})
        assert error["status"] == "FAILED_PRECONDITION"

    served(check)
