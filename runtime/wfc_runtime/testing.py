"""For tests of workflows: a clock whose waiting takes no time, a choice of who goes on, callbacks.

    result = await order.run(args, clock=VirtualClock())          always the same way
    result = await order.run(args, clock=VirtualClock(seed=7))    another way, which 7 stands for

A workflow whose result is the same for every seed does not depend on the order of its branches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import NamedTuple

from wfc_runtime.callbacks import Endpoint, Refused
from wfc_runtime.clock import Clock
from wfc_runtime.jsontext import encode
from wfc_runtime.observer import BranchPath
from wfc_runtime.values import Value

_SWITCHES = 0.25
"""How often a busy branch that could let others go on does so, under a seed."""


class _Ready(NamedTuple):
    """A branch that can go on at some time; `order` counts them as they came."""

    time: float
    order: int
    branch: BranchPath
    chosen: asyncio.Future[None]


class VirtualClock:
    """Time that stands still while anything can run, then jumps to the next wake-up.

    It is also the scheduler of the execution: one branch runs until it waits, then the next one is
    chosen among those that can go on.  Without a seed that is the one that could first, and a
    branch that never waits runs to its end.  With a seed any of them may be next, and a busy branch
    may be interrupted in each round of its loops.

    While an http request is on its way, the time stands still too.  Callbacks from other programs
    are not waited for: a test sends them by the same clock, with `ScriptedCallbacks`.

    It needs asyncio's own event loop, and raises RuntimeError on any other, such as uvloop's.
    """

    __slots__ = ("_chance", "_now", "_order", "_outside", "_ready", "_ticking", "due", "slept")

    def __init__(self, start: float = 0.0, *, seed: int | None = None) -> None:
        self._now = start
        self._chance = None if seed is None else Random(seed)
        self._order = count()
        self._ready: list[_Ready] = []
        self._ticking = False
        self.due = seed is not None
        """Asks busy branches to pause: see `wfc_runtime.ticker`."""
        self._outside = 0
        """Waits in progress for what is not in the event loop."""
        self.slept: list[float] = []
        """Every sleep asked for, in seconds, in the order in which they began."""

    def time(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        await self.wait((), seconds)

    async def wait(self, branch: BranchPath, seconds: float) -> None:
        self.slept.append(seconds)
        await self._until(self._now + seconds, branch)

    async def turn(self, branch: BranchPath) -> None:
        await self._until(self._now, branch)

    async def pause(self, branch: BranchPath) -> None:
        if self._chance is not None and self._chance.random() < _SWITCHES:
            await self.turn(branch)

    @contextmanager
    def outside(self) -> Iterator[None]:
        """The time stands still meanwhile."""
        self._outside += 1
        try:
            yield
        finally:
            self._outside -= 1
            self._start(asyncio.get_running_loop())

    async def _until(self, time: float, branch: BranchPath) -> None:
        loop = asyncio.get_running_loop()
        ready = _Ready(time, next(self._order), branch, loop.create_future())
        self._ready.append(ready)
        self._start(loop)
        await ready.chosen

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._ticking:
            if not hasattr(loop, "_ready"):
                kind = f"{type(loop).__module__}.{type(loop).__name__}"
                raise RuntimeError(f"a VirtualClock needs asyncio's own event loop, not {kind}")
            self._ticking = True
            loop.call_soon(self._tick, loop)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        """Lets the next branch go on once nothing else is ready to run."""
        self._ready = [ready for ready in self._ready if not ready.chosen.cancelled()]
        may_jump = not self._outside
        self._ticking = bool(self._ready) and (may_jump or min(self._ready).time <= self._now)
        if not self._ticking:
            return
        if not _busy(loop):
            chosen = self._next()
            self._ready.remove(chosen)
            self._now = chosen.time
            chosen.chosen.set_result(None)
        loop.call_soon(self._tick, loop)

    def _next(self) -> _Ready:
        earliest = min(self._ready)
        if self._chance is None:
            return earliest
        # by branch, not as they came: the choice depends on nothing but the seed
        together = [ready for ready in self._ready if ready.time == earliest.time]
        return self._chance.choice(sorted(together, key=lambda ready: (ready.branch, ready.order)))


def _busy(loop: asyncio.AbstractEventLoop) -> bool:
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
