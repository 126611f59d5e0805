"""`wfc list`: in, a service or a workflow of it; out, its workflows or executions."""

from __future__ import annotations

from collections.abc import AsyncIterator

from wfc.terminal import tell
from wfc_client.errors import ApiError
from wfc_client.find import find_workflow
from wfc_client.outcome import print_json
from wfc_client.service import Resource, Service, id_of
from wfc_client.tables import brief, print_table, seconds

_WORKFLOWS = ("WORKFLOW", "STATE", "REVISION", "UPDATED", "DESCRIPTION")
_EXECUTIONS = ("EXECUTION", "STATE", "REVISION", "STARTED", "DURATION")
_PAGE = 1000


async def list_workflows(service: Service, *, filter: str, limit: int, format: str) -> int:
    """Prints the workflows, by their ids."""
    page = min(limit + 1, _PAGE)
    found, more = await _first(service.workflows(filter=filter, page=page), limit)
    found.sort(key=lambda workflow: str(workflow["name"]))
    rows = [
        [
            id_of(workflow["name"]),
            workflow.get("state", ""),
            workflow.get("revisionId", ""),
            seconds(workflow.get("updateTime", "")),
            brief(workflow.get("description", "")),
        ]
        for workflow in found
    ]
    empty = "no such workflows" if filter else "no workflows: `wfc deploy FILE` makes one"
    _show(_WORKFLOWS, rows, found, format, empty)
    return _said(limit, more)


async def list_executions(
    service: Service, workflow: str, *, filter: str, limit: int, format: str
) -> int:
    """Prints the latest executions of a workflow, newest first."""
    name = service.workflow_name(workflow)
    page = min(limit + 1, _PAGE)
    try:
        found, more = await _first(service.executions(name, filter=filter, page=page), limit)
    except ApiError as error:
        if error.code == 404:
            await find_workflow(service, workflow)  # raises with the name that could be meant
        raise
    rows = [
        [
            id_of(execution["name"]),
            execution.get("state", ""),
            execution.get("workflowRevisionId", ""),
            seconds(execution.get("startTime", "")),
            execution.get("duration", ""),
        ]
        for execution in found
    ]
    empty = "no such executions" if filter else "no executions"
    _show(_EXECUTIONS, rows, found, format, empty)
    return _said(limit, more)


def with_state(filter: str, state: str) -> str:
    """The filter that also wants a state (AIP-160)."""
    wanted = f'state="{state.upper()}"' if state else ""
    return f"({filter}) AND {wanted}" if filter and wanted else filter or wanted


async def _first(found: AsyncIterator[Resource], limit: int) -> tuple[list[Resource], bool]:
    """At most `limit` of the resources, and whether there are more."""
    kept: list[Resource] = []
    async for resource in found:
        if len(kept) == limit:
            return kept, True
        kept.append(resource)
    return kept, False


def _show(
    titles: tuple[str, ...],
    rows: list[list[str]],
    found: list[Resource],
    format: str,
    empty: str,
) -> None:
    if format == "json":
        print_json(found)
    elif rows:
        print_table(titles, rows)
    else:
        tell(empty)


def _said(limit: int, more: bool) -> int:
    if more:
        tell(f"and more: `--limit` shows more than {limit}")
    return 0
