"""The functions of `gke.*`: results and every error of each (spec 06, Connectors).

That a cluster is asked over TLS with its own certificate is in `tests/test_gke.py`.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.google_apis import google_apis
from tests.library_calls import Row, Table, World, called, rows, tag, without_credentials

WORLD = World(apis=google_apis)
YEAR = 31_536_000
NIGHTLY = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "nightly"}, "spec": {}}
COMPLETE = {
    "kind": "Job",
    "metadata": {"name": "nightly"},
    "status": {"conditions": [{"type": "Complete", "status": "True"}]},
}


def errors(second: Any) -> list[Row]:
    """Each error of a function of jobs once; its arguments end with a timeout."""
    return [
        ((without_credentials("fleet"), second), "AuthError"),
        (("fleet", second, "nowhere"), "HttpError"),
        (("unreachable", second), "ConnectionFailedError"),
        (("fleet", second, "cut"), "ConnectionError"),
        (("fleet", second, "stall", None, None, None, 0.05), "TimeoutError"),
        (("stopped", second), "ValueError"),
        (("fleet", second, None, None, None, None, -1), "ValueError"),
        (("fleet", second, None, None, None, None, YEAR + 1), "ValueError"),
        (("fleet", second, None, None, None, None, "1"), "TypeError"),
        (("fleet", second, 1), "TypeError"),
        (("fleet", second, None, 1.5), "TypeError"),
        ((None, second), "TypeError"),
    ]


RESULTS: Table = {
    "gke.request": [
        (
            ("fleet", "/api/v1/namespaces"),
            {"kind": "NamespaceList", "items": [{"metadata": {"name": "default"}}]},
        ),
    ],
    "gke.create_job": [
        (("fleet", NIGHTLY), {"kind": "Job", "metadata": {"name": "nightly"}, "status": {}}),
    ],
    "gke.await_job": [
        (("fleet", "nightly"), COMPLETE),
        (("fleet", "nightly", "default", None, None, None, YEAR), COMPLETE),
        (("fleet", "nightly", None, None, None, None, None, {"initial_delay": 9}), COMPLETE),
    ],
    "gke.delete_job": [
        (("fleet", "nightly"), {"kind": "Status", "status": "Success"}),
        (
            ("fleet", "nightly", None, None, None, {"propagationPolicy": "Background"}),
            {"kind": "Status", "status": "Success"},
        ),
    ],
}
ERRORS: Table = {
    "gke.request": [
        ((without_credentials("fleet"), "/api/v1/namespaces"), "AuthError"),
        (("fleet", "/missing"), "HttpError"),
        (("missing", "/api/v1/namespaces"), "HttpError"),
        (("unreachable", "/api/v1/namespaces"), "ConnectionFailedError"),
        (("fleet", "/cut"), "ConnectionError"),
        (("fleet", "/stall", "GET", None, None, 0.05), "TimeoutError"),
        (("stopped", "/api/v1/namespaces"), "ValueError"),
        (("fleet", "/api/v1/namespaces", "BREW"), "ValueError"),
        (("fleet", "/api/v1/namespaces", "GET", None, None, -1), "ValueError"),
        (("fleet", "/api/v1/namespaces", 1), "TypeError"),
        (("fleet", None), "TypeError"),
        ((None, "/api/v1/namespaces"), "TypeError"),
    ],
    "gke.create_job": [
        *errors(NIGHTLY),
        (("fleet", {"spec": b"bytes"}), "TypeError"),
        (("fleet", None), "TypeError"),
        (("fleet", "nightly"), "TypeError"),
        (("fleet", []), "TypeError"),
    ],
    "gke.await_job": [
        *errors("nightly"),
        (("fleet", "broken"), "FailedJobError"),
        (("fleet", "endless"), "TimeoutError"),
        (("fleet", "missing"), "HttpError"),
        (("fleet", ""), "ValueError"),
        (("fleet", None), "TypeError"),
        (("fleet", "nightly", None, None, None, None, None, {"delay": 1}), "ValueError"),
        (("fleet", "nightly", None, None, None, None, None, 9), "TypeError"),
    ],
    "gke.delete_job": [
        *errors("nightly"),
        (("fleet", "missing"), "HttpError"),
        (("fleet", ""), "ValueError"),
        (("fleet", None), "TypeError"),
    ],
}


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    given = called(name, arguments, WORLD)
    if name == "gke.request":
        assert given["code"] == 200
        assert given["headers"]["Content-Type"] == "application/json; charset=utf-8"
        given = given["body"]
    assert given == result


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(name: str, arguments: Any, error: str) -> None:
    assert tag(name, arguments, WORLD) == error
