"""Callback endpoints: in go requests that arrive, out come results of `events.await_callback`.

An `Endpoint` keeps the rules (spec 06, events).  Where it can be reached is the business of a
`Callbacks`: by default a server on this machine (callback_server.py), in tests a script.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlencode

from wfc_runtime.clock import Clock
from wfc_runtime.response import response
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from wfc_runtime.callback_server import CallbackServer


class Refused(Exception):
    """A request that no workflow sees, and how it is answered.

    code    the http status
    status  its name in the errors of Google's APIs (spec 08 §3)
    """

    def __init__(self, code: int, status: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = status

    def body(self) -> dict[str, Value]:
        """The answer's body, as JSON."""
        return {"error": {"code": self.code, "message": str(self), "status": self.status}}


class Endpoint:
    """One callback endpoint; `name` is `projects/…/executions/E/callbacks/ID` (spec 08 §2).

    Each request goes to one `await_callback`.  One that nobody waits for yet is kept, and while it
    is, every other is refused (429).
    """

    def __init__(self, name: str, method: str, clock: Clock) -> None:
        self.name = name
        self.method = method
        self._clock = clock
        self._pending: deque[Value] = deque()
        """Requests that arrived and are not awaited yet: one, as a rule (see `check`)."""
        self._waiters: deque[asyncio.Future[Value]] = deque()

    @property
    def id(self) -> str:
        """The last part of its name."""
        return self.name.rpartition("/")[2]

    @property
    def path(self) -> str:
        """The path of its URL."""
        return quote(f"/v1/{self.name}", safe="/:@", errors="replace")

    def receive(
        self,
        method: str,
        headers: Iterable[tuple[str, str]],
        query: Iterable[tuple[str, str]],
        body: bytes,
    ) -> None:
        """Takes a request, whose sender gets an empty answer; raises Refused where it cannot."""
        self.check(method)
        self.take(method, headers, query, body)

    def check(self, method: str, coming: int = 0) -> None:
        """Raises Refused for a request that cannot be taken now.

        `coming` are requests that have been accepted already, and not been taken yet.
        """
        if method != self.method:  # OQ-54
            message = f"the callback endpoint takes {self.method} requests, not {method}"
            raise Refused(405, "INVALID_ARGUMENT", message)
        if len(self._pending) + coming > self.waiters:
            message = "an earlier callback has not been processed yet"
            raise Refused(429, "RESOURCE_EXHAUSTED", message)

    def take(
        self,
        method: str,
        headers: Iterable[tuple[str, str]],
        query: Iterable[tuple[str, str]],
        body: bytes,
    ) -> None:
        """Takes a request that has been accepted, even if who waited has given up meanwhile."""
        pairs = [(name, value) for name, value in query]  # a journal has lists
        request = self._request(method, headers, pairs, body)
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(request)
                return
        self._pending.append(request)

    @property
    def waiters(self) -> int:
        """How many wait for a request."""
        return sum(not waiter.done() for waiter in self._waiters)

    @property
    def pending(self) -> Sequence[Value]:
        """The requests that have come and that nobody has waited for yet."""
        return self._pending

    def next(self) -> asyncio.Future[Value]:
        """The next request, which may have come already; who gives up waiting cancels it."""
        while self._waiters and self._waiters[-1].done():
            self._waiters.pop()  # or whoever tries again and again would leave many behind
        waiter: asyncio.Future[Value] = asyncio.get_running_loop().create_future()
        if self._pending:
            waiter.set_result(self._pending.popleft())
        else:
            self._waiters.append(waiter)
        return waiter

    def _request(
        self,
        method: str,
        headers: Iterable[tuple[str, str]],
        query: list[tuple[str, str]],
        body: bytes,
    ) -> Value:
        from wfc_runtime.stdlib.time import format as time_text

        received = response(method, 200, headers, body)  # decoded as a response is
        return {
            "http_request": {
                "body": received["body"] if body else None,
                "headers": received["headers"],
                "method": method,
                "query": _query(query),
                "url": f"{self.path}?{urlencode(query, errors='replace')}" if query else self.path,
            },
            "received_time": time_text(self._clock.time()),
            "type": "HTTP",
        }


def _query(pairs: list[tuple[str, str]]) -> dict[str, Value]:
    """A map; the values of a repeated key are a list."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


class Callbacks(Protocol):
    """Where endpoints can be reached; `workflow.run(callbacks=…)` takes one of one's own."""

    def open(self, endpoint: Endpoint) -> str:
        """Makes an endpoint reachable and returns its URL; must not block."""

    def close(self, endpoint: Endpoint) -> None:
        """The endpoint's execution has ended: from now on it is unknown (404)."""


class Endpoints:
    """The endpoints of one execution; nobody else may await them.

    `callbacks` is where they are, None for a server that lives and ends with the execution.
    """

    def __init__(self, callbacks: Callbacks | None) -> None:
        self._callbacks = callbacks
        self._server: CallbackServer | None = None
        self._open: dict[str, Endpoint] = {}

    def open(self, endpoint: Endpoint) -> str:
        """The URL of a new endpoint."""
        if self._callbacks is None:
            from wfc_runtime.callback_server import CallbackServer

            self._callbacks = self._server = CallbackServer()
        url = self._callbacks.open(endpoint)
        self._open[url] = endpoint
        return url

    def find(self, url: str) -> Endpoint | None:
        return self._open.get(url)

    async def close(self) -> None:
        """Ends them all, and the server that was theirs alone."""
        if self._callbacks is not None:
            for endpoint in self._open.values():
                self._callbacks.close(endpoint)
        self._open.clear()
        if self._server is not None:
            await self._server.stop()
