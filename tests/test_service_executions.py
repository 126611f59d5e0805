"""Executions over http: asked for, shown, listed, cancelled; callbacks, history, exports."""

from __future__ import annotations

import asyncio
import base64
import json
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.service_calls import PARENT, PLACE, Client, Served, serving

from wfc_service.deploy import Builder
from wfc_service.google.checks import ARGUMENT_LIMIT
from wfc_service.store.records import Execution
from wfc_service.store.tables import put_execution

WAITS = "main: {steps: [{pause: {call: sys.sleep, args: {seconds: 1000}}}]}"
FAILS = "main: {params: [args], steps: [{go: {raise: '${args.reason}'}}]}"
APPROVES = """\
main:
  steps:
    - open:
        call: events.create_callback_endpoint
        args:
          http_callback_method: POST
        result: endpoint
    - wait:
        call: events.await_callback
        args:
          callback: ${endpoint}
          timeout: 3600
        result: request
    - done:
        return: ${request.http_request.body}
"""
HELLOS = f"{PARENT}/workflows/hello/executions"


def test_what_is_set_is_shown_and_the_rest_is_not(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy(labels={"env": "test", "team": "a"})
        done = await client.run(
            argument='{"name": "Ada"}',
            callLogLevel="LOG_ERRORS_ONLY",
            executionHistoryLevel="EXECUTION_HISTORY_DETAILED",
            labels={"env": "prod"},
            disableConcurrencyQuotaOverflowBuffering=True,
            state="FAILED",
            name="mine",
        )
        assert done["argument"] == '{"name": "Ada"}'
        assert done["callLogLevel"] == "LOG_ERRORS_ONLY"
        assert done["executionHistoryLevel"] == "EXECUTION_HISTORY_DETAILED"
        assert done["labels"] == {"env": "prod", "team": "a"}
        assert done["disableConcurrencyQuotaOverflowBuffering"] is True
        assert done["state"] == "SUCCEEDED"
        basic = await client.ok("GET", done["name"], view="BASIC")
        assert sorted(set(done) - set(basic)) == [
            *("argument", "callLogLevel", "disableConcurrencyQuotaOverflowBuffering"),
            *("executionHistoryLevel", "labels", "result"),
        ]
        default = await client.ok("GET", done["name"], view="EXECUTION_VIEW_UNSPECIFIED")
        assert default == done
        await client.run()
        for filter in ("labels.env = prod", "label.env:p*", "-labels.env = test"):
            (found,) = (await client.ok("GET", HELLOS, filter=filter))["executions"]
            assert found["name"] == done["name"]
        part = await client.ok("GET", done["name"], fields="state,status/currentSteps(step)")
        assert part == {"state": "SUCCEEDED", "status": {}}
        compact = await client("GET", done["name"], prettyPrint="false", fields="state")
        assert compact.body == b'{"state":"SUCCEEDED"}'

    served(check)


def test_a_failed_execution_shows_its_error(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy("fails", FAILS)
        done = await client.run("fails", argument='{"reason": "no stock"}')
        assert done["state"] == "FAILED"
        assert done["error"]["payload"] == '"no stock"'
        assert "result" not in done

    served(check)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"argument": "{"}, "execution.argument: it is not the text of JSON: Expecting"),
        ({"argument": "NaN"}, "execution.argument: it is not the text of JSON"),
        ({"argument": "[" * 30_000}, "execution.argument: it is not the text of JSON"),
        (
            {"argument": json.dumps("a" * ARGUMENT_LIMIT)},
            "execution.argument: 32770 bytes are more than 32768",
        ),
        ({"argument": {}}, "Invalid value at 'execution.argument' (TYPE_STRING), {}"),
        ({"labels": {"A": "b"}}, 'execution.labels: the key "A" is not'),
        ({"callLogLevel": "LOUD"}, "Invalid value at 'execution.call_log_level'"),
        ({"x": 1}, "Invalid JSON payload received. Unknown name \"x\" at 'execution'"),
        ([], "Invalid value at 'execution' (type.googleapis.com/"),
        ({"labels": [[]]}, "Invalid value at 'execution.labels'"),
    ],
)
def test_what_an_execution_may_not_have(served: Served, fields: Any, message: str) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        error = await client.error("POST", HELLOS, fields)
        assert error["status"] == "INVALID_ARGUMENT"
        assert error["message"].startswith(message)
        assert await client.ok("GET", HELLOS) == {}

    served(check)


def test_the_largest_argument_is_taken_however_it_is_escaped(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy("echo", "main: {params: [args], steps: [{a: {return: '${args}'}}]}")
        argument = json.dumps("é" * 16383, ensure_ascii=False)
        assert len(argument.encode()) == ARGUMENT_LIMIT
        done = await client.run("echo", argument=argument)
        assert json.loads(done["result"]) == "é" * 16383

    served(check)


def test_a_full_queue_answers_429_and_says_when_to_try_again(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        client.engine.full = True
        answer = await client("POST", HELLOS, {"disableConcurrencyQuotaOverflowBuffering": True})
        assert answer.status == 429
        assert answer.headers["retry-after"] == "1"
        assert answer.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
        assert await client.ok("GET", HELLOS) == {}
        queued = await client.ok("POST", HELLOS, {})
        assert queued["state"] == "QUEUED"
        assert "startTime" not in queued
        listed = await client.ok("GET", HELLOS, filter="state = QUEUED")
        assert len(listed["executions"]) == 1
        cancelled = await client.ok("POST", f"{queued['name']}:cancel")
        assert cancelled["state"] == "CANCELLED"

    served(check)


def test_a_wish_with_an_id_is_granted_once(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        first = await client.ok("POST", HELLOS, {}, requestId="order-7")
        again = await client.ok("POST", HELLOS, {}, requestId="order-7")
        other = await client.ok("POST", HELLOS, {}, requestId="order-8")
        assert first["name"] == again["name"] != other["name"]

    served(check)


def test_active_executions_are_found_by_the_step_at_which_they_are(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy("waits", WAITS)
        executions = f"{PARENT}/workflows/waits/executions"
        created = await client.ok("POST", executions, {})
        while not (await client.ok("GET", created["name"]))["status"]:
            await asyncio.sleep(0)
        (found,) = (await client.ok("GET", executions, filter="stepName = pause"))["executions"]
        assert found["name"] == created["name"]
        assert found["status"] == {"currentSteps": [{"routine": "main", "step": "pause"}]}
        assert await client.ok("GET", executions, filter="stepName = other") == {}
        await client.ok("POST", f"{created['name']}:cancel", {})
        ended = await client.ok("GET", executions, filter="stepName = pause state = CANCELLED")
        assert len(ended["executions"]) == 1

    served(check)


@pytest.mark.parametrize(
    ("view", "size", "expected"),
    [("BASIC", 5000, 1000), ("FULL", 5000, 100), ("BASIC", 0, 100), ("FULL", 7, 7)],
)
def test_pages_have_as_many_executions_as_documented(
    served: Served, view: str, size: int, expected: int
) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        await put(client, [7] * 1001)
        page = await client.ok("GET", HELLOS, view=view, pageSize=size)
        assert len(page["executions"]) == expected
        assert page["nextPageToken"]

    served(check)


async def put(client: Client, times: list[int], first: int = 0) -> None:
    """Executions of `hello` that were created then."""
    revision = (await client.ok("GET", f"{PARENT}/workflows/hello"))["revisionId"]
    for n, time in enumerate(times, first):
        start = time if time % 3 else None
        execution = Execution(
            f"e{n}", "hello", revision, "ACTIVE" if start else "QUEUED", time, start_time=start
        )
        client.service.database.write(partial(put_execution, execution=execution))
    await client.service.database.write(lambda connection: None)


ORDERS = ["", "createTime", "startTime desc, executionId", "state, createTime desc", "duration"]


@settings(max_examples=15)
@given(
    times=st.lists(st.integers(1, 9), max_size=12),
    size=st.integers(1, 5),
    order=st.sampled_from(ORDERS),
    later=st.lists(st.integers(1, 9), max_size=3),
)
def test_pages_together_are_the_list_and_what_comes_later_repeats_nothing(
    builder: Builder, times: list[int], size: int, order: str, later: list[int]
) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        await put(client, times)

        def ids(page: Any) -> list[str]:
            return [one["name"].rpartition("/")[2] for one in page.get("executions", [])]

        whole = ids(await client.ok("GET", HELLOS, orderBy=order, pageSize=1000))
        assert sorted(whole) == sorted(f"e{n}" for n in range(len(times)))
        seen, token = [], ""
        while True:
            page = await client.ok("GET", HELLOS, orderBy=order, pageSize=size, pageToken=token)
            assert len(ids(page)) <= size
            seen += ids(page)
            token = page.get("nextPageToken", "")
            if not token:
                break
            if later:
                await put(client, [later.pop()], 100 + len(later))
        assert len(seen) == len(set(seen))
        assert [one for one in seen if one in whole] == whole

    async def main() -> None:
        with TemporaryDirectory() as folder:
            async with serving(Path(folder), builder) as client:
                await check(client)

    asyncio.run(main())


def test_a_token_belongs_to_its_query(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        await put(client, [1, 2, 3])
        token = (await client.ok("GET", HELLOS, pageSize=1))["nextPageToken"]
        assert len((await client.ok("GET", HELLOS, pageToken=token))["executions"]) == 2
        for query in ({"filter": "state = ACTIVE"}, {"orderBy": "state"}):
            error = await client.error("GET", HELLOS, pageToken=token, **query)
            assert error["message"] == "page_token: it belongs to another query"
        forged = base64.urlsafe_b64encode(
            json.dumps([json.loads(base64.urlsafe_b64decode(f"{token}=="))[0], {}, 1]).encode()
        )
        error = await client.error("GET", HELLOS, pageToken=forged.decode())
        assert error["message"] == "page_token: it is none that this service has given"

    served(check)


def test_a_callback_is_listed_and_received(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy("approves", APPROVES)
        name = (await client.ok("POST", f"{PARENT}/workflows/approves/executions", {}))["name"]
        while not (callbacks := (await client.ok("GET", f"{name}/callbacks")).get("callbacks")):
            await asyncio.sleep(0)
        (callback,) = callbacks
        assert callback["method"] == "POST"
        assert callback["name"].startswith(f"{name}/callbacks/")
        assert callback["waiters"] == "1"
        error = await client.error("GET", callback["name"])
        assert error["code"] == 405
        assert (await client.error("POST", f"{name}/callbacks/other"))["code"] == 404
        answer = await client(
            "POST", callback["name"], {"ok": True}, headers={"content-type": "application/json"}
        )
        assert (answer.status, answer.body) == (200, b"")
        await client.engine.ended(name)
        assert json.loads((await client.ok("GET", name))["result"]) == {"ok": True}
        assert await client.ok("GET", f"{name}/callbacks") == {}
        too_long = await client("POST", callback["name"], b" " * (2 * 1024 * 1024 + 1))
        assert too_long.status == 400

    served(check)


def test_executions_of_another_project_are_not_there(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        name = (await client.run())["name"]
        for wrong in (
            name.replace(str(PLACE.number), "999"),
            name.replace("us-central1", "mars"),
            name.replace("hello", "other"),
        ):
            error = await client.error("GET", wrong)
            assert error["message"] == f"Resource '{wrong}' was not found"

    served(check)
