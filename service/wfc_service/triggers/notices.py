"""What watchers are to hear of executions, as rows: so that each is told, whatever dies meanwhile.

That an execution has ended is noted by the database itself, in the write that ends it (`schema`).
A notice stays until its execution is deleted, and is not made again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wfc_service.store.database import Database
from wfc_service.store.log_rows import INSERT as INSERT_LOG
from wfc_service.store.log_rows import LogRow
from wfc_service.triggers.watchers import Watcher, watchers_of

ENDED: Final = "ended"


@dataclass(frozen=True, slots=True)
class Notice:
    """`event` is `ENDED`, or what `exceeded` says."""

    execution: str
    event: str

    @property
    def key(self) -> str:
        return f"{self.execution}/{self.event.replace(' ', '-')}"


def exceeded(execution: str, minutes: float) -> Notice:
    """That a run has taken more than so many minutes."""
    return Notice(execution, f"exceeded {str(float(minutes)).removesuffix('.0')}")


def untold(database: Database) -> list[Notice]:
    rows = database.read("SELECT execution, event FROM peak_notices WHERE told = 0")
    return [Notice(row["execution"], row["event"]) for row in rows]


def is_noted(database: Database, notice: Notice) -> bool:
    query = "SELECT 1 FROM peak_notices WHERE execution = ? AND event = ?"
    return bool(database.read(query, notice.execution, notice.event))


def note(connection: sqlite3.Connection, notice: Notice) -> bool:
    """Writes a new notice; whether its execution is still there."""
    query = "INSERT OR IGNORE INTO peak_notices SELECT id, ?, 0 FROM executions WHERE id = ?"
    return connection.execute(query, (notice.event, notice.execution)).rowcount > 0


def settle(connection: sqlite3.Connection, notice: Notice, logs: Sequence[LogRow]) -> None:
    """Writes that a notice was told, and what the execution's log has to say of it."""
    query = "UPDATE peak_notices SET told = 1 WHERE execution = ? AND event = ?"
    if connection.execute(query, (notice.execution, notice.event)).rowcount:
        connection.executemany(INSERT_LOG, logs)


def watchers_of_execution(database: Database, execution: str) -> tuple[str, tuple[Watcher, ...]]:
    """The state of an execution, and the watchers of its revision; none if it is gone."""
    rows = database.read(
        "SELECT e.state, CASE WHEN json_valid(r.source) THEN r.source ELSE '{}' END AS spec"
        " FROM executions AS e JOIN revisions AS r"
        " ON r.workflow = e.workflow AND r.id = e.revision WHERE e.id = ?",
        execution,
    )
    return (rows[0]["state"], watchers_of(json.loads(rows[0]["spec"]))) if rows else ("", ())
