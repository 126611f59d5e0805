"""Beginnings of executions: from what is asked for to an execution with a seat, in a worker.

An execution that was created ACTIVE begins when that is durable, so that nothing in the world
happens on behalf of one that never was.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final
from uuid import UUID

from wfc_runtime.limits import PROFILES, exceeded
from wfc_service.engine.admission import Admission
from wfc_service.engine.hosting import Hosting
from wfc_service.engine.insistence import Insistence
from wfc_service.engine.interface import Follower, NewExecution
from wfc_service.errors import ApiError
from wfc_service.settings import Settings
from wfc_service.store.database import Database
from wfc_service.store.journal_rows import begin
from wfc_service.store.log_rows import INSERT as INSERT_LOG
from wfc_service.store.log_rows import state_row
from wfc_service.store.records import Execution
from wfc_service.store.tables import (
    EXECUTION_COLUMNS,
    execution_of,
    put_execution,
)
from wfc_service.times import Now

_EXECUTIONS: Final = f"SELECT {EXECUTION_COLUMNS} FROM executions"
_UNFINISHED: Final = (
    "SELECT number, id, workflow, state FROM executions"
    " WHERE state IN ('QUEUED', 'ACTIVE') ORDER BY number"
)
_LAST: Final = "SELECT coalesce(max(number), 0) FROM executions"
_AT_ONCE: Final = 100
"""Executions that are resumed before others have their turn."""


@dataclass(slots=True, eq=False)
class Ticket:
    """An execution that has not been given to a worker yet.

    number    of its row
    creating  what is being written there; None once that is durable
    left      whether an earlier life of the service has left it, which may have begun it
    seated    whether it has a seat
    gone      whether it is not to run any more
    """

    id: str
    workflow: str
    number: int
    creating: Execution | None = None
    left: bool = False
    seated: bool = False
    gone: bool = False


class Beginnings:
    """Counts executions in and gives those with a seat to `hosting`."""

    def __init__(
        self,
        database: Database,
        insistence: Insistence,
        settings: Settings,
        now: Now,
        hosting: Hosting,
        followers: Sequence[Follower],
    ) -> None:
        self._database = database
        self._insistence = insistence
        self._settings = settings
        self._now = now
        self._hosting = hosting
        self._followers = followers
        self._admission: Admission[Ticket] = Admission(settings.bounds)
        self._tickets: dict[str, Ticket] = {}
        """Those that wait for a seat, for their creation to be durable, or for being resumed."""
        self._last = 0
        """The last number that has been given to an execution."""
        self._filling = False
        self._left: list[Ticket] = []
        """Those that are to be resumed."""
        self._requests: dict[tuple[str, str], tuple[Execution, asyncio.Future[None]]] = {}
        """Creations under way that have a request id."""

    @property
    def last(self) -> int:
        """The number of the execution that was created last."""
        return self._last

    @property
    def active(self) -> int:
        return self._admission.active

    @property
    def queued(self) -> int:
        return self._admission.queued

    def find(self, execution: str) -> Ticket | None:
        return self._tickets.get(execution)

    def restore(self) -> set[str]:
        """Knows again what an earlier life of the service has left: the ids of these executions."""
        [(self._last,)] = self._database.read(_LAST)
        for number, id, workflow, state in self._database.read(_UNFINISHED):
            seated = state == "ACTIVE"
            ticket = Ticket(id, workflow, number, left=True, seated=seated)
            self._tickets[id] = ticket
            if ticket.seated:
                self._admission.seat(workflow)
                self._left.append(ticket)
            else:
                self._admission.queue(workflow, ticket)
        return set(self._tickets)

    async def resume(self) -> None:
        """Lets executions go on that were active when the service ended; then queued ones begin."""
        for index, ticket in enumerate(self._left, 1):
            if not ticket.gone:
                self._begin(ticket, self._execution(ticket))
            if index % _AT_ONCE == 0:
                await asyncio.sleep(0)
        self._left.clear()
        self._fill()

    async def create(self, new: NewExecution) -> Execution:
        """See `Engine.create`."""
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

    def withdraw(self, ticket: Ticket) -> None:
        """An execution is not to begin any more."""
        del self._tickets[ticket.id]
        ticket.gone = True
        if not ticket.seated:
            self._admission.withdraw(ticket.workflow, ticket)
        elif ticket.creating is None:  # else it has its seat until that is written
            self.left([ticket.workflow])

    def withdraw_all(self, workflow: str) -> Iterable[Execution]:
        """Withdraws all executions of a workflow; which these are."""
        gone = []
        tickets = [one for one in self._tickets.values() if one.workflow == workflow]
        for ticket in sorted(tickets, key=lambda one: one.seated):  # no seat is for one of them
            gone.append(ticket.creating or self._execution(ticket))
            self.withdraw(ticket)
        return gone

    def left(self, workflows: Iterable[str]) -> None:
        """Seats of executions of these are free, for whoever has waited longest."""
        for workflow in workflows:
            self._admission.release(workflow)
        self._fill()

    def _admit(self, new: NewExecution) -> tuple[Execution, asyncio.Future[None]]:
        """Counts a new execution in and hands it to the database; raises what `create` raises."""
        workflow, now = new.workflow, self._now()
        if new.alone and not self._admission.is_idle(workflow.id):
            message = "the workflow has an execution that has not ended, and allows one at a time"
            raise ApiError("ABORTED", message)
        ticket = Ticket(_random_id(), workflow.id, self._last + 1)
        ticket.seated = self._admission.admit(workflow.id, ticket, unbuffered=new.unbuffered)
        self._last = ticket.number  # never one that had been an execution's, which may not be over
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
        ticket.creating = execution
        self._tickets[ticket.id] = ticket
        create = partial(_create, ticket.number, execution, new.request_id)
        written = self._database.write(create)
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

    def _created(self, ticket: Ticket, execution: Execution, written: asyncio.Future[None]) -> None:
        """The creation of an execution is durable, or has failed and is undone."""
        if not written.cancelled() and written.exception() is None:
            ticket.creating = None
        elif not ticket.gone:
            self.withdraw(ticket)
        if ticket.seated and ticket.gone:
            self.left([ticket.workflow])
        elif ticket.seated:
            self._begin(ticket, execution)

    def _fill(self) -> None:
        """Gives free seats to those that have waited longest."""
        if self._filling:  # one that cannot run has left its seat at once
            return
        self._filling = True
        try:
            while (ticket := self._admission.next()) is not None:
                ticket.seated = True
                if ticket.creating is None:  # else it begins when its creation is
                    self._begin(ticket, self._execution(ticket))
        finally:
            self._filling = False

    def _begin(self, ticket: Ticket, execution: Execution) -> None:
        """Gives an execution that has a seat to a worker.

        That a queued one has begun need not be durable first: it would begin again, or go on if it
        has a journal by then (`clear_ended`).
        """
        del self._tickets[ticket.id]
        if execution.state == "QUEUED":
            execution = replace(execution, state="ACTIVE", start_time=self._now())
            self._insistence.write(partial(begin, execution), lambda _: None)
        self._hosting.host(ticket.number, execution, journalled=ticket.left)
        for follower in self._followers:
            follower.begun(execution)

    def _execution(self, ticket: Ticket) -> Execution:
        [row] = self._database.read(f"{_EXECUTIONS} WHERE number = ?", ticket.number)
        return execution_of(row)


def _create(
    number: int, execution: Execution, request_id: str, connection: sqlite3.Connection
) -> None:
    put_execution(connection, execution, request_id, number)
    if execution.state == "ACTIVE":
        connection.execute(INSERT_LOG, state_row(execution))


def _random_id() -> str:
    return str(UUID(bytes=secrets.token_bytes(16), version=4))
