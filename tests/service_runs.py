"""A running engine in tests: real worker processes, a real file, and deployed workflows."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_service.engine.insistence import Pause
from wfc_service.engine.interface import NewExecution
from wfc_service.engine.runs import Runs
from wfc_service.names import Place
from wfc_service.settings import Settings
from wfc_service.store.database import Database
from wfc_service.store.records import Execution, Revision, Workflow
from wfc_service.store.schema import SCHEMA
from wfc_service.store.tables import (
    EXECUTION_COLUMNS,
    WORKFLOWS,
    execution_of,
    put_revision,
    put_workflow,
    workflow_of,
)
from wfc_service.times import Now

PLACE = Place("my-project", "us-central1", 123)


class Service:
    """The engine with its database, and what tests ask of it."""

    def __init__(self, database: Database, runs: Runs) -> None:
        self.database = database
        self.runs = runs
        self.workflows: dict[str, Workflow] = {}

    async def deploy(
        self, id: str, source: str, number: int = 1, settings: Mapping[str, Any] | None = None
    ) -> Workflow:
        compiled = compile_source(
            Source(f"{id}.yaml", source), accounting=True, history=True, layout=False
        )
        assert compiled.module is not None, compiled.problems
        return await self.deploy_module(id, compiled.module, number, settings)

    async def deploy_module(
        self,
        id: str,
        module: str,
        number: int = 1,
        settings: Mapping[str, Any] | None = None,
        source: str = "",
    ) -> Workflow:
        revision = Revision(
            id, number, f"{number:06}-abc", source, f"{id}.yaml", "me@example.com", 0, module
        )
        workflow = Workflow(id, revision, 0, 0, settings=settings or {})

        def put(connection: Any) -> None:
            put_workflow(connection, workflow)
            put_revision(connection, revision)

        def insert(connection: Any) -> None:
            connection.execute("PRAGMA defer_foreign_keys = ON")
            put(connection)

        await self.database.write(insert)
        await self.runs.deployed(revision)
        self.workflows[id] = workflow
        return workflow

    async def known(self) -> None:
        """Knows the workflows that an earlier life has deployed."""
        for row in self.database.read(WORKFLOWS):
            workflow = workflow_of(row)
            self.workflows[workflow.id] = workflow

    async def create(self, id: str, argument: Any = None, **options: Any) -> Execution:
        new = NewExecution(self.workflows[id], json.dumps(argument), **options)
        return await self.runs.create(new)

    def get(self, execution: str) -> Execution:
        query = f"SELECT {EXECUTION_COLUMNS} FROM executions WHERE id = ?"
        [row] = self.database.read(query, execution)
        return execution_of(row)

    async def result(self, execution: Execution) -> Any:
        """The value that an execution succeeds with."""
        ended = await self.runs.wait(execution.id)
        assert ended.result_json is not None, ended.error
        return json.loads(ended.result_json)

    async def run(self, id: str, argument: Any = None, **options: Any) -> Any:
        return await self.result(await self.create(id, argument, **options))


async def until(condition: Callable[[], bool]) -> None:
    """Returns when something has come to be, of which nobody can tell."""
    while not condition():
        await asyncio.sleep(0.001)


@asynccontextmanager
async def serving(
    folder: Path,
    now: Now = time.time_ns,
    *,
    workers: int = 1,
    patience: float = 0,
    pause: Pause = asyncio.sleep,
    **settings: Any,
) -> AsyncIterator[Service]:
    """A service whose file is in a folder; opened again, it goes on with what is there."""
    database = Database(folder / "service.db", SCHEMA)
    runs = Runs(database, PLACE, Settings(workers=workers, auth="none", **settings), now, pause)
    service = Service(database, runs)
    try:
        await runs.open()
        try:
            yield service
        finally:
            await runs.close(patience)
    finally:
        await database.close()
