"""Executions of Peak's workflows: asked for, shown and stopped (spec 11 §3.1, §4.3)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from wfc_service.engine.interface import NewExecution
from wfc_service.errors import ApiError
from wfc_service.peak import tables
from wfc_service.peak.argument import checked_argument
from wfc_service.peak.errors import conflict, missing
from wfc_service.peak.query import Query
from wfc_service.peak.records import number_of, workflow_id
from wfc_service.peak.shapes import shown_execution, shown_in_executions
from wfc_service.peak.statuses import is_one_of, status_column, status_of
from wfc_service.service import Service
from wfc_service.store.records import FINISHED, Execution
from wfc_service.store.tables import EXECUTION_COLUMNS, execution_of

_WINDOW: Final = 90 * 86_400 * 1_000_000_000
"""Nanoseconds back that a list goes where nothing else is said (spec 11 §4.3)."""


async def execute(
    service: Service, number: int, sent: Any, *, request_id: str = ""
) -> dict[str, Any]:
    """Starts an execution, or queues it: `{"executionId": …}`.

    The same request again is the same execution.  Raises ApiError 400 for what cannot be, 409 where
    the workflow allows one execution at a time, 429 where its queue is full.
    """
    workflow = tables.find_workflow(service.database, number)
    new = NewExecution(
        workflow.workflow,
        argument_json=checked_argument(sent, workflow.workflow.revision),
        request_id=request_id,
        alone=not workflow.concurrent,
    )
    return {"executionId": (await service.engine.create(new)).id}


async def list_executions(service: Service, number: int, query: Query) -> dict[str, Any]:
    """The newest first; `count` says how many of them there are at most, on all pages."""
    tables.find_workflow(service.database, number)
    now = service.now()
    start = query.time("dateFrom")
    conditions = ["workflow = ?", "create_time >= ?"]
    values: list[Any] = [workflow_id(number), now - _WINDOW if start is None else start]
    if (end := query.time("dateTo")) is not None:
        conditions.append("create_time < ?")
        values.append(end + 1_000_000)  # times are shown without what is below a millisecond
    if statuses := query.texts("statuses"):
        conditions.append(is_one_of(status_column(), statuses))
        values += statuses
    page = query.page()
    wanted = " AND ".join(conditions)
    [(count,)] = await service.database.scan(
        f"SELECT count(*) FROM executions WHERE {wanted}", *values
    )
    count = min(count, query.integer("count", count))
    rows = await service.database.scan(
        f"SELECT id, {status_column()}, create_time, start_time, end_time FROM executions"
        f" WHERE {wanted} ORDER BY create_time DESC, number DESC LIMIT ? OFFSET ?",
        *values,
        min(page.size, max(count - page.offset, 0)),
        page.offset,
    )
    found = [shown_in_executions(*row, now=now) for row in rows]
    return {**page.shown("executions", found, count, "executionsCount"), "workflowId": number}


async def get_execution(service: Service, number: int, execution_id: str) -> dict[str, Any]:
    """An execution with all its steps."""
    execution = find_execution(service, number, execution_id)
    status, spec = status_of(service, execution), spec_of(service, execution)
    return shown_execution(execution, status, spec, known_steps(service, execution))


async def stop_execution(service: Service, number: int, execution_id: str) -> dict[str, Any]:
    """Stops an execution, which Peak's SDK has no call for; 409 for one that has ended.

    It is `Stopping` until its commands have ended; to stop it once more changes nothing.
    """
    execution = find_execution(service, number, execution_id)
    if status_of(service, execution) != "Stopping":
        try:
            execution = await service.engine.cancel(execution)
        except ApiError as error:
            if error.status != "FAILED_PRECONDITION":
                raise
            execution = find_execution(service, number, execution_id)
            raise conflict(f"the execution has ended: {status_of(service, execution)}") from None
    return {"executionId": execution.id, "status": status_of(service, execution)}


def find_execution(service: Service, number: int, execution_id: str) -> Execution:
    """Raises ApiError NOT_FOUND for an execution, or a workflow, that is not there."""
    rows = service.database.read(
        f"SELECT {EXECUTION_COLUMNS} FROM executions WHERE id = ? AND workflow = ?",
        execution_id,
        workflow_id(number),
    )
    if not rows:
        tables.find_workflow(service.database, number)
        raise missing(f"workflow {number} has no execution {execution_id}")
    return execution_of(rows[0])


def spec_of(service: Service, execution: Execution) -> Mapping[str, Any]:
    """The spec that an execution runs."""
    rows = service.database.read(
        "SELECT source FROM revisions WHERE workflow = ? AND id = ?",
        execution.workflow,
        execution.revision,
    )
    if not rows:  # the workflow has just been deleted
        raise tables.no_workflow(number_of(execution.workflow))
    spec: Mapping[str, Any] = json.loads(rows[0]["source"])
    return spec


def known_steps(service: Service, execution: Execution) -> Sequence[Mapping[str, Any]]:
    """What is known of an execution's steps now, as `StepResult.as_json` has it."""
    if execution.state not in FINISHED or execution.id in service.engine.stopping:
        return service.engine.current_steps(execution.id)
    if execution.result_json is not None:
        steps: Sequence[Mapping[str, Any]] = json.loads(execution.result_json)["steps"]
        return steps
    return execution.steps
