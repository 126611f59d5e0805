"""Plays the APIs that the library's helpers ask: Secret Manager, Kubernetes Engine, a cluster."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import Any

import trustme
from aiohttp import web
from tests.library_calls import CLUSTER

CERTIFICATE = b64encode(trustme.CA().cert_pem.bytes()).decode()
ALWAYS = {"Date": "Thu, 01 Jan 1970 00:00:00 GMT"}
"""Or the same error would not be the same in the next second."""
JOBS = "/apis/batch/v1/namespaces/default/jobs"
SECRETS = "/v1/projects/local-project/secrets"


def encoded(text: bytes) -> str:
    return b64encode(text).decode()


async def google_apis(request: web.BaseRequest) -> web.StreamResponse:
    """What a request is answered; a `stall` among the parts of its path never is, `cut` breaks off.

    There is a secret `api-token`, and `bytes`, which is no text; a cluster `fleet`, and `stopped`.
    """
    if "cut" in request.path and request.transport is not None:
        request.transport.close()
    if "cut" in request.path or "stall" in request.path:
        await asyncio.sleep(3600)  # cancelled with the connection
    body = await request.json() if request.can_read_body else None
    known = _known(request.method, request.path, body)
    status = 200
    if known is None:
        known = {"error": {"code": 404, "message": "not found", "status": "NOT_FOUND"}}
        status = 404
    return web.json_response(known, status=status, headers=ALWAYS)


def _known(method: str, path: str, body: Any) -> Any:
    """The body of the reply; None for what is not there."""
    match method, path.replace(JOBS, "JOBS").replace(SECRETS, "SECRETS"):
        case "GET", "SECRETS/api-token/versions/latest:access":
            return {"payload": {"data": encoded(b"s3cret")}}
        case "GET", "SECRETS/api-token/versions/1:access":
            return {"payload": {"data": encoded("früher".encode())}}
        case "GET", "SECRETS/bytes/versions/latest:access":
            return {"payload": {"data": encoded(b"\xff")}}
        case "POST", "SECRETS/api-token:addVersion":
            return {"name": "projects/1/secrets/api-token/versions/2", "state": "ENABLED"}
        case "GET", "/storage/v1/b/reports/o/today.json":
            return {"orders": 7, "late": 1}
        case "POST", "/v2/projects/local-project/locations/europe-west1/jobs/nightly:run":
            return {"name": "operations/1", "done": False}
        case "GET", "/v2/operations/1":
            return {"name": "operations/1", "done": True, "response": {"succeededCount": 3}}
        case "GET", address if "/clusters/" in address:
            return _cluster(address.rpartition("/")[2])
        case "GET", "/api/v1/namespaces":
            return {"kind": "NamespaceList", "items": [{"metadata": {"name": "default"}}]}
        case "POST", "JOBS":
            return {"kind": "Job", "metadata": body["metadata"], "status": {}}
        case "GET", "JOBS/nightly":
            return _job("nightly", "Complete")
        case "GET", "JOBS/broken":
            return _job("broken", "Failed", message="BackoffLimitExceeded")
        case "GET", "JOBS/endless":
            return {"kind": "Job", "metadata": {"name": "endless"}, "status": {"active": 1}}
        case "DELETE", "JOBS/nightly":
            return {"kind": "Status", "status": "Success"}
    return None


def _cluster(name: str) -> Any:
    """The description of a cluster; nothing listens at the address of `unreachable`."""
    addresses = {"fleet": CLUSTER, "unreachable": "127.0.0.1:1", "stopped": ""}
    if name not in addresses:
        return None
    return {
        "status": "STOPPING" if name == "stopped" else "RUNNING",
        "endpoint": addresses[name],
        "masterAuth": {"clusterCaCertificate": CERTIFICATE},
    }


def _job(name: str, condition: str, **more: str) -> Any:
    conditions = [{"type": condition, "status": "True", **more}]
    return {"kind": "Job", "metadata": {"name": name}, "status": {"conditions": conditions}}
