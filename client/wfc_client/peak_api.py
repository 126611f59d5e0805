"""Peak's API of a service (spec 11 §4): in, names and fields; out, resources like Google's.

A workflow is named `peak/7`, an execution `peak/7/executions/3f2a…`.  Resources have the fields
that Peak's API gives, and these, which those of both languages have:

    workflow   name displayName updateTime
    execution  name state startTime endTime duration
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from wfc.wrong_use import WrongUse
from wfc_client.errors import ServiceError
from wfc_client.server import Server

_PEAK: Final = "peak/"
_PATH: Final = "workflows/api/v1/workflows"
_PAGE: Final = 100

_NO_SUCH_API: Final = (404, 405, 501)
"""What a service says that has Google's API alone."""

_STATES: Final[Mapping[str, str]] = {
    "Running": "ACTIVE",
    "Stopping": "ACTIVE",
    "Success": "SUCCEEDED",
    "Failed": "FAILED",
    "Stopped": "CANCELLED",
}
"""What Google's API calls Peak's statuses."""

_Resource = dict[str, Any]


def is_peak(name: str) -> bool:
    """Whether a full name is of Peak's workflows."""
    return name.startswith(_PEAK)


def peak_name(number: str) -> str:
    """7 → `peak/7`"""
    return f"{_PEAK}{number}"


def check_fields(workflow: str, fields: Mapping[str, Any]) -> None:
    """Raises WrongUse for what only executions of Google's workflows have."""
    if fields:
        named = ", ".join(f"`{field}`" for field in fields)
        message = f"`{workflow}` is a workflow of Peak's, whose executions have no {named}"
        raise WrongUse(message)


class PeakApi:
    def __init__(self, server: Server) -> None:
        self._server = server

    # workflows

    async def workflow(self, name: str) -> _Resource:
        return _workflow(await self._server.request("GET", _path(name)))

    async def workflows(self, search: str = "") -> AsyncIterator[_Resource]:
        """Every workflow, or those with a text in their names; none from who has no such API."""
        query = {"searchTerm": search} if search else {}
        try:
            async for workflow in self._pages(f"{_PATH}/", "workflows", query):
                yield _workflow(workflow)
        except ServiceError as error:
            if error.code not in _NO_SUCH_API:
                raise

    async def is_concurrent(self, name: str) -> bool:
        """Whether a workflow allows several executions at once (spec 11 §1.1)."""
        metadata = (await self.workflow(name)).get("metadata") or {}
        return bool(metadata.get("allowConcurrentExecution"))

    async def create_workflow(self, spec: _Resource) -> str:
        """The name of the new workflow."""
        made = await self._server.request("POST", f"{_PATH}/", body=spec)
        return peak_name(str(made["id"]))

    async def update_workflow(self, name: str, spec: _Resource) -> None:
        await self._server.request("PUT", _path(name), body=spec)

    # executions

    async def create_execution(self, workflow: str, argument: str, request_id: str) -> _Resource:
        """Starts an execution, once for a `request_id`; `argument` is its `params` as JSON."""
        body = {"params": json.loads(argument)} if argument else {}
        headers = {"x-peak-requestId": request_id} if request_id else {}
        path = f"{_path(workflow)}/execute"
        made = await self._server.request("POST", path, body=body, headers=headers)
        return {**made, "name": f"{workflow}/executions/{made['executionId']}", "state": "ACTIVE"}

    async def execution(self, name: str) -> _Resource:
        workflow = name.partition("/executions/")[0]
        return _execution(workflow, await self._server.request("GET", _path(name)), name)

    async def executions(self, workflow: str) -> AsyncIterator[_Resource]:
        """Newest first."""
        number = workflow.removeprefix(_PEAK)
        async for execution in self._pages(f"{_PATH}/executions/{number}", "executions", {}):
            yield _execution(workflow, execution)

    async def stop(self, name: str) -> _Resource:
        await self._server.request("POST", f"{_path(name)}/stop", body={})
        return await self.execution(name)

    async def logs(self, name: str, after: str, *, wait: bool) -> _Resource:
        """`{entries, nextAfter}` as the service has them of Google's workflows.

        With `wait` it takes up to ten seconds while nothing is printed.
        """
        query = {"wait": str(wait).lower(), **({"nextToken": after} if after else {})}
        page = await self._server.request("GET", f"{_path(name)}/logs", query=query)
        entries = [
            {
                "timestamp": _time(entry["timestamp"]),
                "textPayload": entry["message"],
                "labels": {"step": entry.get("stepName", "")},
            }
            for entry in page.get("logs", ())
        ]
        return {"entries": entries, "nextAfter": page.get("nextToken")}

    async def _pages(
        self, path: str, field: str, query: Mapping[str, str]
    ) -> AsyncIterator[_Resource]:
        number, count = 1, 1
        while number <= count:
            page = {**query, "pageSize": str(_PAGE), "pageNumber": str(number)}
            reply = await self._server.request("GET", path, query=page)
            for resource in reply.get(field, ()):
                yield resource
            number, count = number + 1, int(reply.get("pageCount") or 0)


def _path(name: str) -> str:
    return f"{_PATH}/{name.removeprefix(_PEAK)}"


def _workflow(shown: _Resource) -> _Resource:
    name, title = peak_name(str(shown["id"])), shown.get("name", "")
    return {**shown, "name": name, "displayName": title, "updateTime": shown.get("updatedAt") or ""}


def _execution(workflow: str, shown: _Resource, name: str = "") -> _Resource:
    started, ended = shown.get("executedAt") or "", shown.get("finishedAt") or ""
    return {
        **shown,
        "name": name or f"{workflow}/executions/{shown['executionId']}",
        "state": _STATES.get(str(shown.get("status")), str(shown.get("status"))),
        "startTime": started,
        "endTime": ended,
        "duration": _seconds(shown.get("duration")) or _between(started, ended),
    }


def _seconds(duration: Any) -> str:
    return f"{duration:g}s" if isinstance(duration, (int, float)) else ""


def _between(started: str, ended: str) -> str:
    """`1.5s`; "" where one of the times is not known."""
    if not started or not ended:
        return ""
    taken = datetime.fromisoformat(ended) - datetime.fromisoformat(started)
    return f"{taken.total_seconds():g}s"


def _time(milliseconds: int) -> str:
    time = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")
