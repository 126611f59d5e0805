"""The helpers of Secret Manager: secrets as texts (spec 06, Connectors)."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from tests.connector_calls import call

from wfc_runtime.stdlib import secretmanager


def secret(data: bytes) -> dict[str, Any]:
    return {"name": "n", "payload": {"data": b64encode(data).decode()}}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({}, "projects/local-project/secrets/s/versions/latest:access"),
        ({"version": None}, "projects/local-project/secrets/s/versions/latest:access"),
        ({"version": 3}, "projects/local-project/secrets/s/versions/3:access"),
        ({"version": "3", "project_id": "p"}, "projects/p/secrets/s/versions/3:access"),
    ],
)
def test_a_secret_is_read_as_a_text(given: dict[str, Any], path: str) -> None:
    called = call(secretmanager.access_string, secret("pä".encode()), secret_id="s", **given)
    assert called.result == "pä"
    assert called.requests == [f"GET /v1/{path}"]


@pytest.mark.parametrize("reply", [secret(b"\xff"), {"payload": {"data": "*"}}, {}, [], None])
def test_a_secret_that_is_no_text_is_a_value_error(reply: Any) -> None:
    called = call(secretmanager.access_string, reply, secret_id="s")
    assert called.error["tags"] == ["ValueError"]


def test_a_text_is_added_as_a_version() -> None:
    called = call(secretmanager.add_version_string, {"name": "v"}, secret_id="s", data="pä")
    assert called.result == {"name": "v"}
    assert called.requests == ["POST /v1/projects/local-project/secrets/s:addVersion"]
    assert json.loads(called.bodies[0]) == {"payload": {"data": b64encode("pä".encode()).decode()}}


def test_only_a_text_can_be_added() -> None:
    called = call(secretmanager.add_version_string, {}, secret_id="s", data=1)
    assert called.error["tags"] == ["TypeError"]
    assert called.requests == []
