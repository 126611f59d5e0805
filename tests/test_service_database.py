"""The service's SQLite file: writes in groups, each on its own, durable when they are answered."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from wfc_service.errors import ApiError
from wfc_service.store.database import Database

SCHEMA = "CREATE TABLE IF NOT EXISTS numbers (n INTEGER PRIMARY KEY) STRICT"


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[Database]:
    database = Database(path, SCHEMA)
    try:
        yield database
    finally:
        await database.close()


def insert(database: Database, number: int) -> asyncio.Future[int]:
    def change(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO numbers VALUES (?)", (number,))
        return number

    return database.write(change)


def numbers(database: Database) -> list[int]:
    return [row["n"] for row in database.read("SELECT n FROM numbers ORDER BY n")]


def test_what_is_written_can_be_read_at_once_and_after_a_restart(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path / "db") as database:
            assert await asyncio.gather(*(insert(database, n) for n in range(2000))) == list(
                range(2000)
            )
            assert numbers(database) == list(range(2000))
        async with opened(tmp_path / "db") as database:
            assert numbers(database) == list(range(2000))

    asyncio.run(main())


def test_a_write_that_fails_undoes_itself_alone(tmp_path: Path) -> None:
    def twice(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO numbers VALUES (7)")
        connection.execute("INSERT INTO numbers VALUES (1)")

    async def main() -> None:
        async with opened(tmp_path / "db") as database:
            first, failing, last = insert(database, 1), database.write(twice), insert(database, 2)
            with pytest.raises(sqlite3.IntegrityError):
                await failing
            assert [await first, await last] == [1, 2]
            assert numbers(database) == [1, 2]

    asyncio.run(main())


def test_a_full_disk_refuses_what_is_asked_for_until_there_is_room(tmp_path: Path) -> None:
    def fill(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE large AS SELECT zeroblob(1000000)")

    def pages(number: int) -> Callable[[sqlite3.Connection], object]:
        return lambda connection: connection.execute(f"PRAGMA max_page_count = {number}").fetchall()

    async def main() -> None:
        async with opened(tmp_path / "numbers.db") as database:
            await database.write(pages(3))
            with pytest.raises(ApiError, match="cannot write its data") as refused:
                await database.write(fill)
            assert (refused.value.code, refused.value.retry_after) == (503, 5)
            assert database.is_failing
            assert await insert(database, 1) == 1
            assert not database.is_failing
            await database.write(pages(1_000_000))
            await database.write(fill)

    asyncio.run(main())


def test_a_write_that_changes_nothing_does_not_tell_that_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA max_page_count = 3").fetchall()
        connection.execute("CREATE TABLE large AS SELECT zeroblob(1000000)")

    async def main() -> None:
        async with opened(tmp_path / "numbers.db") as database:
            with pytest.raises(ApiError):
                await database.write(full)
            with monkeypatch.context() as no_room:
                no_room.setattr("wfc_service.store.database._PROBE", "a page that has no room")
                with pytest.raises(ApiError):
                    await database.write(lambda _: None)
                assert database.is_failing
            await database.write(lambda _: None)
            assert not database.is_failing

    asyncio.run(main())


def test_what_has_been_asked_for_is_written_before_the_file_is_closed(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path / "db") as database:
            writes = [insert(database, n) for n in range(100)]
        assert [write.result() for write in writes] == list(range(100))

    asyncio.run(main())


def test_reading_cannot_write(tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path / "db") as database:
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                database.read("INSERT INTO numbers VALUES (1)")

    asyncio.run(main())


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "db"
    path.write_bytes(b"these are my notes, " * 100)

    async def main() -> None:
        with pytest.raises(sqlite3.DatabaseError, match="not a database"):
            Database(path, SCHEMA)

    asyncio.run(main())
    assert path.read_bytes() == b"these are my notes, " * 100
