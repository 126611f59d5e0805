"""An execution that has a seat, and what one frame of a worker's messages comes to."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wfc_service.engine.admission import RETRY_AFTER
from wfc_service.engine.interface import CallbackRequest
from wfc_service.engine.workers import Worker
from wfc_service.errors import ApiError
from wfc_service.store.journal_rows import Rows
from wfc_service.store.log_rows import state_row
from wfc_service.store.records import Execution


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a callback endpoint, and the future of whoever waits for its answer."""

    callback: str
    request: CallbackRequest
    answer: asyncio.Future[None]

    def send(self, worker: Worker, number: int, tag: int) -> None:
        request = self.request
        headers, query = list(request.headers), list(request.query)
        body = request.body.decode("latin-1")
        worker.send("callback", number, tag, self.callback, request.method, headers, query, body)

    def accept(self) -> None:
        if not self.answer.done():
            self.answer.set_result(None)

    def refuse(self, error: ApiError) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


@dataclass(slots=True, eq=False)
class Hosted:
    """An execution that has a seat.

    execution  as it is; CANCELLED or FAILED while what is left of it ends in its worker
    forgotten  whether nothing of it is to be kept
    journalled whether it has a journal
    begun      whether a worker has been sent it
    deaths     of workers that died while its code ran, or of what it sent, since its journal grew
    moves      from workers that died, whatever of, since its journal grew
    requests   those to callback endpoints that have not been answered, in their order
    """

    number: int
    execution: Execution
    journalled: bool
    worker: Worker | None = None
    begun: bool = False
    forgotten: bool = False
    deaths: int = 0
    moves: int = 0
    requests: dict[int, Request] = field(default_factory=dict)
    endpoints: Sequence[Mapping[str, Any]] = ()
    steps: Sequence[Mapping[str, Any]] = ()

    @property
    def is_active(self) -> bool:
        return self.execution.state == "ACTIVE"

    def first_request(self, callback: str) -> Request:
        """Takes out the first one to an endpoint; a worker answers them in their order."""
        tag = next(tag for tag, one in self.requests.items() if one.callback == callback)
        return self.requests.pop(tag)


class Cut(Exception):
    """Something that the worker sent before could not be written."""


@dataclass(slots=True)
class Frame:
    """What the messages of one frame come to.

    grown     executions that have more in their journals now
    accepted  requests to callback endpoints that are in a journal now
    left      executions of which nothing is in the worker any more
    ended     what executions that end in it were before
    whose     executions that the messages are of
    """

    rows: Rows = field(default_factory=Rows)
    grown: set[Hosted] = field(default_factory=set)
    accepted: list[Request] = field(default_factory=list)
    left: list[Hosted] = field(default_factory=list)
    ended: list[tuple[Hosted, Execution]] = field(default_factory=list)
    whose: set[Hosted] = field(default_factory=set)

    def give_up(self, written: asyncio.Future[None]) -> None:
        """It could not be written, of which the worker dies.

        If the file is not to blame, something in it has no form there, and the next worker would
        die of the same: so it counts for its executions.
        """
        self.undo()
        error = None if written.cancelled() else written.exception()
        if not isinstance(error, ApiError | sqlite3.OperationalError | Cut):
            for hosted in self.whose:
                hosted.deaths += 1

    def undo(self) -> None:
        """Executions have not ended: the next worker comes to their ends again.

        One that was deleted meanwhile does not go on.  Requests were not taken, and may come again.
        """
        for request in self.accepted:
            message = "the request could not be written"
            request.refuse(ApiError("UNAVAILABLE", message, retry_after=RETRY_AFTER))
        for hosted, execution in self.ended:
            was = replace(execution, state="CANCELLED") if hosted.forgotten else execution
            hosted.execution = was

    def end(self, hosted: Hosted, was: Execution) -> None:
        """Notes how an execution has ended."""
        self.ended.append((hosted, was))
        self.rows.ended.append(hosted.execution)
        self.rows.logs.append(state_row(hosted.execution))
        if hosted.journalled:
            self.rows.cleared.append(hosted.number)
