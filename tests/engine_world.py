"""The engine without processes, threads or files: what workers say and what is written is a test's.

    world = World(Bounds(active=1))
    execution = world.do(world.create("w"))    with `commit` behind it, as all of `do`
    world.end(execution.id)

Between two calls everything has come to rest: what waits now waits for a worker or for the disk.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar, cast
from unittest.mock import patch

from wfc_service.engine.admission import Bounds
from wfc_service.engine.interface import NewExecution
from wfc_service.engine.runs import Runs
from wfc_service.engine.workers import Host, Worker
from wfc_service.errors import ApiError
from wfc_service.names import Place
from wfc_service.settings import Settings
from wfc_service.store.database import Database
from wfc_service.store.records import Execution, Revision, Workflow
from wfc_service.store.schema import SCHEMA
from wfc_service.store.tables import EXECUTION_COLUMNS, execution_of, put_revision, put_workflow
from wfc_service.times import Nanoseconds

T = TypeVar("T")

PLACE = Place("my-project", "us-central1", 123)


class Disk:
    """A database in memory, whose writes wait for `commit` or `refuse`."""

    folder = Path("/nowhere")

    def __init__(self) -> None:
        self.failures = 0
        self.jobs: list[tuple[Callable[[sqlite3.Connection], Any], asyncio.Future[Any]]] = []
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript(SCHEMA)

    def write(self, change: Callable[[sqlite3.Connection], Any]) -> asyncio.Future[Any]:
        done = asyncio.get_running_loop().create_future()
        self.jobs.append((change, done))
        return done

    def read(self, query: str, *values: Any) -> list[sqlite3.Row]:
        return self.connection.execute(query, values).fetchall()

    def commit(self, count: int) -> None:
        """Carries the first writes out, as one group."""
        group, self.jobs = self.jobs[:count], self.jobs[count:]
        for change, done in group:
            self.connection.execute("SAVEPOINT one")
            try:
                result = change(self.connection)
            except Exception as error:  # whatever it is, it belongs to who asked for the write
                self.connection.execute("ROLLBACK TO one")
                _answer(done, None, error)
            else:
                _answer(done, result, None)
            self.connection.execute("RELEASE one")

    def refuse(self, count: int) -> None:
        """Answers the first writes as while the disk is full."""
        group, self.jobs = self.jobs[:count], self.jobs[count:]
        self.failures += 1
        for _, done in group:
            _answer(done, None, ApiError("UNAVAILABLE", "The service cannot write its data."))


def _answer(done: asyncio.Future[Any], result: Any, error: Exception | None) -> None:
    if done.cancelled():
        return
    if error is None:
        done.set_result(result)
    else:
        done.set_exception(error)


class FakeWorker(Worker):
    """Does nothing; what it is sent is what it has."""

    def __init__(self, begun: Callable[[int], None]) -> None:
        super().__init__(cast(Any, None), cast(Any, None))
        self.has: set[int] = set()
        self.is_killed = False
        self._begun = begun

    def send(self, *message: Any) -> None:
        if message[0] == "run":
            self.has.add(message[1])
            self._begun(message[1])

    def kill(self) -> None:
        self.is_killed = True


class FakeWorkers:
    def __init__(self, count: int, settings: object, host: Host, world: World) -> None:
        self.there: list[FakeWorker] = []
        self._count = count
        self._host = host
        self._world = world

    async def start(self) -> None:
        for _ in range(self._count):
            self.join()

    async def stop(self, patience: float) -> None:
        pass

    def join(self) -> None:
        worker = FakeWorker(self._world.begun)
        self.there.append(worker)
        self._host.joined(worker)

    def say(self, worker: FakeWorker, *message: Any) -> None:
        self._host.received(worker, [list(message)])

    def lose(self, worker: FakeWorker) -> None:
        self.there.remove(worker)
        self._host.lost(worker, list(worker.has))

    def least_loaded(self) -> FakeWorker | None:
        return min(self.there, key=lambda worker: len(worker.executions), default=None)


class World:
    """`runs` on a `disk`, with `workers`; `order` has the numbers of executions as they began."""

    def __init__(self, bounds: Bounds, *, workers: int = 1, **settings: Any) -> None:
        self.disk = Disk()
        self.order: list[int] = []
        self.shift: Nanoseconds = 0
        self.pauses: list[float] = []
        self.workflows: dict[str, Workflow] = {}
        self._settings = Settings(workers=workers, bounds=bounds, **settings)
        self._revisions = 0
        self._loop = asyncio.new_event_loop()
        self.open()

    def open(self) -> None:
        def workers(count: int, settings: object, host: Host) -> FakeWorkers:
            self.workers = FakeWorkers(count, settings, host, self)
            return self.workers

        async def opening() -> None:
            database = cast(Database, self.disk)
            self.runs = Runs(database, PLACE, self._settings, self.now, self._pause)
            with patch("wfc_service.engine.runs.Workers", workers):
                await self.runs.open()

        self.do(opening())

    def crash(self) -> None:
        """The service is killed: what is not written is lost."""
        self.disk.jobs.clear()
        self._stop()
        self.open()

    def close(self) -> None:
        self._stop()
        self._loop.close()
        self.disk.connection.close()

    def _stop(self) -> None:
        async def stopping() -> None:
            tasks = asyncio.all_tasks() - {asyncio.current_task()}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        self._loop.run_until_complete(stopping())

    def now(self) -> Nanoseconds:
        return time.time_ns() + self.shift

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)

    def begun(self, number: int) -> None:
        self.order.append(number)

    # what happens

    def rest(self) -> None:
        """Lets everything go on that waits for nothing."""

        async def resting() -> None:
            for _ in range(12):
                await asyncio.sleep(0)

        self._loop.run_until_complete(resting())

    def now_do(self, what: Callable[..., object], *values: Any) -> None:
        """Calls what has to be called within the event loop."""

        async def calling() -> None:
            what(*values)

        self._loop.run_until_complete(calling())
        self.rest()

    def ask(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Begins a request."""
        task = self._loop.create_task(work)
        self.rest()
        return task

    def commit(self) -> None:
        """Commits all that is asked for, and what comes of that."""
        self.rest()
        for _ in range(1000):
            if not self.disk.jobs:
                return
            self.disk.commit(len(self.disk.jobs))
            self.rest()
        raise AssertionError("there always is more to write")

    def settle(self) -> None:
        """As `commit`, and replaces workers that were killed."""
        for _ in range(100):
            self.commit()
            killed = [worker for worker in self.workers.there if worker.is_killed]
            if not killed and not self.disk.jobs:
                return
            for worker in killed:
                self.lose(worker)
                self.join()
        raise AssertionError("workers are killed again and again")

    def refuse(self) -> None:
        self.rest()
        self.disk.refuse(len(self.disk.jobs))
        self.rest()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        task = self.ask(work)
        self.commit()
        assert task.done()
        return task.result()

    def deploy(self, id: str) -> None:
        self._revisions += 1
        name = f"{self._revisions:06}-abc"
        revision = Revision(id, self._revisions, name, "", f"{id}.yaml", "me", 0, "")
        workflow = Workflow(id, revision, 0, 0)
        connection = self.disk.connection
        put_workflow(connection, workflow)
        put_revision(connection, revision)
        self.workflows[id] = workflow

    async def create(self, id: str, **options: Any) -> Execution:
        return await self.runs.create(NewExecution(self.workflows[id], **options))

    async def forget(self, id: str) -> None:
        del self.workflows[id]
        self.disk.connection.execute("DELETE FROM workflows WHERE id = ?", (id,))
        await self.runs.forget(id)

    def say(self, worker: FakeWorker, *message: Any) -> None:
        self.now_do(self.workers.say, worker, *message)

    def lose(self, worker: FakeWorker) -> None:
        self.now_do(self.workers.lose, worker)

    def join(self) -> None:
        self.now_do(self.workers.join)

    def end(self, number: int, state: str = "SUCCEEDED") -> None:
        """The worker of an execution says that it has ended."""
        [worker] = [one for one in self.workers.there if number in one.has]
        worker.has.remove(number)
        self.say(worker, "end", number, state, self.now(), "null", None, [])

    # what there is

    def get(self, execution: str) -> Execution:
        query = f"SELECT {EXECUTION_COLUMNS} FROM executions WHERE id = ?"
        [row] = self.disk.read(query, execution)
        return execution_of(row)

    def numbers(self, *states: str) -> list[int]:
        """Of the executions in one of these states, as far as that is written."""
        rows = self.disk.read("SELECT number, state FROM executions ORDER BY number")
        return [row["number"] for row in rows if row["state"] in states]
