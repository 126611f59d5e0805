"""A small engine for tests of the APIs: runs each execution as a task of this process.

It keeps executions in the service's tables, but has no journal: what runs ends with the test.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast
from uuid import uuid4

from tests.compiled import load

import wfc_runtime.peak.v1 as peak
import wfc_runtime.v1 as wf
from wfc_runtime.callbacks import Endpoint, Refused
from wfc_service.engine.interface import CallbackRequest, NewExecution
from wfc_service.engine.news import News
from wfc_service.errors import ApiError, not_found
from wfc_service.names import PEAK, Place
from wfc_service.store.database import Database
from wfc_service.store.log_rows import INSERT, log_row
from wfc_service.store.records import FINISHED, Execution, Revision
from wfc_service.store.tables import (
    EXECUTION_COLUMNS,
    change_execution,
    execution_of,
    put_execution,
)
from wfc_service.times import Now


@dataclass
class Running:
    """An execution's task, what it waits for, and its callback endpoints by their ids."""

    task: asyncio.Task[None]
    steps: list[dict[str, str]] = field(default_factory=list)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)


class TaskEngine:
    """`full` makes it refuse whatever may not be queued, and queue the rest for good.

    `refusing` makes it refuse everything, as one whose queue is full.  `staying` has what is to be
    seen as if it was still ending, though it was cancelled, with its workflow and its steps.
    """

    def __init__(self, database: Database, place: Place, now: Now) -> None:
        self.full = False
        self.refusing = False
        self.staying: dict[str, tuple[str, Sequence[Mapping[str, Any]]]] = {}
        self.news = News()
        self._database = database
        self._place = place
        self._now = now
        self._running: dict[str, Running] = {}

    async def create(self, new: NewExecution) -> Execution:
        if self.full and new.unbuffered:
            raise ApiError("RESOURCE_EXHAUSTED", "no seat is free", retry_after=1)
        if self.refusing:
            raise ApiError("RESOURCE_EXHAUSTED", "the queue is full", retry_after=1)
        query = "SELECT id FROM executions WHERE workflow = ? AND state IN ('QUEUED', 'ACTIVE')"
        again = "SELECT id FROM executions WHERE workflow = ? AND request_id = ?"
        if (
            new.alone
            and not self._database.read(again, new.workflow.id, new.request_id)
            and self._database.read(query, new.workflow.id)
        ):
            raise ApiError("ABORTED", "an execution of the workflow has not ended yet")
        now = self._now()
        execution = Execution(
            id=str(uuid4()),
            workflow=new.workflow.id,
            revision=new.workflow.revision.id,
            state="QUEUED" if self.full else "ACTIVE",
            create_time=now,
            argument_json=new.argument_json,
            start_time=None if self.full else now,
            labels=new.labels,
            call_log_level=new.call_log_level,
            history_level=new.history_level,
            unbuffered=new.unbuffered,
        )
        try:
            await self._database.write(
                lambda connection: put_execution(connection, execution, new.request_id)
            )
        except sqlite3.IntegrityError:
            return self._find("workflow = ? AND request_id = ?", new.workflow.id, new.request_id)
        if not self.full:
            task = asyncio.create_task(self._run(execution, new.workflow.revision))
            self._running[execution.id] = Running(task)
        return execution

    async def cancel(self, execution: Execution) -> Execution:
        if execution.state in FINISHED:
            reason = f"cancelling execution in state {execution.state} is not allowed"
            raise ApiError("FAILED_PRECONDITION", reason)
        if running := self._running.get(execution.id):
            running.task.cancel()
            await asyncio.wait([running.task])
        if not running or execution.id in self._running:  # it had not begun
            await self._finish(execution, state="CANCELLED")
        return self._find("id = ?", execution.id)

    @property
    def stopping(self) -> Mapping[str, str]:
        return {id: workflow for id, (workflow, _) in self.staying.items()}

    async def receive(self, execution: str, callback: str, request: CallbackRequest) -> None:
        running = self._running.get(execution)
        endpoint = running.endpoints.get(callback) if running else None
        if endpoint is None:
            raise not_found(callback)
        try:
            endpoint.receive(request.method, request.headers, request.query, request.body)
        except Refused as refused:
            raise ApiError(refused.status, str(refused), code=refused.code) from None

    def callbacks(self, execution: str) -> Iterable[Mapping[str, Any]]:
        running = self._running.get(execution)
        for id, endpoint in running.endpoints.items() if running else ():
            yield {"id": id, "method": endpoint.method, "waiters": 1}

    def current_steps(self, execution: str) -> Sequence[Mapping[str, Any]]:
        if execution in self.staying:
            return self.staying[execution][1]
        running = self._running.get(execution)
        return running.steps if running else ()

    async def forget(self, workflow: str) -> None:
        for row in self._database.read("SELECT id FROM executions WHERE workflow = ?", workflow):
            if running := self._running.get(row["id"]):
                running.task.cancel()
                await asyncio.wait([running.task])
        await self._database.write(
            lambda connection: connection.execute(
                "DELETE FROM executions WHERE workflow = ?", (workflow,)
            )
        )

    async def deployed(self, revision: Revision) -> None:
        pass

    @property
    def active(self) -> int:
        return len(self._running)

    @property
    def queued(self) -> int:
        return 0

    async def ended(self, execution: str) -> None:
        """Waits until an execution, by its name or id, has come to its end."""
        if running := self._running.get(execution.rpartition("/")[2]):
            await running.task

    async def close(self) -> None:
        """Cancels what still runs."""
        for running in list(self._running.values()):
            running.task.cancel()
            await asyncio.wait([running.task])

    async def _run(self, execution: Execution, revision: Revision) -> None:
        await asyncio.sleep(0)  # whoever has made it is answered first
        if execution.workflow.startswith(PEAK):
            await self._run_peak(execution, revision)
            return
        watching = _Watching(self._running[execution.id], self._place, execution)
        workflow: wf.Workflow = load(revision.module, execution.workflow).workflow
        try:
            argument = json.loads(execution.argument_json)
            result = await workflow.run(
                argument, observer=watching, callbacks=watching, log=lambda entry: None
            )
            await self._finish(execution, state="SUCCEEDED", result_json=json.dumps(result))
        except wf.WorkflowError as error:
            described = {
                "payload": json.dumps(error.payload),
                "context": error.context,
                "stackTrace": error.stack_trace,
            }
            await self._finish(execution, state="FAILED", error=described)
        except asyncio.CancelledError:
            await self._finish(execution, state="CANCELLED")

    async def _run_peak(self, execution: Execution, revision: Revision) -> None:
        running = self._running[execution.id]
        workflow: peak.Workflow = load(revision.module, "peak").workflow
        body = json.loads(execution.argument_json)

        def changed(result: peak.StepResult) -> None:
            kept = [step for step in running.steps if step["name"] != result.name]
            running.steps = [*kept, cast("dict[str, str]", result.as_json())]
            self.news.tell(execution.id)

        def log(entry: wf.LogEntry) -> None:
            labels = {"step": entry.step}
            time = int(entry.time * 1e9)
            row = log_row(execution.id, time, entry.severity, entry.payload, labels)
            written = self._database.write(lambda connection: connection.execute(INSERT, row))
            written.add_done_callback(lambda _: self.news.tell(execution.id))

        try:
            result = await workflow.run(
                body.get("params"),
                steps=body.get("stepsToRun") or (),
                on_step=changed,
                log=log,
                id=execution.id,
            )
        except asyncio.CancelledError:
            await self._finish(execution, state="CANCELLED")
            return
        state = "FAILED" if result.failed else "SUCCEEDED"
        await self._finish(execution, state=state, result_json=json.dumps(result.as_json()))

    async def _finish(self, execution: Execution, **changes: Any) -> None:
        running = self._running.get(execution.id)
        steps = tuple(running.steps) if running else ()
        ended = replace(execution, end_time=self._now(), steps=steps, **changes)
        await self._database.write(lambda connection: change_execution(connection, ended))
        self.news.tell(execution.id)
        self._running.pop(execution.id, None)  # now `ended` need not wait any more

    def _find(self, condition: str, *values: str) -> Execution:
        sql = f"SELECT {EXECUTION_COLUMNS} FROM executions WHERE {condition}"
        return execution_of(self._database.read(sql, *values)[0])


class _Watching:
    """Sees the steps of an execution that wait, and is where its callback endpoints are."""

    def __init__(self, running: Running, place: Place, execution: Execution) -> None:
        self._running = running
        self._name = place.execution(execution.workflow, execution.id)

    def step_started(self, branch: Any, step: str, what: str) -> None:
        self._running.steps = [{"routine": "main", "step": step}]

    def step_finished(self, branch: Any, step: str, what: str, error: Any) -> None: ...

    def branch_started(self, branch: Any) -> None: ...

    def branch_finished(self, branch: Any, error: Any) -> None: ...

    def log(self, entry: Any) -> None: ...

    def open(self, endpoint: Endpoint) -> str:
        id = endpoint.name.rpartition("/")[2]
        self._running.endpoints[id] = endpoint
        return f"http://127.0.0.1/v1/{self._name}/callbacks/{id}"

    def close(self, endpoint: Endpoint) -> None:
        self._running.endpoints.pop(endpoint.name.rpartition("/")[2], None)
