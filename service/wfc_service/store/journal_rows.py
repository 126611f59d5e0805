"""The journals of executions as rows, and what one frame of a worker's messages writes."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from wfc_service.store import log_rows
from wfc_service.store.database import Database
from wfc_service.store.log_rows import LogRow
from wfc_service.store.records import Execution, State
from wfc_service.store.tables import change_execution

EntryRow: TypeAlias = list[Any]
"""number, time, kind, key, what, value; as `wfc_runtime.durable.journal.Entry`"""

_ENTRIES: Final = (
    "SELECT number, time, kind, key, what, value FROM journal WHERE execution = ? ORDER BY number"
)
_SLEEPS: Final = "SELECT key, wake FROM sleeps WHERE execution = ?"


def recorded(database: Database, execution: int) -> tuple[list[EntryRow], dict[str, float]]:
    """The entries of an execution, and when the sleeps that it has begun end."""
    entries = [list(row) for row in database.read(_ENTRIES, execution)]
    return entries, {row["key"]: row["wake"] for row in database.read(_SLEEPS, execution)}


def clear(connection: sqlite3.Connection, execution: int) -> None:
    """Deletes the journal of an execution that has ended."""
    connection.execute("DELETE FROM journal WHERE execution = ?", (execution,))
    connection.execute("DELETE FROM sleeps WHERE execution = ?", (execution,))


def clear_ended(connection: sqlite3.Connection) -> None:
    """Deletes what journals are left of executions that have ended, or are gone.

    Who has one and is QUEUED has begun: only that could not be written.  Those that have not ended
    are looked for in an index: it is used for just its own condition.
    """
    connection.execute(
        "UPDATE executions SET state = 'ACTIVE', start_time = create_time WHERE state = 'QUEUED'"
        " AND number IN (SELECT execution FROM journal UNION SELECT execution FROM sleeps)"
    )
    for table in ("journal", "sleeps"):
        connection.execute(
            f"DELETE FROM {table} WHERE execution NOT IN (SELECT number FROM executions"
            " WHERE state IN ('QUEUED', 'ACTIVE') AND state = 'ACTIVE')"
        )


def begin(execution: Execution, connection: sqlite3.Connection) -> None:
    """Writes that one which was QUEUED is ACTIVE, unless more has become of it since."""
    _change(connection, execution, "QUEUED")


def end(execution: Execution, connection: sqlite3.Connection) -> None:
    """Writes how an execution has ended, unless that is written, or nothing is kept of it."""
    if _change(connection, execution, "QUEUED", "ACTIVE"):
        query = "SELECT number FROM executions WHERE id = ?"
        [(number,)] = connection.execute(query, (execution.id,))
        clear(connection, number)


def _change(connection: sqlite3.Connection, execution: Execution, *before: State) -> bool:
    """Whether there was something to write: an execution in one of these states."""
    query = "SELECT state FROM executions WHERE id = ?"
    if not any(state in before for (state,) in connection.execute(query, (execution.id,))):
        return False
    change_execution(connection, execution)
    connection.execute(log_rows.INSERT, log_rows.state_row(execution))
    return True


@dataclass(slots=True)
class Rows:
    """What the messages of one frame write; all of it, or nothing.

    ended    executions, as they ended
    stopped  executions that had been cancelled, with their steps as these have been stopped
    cleared  the numbers of those whose journals are not needed any more
    """

    entries: list[tuple[Any, ...]] = field(default_factory=list)
    sleeps: list[tuple[int, str, float]] = field(default_factory=list)
    slept: list[tuple[int, str]] = field(default_factory=list)
    logs: list[LogRow] = field(default_factory=list)
    history: list[tuple[str, int, str]] = field(default_factory=list)
    ended: list[Execution] = field(default_factory=list)
    stopped: list[Execution] = field(default_factory=list)
    cleared: list[int] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return any(getattr(self, rows) for rows in self.__slots__)

    def write(self, connection: sqlite3.Connection) -> None:
        many = connection.executemany
        if self.entries:
            many("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", self.entries)
        if self.sleeps:
            many("INSERT OR REPLACE INTO sleeps VALUES (?, ?, ?)", self.sleeps)
        if self.slept:
            many("DELETE FROM sleeps WHERE execution = ? AND key = ?", self.slept)
        if self.history:
            many("INSERT OR REPLACE INTO step_entries VALUES (?, ?, ?)", self.history)
        if self.logs:
            many(log_rows.INSERT, self.logs)
        for execution in (*self.ended, *self.stopped):
            change_execution(connection, execution)
        for number in self.cleared:
            clear(connection, number)
