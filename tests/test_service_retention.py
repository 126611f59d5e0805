"""What is kept of finished executions, and that what goes takes all that is its own along."""

from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from pathlib import Path

import pytest
from tests.service_runs import serving, until

from wfc_service.store.database import Database
from wfc_service.store.records import Execution, Operation, State
from wfc_service.store.retention import (
    Retention,
    delete_executions_of,
    delete_old,
    delete_old_operations,
    keep,
)
from wfc_service.store.schema import SCHEMA
from wfc_service.store.tables import put_execution, put_operation
from wfc_service.store.working_folders import WorkingFolders

DAY = 86_400 * 10**9
NOW = 100 * DAY


def executions(connection: sqlite3.Connection) -> None:
    """`w 0` … `w 9` that ended so many days ago, one that is active, one of another workflow."""

    def put(id: str, workflow: str, state: State, end: int | None) -> None:
        execution = Execution(id, workflow, "000001-abc", state, 0, end_time=end)
        number = put_execution(connection, execution)
        connection.execute("INSERT INTO journal VALUES (?, 1, 0.0, 'done', '', '', '')", (number,))
        connection.execute("INSERT INTO sleeps VALUES (?, 'nap#1', 0.0)", (number,))
        connection.execute("INSERT INTO step_entries VALUES (?, 1, '{}')", (id,))
        connection.execute(
            "INSERT INTO logs (execution, time, severity, entry) VALUES (?, 0, 'INFO', '{}')", (id,)
        )

    for days in range(10):
        put(f"w {days}", "w", "SUCCEEDED", NOW - days * DAY)
    put("active", "w", "ACTIVE", None)
    put("other", "x", "FAILED", NOW)


def left(connection: sqlite3.Connection) -> list[str]:
    """The ids of the executions that there are, and nothing is left of the others."""
    rows = list(connection.execute("SELECT number, id FROM executions ORDER BY number"))
    ids = [id for _, id in rows]
    for table, column in (("journal", 0), ("sleeps", 0), ("step_entries", 1), ("logs", 1)):
        found = {execution for (execution,) in connection.execute(f"SELECT execution FROM {table}")}
        assert found == {row[column] for row in rows}
    return ids


@pytest.mark.parametrize(
    ("retention", "kept"),
    [
        (Retention(seconds=None), [f"w {n}" for n in range(10)]),
        (Retention(seconds=3.5 * 86_400), ["w 0", "w 1", "w 2", "w 3"]),
        (Retention(seconds=0), ["w 0"]),
        (Retention(seconds=None, count=3), ["w 0", "w 1"]),
        (Retention(seconds=1.5 * 86_400, count=2), ["w 0"]),
    ],
)
def test_what_is_too_old_or_too_many_goes_and_what_has_not_finished_stays(
    retention: Retention, kept: list[str]
) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(SCHEMA)
        executions(connection)
        while delete_old(retention, NOW, connection)[1]:
            pass
        assert left(connection) == [*kept, "active", "other"]


def test_long_logs_go_in_several_writes_and_their_execution_with_the_last() -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(SCHEMA)
        executions(connection)
        connection.executemany(
            "INSERT INTO logs (execution, time, severity, entry) VALUES ('w 5', 0, 'INFO', '{}')",
            [()] * 50_000,
        )
        retention, gone, changes = Retention(seconds=4.5 * 86_400), [], []
        more = True
        while more:
            before = connection.total_changes
            ids, more = delete_old(retention, NOW, connection)
            gone.append(ids)
            changes.append(connection.total_changes - before)
        assert gone == [["w 9", "w 8", "w 7", "w 6"], [], ["w 5"], []]
        assert max(changes) < 20_100
        assert left(connection) == ["w 0", "w 1", "w 2", "w 3", "w 4", "active", "other"]


def test_with_a_workflow_all_of_its_executions_go() -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(SCHEMA)
        executions(connection)
        assert len(delete_executions_of("w", 11, connection)) == 11
        assert left(connection) == ["other"]


@pytest.mark.parametrize(
    ("seconds", "kept"),
    [
        (None, ["2 hours", "90 days", "now"]),
        (7 * 86_400.0, ["2 hours", "now"]),
        (0.0, ["now"]),
    ],
)
def test_operations_are_kept_as_long_as_executions_and_for_who_waits_for_them(
    seconds: float | None, kept: list[str]
) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.executescript(SCHEMA)

        def put(id: str, age: int) -> None:
            time = NOW - age
            put_operation(connection, Operation(id, "create", "w", time, time, None, None))

        put("now", 0)
        put("2 hours", DAY // 12)
        put("90 days", 90 * DAY)
        for number in range(1200):
            put(f"old {number}", 91 * DAY)
        while delete_old_operations(Retention(seconds), NOW, connection):
            pass
        query = "SELECT id FROM operations WHERE id NOT GLOB 'old*' ORDER BY id"
        assert [id for (id,) in connection.execute(query)] == kept
        [(old,)] = connection.execute("SELECT count(*) FROM operations WHERE id GLOB 'old*'")
        assert old == (1200 if seconds is None else 0)


def test_the_service_keeps_what_it_is_told_to(tmp_path: Path) -> None:
    async def main() -> None:
        database = Database(tmp_path / "service.db", SCHEMA)
        old = Operation("old", "create", "w", 0, 0, None, None)
        await database.write(partial(put_operation, operation=old))
        await database.write(executions)
        await database.write(lambda c: c.execute("DELETE FROM executions WHERE id = 'active'"))
        await database.close()
        async with serving(tmp_path, lambda: NOW, retention=Retention(count=1)) as service:
            query = "SELECT id FROM executions"
            await until(lambda: [row["id"] for row in service.database.read(query)] == ["other"])
            await until(lambda: not service.database.read("SELECT id FROM operations"))

    asyncio.run(asyncio.wait_for(main(), 30))


def test_what_cannot_be_deleted_for_a_full_disk_is_deleted_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[int] = []

    def full(retention: Retention, now: int, connection: sqlite3.Connection) -> object:
        if not refused:
            refused.append(now)
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return delete_old(retention, now, connection)

    async def main() -> None:
        database = Database(tmp_path / "service.db", SCHEMA)
        await database.write(executions)
        folders = WorkingFolders(tmp_path / "peak", is_kept=False)
        keeping = asyncio.ensure_future(keep(database, folders, Retention(count=1), lambda: NOW))
        query = "SELECT id FROM executions WHERE end_time IS NOT NULL"
        await until(lambda: keeping.done() or len(database.read(query)) == 1)
        assert not keeping.done()
        assert refused
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await database.close()

    monkeypatch.setattr("wfc_service.store.retention.delete_old", full)
    monkeypatch.setattr("wfc_service.store.retention._PAUSE", 0)
    asyncio.run(asyncio.wait_for(main(), 30))
