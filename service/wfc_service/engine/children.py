"""Executions that executions ask for: each is created once, whatever dies in between.

What asks is a call in a workflow, whose key is the request id of what it creates: asked again, by
another worker or after a restart, it is the same execution.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from wfc_service.engine.interface import NewExecution
from wfc_service.errors import ApiError, not_found
from wfc_service.google.resources import execution_resource
from wfc_service.names import Place
from wfc_service.store.database import Database
from wfc_service.store.records import FINISHED, Execution
from wfc_service.store.tables import (
    EXECUTION_COLUMNS,
    WORKFLOWS,
    execution_of,
    workflow_of,
)
from wfc_service.worker.pipe import Message

_log = logging.getLogger(__name__)

Answer = Callable[..., None]
"""Takes `"done"` and a value, or `"refused"` with code, status and message of an HttpError."""


class Creator(Protocol):
    async def create(self, new: NewExecution) -> Execution: ...


class Children:
    def __init__(self, database: Database, place: Place, creator: Creator) -> None:
        self._database = database
        self._place = place
        self._creator = creator
        self._waiting: dict[str, list[Callable[[Execution], None]]] = {}
        """Who waits for the end of an execution."""
        self._tasks: set[asyncio.Task[None]] = set()

    def asked(self, parent: Execution, answer: Answer, wanted: Message) -> None:
        """Answers a question of a worker: `create …` or `wait EXECUTION`."""
        match wanted:
            case ["create", *options]:
                self._answer(answer, self._create(parent, *options))
            case ["wait", execution]:
                self._wait(execution, answer)

    def ended(self, execution: Execution) -> None:
        """Tells all who wait for it how an execution ended, which is durable."""
        for tell in self._waiting.pop(execution.id, ()):
            tell(execution)

    def when_ended(self, execution: str, tell: Callable[[Execution], None]) -> None:
        """Calls `tell` when an execution has ended, which may be at once.

        Raises LookupError where there is none.
        """
        query = f"SELECT {EXECUTION_COLUMNS} FROM executions WHERE id = ?"
        rows = self._database.read(query, execution)
        if not rows:
            raise LookupError(f"execution {execution} is not there")
        found = execution_of(rows[0])
        if found.state in FINISHED:
            tell(found)
        else:
            self._waiting.setdefault(execution, []).append(tell)

    def _answer(self, answer: Answer, work: Awaitable[Any]) -> None:
        async def tell() -> None:
            with _refusing(answer):
                answer("done", await work)

        task = asyncio.create_task(tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _create(
        self,
        parent: Execution,
        key: str,
        workflow: str,
        argument_json: str,
        location: str | None,
        project: str | None,
        call_log_level: str | None,
        unbuffered: bool,
    ) -> str:
        """The id of a new execution of a workflow, or of the one that this call has created."""
        place = self._place
        project, location = project or place.project, location or place.location
        if not place.is_here(project, location):
            raise not_found(f"projects/{project}/locations/{location}/workflows/{workflow}")
        rows = self._database.read(f"{WORKFLOWS} WHERE w.id = ?", workflow)
        if not rows:
            raise not_found(place.workflow(workflow))
        new = NewExecution(
            workflow_of(rows[0]),
            argument_json,
            call_log_level=call_log_level or "",
            unbuffered=unbuffered,
            generation=parent.generation + 1,
            request_id=key,
        )
        return (await self._creator.create(new)).id

    def _wait(self, execution: str, answer: Answer) -> None:
        def tell(ended: Execution) -> None:
            with _refusing(answer):
                answer("done", execution_resource(self._place, ended, ended.steps, "FULL"))

        with _refusing(answer):
            try:
                self.when_ended(execution, tell)
            except LookupError as gone:
                raise ApiError("NOT_FOUND", str(gone)) from None


@contextmanager
def _refusing(answer: Answer) -> Iterator[None]:
    """Makes an error the answer, whatever it is: whoever asks must not wait for ever."""
    try:
        yield
    except ApiError as error:
        answer("refused", error.code, error.status, str(error))
    except Exception:  # a bug, which is logged: who asks must have an answer all the same
        _log.exception("what an execution asked for has failed")
        internal = ApiError("INTERNAL", "Internal error encountered.")
        answer("refused", internal.code, internal.status, str(internal))
