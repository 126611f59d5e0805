"""What is not kept: finished executions that are too old or too many, and operations too old."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from functools import partial
from typing import Final

from wfc_service.errors import ApiError
from wfc_service.store.database import Database
from wfc_service.store.working_folders import WorkingFolders
from wfc_service.times import Nanoseconds, Now

_TOGETHER: Final = 500
"""Executions or operations that are deleted in one write, so that others do not wait long."""

_LOGS_TOGETHER: Final = 20_000
"""Their log entries likewise."""

_HOUR: Final = 3600.0
"""Seconds for which operations are kept at least: clients wait for some."""

_PAUSE: Final = 60.0
"""Seconds between two looks at what there is."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Which finished executions, and operations, are kept; None for all of them.

    seconds  for how long after their end
    count    how many executions, of all workflows together: those that ended last
    """

    seconds: float | None = 90 * 86_400.0
    count: int | None = None


async def keep(database: Database, folders: WorkingFolders, retention: Retention, now: Now) -> None:
    """Deletes what is not to be kept, now and again, until it is cancelled."""
    while True:
        try:
            more = True
            while more:
                gone, more = await database.write(partial(delete_old, retention, now()))
                await folders.remove(gone)
            while await database.write(partial(delete_old_operations, retention, now())):
                pass
        except (ApiError, sqlite3.Error):
            pass  # a full disk, say: there may be room the next time
        await asyncio.sleep(_PAUSE)


def delete_old(
    retention: Retention, now: Nanoseconds, connection: sqlite3.Connection
) -> tuple[list[str], bool]:
    """Deletes some of what is not to be kept; which executions, and whether there may be more."""
    old: list[str] = []
    if retention.seconds is not None:
        before = now - int(retention.seconds * 1e9)
        query = "SELECT id FROM executions WHERE end_time < ? LIMIT ?"
        old += [id for (id,) in connection.execute(query, (before, _TOGETHER))]
    if not old and retention.count is not None:
        query = (
            "SELECT id FROM executions WHERE end_time IS NOT NULL"
            " ORDER BY end_time DESC, number DESC LIMIT ? OFFSET ?"
        )
        old += [id for (id,) in connection.execute(query, (_TOGETHER, retention.count))]
    gone = _without_many_logs(connection, old)
    _delete(connection, gone)
    return gone, bool(old)


def delete_old_operations(
    retention: Retention, now: Nanoseconds, connection: sqlite3.Connection
) -> bool:
    """Deletes some operations that are not to be kept; whether there may be more.

    They have ended when they are first shown, and who asks for one does so soon.
    """
    if retention.seconds is None:
        return False
    before = now - int(max(retention.seconds, _HOUR) * 1e9)
    query = (
        "DELETE FROM operations WHERE id IN"
        " (SELECT id FROM operations WHERE create_time < ? LIMIT ?)"
    )
    return connection.execute(query, (before, _TOGETHER)).rowcount == _TOGETHER


def delete_executions_of(workflow: str, last: int, connection: sqlite3.Connection) -> list[str]:
    """Deletes all executions of a workflow up to a number, whatever their state; which ones."""
    query = "SELECT id FROM executions WHERE workflow = ? AND number <= ?"
    gone = [id for (id,) in connection.execute(query, (workflow, last))]
    _delete(connection, gone)
    return gone


def _without_many_logs(connection: sqlite3.Connection, executions: list[str]) -> list[str]:
    """Deletes log entries, not more than are good for one write; the executions without any now.

    A command may have printed millions of lines.
    """
    query = (
        "DELETE FROM logs WHERE number IN"
        " (SELECT number FROM logs WHERE execution = ? ORDER BY number LIMIT ?)"
    )
    left = _LOGS_TOGETHER
    for index, id in enumerate(executions):
        left -= connection.execute(query, (id, left)).rowcount
        if not left:
            return executions[:index]
    return executions


def _delete(connection: sqlite3.Connection, executions: list[str]) -> None:
    ids = [(id,) for id in executions]
    for table in ("journal", "sleeps"):
        connection.executemany(
            f"DELETE FROM {table} WHERE execution = (SELECT number FROM executions WHERE id = ?)",
            ids,
        )
    for table in ("logs", "step_entries"):
        connection.executemany(f"DELETE FROM {table} WHERE execution = ?", ids)
    connection.executemany("DELETE FROM executions WHERE id = ?", ids)
