"""A journal in a SQLite file: one thread writes what has come together in one commit.

The file is in WAL mode, so that others may read it meanwhile.  With `durability="normal"` what is
committed survives the end of the process; when the machine itself stops the last commits may be
lost, all of them together.  With "full" it survives that too.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import deque
from os import PathLike
from threading import Event, Thread
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from wfc_runtime.durable.journal import Entry, Recorded, Started

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

_CHUNKS: Final = (64, 8, 1)
"""Rows that one statement inserts: few statements that SQLite prepares once each.

Python lets another thread run at every statement, and it takes up to 5 ms until this one runs again
where the other computes: rows of their own would make a slow journal of a busy program.
"""


class JournalError(Exception):
    """An entry cannot be written, such as one of an execution that runs elsewhere as well."""


class _Job(NamedTuple):
    """A function of the journal with its arguments, and who waits for it."""

    kind: Literal["begin", "commit", "sleep", "load", "forget"]
    execution: str
    given: Any
    done: asyncio.Future[Any]


_Answer: TypeAlias = "tuple[asyncio.Future[Any], Any, BaseException | None]"


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
        self._runs: dict[str, int] = {}
        """The numbers of executions that have begun and not ended."""
        self._jobs: deque[_Job] = deque()
        self._is_waking = False
        self._is_closing = False
        self._awake = Event()
        self._thread = Thread(target=self._work, name="wfc journal", daemon=True)
        self._thread.start()

    # the protocol

    def load(self, execution: str) -> asyncio.Future[Recorded | None]:
        return self._ask("load", execution)

    def begin(self, execution: str, started: Started) -> asyncio.Future[None]:
        return self._ask("begin", execution, started)

    def commit(self, execution: str, entry: Entry) -> asyncio.Future[None]:
        return self._ask("commit", execution, entry)

    def start_sleep(self, execution: str, key: str, wake: float) -> asyncio.Future[None]:
        return self._ask("sleep", execution, (key, wake))

    # for its owner

    def forget(self, execution: str) -> asyncio.Future[None]:
        """Deletes all of an execution, which must not be running."""
        return self._ask("forget", execution)

    def close(self) -> None:
        """Writes what has been handed over and closes the file."""
        self._is_closing = True
        self._awake.set()
        self._thread.join()
        self._connection.close()

    def _ask(self, kind: Any, execution: str, given: Any = None) -> asyncio.Future[Any]:
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        self._jobs.append(_Job(kind, execution, given, done))
        if not self._is_waking:  # once a cycle of the loop: it costs more than all the rest
            self._is_waking = True
            loop.call_soon(self._wake)
        return done

    def _wake(self) -> None:
        self._is_waking = False
        self._awake.set()

    # in its thread

    def _work(self) -> None:
        while True:
            closing = self._is_closing
            while self._jobs:
                group = [self._jobs.popleft() for _ in range(min(len(self._jobs), _GROUP))]
                self._answer(self._together(group))
            if closing:
                return
            self._awake.wait()
            self._awake.clear()

    def _together(self, group: list[_Job]) -> list[_Answer]:
        """Does jobs in one transaction; one that fails undoes only itself."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            answers = self._begin([job for job in group if job.kind == "begin"])
            answers += self._write("entries", [job for job in group if job.kind == "commit"])
            answers += self._write("wakes", [job for job in group if job.kind == "sleep"])
            self._end_sleeps([job for job in group if job.kind == "commit"])
            for job in group:
                if job.kind == "load":
                    answers.append((job.done, self._load(job.execution), None))
                elif job.kind == "forget":
                    self._forget(job.execution)
                    answers.append((job.done, None, None))
            self._connection.execute("COMMIT")
        except Exception as exc:  # the disk is full, or gone: nothing was written
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            return [(job.done, None, exc) for job in group]
        return answers

    def _answer(self, answers: list[_Answer]) -> None:
        for loop in {future.get_loop() for future, _, _ in answers}:
            mine = [answer for answer in answers if answer[0].get_loop() is loop]
            try:
                loop.call_soon_threadsafe(_tell, mine)
            except RuntimeError:
                pass  # the loop has been closed: nobody waits any more

    def _insert(self, table: str, jobs: list[_Job], rows: list[tuple[Any, ...]]) -> list[_Answer]:
        """Inserts a row for each job; where one is there already its job fails."""
        answers: list[_Answer] = []
        at = 0
        for size in _CHUNKS:
            while len(rows) - at >= size:
                part, at = rows[at : at + size], at + size
                marks = ", ".join([f"({', '.join('?' * len(part[0]))})"] * size)
                try:
                    self._connection.execute(
                        f"INSERT INTO {table} VALUES {marks}",
                        [value for row in part for value in row],
                    )
                except sqlite3.IntegrityError:
                    if size > 1:
                        for n in range(at - size, at):
                            answers += self._insert(table, jobs[n : n + 1], rows[n : n + 1])
                        continue
                    twice = JournalError(f"execution {jobs[at - 1].execution} runs twice")
                    answers.append((jobs[at - 1].done, None, twice))
                else:
                    answers += [(job.done, None, None) for job in jobs[at - size : at]]
        return answers

    def _begin(self, jobs: list[_Job]) -> list[_Answer]:
        if not jobs:
            return []
        [[last]] = self._connection.execute("SELECT coalesce(max(number), 0) FROM runs")
        rows = []
        for number, job in enumerate(jobs, last + 1):
            began: Started = job.given
            env = json.dumps(None if began.env is None else dict(began.env))
            rows.append(
                (
                    number,
                    job.execution,
                    began.revision,
                    began.time,
                    began.argument,
                    began.seed,
                    env,
                    began.callbacks,
                    began.call_log,
                )
            )
        answers = self._insert("runs", jobs, rows)
        failed = {future for future, _, error in answers if error is not None}
        for row, job in zip(rows, jobs, strict=True):
            if job.done not in failed:
                self._runs[job.execution] = row[0]
        return answers

    def _write(self, table: str, jobs: list[_Job]) -> list[_Answer]:
        """Inserts the rows that jobs have for executions that have begun."""
        known = [job for job in jobs if job.execution in self._runs]
        rows = [(self._runs[job.execution], *job.given) for job in known]
        answers = self._insert(table, known, rows)
        for job in jobs:
            if job.execution not in self._runs:
                unknown = JournalError(f"execution {job.execution} has not begun, or has ended")
                answers.append((job.done, None, unknown))
        return answers

    def _end_sleeps(self, jobs: list[_Job]) -> None:
        """Those of entries that have just been written."""
        ended = []
        for job in jobs:
            entry: Entry = job.given
            if entry.kind == "slept" and job.execution in self._runs:
                ended += [self._runs[job.execution], entry.key]
            elif entry.kind == "ended":
                run = self._runs.pop(job.execution, None)
                self._connection.execute("DELETE FROM wakes WHERE run = ?", (run,))
        for size in _CHUNKS:
            while len(ended) >= size * 2:
                part, ended = ended[: size * 2], ended[size * 2 :]
                marks = ", ".join(["(?, ?)"] * size)
                self._connection.execute(
                    f"DELETE FROM wakes WHERE (run, key) IN (VALUES {marks})", part
                )

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
            self._runs[execution] = number
        return Recorded(
            Started(revision, time, argument, seed, json.loads(env), callbacks, call_log),
            known,
            dict(execute("SELECT key, time FROM wakes WHERE run = ?", (number,))),
        )

    def _forget(self, execution: str) -> None:
        row = self._connection.execute(
            "DELETE FROM runs WHERE execution = ? RETURNING number", (execution,)
        ).fetchone()
        if row is not None:
            self._connection.execute("DELETE FROM entries WHERE run = ?", row)
            self._connection.execute("DELETE FROM wakes WHERE run = ?", row)
        self._runs.pop(execution, None)


def _tell(answers: list[_Answer]) -> None:
    for future, result, error in answers:
        if future.done():  # cancelled
            continue
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
