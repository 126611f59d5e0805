"""Records as rows: what stands where in the tables of `schema`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any, Final

from wfc_service.store.records import Execution, Operation, Revision, Workflow

_REVISION: Final = [
    "workflow",
    "number",
    "id",
    "source",
    "file_name",
    "service_account",
    "create_time",
    "module",
]
_EXECUTION: Final = [
    "id",
    "workflow",
    "revision",
    "state",
    "create_time",
    "argument",
    "start_time",
    "end_time",
    "result",
    "error",
    "steps",
    "labels",
    "call_log_level",
    "history_level",
    "unbuffered",
    "generation",
    "variables",
    "address",
]

EXECUTION_COLUMNS: Final = ", ".join(_EXECUTION)
"""For a SELECT whose rows `execution_of` takes."""

WORKFLOW_COLUMNS: Final = ", ".join(
    [
        *("w.description", "w.labels", "w.settings", "w.create_time AS created", "w.update_time"),
        *(f"r.{column}" for column in _REVISION),
    ]
)
WORKFLOW_TABLES: Final = (
    "workflows AS w JOIN revisions AS r ON r.workflow = w.id AND r.number = w.revision"
)
WORKFLOWS: Final = f"SELECT {WORKFLOW_COLUMNS} FROM {WORKFLOW_TABLES}"
"""All workflows, each with its latest revision; `workflow_of` takes the rows."""


def put_revision(connection: sqlite3.Connection, revision: Revision) -> None:
    values = [getattr(revision, column) for column in _REVISION]
    _insert(connection, "revisions", _REVISION, values)


def put_workflow(connection: sqlite3.Connection, workflow: Workflow) -> None:
    """Writes a workflow, new or changed; the row of its revision is written on its own."""
    connection.execute(
        "INSERT INTO workflows VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
        " revision = excluded.revision, update_time = excluded.update_time,"
        " description = excluded.description, labels = excluded.labels,"
        " settings = excluded.settings",
        (
            workflow.id,
            workflow.revision.number,
            workflow.create_time,
            workflow.update_time,
            workflow.description,
            _json(workflow.labels),
            _json(workflow.settings),
        ),
    )


def workflow_of(row: sqlite3.Row) -> Workflow:
    """A workflow from a row of `WORKFLOWS`."""
    return Workflow(
        row["workflow"],
        revision_of(row),
        row["created"],
        row["update_time"],
        row["description"],
        json.loads(row["labels"]),
        json.loads(row["settings"]),
    )


def revision_of(row: sqlite3.Row) -> Revision:
    return Revision(*(row[column] for column in _REVISION))


def put_operation(connection: sqlite3.Connection, operation: Operation) -> None:
    values = (
        operation.id,
        operation.verb,
        operation.target,
        operation.create_time,
        operation.end_time,
        _json_or_null(operation.error),
        _json_or_null(operation.response),
    )
    connection.execute("INSERT INTO operations VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def operation_of(row: sqlite3.Row) -> Operation:
    return Operation(
        row["id"],
        row["verb"],
        row["target"],
        row["create_time"],
        row["end_time"],
        _value_or_none(row["error"]),
        _value_or_none(row["response"]),
    )


def put_execution(
    connection: sqlite3.Connection,
    execution: Execution,
    request_id: str = "",
    number: int | None = None,
) -> int:
    """Writes a new execution and returns its number, which is the next one unless it is given.

    Raises sqlite3.IntegrityError where its request has made one already.
    """
    columns = ["number", *_EXECUTION, "request_id"]
    values = [number, *_execution_row(execution), request_id or None]
    return _insert(connection, "executions", columns, values)


def change_execution(connection: sqlite3.Connection, execution: Execution) -> None:
    """Writes what changes while an execution goes on: state, times, outcome, steps."""
    connection.execute(
        "UPDATE executions SET state = ?, start_time = ?, end_time = ?, result = ?, error = ?,"
        " steps = ? WHERE id = ?",
        (
            execution.state,
            execution.start_time,
            execution.end_time,
            execution.result_json,
            _json_or_null(execution.error),
            _json(execution.steps),
            execution.id,
        ),
    )


def execution_of(row: sqlite3.Row) -> Execution:
    """An execution from a row with `EXECUTION_COLUMNS`."""
    return Execution(
        id=row["id"],
        workflow=row["workflow"],
        revision=row["revision"],
        state=row["state"],
        create_time=row["create_time"],
        argument_json=row["argument"],
        start_time=row["start_time"],
        end_time=row["end_time"],
        result_json=row["result"],
        error=_value_or_none(row["error"]),
        steps=tuple(json.loads(row["steps"])),
        labels=json.loads(row["labels"]),
        call_log_level=row["call_log_level"],
        history_level=row["history_level"],
        unbuffered=bool(row["unbuffered"]),
        generation=row["generation"],
        variables=json.loads(row["variables"]),
        address=row["address"],
    )


def _execution_row(execution: Execution) -> list[Any]:
    return [
        execution.id,
        execution.workflow,
        execution.revision,
        execution.state,
        execution.create_time,
        execution.argument_json,
        execution.start_time,
        execution.end_time,
        execution.result_json,
        _json_or_null(execution.error),
        _json(execution.steps),
        _json(execution.labels),
        execution.call_log_level,
        execution.history_level,
        execution.unbuffered,
        execution.generation,
        _json(execution.variables),
        execution.address,
    ]


def _insert(
    connection: sqlite3.Connection, table: str, columns: Iterable[str], values: list[Any]
) -> int:
    """Inserts a row and returns its number, in a table where rows have one."""
    names, marks = ", ".join(columns), ", ".join("?" * len(values))
    query = f"INSERT INTO {table} ({names}) VALUES ({marks})"
    return connection.execute(query, values).lastrowid or 0


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _json_or_null(value: Any) -> str | None:
    return None if value is None else _json(value)


def _value_or_none(text: str | None) -> Any:
    return None if text is None else json.loads(text)
