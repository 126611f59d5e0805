"""The calls of Google's APIs (spec 08 §1, §2), and of Peak's: in, names and fields; out, resources.

A name says which API has what it names: `projects/…` is Google's, `peak/…` is Peak's.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, TypeAlias

from wfc_client.errors import ServiceError
from wfc_client.peak_api import PeakApi, is_peak, peak_name
from wfc_client.server import Server

Resource: TypeAlias = dict[str, Any]

_NUMBER = re.compile(r"[1-9][0-9]*")
"""Of a workflow of Peak's; ids of Google's begin with a letter."""

_UNFINISHED = ("QUEUED", "ACTIVE")

_PAGE = 1000
"""Resources of a page; of executions with view FULL a service gives 100 at most."""

_GOOGLE = "https://workflows.googleapis.com"
_GOOGLE_EXECUTIONS = "https://workflowexecutions.googleapis.com"


class Service:
    """A project and location of a service; used inside `async with`."""

    def __init__(self, url: str, project: str, location: str, token: str = "") -> None:
        """Raises WrongUse for what is no URL.  Google's two APIs have a server each."""
        self.parent = f"projects/{project}/locations/{location}"
        self._workflows = Server(_GOOGLE if url == _GOOGLE_EXECUTIONS else url, token)
        self._executions = self._workflows
        if self._workflows.url == _GOOGLE:
            self._executions = Server(_GOOGLE_EXECUTIONS, token)
        self.peak = PeakApi(self._workflows)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Service:
        for server in {self._workflows, self._executions}:
            await self._stack.enter_async_context(server)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    @property
    def url(self) -> str:
        return self._workflows.url

    @property
    def _has_peak(self) -> bool:
        return self.url != _GOOGLE

    @property
    def now(self) -> float:
        """The service's time in seconds since 1970, as of its latest reply; 0 before the first."""
        return self._executions.now or self._workflows.now

    def workflow_name(self, workflow: str) -> str:
        """The full name of a workflow that may be named by its id alone; numbers are Peak's."""
        if _NUMBER.fullmatch(workflow) and self._has_peak:
            return peak_name(workflow)
        if is_peak(workflow) or workflow.startswith("projects/"):
            return workflow
        return f"{self.parent}/workflows/{workflow}"

    # workflows

    async def workflow(self, name: str, revision: str = "") -> Resource:
        if is_peak(name):
            return await self.peak.workflow(name)
        query = {"revisionId": revision} if revision else {}
        return await self._workflows.request("GET", f"v1/{name}", query=query)

    def workflows(self, *, filter: str = "", page: int = _PAGE) -> AsyncIterator[Resource]:
        """Google's."""
        path, query = f"v1/{self.parent}/workflows", {"filter": filter}
        return self._pages(self._workflows, path, "workflows", query, page)

    def peak_workflows(self, search: str = "") -> AsyncIterator[Resource]:
        """Peak's, or those with a text in their names; none where there is no such API."""
        return self.peak.workflows(search) if self._has_peak else _none()

    async def create_workflow(self, workflow: str, fields: Resource) -> Resource:
        """The operation, once it is done."""
        path, query = f"v1/{self.parent}/workflows", {"workflowId": workflow}
        return await self._done(
            await self._workflows.request("POST", path, query=query, body=fields)
        )

    async def patch_workflow(self, name: str, fields: Resource) -> Resource:
        """Changes the given fields alone; the operation, once it is done."""
        query = {"updateMask": ",".join(fields)}
        request = self._workflows.request("PATCH", f"v1/{name}", query=query, body=fields)
        return await self._done(await request)

    async def _done(self, operation: Resource) -> Resource:
        pause = 0.1
        while not operation.get("done"):
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 2.0)
            operation = await self._workflows.request("GET", f"v1/{operation['name']}")
        return operation

    # executions

    async def create_execution(
        self, workflow: str, fields: Resource, request_id: str = ""
    ) -> Resource:
        """Starts an execution; where the service knows such keys, once for a `request_id`.

        Of the fields, one of Peak's has the argument alone: its `params`.
        """
        if is_peak(workflow):
            return await self.peak.create_execution(
                workflow, fields.get("argument", ""), request_id
            )
        headers = {"Idempotency-Key": request_id} if request_id else {}
        path = f"v1/{workflow}/executions"
        return await self._executions.request("POST", path, body=fields, headers=headers)

    async def execution(self, name: str) -> Resource:
        if is_peak(name):
            return await self.peak.execution(name)
        return await self._executions.request("GET", f"v1/{name}")

    def executions(
        self, workflow: str, *, filter: str = "", view: str = "BASIC", page: int = _PAGE
    ) -> AsyncIterator[Resource]:
        """Newest first; only Google's are filtered."""
        if is_peak(workflow):
            return self.peak.executions(workflow)
        path, query = f"v1/{workflow}/executions", {"filter": filter, "view": view}
        return self._pages(self._executions, path, "executions", query, page)

    async def cancel(self, name: str) -> Resource:
        if is_peak(name):
            return await self.peak.stop(name)
        return await self._executions.request("POST", f"v1/{name}:cancel", body={})

    def steps(self, name: str) -> AsyncIterator[Resource]:
        return self._pages(self._executions, f"v1/{name}/stepEntries", "stepEntries", {}, _PAGE)

    async def logs(self, name: str, after: str, *, wait: bool = False) -> Resource | None:
        """`{entries, nextAfter}`; None from a service that keeps no logs, as Google's does not.

        `wait` says that the caller would ask again; Peak's API answers then when there is more.
        """
        if is_peak(name):
            return await self.peak.logs(name, after, wait=wait)
        query = {"after": after} if after else {}
        try:
            return await self._executions.request("GET", f"v1/{name}/logs", query=query)
        except ServiceError as error:
            if error.code == 404:
                return None
            raise

    async def _pages(
        self, server: Server, path: str, field: str, query: Mapping[str, str], page: int
    ) -> AsyncIterator[Resource]:
        """Every resource of a list, which is asked for page by page."""
        given = {"pageSize": str(page), **{key: text for key, text in query.items() if text}}
        while True:
            reply = await server.request("GET", path, query=given)
            for resource in reply.get(field, ()):
                yield resource
            if not reply.get("nextPageToken"):
                return
            given["pageToken"] = reply["nextPageToken"]


async def _none() -> AsyncIterator[Resource]:
    nothing: tuple[Resource, ...] = ()
    for resource in nothing:
        yield resource


def is_finished(execution: Resource) -> bool:
    return execution.get("state") not in _UNFINISHED


def id_of(name: str) -> str:
    """The last part of a resource's name."""
    return name.rpartition("/")[2]


def workflow_of(execution: str) -> str:
    """The full name of the workflow of an execution's full name."""
    return execution.rpartition("/executions/")[0]
