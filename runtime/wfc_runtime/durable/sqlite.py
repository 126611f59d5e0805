"""A journal in a SQLite file: one thread writes what has come together in one commit.

The file is in WAL mode, so that others may read it meanwhile.  With `durability="normal"` what is
committed survives the end of the process; when the machine itself stops the last commits may be
lost, all of them together.  With "full" it survives that too.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable
from functools import partial
from os import PathLike
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, Literal, TypeAlias, TypeVar

from wfc_runtime.durable.journal import Entry, Recorded, Started

_T = TypeVar("_T")

_GROUP: Final = 512
"""Writes that are committed together at most."""

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS runs (
    number INTEGER PRIMARY KEY,
    execution TEXT NOT NULL UNIQUE,
    revision TEXT NOT NULL,
    time REAL NOT NULL,
    argument TEXT NOT NULL,
    seed TEXT NOT NULL,
    env TEXT NOT NULL,                   -- JSON
    callbacks TEXT NOT NULL,
    call_log TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS entries (
    run INTEGER NOT NULL,
    number INTEGER NOT NULL,
    time REAL NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    what TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS wakes (       -- of the sleeps that have begun and not ended
    run INTEGER NOT NULL,
    key TEXT NOT NULL,
    time REAL NOT NULL,
    PRIMARY KEY (run, key)
) STRICT, WITHOUT ROWID;
"""

_Job: TypeAlias = tuple[Callable[[], Any], "asyncio.Future[Any]"]
_Done: TypeAlias = "tuple[asyncio.Future[Any], Any, BaseException | None]"


class JournalError(Exception):
    """An entry cannot be written, such as one of an execution that runs elsewhere as well."""


class SqliteJournal:
    """May be shared by any number of executions and event loops of one process."""

    def __init__(
        self, path: str | PathLike[str], durability: Literal["normal", "full"] = "normal"
    ) -> None:
        """Raises sqlite3.Error for a file that cannot be opened or is no database."""
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute(f"PRAGMA synchronous = {durability}")
        self._connection.executescript(_SCHEMA)
        self._numbers: dict[str, int] = {}
        """Of the executions that have begun and not ended."""
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="wfc journal", daemon=True)
        self._thread.start()

    # the protocol

    def load(self, execution: str) -> asyncio.Future[Recorded | None]:
        return self._ask(partial(self._load, execution))

    def begin(self, execution: str, started: Started) -> asyncio.Future[None]:
        return self._ask(partial(self._begin, execution, started))

    def commit(self, execution: str, entry: Entry) -> asyncio.Future[None]:
        return self._ask(partial(self._commit, execution, entry))

    def start_sleep(self, execution: str, key: str, wake: float) -> asyncio.Future[None]:
        return self._ask(partial(self._start_sleep, execution, key, wake))

    # for its owner

    def forget(self, execution: str) -> asyncio.Future[None]:
        """Deletes all of an execution, which must not be running."""
        return self._ask(partial(self._forget, execution))

    def close(self) -> None:
        """Writes what has been handed over and closes the file."""
        self._jobs.put(None)
        self._thread.join()
        self._connection.close()

    def _ask(self, job: Callable[[], _T]) -> asyncio.Future[_T]:
        done: asyncio.Future[_T] = asyncio.get_running_loop().create_future()
        self._jobs.put((job, done))
        return done

    # in its thread

    def _work(self) -> None:
        jobs, going = self._jobs, True
        while going:
            group: list[_Job] = []
            job = jobs.get()
            try:
                while job is not None:
                    group.append(job)
                    if len(group) == _GROUP:
                        break
                    job = jobs.get_nowait()
            except Empty:
                pass
            going = job is not None
            if group:
                self._answer(self._together(group))

    def _together(self, group: list[_Job]) -> list[_Done]:
        """Does jobs in one transaction; one that fails undoes only itself."""
        done: list[_Done] = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for job, future in group:
                try:
                    done.append((future, job(), None))
                except Exception as exc:
                    done.append((future, None, exc))
            self._connection.execute("COMMIT")
        except sqlite3.Error as exc:  # the disk is full, or gone: nothing was written
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            return [(future, None, exc) for _, future in group]
        return done

    def _answer(self, done: list[_Done]) -> None:
        loops = {future.get_loop() for future, _, _ in done}
        for loop in loops:
            mine = [each for each in done if each[0].get_loop() is loop]
            try:
                loop.call_soon_threadsafe(_tell, mine)
            except RuntimeError:
                pass  # the loop has been closed: nobody waits any more

    def _load(self, execution: str) -> Recorded | None:
        execute = self._connection.execute
        row = execute(
            "SELECT number, revision, time, argument, seed, env, callbacks, call_log"
            " FROM runs WHERE execution = ?",
            (execution,),
        ).fetchone()
        if row is None:
            return None
        number, revision, time, argument, seed, env, callbacks, call_log = row
        entries = execute(
            "SELECT number, time, kind, key, what, value FROM entries WHERE run = ?"
            " ORDER BY number",
            (number,),
        )
        known = tuple(Entry(*entry) for entry in entries)
        if not known or known[-1].kind != "ended":
            self._numbers[execution] = number
        return Recorded(
            Started(revision, time, argument, seed, json.loads(env), callbacks, call_log),
            known,
            dict(execute("SELECT key, time FROM wakes WHERE run = ?", (number,))),
        )

    def _begin(self, execution: str, started: Started) -> None:
        values = (
            execution,
            started.revision,
            started.time,
            started.argument,
            started.seed,
            json.dumps(dict(started.env)),
            started.callbacks,
            started.call_log,
        )
        try:
            cursor = self._connection.execute(
                "INSERT INTO runs (execution, revision, time, argument, seed, env, callbacks,"
                " call_log) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
        except sqlite3.IntegrityError:
            raise JournalError(f"execution {execution} has begun already") from None
        self._numbers[execution] = cursor.lastrowid or 0

    def _commit(self, execution: str, entry: Entry) -> None:
        run = self._numbers[execution]
        try:
            self._connection.execute(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?)", (run, *entry)
            )
        except sqlite3.IntegrityError:
            raise JournalError(
                f"execution {execution} runs twice: entry {entry.number} is in its journal already"
            ) from None
        if entry.kind == "slept":
            self._connection.execute(
                "DELETE FROM wakes WHERE run = ? AND key = ?", (run, entry.key)
            )
        elif entry.kind == "ended":
            self._connection.execute("DELETE FROM wakes WHERE run = ?", (run,))
            del self._numbers[execution]

    def _start_sleep(self, execution: str, key: str, wake: float) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO wakes VALUES (?, ?, ?)", (self._numbers[execution], key, wake)
        )

    def _forget(self, execution: str) -> None:
        row = self._connection.execute(
            "DELETE FROM runs WHERE execution = ? RETURNING number", (execution,)
        ).fetchone()
        if row is not None:
            self._connection.execute("DELETE FROM entries WHERE run = ?", row)
            self._connection.execute("DELETE FROM wakes WHERE run = ?", row)
        self._numbers.pop(execution, None)


def _tell(done: list[_Done]) -> None:
    for future, result, error in done:
        if future.done():  # cancelled
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
