"""The database of sql and export steps (spec 11 §1.8): in go queries, out come rows in files.

SQLAlchemy is imported with the first of these steps; it comes with the extra `peak`.
"""

from __future__ import annotations

import asyncio
import csv
import gzip
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from wfc_runtime.clock import Clock
from wfc_runtime.peak.failure import StepFailed, unusable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_T = TypeVar("_T")

_ROWS = 1_000
"""Rows that are held at one time."""

_QUERIES = 32
"""Those of one execution that run at one time, in threads of its own: they may take hours."""

_AGAIN = 0.05
"""Seconds until a query that goes on is interrupted again."""


class Warehouse:
    """A database by its URL, as SQLAlchemy has it; opened when first used."""

    __slots__ = ("_engine", "_threads", "_url")

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: Engine | None = None
        self._threads = ThreadPoolExecutor(_QUERIES, "wfc query")

    async def execute(self, script: str, clock: Clock) -> int:
        """Runs the statements of a script in one transaction; how many there were."""
        statements = _statements(script)

        def work(connection: Connection) -> int:
            for statement in statements:
                connection.exec_driver_sql(statement)
            return len(statements)

        return await self._in_thread(work, clock)

    async def export(
        self,
        schema: str,
        table: str,
        sort_by: str,
        folder: Path,
        clock: Clock,
        *,
        descending: bool,
        compression: bool,
    ) -> tuple[Path, int]:
        """Writes a sorted table to `SCHEMA.TABLE.csv`, or `.csv.gz`; the file and its rows."""
        file = folder / f"{schema}.{table}.csv{'.gz' if compression else ''}".replace("/", "_")

        def work(connection: Connection) -> int:
            import sqlalchemy as sql

            place = None if _lacks_schema(connection, schema) else schema
            source = sql.table(table, schema=place)
            column: Any = sql.column(sort_by)
            query = sql.select(sql.text("*")).select_from(source)
            query = query.order_by(column.desc() if descending else column.asc())
            found = connection.execution_options(yield_per=_ROWS).execute(query)
            opener = gzip.open if compression else open
            count = 0
            with opener(file, "wt", encoding="utf-8", newline="") as out:
                writer = csv.writer(out)
                writer.writerow(found.keys())
                for rows in found.partitions():
                    writer.writerows(rows)
                    count += len(rows)
            return count

        return file, await self._in_thread(work, clock)

    async def _in_thread(self, work: Callable[[Connection], _T], clock: Clock) -> _T:
        """The result of `work` in a transaction; a cancelled one is interrupted and rolled back."""
        opened = self._open()
        holder: list[Connection] = []
        stopped = threading.Event()

        def transaction() -> _T:
            from sqlalchemy.exc import SQLAlchemyError

            try:
                with opened.begin() as connection:
                    holder.append(connection)
                    if stopped.is_set():
                        raise StepFailed("stopped")
                    return work(connection)
            except SQLAlchemyError as error:
                original = getattr(error, "orig", None) or error
                failure = StepFailed(f"the database refused: {original}")
            except OSError as error:
                failure = StepFailed(f"the file cannot be written: {error.strerror}")
            raise failure  # out here, where an error with its parameters is no context of it

        with clock.outside():
            loop = asyncio.get_running_loop()
            working = loop.run_in_executor(self._threads, transaction)
            try:
                return await asyncio.shield(working)
            except asyncio.CancelledError:
                stopped.set()
                while not working.done():  # what has not begun yet cannot be interrupted yet
                    for connection in holder:
                        _interrupt(connection)
                    await asyncio.wait((working,), timeout=_AGAIN)
                working.exception()
                raise

    def _open(self) -> Engine:
        if self._engine is None:
            try:
                import sqlalchemy
            except ImportError:
                raise unusable(
                    "sql and export steps need SQLAlchemy", 'pip install "wfc-compiler[peak]"'
                ) from None
            try:
                self._engine = sqlalchemy.create_engine(self._url)
            except (sqlalchemy.exc.ArgumentError, ImportError) as error:
                raise unusable(
                    f"the database cannot be used: {type(error).__name__}",
                    "write its URL as SQLAlchemy has it, and install its driver",
                ) from None
        return self._engine

    def close(self) -> None:
        self._threads.shutdown(wait=False)
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


def _statements(script: str) -> list[str]:
    """The statements of a script, as they are; what is only a comment is none."""
    try:
        import sqlparse
    except ImportError:
        raise unusable("sql steps need sqlparse", 'pip install "wfc-compiler[peak]"') from None
    try:
        found = sqlparse.split(script)
        bare = [sqlparse.format(each, strip_comments=True).strip(" ;\n\t\r") for each in found]
    except sqlparse.exceptions.SQLParseError as error:
        raise unusable(f"the script cannot be read: {error}", "split it into steps") from None
    return [each for each, rest in zip(found, bare, strict=True) if rest]


def _lacks_schema(connection: Connection, schema: str) -> bool:
    """Whether this is SQLite without a database of that name: its tables are in `main`."""
    if connection.dialect.name != "sqlite":
        return False
    with closing(connection.exec_driver_sql("PRAGMA database_list")) as found:
        return schema not in {row[1] for row in found}


def _interrupt(connection: Connection) -> None:
    """Ends what the driver does, where the driver can (sqlite3, psycopg).

    What has just ended by itself, in its own thread, has no driver's connection any more.
    """
    from sqlalchemy.exc import ResourceClosedError

    try:
        driver = connection.connection.driver_connection
    except ResourceClosedError:
        return
    for name in ("interrupt", "cancel"):
        if callable(end := getattr(driver, name, None)):
            with suppress(Exception):  # of the driver's own kind: it is asked again
                end()
            return
