"""`gke.*`: requests to the control plane of a Kubernetes cluster (spec 06, Connectors).

The cluster's address and certificate come from the Kubernetes Engine API with each call.  Project
and location are the workflow's where none are given.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from wfc_runtime.auth import CLOUD_PLATFORM
from wfc_runtime.connectors import Connector, exchange, sleep_before
from wfc_runtime.errors import failed_job_error, http_error, timeout_error, value_error
from wfc_runtime.stdlib import arguments, http
from wfc_runtime.stdlib.secretmanager import project_of
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from wfc_runtime.request import Request
    from wfc_runtime.run import Run

_GET_CLUSTER = Connector(
    "googleapis.container.v1.projects.locations.clusters.get",
    "GET",
    "https://container.googleapis.com/v1/projects/{project}/locations/{location}/clusters/{cluster_id}",
)


async def request(
    run: Run,
    *,
    cluster_id: Value,
    path: Value,
    method: Value = "GET",
    project: Value = None,
    location: Value = None,
    timeout: Value = 300,
    body: Value = None,
    headers: Value = None,
    query: Value = None,
) -> Value:
    """Sends a request to a Kubernetes cluster; the result is a map of `body`, `code` and `headers`.

    `path` is one of the Kubernetes API, such as `/api/v1/namespaces/default/pods`.  The cluster's
    address and certificate come from the Kubernetes Engine API with each call.  `project` and
    `location` are those of the workflow where none are given.

    `timeout` is in seconds, at most 1800.  Raises HttpError for a status of 400 or more,
    ConnectionFailedError where there was no connection, ConnectionError where it broke,
    TimeoutError, AuthError without credentials, and ValueError for an argument that cannot be or a
    cluster that is not running.
    """
    base, certificate = await _control_plane(run, cluster_id, project, location)
    where = base + arguments.text("gke.request", "path", path).lstrip("/")
    sent = _request(method, where, timeout, body, headers, query, certificate)
    answer = await http._send(run, sent)
    if answer["code"] >= 400:
        raise http_error(answer["code"], answer["headers"], answer["body"])
    return answer


async def create_job(
    run: Run,
    *,
    cluster_id: Value,
    job: Value,
    namespace: Value = "default",
    project: Value = None,
    location: Value = None,
    query: Value = None,
    timeout: Value = 300,
) -> Value:
    """Creates a Kubernetes job, and does not wait for it; the result is the job as it is then.

    `job` is a map of `apiVersion`, `kind`, `metadata` and `spec`, as in a manifest.  The other
    arguments are those of `gke.request`.

    Raises what `gke.request` raises.
    """
    answer = await request(
        run,
        cluster_id=cluster_id,
        path=_jobs("gke.create_job", namespace),
        method="POST",
        project=project,
        location=location,
        timeout=timeout,
        body=arguments.entries("gke.create_job", "job", job),
        query=query,
    )
    return answer["body"]


async def delete_job(
    run: Run,
    *,
    cluster_id: Value,
    job_name: Value,
    namespace: Value = "default",
    project: Value = None,
    location: Value = None,
    query: Value = None,
    timeout: Value = 300,
) -> Value:
    """Deletes a Kubernetes job; the result is what the cluster says of it.

    The arguments are those of `gke.request`; `query: {propagationPolicy: Background}` deletes the
    job's pods too.

    Raises what `gke.request` raises.
    """
    answer = await request(
        run,
        cluster_id=cluster_id,
        path=_job("gke.delete_job", namespace, job_name),
        method="DELETE",
        project=project,
        location=location,
        timeout=timeout,
        query=query,
    )
    return answer["body"]


async def await_job(
    run: Run,
    *,
    cluster_id: Value,
    job_name: Value,
    namespace: Value = "default",
    project: Value = None,
    location: Value = None,
    query: Value = None,
    timeout: Value = 1800,
    polling_policy: Value = None,
) -> Value:
    """Waits until a Kubernetes job has ended; the result is the job as it is then.

    `polling_policy` says how often it is asked for: `initial_delay` (1 second), `multiplier`
    (1.25) and `max_delay` (60 seconds).  `timeout` is in seconds, at most a year (31,536,000).

    Raises FailedJobError, whose `job` is the description, for a job that failed.

    Raises what `gke.request` raises.
    """
    from wfc_runtime import connector_params

    policy = connector_params.polling(polling_policy)
    longest = connector_params.timeout(1800 if timeout is None else timeout)
    deadline = run.execution.clock.time() + longest
    base, certificate = await _control_plane(run, cluster_id, project, location)
    url = base + _job("gke.await_job", namespace, job_name)
    sent = _request("GET", url, None, None, None, query, certificate)
    for question in count(1):
        job = await exchange(run, sent, deadline)
        if _ended(job):
            break
        if not await sleep_before(deadline, policy.delay(question), run):
            raise timeout_error(f"gke.await_job: the job `{job_name}` did not end in time")
    return job


def _jobs(function: str, namespace: Value) -> str:
    """Where the Kubernetes API has the jobs of a namespace."""
    from urllib.parse import quote

    space = "default" if namespace is None else arguments.text(function, "namespace", namespace)
    return f"apis/batch/v1/namespaces/{quote(space, safe='')}/jobs"


def _job(function: str, namespace: Value, job_name: Value) -> str:
    """Where it has one of them; without a name it would be all."""
    from urllib.parse import quote

    name = arguments.text(function, "job_name", job_name)
    if not name:
        raise value_error(f"{function}(): `job_name` must not be empty")
    return f"{_jobs(function, namespace)}/{quote(name, safe='')}"


def _ended(job: Value) -> bool:
    """Whether a job is complete; raises FailedJobError where it failed."""
    status = job.get("status") if type(job) is dict else None
    conditions = status.get("conditions") if type(status) is dict else None
    for condition in conditions if type(conditions) is list else []:
        if type(condition) is dict and condition.get("status") == "True":
            if condition.get("type") == "Failed":
                said = condition.get("message") or "the job failed"
                raise failed_job_error(str(said), job)
            if condition.get("type") == "Complete":
                return True
    return False


async def _control_plane(
    run: Run, cluster_id: Value, project: Value, location: Value
) -> tuple[str, bytes]:
    """The address of a cluster's control plane, with a `/` at its end, and its certificate."""
    cluster = await _GET_CLUSTER(
        run,
        project=project_of(run, project),
        location=run.get_env("GOOGLE_CLOUD_LOCATION") if location is None else location,
        cluster_id=cluster_id,
    )
    state = cluster.get("status") if type(cluster) is dict else None
    if state != "RUNNING":
        raise value_error(
            f"the cluster `{cluster_id}` is not running: its status is {state or 'unknown'}"
        )
    try:
        certificate = b64decode(cluster["masterAuth"]["clusterCaCertificate"])
        return f"https://{cluster['endpoint']}/", certificate
    except (KeyError, TypeError, ValueError):
        raise value_error(f"the cluster `{cluster_id}` has no address") from None


def _request(
    method: Value,
    url: str,
    timeout: Value,
    body: Value,
    headers: Value,
    query: Value,
    certificate: bytes,
) -> Request:
    """A request with the credentials for Google's APIs."""
    from wfc_runtime.auth import OAuth2
    from wfc_runtime.request import request

    made = request(method, url, timeout, body, headers, query, None, None, certificate)
    return replace(made, auth=OAuth2(CLOUD_PLATFORM))
