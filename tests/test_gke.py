"""`gke.*` against a control plane of our own, over TLS with a certificate of its own (spec 06)."""

from __future__ import annotations

import asyncio
import json
import ssl
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trustme
from aiohttp import web
from tests.compiled import workflow
from tests.connector_calls import call
from tests.http_server import serving
from tests.transcript import apis_at

import wfc_runtime.v1 as wf
from wfc_runtime.testing import VirtualClock

AUTHORITY = trustme.CA()
JOBS = "/apis/batch/v1/namespaces/default/jobs"


def condition(kind: str, **more: str) -> dict[str, Any]:
    return {"status": {"conditions": [{"type": kind, "status": "True", **more}]}}


class Cluster:
    """A control plane that gives replies in turn; `requests` is what it was asked."""

    def __init__(self, *replies: Any, authority: trustme.CA = AUTHORITY) -> None:
        self.replies = list(replies)
        self.requests: list[str] = []
        self.authority = authority
        self.clock = VirtualClock()

    def call(self, function: Callable[..., Awaitable[Any]], **given: Any) -> Any:
        """The result of a call, or the payload of its error."""

        async def main(run: wf.Run) -> Any:
            try:
                return await run.call("step", function, cluster_id="c", **given)
            except Exception as exc:
                return wf.caught(exc)

        return asyncio.run(self.scenario(main))

    async def scenario(self, main: Callable[[wf.Run], Awaitable[Any]]) -> Any:
        runner = web.ServerRunner(web.Server(self.answer), shutdown_timeout=0)
        await runner.setup()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        host, port = runner.addresses[0]

        async def describe(request: web.BaseRequest) -> web.StreamResponse:
            self.requests.append(request.path)
            certificate = b64encode(self.authority.cert_pem.bytes()).decode()
            return web.json_response(
                {
                    "status": "RUNNING",
                    "endpoint": f"{host}:{port}",
                    "masterAuth": {"clusterCaCertificate": certificate},
                }
            )

        try:
            async with serving(describe) as address, apis_at(address):
                return await workflow(main).run(clock=self.clock, env={}, auth=wf.NoAuth())
        finally:
            await runner.cleanup()

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        body = (await request.read()).decode()
        self.requests.append(f"{request.method} {request.raw_path} {body}".rstrip())
        return web.json_response(self.replies.pop(0))


def test_a_request_goes_to_the_control_plane_of_the_cluster() -> None:
    cluster = Cluster({"items": []})
    answer = cluster.call(wf.gke.request, path="/api/v1/pods", query={"limit": 5})
    assert (answer["code"], answer["body"]) == (200, {"items": []})
    assert cluster.requests == [
        "/v1/projects/local-project/locations/local/clusters/c",
        "GET /api/v1/pods?limit=5",
    ]


def test_only_the_clusters_own_certificate_is_trusted() -> None:
    cluster = Cluster({}, authority=trustme.CA())
    error = cluster.call(wf.gke.request, path="/api")
    assert error["tags"] == ["ConnectionFailedError", "OSError"]
    assert "certificate" in error["message"]


def test_a_job_is_created_and_deleted() -> None:
    job = {"kind": "Job", "metadata": {"name": "j"}}
    cluster = Cluster(job, {"status": "Success"})
    assert cluster.call(wf.gke.create_job, job=job, project="p", location="l") == job
    deleted = cluster.call(wf.gke.delete_job, job_name="j", namespace="n")
    assert deleted == {"status": "Success"}
    assert cluster.requests[0] == "/v1/projects/p/locations/l/clusters/c"
    assert cluster.requests[1] == f"POST {JOBS} {json.dumps(job, separators=(',', ':'))}"
    assert cluster.requests[3] == "DELETE /apis/batch/v1/namespaces/n/jobs/j"


def test_a_job_is_waited_for() -> None:
    cluster = Cluster({}, {"status": {"active": 1}}, condition("Complete"))
    assert cluster.call(wf.gke.await_job, job_name="j") == condition("Complete")
    assert cluster.requests[1:] == [f"GET {JOBS}/j"] * 3
    assert cluster.clock.slept == [1.0, 1.25]


def test_a_job_that_failed_is_an_error_that_holds_it() -> None:
    failed = condition("Failed", message="BackoffLimitExceeded")
    assert Cluster(failed).call(wf.gke.await_job, job_name="j") == {
        "job": failed,
        "message": "FailedJobError: BackoffLimitExceeded",
        "tags": ["FailedJobError"],
    }


def test_a_job_that_does_not_end_is_a_timeout_error() -> None:
    cluster = Cluster(*[{}] * 9)
    policy = {"initial_delay": 4, "multiplier": 1}
    error = cluster.call(wf.gke.await_job, job_name="j", timeout=10, polling_policy=policy)
    assert error["tags"] == ["TimeoutError", "OSError"]
    assert cluster.clock.slept == [4, 4, 2]


@pytest.mark.parametrize(
    ("cluster", "message"),
    [
        ({"status": "STOPPING"}, "the cluster `c` is not running: its status is STOPPING"),
        ({}, "the cluster `c` is not running: its status is unknown"),
        ({"status": "RUNNING"}, "the cluster `c` has no address"),
        ({"status": "RUNNING", "masterAuth": 1}, "the cluster `c` has no address"),
    ],
)
def test_a_cluster_that_is_not_running_is_a_value_error(cluster: Any, message: str) -> None:
    called = call(wf.gke.request, cluster, cluster_id="c", path="/")
    assert called.error["message"] == f"ValueError: {message}"


@pytest.mark.parametrize(
    ("function", "given"),
    [
        (wf.gke.request, {"path": 1}),
        (wf.gke.create_job, {"job": []}),
        (wf.gke.create_job, {"job": {}, "namespace": 1}),
        (wf.gke.delete_job, {"job_name": 1}),
        (wf.gke.delete_job, {"job_name": None}),  # which would be all of them
        (wf.gke.await_job, {"job_name": "j", "timeout": "1"}),
        (wf.gke.await_job, {"job_name": "j", "polling_policy": 1}),
    ],
)
def test_wrong_types_are_type_errors(
    function: Callable[..., Awaitable[Any]], given: dict[str, Any]
) -> None:
    running = {
        "status": "RUNNING",
        "endpoint": "127.0.0.1:1",
        "masterAuth": {"clusterCaCertificate": b64encode(AUTHORITY.cert_pem.bytes()).decode()},
    }
    assert call(function, running, cluster_id="c", **given).error["tags"] == ["TypeError"]
