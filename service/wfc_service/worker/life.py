"""One execution inside a worker, from its arrival there to its end, or the worker's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from wfc_runtime.callbacks import Endpoint, Refused
from wfc_runtime.durable import DurableExecution
from wfc_runtime.entry import StepEntry
from wfc_runtime.jsontext import encode
from wfc_runtime.logs import LogEntry
from wfc_runtime.recorder import Recorder
from wfc_runtime.values import Value
from wfc_service.store.log_rows import log_row
from wfc_service.times import Nanoseconds
from wfc_service.worker.activation import Activator
from wfc_service.worker.pipe import Pipe


class Life:
    """Runs in the activator's threads, and tells the service what it may show of the execution.

    number     the execution's, as its id and its workflow's
    driver     set before it starts
    history    records its steps, where its module reports them
    recorded   step entries that have not been sent
    """

    __slots__ = (
        "_activator",
        "_pipe",
        "_shown",
        "_steps",
        "_touched",
        "_turn",
        "driver",
        "history",
        "id",
        "number",
        "recorded",
        "workflow",
    )

    def __init__(
        self,
        number: int,
        id: str,
        workflow: str,
        pipe: Pipe,
        activator: Activator,
        touched: Callable[[Life], None],
    ) -> None:
        """`touched` is called when its steps may have changed."""
        self.number = number
        self.id = id
        self.workflow = workflow
        self.driver: DurableExecution
        self.history: Recorder | None = None
        self.recorded: list[StepEntry] = []
        self._pipe = pipe
        self._activator = activator
        self._touched = touched
        self._steps: list[dict[str, str]] = []
        self._shown: list[dict[str, Any]] | None = None
        """The callback endpoints as the service knows them."""
        self._turn: asyncio.Lock | None = None
        """Requests to callback endpoints are answered one after the other, in their order."""

    def submit(
        self, work: Callable[[], bool], done: Callable[[bool, BaseException | None], None]
    ) -> None:
        """See `wfc_runtime.durable.Threads`."""

        def finish(is_blocked: bool, error: BaseException | None) -> None:
            self._show()
            if self.history is not None:
                self._touched(self)
            done(is_blocked, error)

        self._activator.submit(self.number, work, finish)

    def log(self, entry: LogEntry) -> None:
        """Sends a log entry."""
        self._pipe.send("log", self.number, *said(self.id, entry))

    async def receive(
        self,
        tag: int,
        callback: str,
        method: str,
        headers: list[tuple[str, str]],
        query: list[tuple[str, str]],
        body: str,
    ) -> None:
        """Hands a request over; that it is in the journal is what tells the service of it."""
        self._turn = self._turn or asyncio.Lock()
        async with self._turn:
            try:
                await self.driver.receive(callback, method, headers, query, body.encode("latin-1"))
            except Refused as refused:
                answer = (refused.status, refused.code, str(refused))
                self._pipe.send("refused", self.number, tag, *answer)

    def tell_steps(self) -> None:
        """Sends what runs now, where that has changed."""
        steps = [] if self.history is None else self.history.current_steps()
        if steps != self._steps:
            self._steps = steps
            self._pipe.send("steps", self.number, steps)

    def _show(self) -> None:
        """Sends how the endpoints are, before anybody can hear of them by what follows."""
        endpoints = self.driver.endpoints
        if endpoints or self._shown:
            shown = _shown(endpoints)
            if shown != self._shown:
                self._shown = shown
                self._pipe.send("endpoints", self.number, shown)


def said(execution: str, entry: LogEntry) -> tuple[Nanoseconds, str, str]:
    """Time, severity and text of a log entry's row; made here, since the service has others."""
    places = {"step": entry.step, "routine": entry.routine}
    labels = {name: text for name, text in places.items() if text}
    time = int(entry.time * 1e9)
    return log_row(execution, time, entry.severity, entry.payload, labels)[1:]


def _shown(endpoints: Mapping[str, Endpoint]) -> list[dict[str, Any]]:
    """As the API shows callbacks (spec 08 §2), ordered by their ids."""
    return [
        {
            "id": id,
            "method": endpoint.method,
            "availablePayloads": [_payload(request) for request in endpoint.pending],
            "waiters": str(endpoint.waiters),
        }
        for id, endpoint in sorted(endpoints.items())
    ]


def _payload(request: Value) -> str:
    """The body of a request, as text."""
    body = request["http_request"]["body"]
    return body.decode("latin-1") if type(body) is bytes else encode(body)
