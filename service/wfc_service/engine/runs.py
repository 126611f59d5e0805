"""Runs executions: who may run, who waits, and what an execution has come to (`interface.Engine`).

An execution with a seat is ACTIVE and in a worker; one without is QUEUED.  What an API answers with
is committed first; an execution that was created ACTIVE begins when that is durable, so that
nothing in the world happens on behalf of one that never was.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final
from uuid import UUID

from wfc_runtime.limits import PROFILES, exceeded
from wfc_service.engine.admission import RETRY_AFTER, Admission
from wfc_service.engine.children import Children
from wfc_service.engine.hosting import Hosting
from wfc_service.engine.identity import identity
from wfc_service.engine.interface import CallbackRequest, Follower, NewExecution
from wfc_service.engine.modules import Modules
from wfc_service.engine.news import News
from wfc_service.engine.workers import Workers
from wfc_service.errors import ApiError, not_found
from wfc_service.names import PEAK, Place
from wfc_service.settings import Settings
from wfc_service.store.database import Database
from wfc_service.store.journal_rows import clear_ended
from wfc_service.store.log_rows import INSERT as INSERT_LOG
from wfc_service.store.log_rows import state_row
from wfc_service.store.records import Execution, Revision
from wfc_service.store.retention import delete_executions_of, keep
from wfc_service.store.tables import (
    EXECUTION_COLUMNS,
    change_execution,
    execution_of,
    put_execution,
)
from wfc_service.times import Now
from wfc_service.worker.pipe import Message

_EXECUTIONS: Final = f"SELECT {EXECUTION_COLUMNS} FROM executions"
_UNFINISHED: Final = (
    "SELECT number, id, workflow, state FROM executions"
    " WHERE state IN ('QUEUED', 'ACTIVE') ORDER BY number"
)
_AT_ONCE: Final = 100
"""Executions that are resumed before others have their turn."""


@dataclass(slots=True, eq=False)
class _Ticket:
    """An execution that has not been given to a worker yet.

    number  0 until its creation is durable
    left    whether an earlier life of the service has left it, which may have begun it
    seated  whether it has a seat
    gone    whether it is not to run any more
    """

    id: str
    workflow: str
    number: int = 0
    left: bool = False
    seated: bool = False
    gone: bool = False


class Runs:
    """Belongs to the event loop in which it is opened; `open` it, and `close` it in the end."""

    def __init__(self, database: Database, place: Place, settings: Settings, now: Now) -> None:
        self._database = database
        self._place = place
        self._settings = settings
        self._now = now
        self._modules = Modules(database)
        self._admission: Admission[_Ticket] = Admission(settings.bounds)
        self._tickets: dict[str, _Ticket] = {}
        """Those that wait for a seat, for their creation to be durable, or for being resumed."""
        self._requests: dict[tuple[str, str], tuple[Execution, asyncio.Future[int]]] = {}
        """Creations under way that have a request id."""
        self._folders = settings.peak.working_folders(database.folder)
        self._hosting = Hosting(database, self._modules, now, self)
        self.stopping = self._hosting.stopping
        self._children = Children(database, place, self)
        self._resuming: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._is_open = False
        self.followers: list[Follower] = []
        self.news = News()

    async def open(self) -> None:
        """Starts the workers and lets go on what an earlier life of the service has left.

        Raises ValueError for settings that cannot be.
        """
        self._settings.check()
        told = self._settings.for_workers(self._database.folder)
        settings = {**told, **await identity(self._database, self._place)}
        self._hosting.workers = Workers(self._settings.workers, settings, self._hosting)
        await self._database.write(clear_ended)
        for number, id, workflow, state in self._database.read(_UNFINISHED):
            ticket = _Ticket(id, workflow, number, left=True, seated=state == "ACTIVE")
            self._tickets[id] = ticket
            if ticket.seated:
                self._admission.seat(workflow)
            else:
                self._admission.queue(workflow, ticket)
        await self._folders.remove_unless_in(self._tickets)
        await self._hosting.workers.start()
        self._is_open = True
        active = [ticket for ticket in self._tickets.values() if ticket.seated]
        self._resuming = asyncio.create_task(self._resume(active))
        retention = self._settings.retention
        keeping = keep(self._database, self._folders, retention, self._now)
        self._keeping = asyncio.create_task(keeping)

    async def close(self, patience: float = 5.0) -> None:
        """Takes no more executions and ends the workers; what is active goes on the next time.

        Requests under way have `patience` seconds to end, so that they need not be sent again.
        """
        self._is_open = False
        tasks = [task for task in (self._resuming, self._keeping) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._hosting.workers.stop(patience)

    def kill(self) -> None:
        """Ends the workers at once: for who cannot wait for `close` any longer."""
        self._hosting.workers.kill()

    @property
    def workers(self) -> Workers:
        return self._hosting.workers

    @property
    def active(self) -> int:
        return self._admission.active

    @property
    def queued(self) -> int:
        return self._admission.queued

    # Engine

    async def create(self, new: NewExecution) -> Execution:
        if not self._is_open:
            message = "the service is being stopped"
            raise ApiError("UNAVAILABLE", message, retry_after=RETRY_AFTER)
        if new.alone and not self._admission.is_idle(new.workflow.id):
            # an end that can be read has been heard of here after this
            await asyncio.shield(self._database.write(lambda _: None))
        request = new.workflow.id, new.request_id
        if new.request_id:
            if request in self._requests:
                execution, written = self._requests[request]
                await asyncio.shield(written)
                return execution
            query = f"{_EXECUTIONS} WHERE workflow = ? AND request_id = ?"
            if rows := self._database.read(query, *request):
                return execution_of(rows[0])
            new = self._by_parent(new)
        execution, written = self._admit(new)
        if new.request_id:
            self._requests[request] = execution, written
            written.add_done_callback(lambda _: self._requests.pop(request))
        # a client that hangs up does not undo what it has asked for
        await asyncio.shield(written)
        return execution

    async def cancel(self, execution: Execution) -> Execution:
        ticket = self._tickets.pop(execution.id, None)
        hosted = self._hosting.find(execution.id)
        if ticket is not None:
            ticket.gone = True
            if not ticket.seated:
                self._admission.withdraw(ticket.workflow, ticket)
            cancelled = replace(execution, state="CANCELLED", end_time=self._now())
        elif hosted is not None and hosted.is_active:
            steps = tuple(hosted.steps)
            now = max(self._now(), hosted.execution.start_time or 0)
            cancelled = replace(hosted.execution, state="CANCELLED", end_time=now, steps=steps)
            self._hosting.cancel(hosted, cancelled)
        else:
            state = await self._settled(execution)
            message = f"cancelling execution in state {state} is not allowed"
            raise ApiError("FAILED_PRECONDITION", message)
        await asyncio.shield(self._database.write(partial(_change, cancelled)))
        self.ended(cancelled)
        return cancelled

    async def receive(self, execution: str, callback: str, request: CallbackRequest) -> None:
        ticket = self._tickets.get(execution)
        if ticket is not None and ticket.seated and self._resuming is not None:
            await asyncio.shield(self._resuming)
        hosted = self._hosting.find(execution)
        if hosted is None or not hosted.is_active:
            raise not_found(callback)
        await self._hosting.receive(hosted, callback, request)

    def callbacks(self, execution: str) -> Iterable[Mapping[str, Any]]:
        hosted = self._hosting.find(execution)
        return () if hosted is None or not hosted.is_active else hosted.endpoints

    def current_steps(self, execution: str) -> Sequence[Mapping[str, Any]]:
        hosted = self._hosting.find(execution)
        return () if hosted is None else hosted.steps

    async def forget(self, workflow: str) -> None:
        gone: list[Execution] = []
        for ticket in [one for one in self._tickets.values() if one.workflow == workflow]:
            if ticket.number:
                gone.append(replace(self._execution(ticket), state="CANCELLED"))
            del self._tickets[ticket.id]
            ticket.gone = True
            if not ticket.seated:
                self._admission.withdraw(workflow, ticket)
        for hosted in self._hosting.all():
            if hosted.execution.workflow == workflow:
                hosted.forgotten = True
                if hosted.is_active:  # else its end is told when it is durable
                    self._hosting.cancel(hosted, replace(hosted.execution, state="CANCELLED"))
                    gone.append(hosted.execution)
                self._folders.keep_until_left(hosted.execution.id)
        self._modules.forget(workflow)
        write = self._database.write(partial(delete_executions_of, workflow))
        await self._folders.remove(await asyncio.shield(write))
        for execution in gone:  # others may wait for them
            self.ended(execution)

    async def deployed(self, revision: Revision) -> None:
        self._modules.add(revision)

    async def wait(self, execution: str) -> Execution:
        """How an execution has ended, once it has; LookupError where there is none."""
        ended: asyncio.Future[Execution] = asyncio.get_running_loop().create_future()

        def tell(execution: Execution) -> None:
            if not ended.done():
                ended.set_result(execution)

        self._children.when_ended(execution, tell)
        return await ended

    # Owner: what executions in workers come to

    def left(self, execution: Execution) -> None:
        self._admission.release(execution.workflow)
        self._fill()
        self._folders.left(execution.id)

    async def interrupted(self, executions: Iterable[Execution]) -> None:
        peaks = [one.id for one in executions if one.workflow.startswith(PEAK)]
        await self._folders.interrupted(peaks)

    def ended(self, execution: Execution) -> None:
        self._children.ended(execution)
        for follower in self.followers:
            follower.ended(execution)
        self.told(execution)

    def told(self, execution: Execution) -> None:
        self.news.tell(execution.id)

    def asked(self, parent: Execution, answer: Callable[..., None], wanted: Message) -> None:
        self._children.asked(parent, answer, wanted)

    # beginnings

    def _admit(self, new: NewExecution) -> tuple[Execution, asyncio.Future[int]]:
        """Counts a new execution in and hands it to the database; raises what `create` raises."""
        workflow, now = new.workflow, self._now()
        if new.alone and not self._admission.is_idle(workflow.id):
            message = "the workflow has an execution that has not ended, and allows one at a time"
            raise ApiError("ABORTED", message)
        ticket = _Ticket(_random_id(), workflow.id)
        ticket.seated = self._admission.admit(workflow.id, ticket, unbuffered=new.unbuffered)
        user_variables: Mapping[str, str] = workflow.settings.get("userEnvVars", {})
        execution = Execution(
            id=ticket.id,
            workflow=workflow.id,
            revision=workflow.revision.id,
            state="ACTIVE" if ticket.seated else "QUEUED",
            create_time=now,
            argument_json=new.argument_json,
            start_time=now if ticket.seated else None,
            labels={**workflow.labels, **new.labels},
            call_log_level=new.call_log_level or workflow.settings.get("callLogLevel", ""),
            history_level=new.history_level or workflow.settings.get("executionHistoryLevel", ""),
            unbuffered=new.unbuffered,
            generation=new.generation,
            variables={**self._settings.variables, **user_variables},
            address=self._settings.public_url or self._settings.address,
        )
        self._tickets[ticket.id] = ticket
        written = self._database.write(partial(_create, execution, new.request_id))
        written.add_done_callback(partial(self._created, ticket, execution))
        return execution, written

    def _by_parent(self, new: NewExecution) -> NewExecution:
        """Counts who calls whom also where an execution has asked by http.

        Its requests bear its id, a slash, and the key of the call.  Raises ApiError
        FAILED_PRECONDITION where executions call one another without an end.
        """
        parent = self._hosting.find(new.request_id.partition("/")[0])
        if parent is None:
            return new
        generation = parent.execution.generation + 1
        most = PROFILES[self._settings.limits].generations
        if generation > most:
            what = exceeded("executions that call one another", generation, most, "generations")
            raise ApiError("FAILED_PRECONDITION", what)
        return replace(new, generation=generation)

    def _created(self, ticket: _Ticket, execution: Execution, written: asyncio.Future[int]) -> None:
        """The creation of an execution is durable, or has failed and is undone."""
        failed = written.cancelled() or written.exception() is not None
        if failed and not ticket.gone:
            ticket.gone = True
            del self._tickets[ticket.id]
            if not ticket.seated:
                self._admission.withdraw(ticket.workflow, ticket)
        if not failed:
            ticket.number = written.result()
        if ticket.seated and ticket.gone:
            self._admission.release(ticket.workflow)
            self._fill()
        elif ticket.seated:
            self._begin(ticket, execution)

    def _fill(self) -> None:
        """Gives free seats to those that have waited longest."""
        while (ticket := self._admission.next()) is not None:
            ticket.seated = True
            if ticket.number:  # else it begins when its creation is durable
                self._begin(ticket, self._execution(ticket))

    def _begin(self, ticket: _Ticket, execution: Execution) -> None:
        """Gives an execution that has a seat to a worker.

        That a queued one has begun need not be durable first: it would begin again.
        """
        del self._tickets[ticket.id]
        if execution.state == "QUEUED":
            execution = replace(execution, state="ACTIVE", start_time=self._now())
            self._database.write(partial(_change, execution)).add_done_callback(_ignore)
        self._hosting.host(ticket.number, execution, journalled=ticket.left)
        for follower in self.followers:
            follower.begun(execution)

    async def _resume(self, tickets: Sequence[_Ticket]) -> None:
        """Lets executions go on that were active when the service ended; then queued ones begin."""
        for index, ticket in enumerate(tickets, 1):
            if ticket.gone:
                self._admission.release(ticket.workflow)
            else:
                self._begin(ticket, self._execution(ticket))
            if index % _AT_ONCE == 0:
                await asyncio.sleep(0)
        self._fill()

    def _execution(self, ticket: _Ticket) -> Execution:
        [row] = self._database.read(f"{_EXECUTIONS} WHERE number = ?", ticket.number)
        return execution_of(row)

    async def _settled(self, execution: Execution) -> str:
        """The state of an execution that has finished, also when that is just being written."""
        await self._database.write(lambda _: None)
        rows = self._database.read("SELECT state FROM executions WHERE id = ?", execution.id)
        return str(rows[0]["state"]) if rows else execution.state


def _create(execution: Execution, request_id: str, connection: sqlite3.Connection) -> int:
    number = put_execution(connection, execution, request_id)
    if execution.state == "ACTIVE":
        connection.execute(INSERT_LOG, state_row(execution))
    return number


def _change(execution: Execution, connection: sqlite3.Connection) -> None:
    change_execution(connection, execution)
    connection.execute(INSERT_LOG, state_row(execution))


def _random_id() -> str:
    return str(UUID(bytes=secrets.token_bytes(16), version=4))


def _ignore(written: asyncio.Future[None]) -> None:
    """A write that nobody waits for, since a later one says all of it again."""
    if not written.cancelled():
        written.exception()
