"""For tests of workflows: a clock whose waiting takes no time, and callbacks that come by it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from wfc_runtime.callbacks import Endpoint, Refused
from wfc_runtime.clock import Clock
from wfc_runtime.jsontext import encode
from wfc_runtime.values import Value


class VirtualClock:
    """Time that stands still while anything can run, then jumps to the next wake-up.

    Sleepers wake one at a time, by wake-up time and then in the order in which they fell asleep, so
    a run under this clock always goes the same way.  While an http request is on its way, the time
    stands still too.  Callbacks from other programs are not waited for: a test sends them by the
    same clock, with `ScriptedCallbacks`.
    """

    __slots__ = ("_now", "_order", "_outside", "_sleepers", "_ticking", "slept")

    def __init__(self, start: float = 0.0) -> None:
        self._now = start
        self._order = count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._ticking = False
        self._outside = 0
        """Waits in progress for what is not in the event loop."""
        self.slept: list[float] = []
        """Every sleep asked for, in seconds, in the order in which they began."""

    def time(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self.slept.append(seconds)
        awake: asyncio.Future[None] = loop.create_future()
        heappush(self._sleepers, (self._now + seconds, next(self._order), awake))
        self._start(loop)
        await awake

    @contextmanager
    def outside(self) -> Iterator[None]:
        """The time stands still meanwhile."""
        self._outside += 1
        try:
            yield
        finally:
            self._outside -= 1
            self._start(asyncio.get_running_loop())

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._ticking and not self._outside:
            self._ticking = True
            loop.call_soon(self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        """Wakes the next sleeper once nothing else is ready to run."""
        while self._sleepers and self._sleepers[0][2].cancelled():
            heappop(self._sleepers)
        if self._sleepers and not self._outside and not _ready(loop):
            self._now, _, awake = heappop(self._sleepers)
            awake.set_result(None)
        self._ticking = bool(self._sleepers) and not self._outside
        if self._ticking:
            loop.call_soon(self._tick, loop)


def _ready(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether callbacks wait in the loop: asyncio has no public way to ask."""
    return bool(getattr(loop, "_ready"))  # noqa: B009


@dataclass(frozen=True, slots=True)
class CallbackRequest:
    """A request to a callback endpoint: `after` that many seconds, to the `endpoint`-th of the run.

    The seconds count from when the endpoint is created, endpoints from 1.  Text and bytes are sent
    as they are, any other body but null as JSON; a Content-Type among `headers` goes before.
    """

    after: float
    body: Value = None
    method: str = "POST"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    endpoint: int = 1


class ScriptedCallbacks:
    """Callbacks that a test has laid down, for `workflow.run(…, callbacks=…, clock=clock)`.

    answers  the status that each request was answered with, in the order in which they were made
    """

    def __init__(self, clock: Clock, *requests: CallbackRequest) -> None:
        self._clock = clock
        self._requests = requests
        self._opened = 0
        self._sending: dict[Endpoint, list[asyncio.Task[None]]] = {}
        self.answers: list[int] = []

    def open(self, endpoint: Endpoint) -> str:
        self._opened += 1
        mine = [request for request in self._requests if request.endpoint == self._opened]
        self._sending[endpoint] = [
            asyncio.create_task(self._send(endpoint, request)) for request in mine
        ]
        return f"https://callbacks.example/{self._opened}"

    def close(self, endpoint: Endpoint) -> None:
        for task in self._sending.pop(endpoint):
            task.cancel()

    async def _send(self, endpoint: Endpoint, request: CallbackRequest) -> None:
        await self._clock.sleep(request.after)
        kind, body = _sent(request.body)
        headers = {**({"Content-Type": kind} if kind else {}), **request.headers}
        query = list(request.query.items())
        try:
            endpoint.receive(request.method, headers.items(), query, body)
        except Refused as refused:
            self.answers.append(refused.code)
        else:
            self.answers.append(200)


def _sent(body: Value) -> tuple[str, bytes]:
    """The content type and the bytes of a body."""
    if body is None:
        return "", b""
    if isinstance(body, bytes):
        return "application/octet-stream", body
    if isinstance(body, str):
        return "text/plain; charset=utf-8", body.encode()
    return "application/json", encode(body).encode()
