"""The functions of `events.*`: results and every error (spec 06, events).

How endpoints take and refuse requests is in `tests/test_callbacks.py`.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.library_calls import Table, World, called, each, rows, tag
from tests.values import INT_MAX

import wfc_runtime.v1 as wf
from wfc_runtime.testing import CallbackRequest

WORLD = World(callbacks=[CallbackRequest(after=60, body={"approved": True}, query={"by": "ann"})])
YEAR = 31_536_000
URL = "https://callbacks.example/1"


def endpoint(run: wf.Run) -> Any:
    return run.create_callback_endpoint()


def endpoint_for_get(run: wf.Run) -> Any:
    """The request that comes is a POST, which this one refuses."""
    return run.create_callback_endpoint("GET")


ARRIVED = {
    "http_request": {
        "body": {"approved": True},
        "headers": {"Content-Type": "application/json"},
        "method": "POST",
        "query": {"by": "ann"},
    },
    "received_time": "1970-01-01T00:01:00Z",
    "type": "HTTP",
}

RESULTS: Table = {
    "events.create_callback_endpoint": [
        ((), {"url": URL}),
        *each((None, "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"), {"url": URL}),
    ],
    "events.await_callback": [
        ((endpoint,), ARRIVED),
        *(((endpoint, timeout), ARRIVED) for timeout in (None, 60, 60.5, YEAR)),
    ],
}
ERRORS: Table = {
    "events.create_callback_endpoint": [
        *each(("post", "TRACE", ""), "ValueError"),
        *each((1, True, ["POST"]), "TypeError"),
    ],
    "events.await_callback": [
        ((endpoint, 59), "TimeoutError"),
        ((endpoint, 0), "TimeoutError"),
        ((endpoint_for_get,), "TimeoutError"),
        *(((endpoint, timeout), "ValueError") for timeout in (-1, YEAR + 1, INT_MAX)),
        ((endpoint, "60"), "TypeError"),
        (({"url": URL},), "ValueError"),
        *each((None, URL, {}, {"url": 1}), "TypeError"),
    ],
}


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    given = called(name, arguments, WORLD)
    if "http_request" in given:  # the path of an endpoint has ids that differ each time
        assert given["http_request"].pop("url").endswith("?by=ann")
    assert given == result


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(name: str, arguments: Any, error: str) -> None:
    assert tag(name, arguments, WORLD) == error
