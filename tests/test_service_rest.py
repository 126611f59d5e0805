"""How requests are routed and read, and what is answered where that fails."""

from __future__ import annotations

from typing import Any

import pytest
from tests.service_calls import PARENT, Client, Served

HELLOS = f"{PARENT}/workflows/hello/executions"


def test_bodies_are_cut_off_at_their_limit(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        error = await client.error("POST", HELLOS, b" " * (256 * 1024 + 1))
        assert error["status"] == "INVALID_ARGUMENT"
        assert error["message"] == "Request payload size exceeds the limit: 262144 bytes."
        name = (await client.run())["name"]
        error = await client.error("POST", f"{name}:cancel", b" " * 5000)
        assert error["message"] == "Request payload size exceeds the limit: 4096 bytes."
        told = await client("POST", HELLOS, b"{}", headers={"Content-Length": "999999"})
        assert told.status == 400

    served(check)


@pytest.mark.parametrize(
    ("method", "path", "code", "message"),
    [
        ("GET", "/", 404, "The requested URL was not found on this server."),
        ("GET", "/v1", 404, "The requested URL"),
        ("GET", "/v2/projects/my-project/locations", 404, "The requested URL"),
        ("GET", "/v1/projects//locations", 404, "The requested URL"),
        ("GET", f"/v1/{PARENT}/workflows/", 404, "The requested URL"),
        ("GET", f"/v1/{PARENT}/workflows/a\n:listRevisions", 404, "Resource"),
        ("GET", f"/v1/{PARENT}/workflows/a:explode", 404, "The requested URL"),
        ("GET", f"/v1beta/{PARENT}/workflows/a:listRevisions", 404, "The requested URL"),
        ("PUT", f"/v1/{PARENT}/workflows", 405, "This URL takes GET and POST requests, not PUT."),
        ("POST", f"/v1/{PARENT}", 405, "This URL takes GET requests, not POST."),
        ("POST", "/openapi.json", 405, "Method Not Allowed."),
        ("GET", f"/v1/{PARENT}/workflows/a/executions/b", 404, "Resource"),
        ("POST", f"/v1/{PARENT}/workflows/a/executions/b/callbacks/c", 404, "Resource"),
    ],
)
def test_paths_that_lead_nowhere(
    served: Served, method: str, path: str, code: int, message: str
) -> None:
    async def check(client: Client) -> None:
        error = await client.error(method, path)
        assert error["code"] == code
        assert error["message"].startswith(message)

    served(check)


def test_the_beta_version_serves_what_it_has(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        created = await client.ok("POST", f"/v1beta/{HELLOS}", {})
        await client.engine.ended(created["name"])
        done = await client.ok("GET", f"/v1beta/{created['name']}")
        assert done["result"] == '"Hello world"'

    served(check)


def test_a_failure_of_ours_tells_nothing(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    async def check(client: Client) -> None:
        await client.deploy()

        def fails(execution: str) -> Any:
            raise RuntimeError("/secret/path")

        client.engine.current_steps = fails  # type: ignore[method-assign]
        error = await client.error("POST", HELLOS, {})
        assert error == {
            "code": 500,
            "message": "Internal error encountered.",
            "status": "INTERNAL",
        }

    served(check)
    assert "/secret/path" in caplog.text


@pytest.mark.parametrize(
    "query",
    [
        {"alt": "json", "prettyPrint": "true", "key": "k", "quotaUser": "me"},
        {"$alt": "json;enum-encoding=int", "$.xgafv": "2", "$prettyPrint": "1"},
        {"access_token": "t", "oauth_token": "t", "uploadType": "media", "upload_protocol": "raw"},
    ],
)
def test_parameters_of_all_of_googles_apis_are_taken(served: Served, query: dict[str, str]) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        name = f"{PARENT}/workflows/hello"
        assert await client.ok("GET", name, **query) == await client.ok("GET", name)

    served(check)


def test_a_body_may_name_its_fields_as_protobuf_does(served: Served) -> None:
    async def check(client: Client) -> None:
        body = {"source_contents": "main: {steps: [{a: {return: 1}}]}", "call_log_level": 3}
        operation = await client.ok("POST", f"{PARENT}/workflows", body, workflow_id="hello")
        assert operation["response"]["callLogLevel"] == "LOG_NONE"

    served(check)


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'{"argument": NaN}', b"[" * 9000])
def test_bodies_that_are_no_message(served: Served, body: bytes) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        error = await client.error("POST", HELLOS, body)
        assert error["status"] == "INVALID_ARGUMENT"

    served(check)


def test_values_nested_as_deeply_as_json_can_be_are_refused(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        for depth in range(800, 1000, 3):
            body = b'{"labels": ' + b"[" * depth + b"]" * depth + b"}"
            error = await client.error("POST", HELLOS, body)
            assert error["status"] == "INVALID_ARGUMENT"

    served(check)
