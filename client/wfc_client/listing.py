"""`wfc list`: in, a service or a workflow of it; out, its workflows or executions."""

from __future__ import annotations

from collections.abc import AsyncIterator

from wfc.terminal import tell
from wfc.wrong_use import WrongUse
from wfc_client.find import find_name
from wfc_client.outcome import print_json
from wfc_client.peak_api import is_peak
from wfc_client.service import Resource, Service, id_of
from wfc_client.tables import brief, print_table, seconds

_WORKFLOWS = ("WORKFLOW", "STATE", "REVISION", "UPDATED", "DESCRIPTION")
_EXECUTIONS = ("EXECUTION", "STATE", "REVISION", "STARTED", "DURATION")
_PAGE = 1000


async def list_workflows(
    service: Service, *, filter: str, state: str, limit: int, format: str
) -> int:
    """Prints the workflows by their ids: Google's, then Peak's, which no filter knows."""
    filter, page = _with_state(filter, state), min(limit + 1, _PAGE)
    found, more = await _first(service.workflows(filter=filter, page=page), limit)
    found.sort(key=lambda workflow: str(workflow["name"]))
    if not filter and not more:
        others, more = await _first(service.peak_workflows(), limit - len(found))
        found += others
    rows = [
        [
            id_of(workflow["name"]),
            workflow.get("state") or workflow.get("status", ""),
            workflow.get("revisionId", ""),
            seconds(workflow.get("updateTime", "")),
            brief(workflow.get("description") or workflow.get("displayName", "")),
        ]
        for workflow in found
    ]
    empty = "no such workflows" if filter else "no workflows: `wfc deploy FILE` makes one"
    _show(_WORKFLOWS, rows, found, format, empty)
    return _said(limit, more)


async def list_executions(
    service: Service, workflow: str, *, filter: str, state: str, limit: int, format: str
) -> int:
    """Prints the latest executions of a workflow, newest first."""
    name = await find_name(service, workflow)
    if is_peak(name):
        if filter:
            hint = "  = hint: `--state FAILED` shows those with one state"
            raise WrongUse(f"`{name}` is a workflow of Peak's, for which there is no filter", hint)
        wanted = _having(service.executions(name), state.upper())
    else:
        page, filter = min(limit + 1, _PAGE), _with_state(filter, state)
        wanted = service.executions(name, filter=filter, page=page)
    found, more = await _first(wanted, limit)
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
    empty = "no such executions" if filter or state else "no executions"
    _show(_EXECUTIONS, rows, found, format, empty)
    return _said(limit, more)


def _with_state(filter: str, state: str) -> str:
    """The filter that also wants a state (AIP-160)."""
    wanted = f'state="{state.upper()}"' if state else ""
    return f"({filter}) AND {wanted}" if filter and wanted else filter or wanted


async def _having(found: AsyncIterator[Resource], state: str) -> AsyncIterator[Resource]:
    async for resource in found:
        if not state or resource.get("state") == state:
            yield resource


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
