"""Peak's workflows as rows: what stands where in the tables of `schema`."""

from __future__ import annotations

import json
import sqlite3
from typing import Final

from wfc_service.errors import ApiError
from wfc_service.peak.errors import missing
from wfc_service.peak.records import PeakWorkflow
from wfc_service.store.database import Database
from wfc_service.store.tables import WORKFLOW_COLUMNS, workflow_of

TABLES: Final = (
    "peak_workflows AS p JOIN workflows AS w ON w.id = 'peak/' || p.number"
    " JOIN revisions AS r ON r.workflow = w.id AND r.number = w.revision"
)
_WORKFLOWS: Final = (
    "SELECT p.number AS peak_number, p.name, p.paused, p.webhook, p.deployment,"
    f" {WORKFLOW_COLUMNS} FROM {TABLES}"
)


def peak_workflow_of(row: sqlite3.Row) -> PeakWorkflow:
    return PeakWorkflow(
        row["peak_number"],
        row["name"],
        json.loads(row["source"]),
        bool(row["paused"]),
        row["webhook"] or "",
        row["deployment"] or "",
        workflow_of(row),
    )


def find_workflow(database: Database, number: int) -> PeakWorkflow:
    """Raises ApiError NOT_FOUND."""
    found = known_workflow(database, number)
    if found is None:
        raise no_workflow(number)
    return found


def known_workflow(database: Database, number: int) -> PeakWorkflow | None:
    rows = database.read(f"{_WORKFLOWS} WHERE p.number = ?", number)
    return peak_workflow_of(rows[0]) if rows else None


def no_workflow(number: int | str) -> ApiError:
    return missing(f"there is no workflow {number}")


def workflow_by_webhook(database: Database, webhook: str) -> PeakWorkflow | None:
    rows = database.read(f"{_WORKFLOWS} WHERE p.webhook = ?", webhook)
    return peak_workflow_of(rows[0]) if rows else None


def workflow_by_request(database: Database, request_id: str) -> PeakWorkflow | None:
    """The workflow that a request has made already."""
    rows = database.read(f"{_WORKFLOWS} WHERE p.request_id = ?", request_id)
    return peak_workflow_of(rows[0]) if rows else None


def workflow_by_name(database: Database, name: str) -> PeakWorkflow | None:
    """The oldest one of a name, of which there may be several (spec 11 §1.1); not of a block."""
    condition = "p.name = ? AND p.deployment IS NULL ORDER BY p.number LIMIT 1"
    rows = database.read(f"{_WORKFLOWS} WHERE {condition}", name)
    return peak_workflow_of(rows[0]) if rows else None


def all_workflows(database: Database) -> list[PeakWorkflow]:
    """By their numbers."""
    return [peak_workflow_of(row) for row in database.read(f"{_WORKFLOWS} ORDER BY p.number")]


def insert_workflow(
    connection: sqlite3.Connection,
    name: str,
    webhook: str,
    deployment: str,
    request_id: str,
) -> int:
    """The number of a new workflow; raises sqlite3.IntegrityError for a request that made one."""
    query = (
        "INSERT INTO peak_workflows (name, paused, webhook, deployment, request_id)"
        " VALUES (?, 0, ?, ?, ?)"
    )
    values = (name, webhook or None, deployment or None, request_id or None)
    return connection.execute(query, values).lastrowid or 0


def change_workflow(connection: sqlite3.Connection, number: int, name: str, webhook: str) -> None:
    query = "UPDATE peak_workflows SET name = ?, webhook = ? WHERE number = ?"
    connection.execute(query, (name, webhook or None, number))


def pause_workflow(connection: sqlite3.Connection, number: int, paused: bool) -> None:
    query = "UPDATE peak_workflows SET paused = ? WHERE number = ?"
    connection.execute(query, (int(paused), number))


def delete_workflow(connection: sqlite3.Connection, number: int) -> None:
    """With the deployment that it is, if it is one."""
    connection.execute("DELETE FROM peak_deployments WHERE workflow = ?", (number,))
    connection.execute("DELETE FROM peak_workflows WHERE number = ?", (number,))
    connection.execute("DELETE FROM workflows WHERE id = 'peak/' || ?", (number,))
