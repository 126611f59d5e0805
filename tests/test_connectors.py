"""Calls of connectors against a server: results, retries, operations and time limits (spec 06)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from aiohttp import web
from tests.compiled import execute, workflow
from tests.connector_calls import call
from tests.http_server import serving
from tests.transcript import apis_at

import wfc_runtime.v1 as wf
from wfc_runtime.auth import OAuth2
from wfc_runtime.request import Request
from wfc_runtime.testing import VirtualClock

GET = wf.Connector("googleapis.a.v1.things.get", "GET", "https://a.googleapis.com/v1/{+name}")
CREATE = wf.Connector("googleapis.a.v1.things.create", "POST", "https://a.googleapis.com/v1/things")
RUN = wf.Connector(
    "googleapis.a.v1.jobs.run",
    "POST",
    "https://a.googleapis.com/v1/{+name}:run",
    operation="longrunning",
    poll="/v1/{+name}",
)
START = wf.Connector(
    "googleapis.c.v1.instances.start",
    "POST",
    "https://c.googleapis.com/compute/v1/projects/{project}/instances/{instance}/start",
    operation="status",
)
QUERY = wf.Connector(
    "googleapis.bigquery.v2.jobs.insert",
    "POST",
    "https://bigquery.googleapis.com/bigquery/v2/projects/{+projectId}/jobs",
    operation="bigquery",
)
PENDING = {"name": "operations/1", "done": False}
DONE = {"name": "operations/1", "done": True, "response": {"ok": 1}}

# -- results --------------------------------------------------------------------------------------


def test_the_result_is_the_body_alone() -> None:
    called = call(GET, {"a": 1}, name="things/1")
    assert called.result == {"a": 1}
    assert called.requests == ["GET /v1/things/1"]


@pytest.mark.parametrize(
    ("kind", "body", "result"),
    [
        ("application/json", b'{"a": [1]}', {"a": [1]}),
        ("text/plain; charset=utf-8", b"hello", "hello"),
        ("application/octet-stream", b"\x00\x01", {"bytes": "\x00\x01"}),
    ],
)
def test_an_object_that_is_downloaded_is_what_its_content_type_says(
    kind: str, body: bytes, result: Any
) -> None:
    reply = web.Response(body=body, headers={"Content-Type": kind})
    called = call(GET, reply, name="b/c", alt="media")
    assert called.result == result
    assert called.requests == ["GET /v1/b/c?alt=media"]


def test_a_reply_without_content_is_null() -> None:
    assert call(GET, web.Response(status=204), name="a").result is None


def test_an_error_status_is_an_http_error_with_its_body() -> None:
    called = call(GET, (404, {"error": {"code": 404}}), name="a")
    assert called.error["code"] == 404
    assert called.error["body"] == {"error": {"code": 404}}
    assert called.error["tags"] == ["HttpError"]
    assert len(called.requests) == 1


# -- retries --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("connector", "status", "requests"),
    [
        (GET, 429, 2),
        (GET, 502, 2),
        (GET, 503, 2),
        (GET, 504, 2),
        (GET, 500, 1),
        (CREATE, 429, 2),
        (CREATE, 503, 2),
        (CREATE, 502, 1),
        (CREATE, 504, 1),
    ],
)
def test_get_has_the_idempotent_policy_and_all_else_the_other(
    connector: wf.Connector, status: int, requests: int
) -> None:
    given = {"name": "a"} if connector is GET else {}
    called = call(connector, (status, {}), {"ok": 1}, **given)
    assert len(called.requests) == requests
    assert (called.error is None) == (requests == 2)
    assert called.slept == [1] * (requests - 1)


def test_a_service_that_stays_unavailable_is_asked_six_times() -> None:
    called = call(GET, (503, {}), name="a")
    assert called.error["code"] == 503
    assert len(called.requests) == 6
    assert called.slept == [1, 1.25, 1.25**2, 1.25**3, 1.25**4]


def test_nothing_is_tried_again_after_the_time_limit() -> None:
    called = call(GET, (503, {}), name="a", connector_params={"timeout": 2})
    assert called.error["code"] == 503
    assert called.slept == [1]


def test_virtual_time_stands_still_while_an_api_answers() -> None:
    """Or another branch that sleeps would use the time limit of the call up."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.sleep(0.02)
        return web.json_response({})

    async def ask(run: wf.Run) -> None:
        await run.call("ask", GET, name="things/1")
        at.append(run.now())

    async def nap(run: wf.Run) -> None:
        await run.sleep("nap", 3600)

    async def main(run: wf.Run) -> None:
        await run.parallel("both", [ask, nap])

    async def scenario() -> None:
        async with serving(answer) as address, apis_at(address):
            await workflow(main).run(clock=VirtualClock(), env={}, auth=wf.NoAuth())

    at: list[float] = []
    asyncio.run(scenario())
    assert at == [0]


# -- operations -----------------------------------------------------------------------------------


def test_an_operation_is_asked_for_by_name_until_it_is_done() -> None:
    called = call(RUN, PENDING, PENDING, DONE, name="jobs/j")
    assert called.result == DONE
    assert called.requests == [
        "POST /v1/jobs/j:run",
        "GET /v1/operations/1",
        "GET /v1/operations/1",
    ]
    assert called.slept == [1.0, 1.25]


def test_an_operation_of_a_region_is_asked_for_in_that_region() -> None:
    regional = replace(RUN, region="location")
    hosts = []

    async def send(run: wf.Run, request: Request) -> Any:
        hosts.append(request.url.split("/")[2])
        return {"code": 200, "headers": {}, "body": PENDING if len(hosts) == 1 else DONE}

    async def main(run: wf.Run) -> Any:
        return await run.call("step", regional, name="j", location="us-east1")

    with patch("wfc_runtime.stdlib.http._send", send):
        assert execute(main) == DONE
    assert hosts == ["us-east1-a.googleapis.com"] * 2


def test_an_operation_that_is_done_at_once_is_not_asked_for() -> None:
    called = call(RUN, DONE, name="jobs/j")
    assert (called.result, len(called.requests)) == (DONE, 1)


def test_an_operation_is_asked_for_by_its_own_link_on_the_same_host() -> None:
    """The link names another host, as those of Compute Engine do."""
    link = "https://www.googleapis.com/compute/v1/projects/p/operations/o"
    running = {"name": "o", "status": "RUNNING", "selfLink": link}
    done = {**running, "status": "DONE"}
    called = call(START, running, done, project="p", instance="i")
    assert called.result == done
    assert called.requests[1] == "GET /compute/v1/projects/p/operations/o"


def test_a_bigquery_job_is_waited_for_with_the_query_of_its_link() -> None:
    link = "https://bigquery.googleapis.com/bigquery/v2/projects/p/jobs/j?location=EU"
    called = call(
        QUERY,
        {"status": {"state": "RUNNING"}, "selfLink": link},
        {"status": {"state": "DONE"}, "selfLink": link},
        projectId="p",
    )
    assert called.result["status"] == {"state": "DONE"}
    assert called.requests[1] == "GET /bigquery/v2/projects/p/jobs/j?location=EU"


def test_the_polling_policy_says_how_long_to_wait() -> None:
    policy = {"initial_delay": 2, "multiplier": 3, "max_delay": 10}
    called = call(RUN, *[PENDING] * 5, DONE, name="j", connector_params={"polling_policy": policy})
    assert called.slept == [2, 6, 10, 10, 10]


def test_a_question_that_fails_is_asked_again() -> None:
    called = call(RUN, PENDING, (502, {}), DONE, name="j")
    assert called.result == DONE
    assert called.slept == [1, 1]


def test_without_polling_the_first_reply_is_the_result() -> None:
    called = call(RUN, PENDING, name="j", connector_params={"skip_polling": True})
    assert (called.result, len(called.requests)) == (PENDING, 1)


def test_a_failed_operation_is_an_operation_error_that_holds_it() -> None:
    failed = {"name": "o", "done": True, "error": {"code": 5, "message": "no such image"}}
    called = call(RUN, PENDING, failed, name="j")
    assert called.error == {
        "message": "OperationError: no such image",
        "operation": failed,
        "tags": ["OperationError"],
    }


@pytest.mark.parametrize("reply", [[], "text", None, {}, {"done": False}, {"name": 1}])
def test_a_reply_that_is_no_operation_is_a_response_type_error(reply: Any) -> None:
    called = call(RUN, reply, name="j")
    assert called.error == {
        "message": "Long-running operation returned unexpected response.",
        "tags": ["ResponseTypeError"],
    }


@pytest.mark.parametrize(("timeout", "total"), [(None, 1800), (10, 10), (31_536_000, 31_536_000)])
def test_an_operation_that_does_not_end_is_a_timeout_error(timeout: Any, total: float) -> None:
    policy = {"initial_delay": total / 4, "multiplier": 1, "max_delay": total}
    params = {"timeout": timeout, "polling_policy": policy}
    called = call(RUN, PENDING, name="j", connector_params=params)
    assert called.error["tags"] == ["TimeoutError", "OSError"]
    assert called.error["message"].endswith("did not end in time")
    assert sum(called.slept) == total


# -- arguments ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ([], "TypeError: `connector_params` must be a dict, not list"),
        ({"timeout": "1"}, "TypeError: `timeout` must be a number, not string"),
        ({"timeout": 0}, "ValueError: `timeout` must be greater than 0, not 0"),
        (
            {"timeout": 31_536_001},
            "ValueError: `timeout` must be at most 31536000 seconds, not 31536001",
        ),
        ({"skip_polling": 1}, "TypeError: `skip_polling` must be a boolean, not number"),
        ({"polling_policy": 1}, "TypeError: `polling_policy` must be a dict, not number"),
        (
            {"polling_policy": {"delay": 1}},
            "ValueError: `polling_policy` has no `delay`",
        ),
        (
            {"polling_policy": {"multiplier": -1}},
            "ValueError: `multiplier` must be greater than 0, not -1",
        ),
        ({"scopes": 1}, "TypeError: `scopes` must be a string or a list of strings"),
        ({"scopes": [1]}, "TypeError: `scopes` must be a string or a list of strings"),
        ({"retries": 1}, "ValueError: `connector_params` has no `retries`"),
    ],
)
def test_wrong_connector_params_send_nothing(params: Any, message: str) -> None:
    called = call(GET, {}, name="a", connector_params=params)
    assert called.error["message"] == message
    assert called.requests == []


@pytest.mark.parametrize(
    ("own", "given", "scopes"),
    [
        ((), None, None),
        (("https://a/forms",), None, ("https://a/forms",)),
        ((), "a b", ("a", "b")),
        ((), "a,b", ("a", "b")),
        ((), ["a"], ("a",)),
    ],
)
def test_the_credentials_have_the_scopes_of_the_method_or_of_the_call(
    own: tuple[str, ...], given: Any, scopes: tuple[str, ...] | None
) -> None:
    connector = replace(GET, scopes=own) if own else GET
    sent: list[Request] = []

    async def send(run: wf.Run, request: Request) -> Any:
        sent.append(request)
        return {"code": 200, "headers": {}, "body": None}

    async def main(run: wf.Run) -> Any:
        return await run.call("step", connector, name="a", connector_params={"scopes": given})

    with patch("wfc_runtime.stdlib.http._send", send):
        execute(main)
    cloud = ("https://www.googleapis.com/auth/cloud-platform",)
    assert [request.auth for request in sent] == [OAuth2(scopes or cloud)]


def test_nulls_in_connector_params_count_as_left_out() -> None:
    nothing = dict.fromkeys(("timeout", "polling_policy", "skip_polling", "scopes"))
    policy = {"polling_policy": {"initial_delay": None}}
    for params in (None, {}, nothing, policy):
        assert call(RUN, PENDING, DONE, name="j", connector_params=params).slept == [1.0]
