"""Executions: asked for, shown and cancelled (spec 08 §2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from wfc_service.engine.interface import NewExecution
from wfc_service.errors import not_found
from wfc_service.google.checks import check_execution, page_size_of
from wfc_service.google.columns import Column
from wfc_service.google.listing import Listing, Query, read_page
from wfc_service.google.resources import Resource, View, execution_resource, page_resource
from wfc_service.google.workflows import find_workflow
from wfc_service.service import Service
from wfc_service.store.records import FINISHED, Execution
from wfc_service.store.tables import EXECUTION_COLUMNS, execution_of

_BASIC_COLUMNS: Final = ", ".join(
    {
        "argument": "'null' AS argument",
        "result": "NULL AS result",
        "error": "NULL AS error",
        "labels": "'{}' AS labels",
    }.get(column, column)
    for column in EXECUTION_COLUMNS.split(", ")
)
"""Without what the view BASIC does not show."""

_STEPS: Final = (
    "CASE executions.state WHEN 'ACTIVE' THEN current_steps(executions.id) ELSE steps END"
)
LISTING: Final = Listing(
    source="executions",
    key="number",
    columns={
        "executionId": Column("id"),
        "state": Column("state", "enum", values=("QUEUED", "ACTIVE", "UNAVAILABLE", *FINISHED)),
        "createTime": Column("create_time", "timestamp"),
        "startTime": Column("start_time", "timestamp", unset=True),
        "endTime": Column("end_time", "timestamp", unset=True),
        "duration": Column("end_time - start_time", "duration", unset=True),
        "workflowRevisionId": Column("revision"),
        "stepName": Column("json_extract(value, '$.step')", inside=_STEPS),
        "label": Column("value", "labels", inside="labels"),
        "labels": Column("value", "labels", inside="labels"),
        "disableConcurrencyQuotaOverflowBuffering": Column("unbuffered", "bool"),
    },
    sorts=(
        "executionId",
        "state",
        "createTime",
        "startTime",
        "endTime",
        "duration",
        "workflowRevisionId",
    ),
    usual="createTime desc",
)
_LARGEST_PAGE: Final = {"BASIC": 1000, "FULL": 100}
_USUAL_PAGE: Final = 100


async def create_execution(
    service: Service, *, parent: str, execution: Mapping[str, Any], request_id: str = ""
) -> Resource:
    """Starts an execution of the latest revision, or queues it."""
    workflow = find_workflow(service, parent)
    check_execution(execution)
    if execution:
        new = NewExecution(
            workflow,
            argument_json=execution.get("argument") or "null",
            labels={**workflow.labels, **execution.get("labels", {})},
            call_log_level=_level(execution, "callLogLevel"),
            history_level=_level(execution, "executionHistoryLevel"),
            unbuffered=execution.get("disableConcurrencyQuotaOverflowBuffering", False),
            request_id=request_id,
        )
    else:
        new = NewExecution(workflow, labels=workflow.labels, request_id=request_id)
    return shown(service, await service.engine.create(new))


async def get_execution(service: Service, *, name: str, view: str = "") -> Resource:
    return shown(service, find_execution(service, name), _view(view, "FULL"))


async def list_executions(
    service: Service,
    *,
    parent: str,
    page_size: int = 0,
    page_token: str = "",
    view: str = "",
    filter: str = "",
    order_by: str = "",
) -> Resource:
    """Those of all revisions, the newest first where no order is asked for."""
    workflow = find_workflow(service, parent)
    seen = _view(view, "BASIC")
    size = page_size_of(page_size, _USUAL_PAGE, _LARGEST_PAGE[seen])
    columns = EXECUTION_COLUMNS if seen == "FULL" else _BASIC_COLUMNS
    query = Query(size, page_token, filter, order_by)
    rows, token = await read_page(
        service.database, LISTING, columns, "workflow = ?", (workflow.id,), query
    )
    found = [shown(service, execution_of(row), seen) for row in rows]
    return page_resource("executions", found, token)


async def cancel_execution(service: Service, *, name: str) -> Resource:
    return shown(service, await service.engine.cancel(find_execution(service, name)))


def find_execution(service: Service, name: str) -> Execution:
    """The execution of a name; raises ApiError NOT_FOUND."""
    workflow, execution = service.place.within(name, "workflows", "executions")
    rows = service.database.read(
        f"SELECT {EXECUTION_COLUMNS} FROM executions WHERE id = ? AND workflow = ?",
        execution,
        workflow,
    )
    if not rows:
        raise not_found(name)
    return execution_of(rows[0])


def shown(service: Service, execution: Execution, view: View = "FULL") -> Resource:
    """An execution as the API shows it."""
    active = execution.state == "ACTIVE"
    steps = service.engine.current_steps(execution.id) if active else execution.steps
    return execution_resource(service.place, execution, steps, view)


def _view(view: str, usual: View) -> View:
    if view in ("BASIC", "FULL"):
        return "BASIC" if view == "BASIC" else "FULL"
    return usual


def _level(execution: Mapping[str, Any], name: str) -> str:
    level = str(execution.get(name, ""))
    return "" if level.endswith("_UNSPECIFIED") else level
