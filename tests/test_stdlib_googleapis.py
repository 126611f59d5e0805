"""The functions beside the connectors: results and every error of each (spec 06, Connectors)."""

from __future__ import annotations

import math
from typing import Any

import pytest
from tests.google_apis import google_apis
from tests.library_calls import Table, World, called, rows, tag, without_credentials
from tests.test_stdlib_executions import WORLD as CHILDREN

WORLD = World(children=CHILDREN.children, apis=google_apis)
NOWHERE = World(apis="http://127.0.0.1:1")
"""For the project `nowhere`: nothing listens there."""

RUN = "googleapis.workflowexecutions.v1.projects.locations.workflows.executions.run"
ADD = "googleapis.secretmanager.v1.projects.secrets.addVersionString"
ACCESS = "googleapis.secretmanager.v1.projects.secrets.versions.accessString"

YEAR = 31_536_000
SKIP = {"skip_polling": True}
ADDED = {"name": "projects/1/secrets/api-token/versions/2", "state": "ENABLED"}

RESULTS: Table = {
    RUN: [
        (("echo",), None),
        (("echo", None, None, {"a": [1]}), {"a": [1]}),
        (("echo", None, None, 7, "LOG_ALL_CALLS", False), 7),
        (("echo", None, None, 7, None, None, {"timeout": YEAR}), 7),
        (("slow", None, None, 9, None, None, SKIP), None),
        (("place", "europe-west1", "other"), ["europe-west1", "other"]),
    ],
    ADD: [
        (("api-token", "s3cret"), ADDED),
        (("api-token", "", "local-project", {"timeout": 5}), ADDED),
    ],
    ACCESS: [
        (("api-token",), "s3cret"),
        (("api-token", "latest", "local-project"), "s3cret"),
        (("api-token", None, None, {}), "s3cret"),
        (("api-token", 1), "früher"),
        (("api-token", "1"), "früher"),
    ],
}
ERRORS: Table = {
    RUN: [
        (("failing",), "OperationError"),
        (("slow", None, None, 1801), "TimeoutError"),
        (("slow", None, None, 6, None, None, {"timeout": 5}), "TimeoutError"),
        (("missing",), "HttpError"),
        (("missing", None, None, None, None, None, SKIP), "HttpError"),
        (("echo", None, None, math.inf), "ValueError"),
        (("echo", None, None, 7, "LOG"), "ValueError"),
        (("echo", None, None, 7, None, None, {"timeout": 0}), "ValueError"),
        (("echo", None, None, 7, None, None, {"skip": True}), "ValueError"),
        (("echo", None, None, b"bytes"), "TypeError"),
        (("echo", None, None, 7, 1), "TypeError"),
        (("echo", None, None, 7, None, 1), "TypeError"),
        (("echo", None, None, 7, None, None, 1), "TypeError"),
        ((None,), "TypeError"),
    ],
    ADD: [
        ((without_credentials("api-token"), "s3cret"), "AuthError"),
        (("missing", "s3cret"), "HttpError"),
        (("api-token", "s3cret", "nowhere"), "ConnectionFailedError"),
        (("cut", "s3cret"), "ConnectionError"),
        (("stall", "s3cret", None, {"timeout": 0.05}), "TimeoutError"),
        (("", "s3cret"), "ValueError"),
        (("api-token", "s3cret", None, {"time": 5}), "ValueError"),
        (("api-token", "s3cret", 1.5), "TypeError"),
        (("api-token", "s3cret", None, 5), "TypeError"),
        (("api-token", b"s3cret"), "TypeError"),
        (("api-token", None), "TypeError"),
        ((None, "s3cret"), "TypeError"),
    ],
    ACCESS: [
        ((without_credentials("api-token"),), "AuthError"),
        (("missing",), "HttpError"),
        (("api-token", 9), "HttpError"),
        (("api-token", "latest", "nowhere"), "ConnectionFailedError"),
        (("cut",), "ConnectionError"),
        (("stall", "latest", None, {"timeout": 0.05}), "TimeoutError"),
        (("bytes",), "ValueError"),
        (("",), "ValueError"),
        (("api-token", ""), "ValueError"),
        (("api-token", "latest", None, {"time": 5}), "ValueError"),
        *((("api-token", version), "TypeError") for version in (["latest"], 1.5, True)),
        (("api-token", "latest", 1.5), "TypeError"),
        (("api-token", "latest", None, 5), "TypeError"),
        ((None,), "TypeError"),
    ],
}


def world(arguments: Any) -> World:
    return NOWHERE if "nowhere" in arguments else WORLD


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    assert repr(called(name, arguments, world(arguments))) == repr(result)


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(name: str, arguments: Any, error: str) -> None:
    assert tag(name, arguments, world(arguments)) == error
