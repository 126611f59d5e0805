"""The service's SQLite file: one thread writes, in groups; reading is done where it is wanted.

    await database.write(lambda connection: connection.execute(…))    durable when it returns
    database.read("SELECT …", …)                                      what has been committed

Whoever waits for a write is answered after the commit of its group.  A write that fails undoes
itself alone and raises for who asked for it.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, Literal, TypeAlias, TypeVar

from wfc_service.errors import ApiError

_log = logging.getLogger(__name__)

_T = TypeVar("_T")

Durability: TypeAlias = Literal["normal", "full"]
"""What a commit survives: the end of the process, or the end of the machine as well."""

_Job: TypeAlias = tuple[Callable[[sqlite3.Connection], Any], "asyncio.Future[Any]"]
_Done: TypeAlias = "tuple[asyncio.Future[Any], Any, BaseException | None]"

_GROUP: Final = 512
"""Writes that are committed together at most."""

_NO_ROOM: Final = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY)
"""What is wrong with the disk, not with a write."""

_PROBE: Final = "PRAGMA user_version = 0"
"""Writes to the file, though nothing changes: a group that writes nothing does not tell that there
is room again."""

_RETRY_AFTER: Final = 5
"""Seconds after which room may have been made."""


class Database:
    """Belongs to the event loop in which it is opened."""

    def __init__(self, path: Path, schema: str, durability: Durability = "normal") -> None:
        """Raises sqlite3.DatabaseError for a file that is no database, OSError for no file."""
        self.folder = path.parent
        self._path = path
        self._writer = self._connect(durability)
        self._writer.executescript(schema)
        self._reader = self._read_only(durability)
        self._scanner = self._read_only(durability)
        self._scanning = asyncio.Lock()
        self.failures = 0
        """Groups that could not be committed, as far as the writing thread knows."""
        self.is_failing = False
        """Whether the last group was one of them."""
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._thread = Thread(target=self._work, name="wfc database", daemon=True)
        self._thread.start()

    def _connect(self, durability: Durability) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {durability}")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def _read_only(self, durability: Durability) -> sqlite3.Connection:
        connection = self._connect(durability)
        connection.execute("PRAGMA query_only = ON")
        connection.row_factory = sqlite3.Row
        return connection

    def write(self, change: Callable[[sqlite3.Connection], _T]) -> asyncio.Future[_T]:
        """What `change` returns, once it is committed; writes happen in the order of the calls.

        Raises what `change` raises, and ApiError UNAVAILABLE where its group cannot be committed.

        `change` runs in another thread and must not keep the connection.
        """
        done: asyncio.Future[_T] = self._loop.create_future()
        self._jobs.put((change, done))
        return done

    def read(self, query: str, *values: Any) -> list[sqlite3.Row]:
        return self._reader.execute(query, values).fetchall()

    async def scan(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """As `read`, for a query that may look at many rows: it runs in a thread, one at a time."""
        async with self._scanning:
            return await asyncio.to_thread(lambda: self._scanner.execute(query, values).fetchall())

    def define(self, name: str, function: Callable[[Any], Any]) -> None:
        """Lets queries call a function of one argument by its name, in any thread."""
        for connection in (self._reader, self._scanner):
            connection.create_function(name, 1, function)

    async def close(self) -> None:
        """Commits what has been asked for and closes the file."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)
        async with self._scanning:
            self._scanner.close()
        self._reader.close()
        self._writer.close()

    # the writer's thread

    def _work(self) -> None:
        going = True
        while going:
            group: list[_Job] = []
            job = self._jobs.get()
            while job is not None:
                group.append(job)
                if len(group) == _GROUP or self._jobs.empty():
                    break
                job = self._jobs.get()
            going = job is not None
            if group:
                self._commit(group)

    def _commit(self, group: list[_Job]) -> None:
        writer = self._writer
        done: list[_Done] = []
        try:
            writer.execute("BEGIN IMMEDIATE")
            if self.is_failing:
                writer.execute(_PROBE)
            for change, future in group:
                writer.execute("SAVEPOINT one")
                try:
                    done.append((future, change(writer), None))
                except Exception as exc:
                    if isinstance(exc, sqlite3.Error) and exc.sqlite_errorcode & 0xFF in _NO_ROOM:
                        raise
                    writer.execute("ROLLBACK TO one")
                    done.append((future, None, exc))
                writer.execute("RELEASE one")
            writer.execute("COMMIT")
            self.is_failing = False
        except Exception as exc:  # the file is full or gone: nobody's write is there
            self.failures += 1
            if writer.in_transaction:
                writer.execute("ROLLBACK")
            if not self.is_failing:
                _log.error("data cannot be written, so that requests are refused: %s", exc)
            self.is_failing = True
            done = [(future, None, _unwritten()) for _, future in group]
        self._loop.call_soon_threadsafe(_answer, done)


def _unwritten() -> ApiError:
    return ApiError("UNAVAILABLE", "The service cannot write its data.", retry_after=_RETRY_AFTER)


def _answer(done: list[_Done]) -> None:
    for future, result, error in done:
        if future.cancelled():
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
