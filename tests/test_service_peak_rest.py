"""What Peak's API reads and refuses, over real connections where that makes a difference."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.middleware import Middleware
from tests.peak_calls import WORKFLOWS, Peak, spec
from tests.service_calls import Client, Served, serving

from wfc_service.deploy import Builder
from wfc_service.errors import ApiError
from wfc_service.front.guard import TokenGuard
from wfc_service.google.rest import create_app
from wfc_service.peak import bodies, workflows
from wfc_service.peak.query import PARAMETERS, Page, Query
from wfc_service.peak.queue_full import QueueFull
from wfc_service.peak.rest import OPEN_PREFIXES, PREFIXES, PeakApi

TOKEN = "0123456789abcdef"
BASE = WORKFLOWS.removesuffix("/workflows")


@pytest.mark.parametrize(
    ("verb", "path", "code", "said"),
    [
        ("GET", f"{BASE}/nothing", 404, "was not found"),
        ("GET", f"{WORKFLOWS}/1/nothing", 404, "was not found"),
        ("PATCH", f"{WORKFLOWS}/1", 405, "PATCH is nothing that this path takes"),
        ("DELETE", f"{WORKFLOWS}/", 405, "DELETE is nothing"),
        ("GET", "/v1/blocks/nothing", 404, "was not found"),
        ("GET", "/v1/apps/specs/", 501, "/v1/apps/specs is not served here"),
        ("GET", "/artifacts/api/v1/artifacts/", 501, "is not served here"),
    ],
)
def test_paths_that_lead_nowhere(
    served: Served, verb: str, path: str, code: int, said: str
) -> None:
    async def check(client: Client) -> None:
        assert said in await Peak(client).refused(code, verb, path)

    served(check)


@pytest.mark.parametrize("path", [WORKFLOWS, f"{WORKFLOWS}/", f"{WORKFLOWS}//"])
def test_a_slash_at_the_end_makes_no_difference(served: Served, path: str) -> None:
    async def check(client: Client) -> None:
        assert (await Peak(client).ok("GET", path))["workflows"] == []

    served(check)


def test_a_query_has_its_values_once_or_several_times() -> None:
    query = Query(
        b"statuses=Success&statuses=Running&statuses[]=Failed&name=%2B1&wait=&featured=true"
        b"&featured=FALSE&workflowStatus=Success",
        PARAMETERS,
    )
    assert query.texts("statuses") == ["Success", "Running", "Failed"]
    assert (query.text("name"), query.text("wait"), query.text("title")) == ("+1", "", "")
    switches = (query.switch("featured"), query.switch("wait"), query.switch("validate"))
    assert switches == (False, None, None)
    assert query.page() == Page(25, 1)  # what the SDK's samples say
    assert Query(b"pageSize=100000&pageNumber=3", PARAMETERS).page() == Page(1000, 3)
    with pytest.raises(ApiError, match="none of Draft, Running, Available, Paused"):
        query.texts("workflowStatus")
    with pytest.raises(ApiError, match="more than 1,000 parameters"):
        Query(b"a=1&" * 1001, PARAMETERS)


def test_a_call_reads_no_parameter_that_its_row_does_not_have() -> None:
    with pytest.raises(AssertionError, match="does not say that it reads title"):
        Query(b"", ["name"]).text("title")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1970-01-01T00:00:01Z", 1_000_000_000),
        ("1970-01-01T02:00:01.5+02:00", 1_500_000_000),
        ("1970-01-02", 86_400_000_000_000),
        ("1970-01-01 00:00:00.000001", 1000),
        ("", None),
    ],
)
def test_times_of_a_query_are_in_utc_unless_they_say_their_zone(
    text: str, time: int | None
) -> None:
    assert Query(urlencode({"dateFrom": text}).encode(), ["dateFrom"]).time("dateFrom") == time


def test_what_the_sdk_asks_around_every_session(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        tenant = "/tenant-management/api/v1/external/tenants/tenant-metadata"
        assert "spokeDetails" not in await peak.ok("GET", tenant)
        telemetry = "/resource-usage/api/v1/telemetry"
        for body in ({"url": "…"}, b"", b"{", b"x" * 100_000):
            assert await peak.ok("POST", telemetry, body) == {}
        [kind] = await peak.ok("GET", f"{BASE}/resources")
        assert sorted(kind) == ["cpu", "gpu", "gpuMemory", "id", "memory"]
        usual = await peak.ok("GET", f"{BASE}/resources/defaults")
        assert usual == {"instanceTypeId": kind["id"], "storage": "10GB"}
        path = "/quota/api/v1/settings/tenant-instance-options"
        options = await peak.ok("GET", path, entityType="workflow")
        assert options == {"data": [{**kind, "name": "this machine"}]}

    served(check)


def test_bodies_of_every_verb_are_read_and_bounded(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create()
        for verb in ("GET", "DELETE"):
            assert (await client(verb, f"{WORKFLOWS}/{number}", b"no json")).status == 200
        for verb in ("GET", "POST", "DELETE"):
            path = "" if verb != "DELETE" else "1"
            said = await peak.refused(413, verb, path, b" " * (bodies.JSON_LIMIT + 1))
            assert said == "the body has more than 1,048,576 bytes"
        told = {"Content-Length": str(bodies.FORM_LIMIT)}
        assert (await client("POST", f"{WORKFLOWS}/", b"{}", headers=told)).status == 413

    served(check)


@pytest.mark.parametrize(
    "kind", ["application/json", "multipart/form-data; boundary=b", "text/plain"]
)
def test_a_body_that_does_not_come_is_not_waited_for(
    served: Served, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """As the SDK sends the headers of a multipart request again, without its body."""
    monkeypatch.setattr(bodies, "PATIENCE", 0.05)

    async def check(client: Client) -> None:
        sent = headers_alone(client, kind)
        status, body = await asyncio.wait_for(sent, 30)
        assert (status, body) == (408, {"detail": "nothing of the body has come for 0.05 seconds"})

    served(check)


async def headers_alone(client: Client, kind: str) -> tuple[int, Any]:
    """The answer to a request whose body never comes."""
    headers = [(b"content-type", kind.encode()), (b"content-length", b"10")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": f"{WORKFLOWS}/",
        "query_string": b"",
        "headers": headers,
    }
    sent: list[Any] = []

    async def receive() -> Any:
        await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    await client.app(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


@pytest.mark.parametrize("status", ["RESOURCE_EXHAUSTED", "UNAVAILABLE", "INTERNAL", None])
def test_a_form_is_never_answered_with_what_the_sdk_would_send_it_again_for(
    served: Served, monkeypatch: pytest.MonkeyPatch, status: str | None
) -> None:
    async def fails(*args: Any, **rest: Any) -> Any:
        raise RuntimeError if status is None else ApiError(status, "not now", retry_after=1)

    async def check(client: Client) -> None:
        monkeypatch.setattr(workflows, "create_workflow", fails)
        form = {"Content-Type": "multipart/form-data; boundary=b"}
        body = b'--b\r\nContent-Disposition: form-data; name="spec"\r\n\r\n{}\r\n--b--\r\n'
        refused = await client("POST", f"{WORKFLOWS}/", body, headers=form)
        assert (refused.status, list(refused.json())) == (409, ["detail"])
        plain = await client("POST", f"{WORKFLOWS}/", b"{}")
        assert plain.status in (429, 500, 503)
        for answer in (refused, plain):
            assert "retry-after" not in answer.headers

    served(check)


def test_a_full_queue_is_429_and_in_the_end_400_where_that_is_asked_for(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create()
        client.engine.refusing = True
        for _ in range(6):
            assert (await peak("POST", f"{number}/execute", request="a"))[0] == 429
        assert (await peak.ok("GET", f"executions/{number}"))["executions"] == []
        client.app = create_app(
            client.service,
            middleware=[
                Middleware(
                    PeakApi,
                    service=client.service,
                    webhook=client.triggers.call,
                    queue_full_400=True,
                )
            ],
        )
        for request in ("a", "b"):
            codes = [(await peak("POST", f"{number}/execute", request=request))[0] for _ in "1234"]
            assert codes == [429, 429, 429, 400]
        _, said = await peak("POST", f"{number}/execute", request="c")
        assert said == {"detail": "the queue is full"}
        for _ in range(5):  # who says no id is never told that it has asked for the last time
            assert (await peak("POST", f"{number}/execute"))[0] == 429
        for _ in range(5):  # nor who has an id and goes on asking, as `wfc batch` does
            own = {"x-peak-requestId": "d"}
            refused = await client("POST", f"{WORKFLOWS}/{number}/execute", {}, headers=own)
            assert refused.status == 429
        for _ in range(2):
            await peak("POST", f"{number}/execute", request="c")
        answer = await peak("POST", f"{number}/execute", request="c")
        assert answer == (400, {"detail": "429: workflow queue is full"})

    served(check)


def test_what_is_counted_of_a_full_queue_is_bounded() -> None:
    full, error = QueueFull(after_retries=True), ApiError("RESOURCE_EXHAUSTED", "full")
    for number in range(25_000):
        full.refusal(error, f"{number}")
    assert [full.refusal(error, "24999").code for _ in "123"] == [429, 429, 400]
    assert [full.refusal(error, "0").code for _ in "123"] == [429, 429, 429]


def test_the_token_may_stand_alone_on_peaks_paths(tmp_path: Path, builder: Builder) -> None:
    async def main() -> None:
        async with serving(tmp_path, builder) as client:
            guard = Middleware(TokenGuard, token=TOKEN, peak=PREFIXES, open=OPEN_PREFIXES)
            webhook = client.triggers.call
            inner = Middleware(PeakApi, service=client.service, webhook=webhook)
            client.app = create_app(client.service, middleware=[guard, inner])
            for header in (TOKEN, f" {TOKEN} ", f"Bearer {TOKEN}"):
                answer = await client("GET", WORKFLOWS, headers={"Authorization": header})
                assert answer.status == 200
            for header in (TOKEN[1:], f"{TOKEN}0", f"Basic {TOKEN}", ""):
                answer = await client("GET", WORKFLOWS, headers={"Authorization": header})
                assert (answer.status, list(answer.json())) == (401, ["detail"])
            google = await client("GET", "projects", headers={"Authorization": TOKEN})
            assert google.status == 401
            for verb, path in (("GET", "downloads/x"), ("POST", "webhooks/x")):
                assert (await client(verb, f"{BASE}/{path}")).status == 404

    asyncio.run(main())


def test_a_failure_of_ours_tells_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(*args: Any, **rest: Any) -> Any:
        raise RuntimeError("/secret/path")

    async def check(client: Client) -> None:
        monkeypatch.setattr(workflows, "create_workflow", fails)
        answer = await client("POST", f"{WORKFLOWS}/", spec())
        assert (answer.status, answer.json()) == (500, {"detail": "Internal error encountered"})

    served(check)
    assert re.search("/secret/path", caplog.text)
