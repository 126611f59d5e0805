"""One execution in several lives, each of which ends with a crash but the last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from tests.durable import MemoryJournal

from wfc_runtime.request import Request
from wfc_runtime.stdlib import http


class Crash(Exception):
    """A life has ended before its time."""


class End(NamedTuple):
    """How a life ends: at which write of the journal, and what becomes of that and those before."""

    write: int
    kept: bool = False
    lost: int = 0


async def live(
    journal: MemoryJournal, run: Callable[[], Awaitable[Any]], end: End | None = None
) -> Any:
    """What a run gives or raises; raises Crash where its journal ends it first."""
    if end is None:
        journal.live()
    else:
        journal.live(end.write, kept=end.kept, lost=end.lost)
    running = asyncio.ensure_future(run())
    assert journal.crashed is not None
    await asyncio.wait({running, journal.crashed}, return_when=asyncio.FIRST_COMPLETED)
    if not running.done():
        running.cancel()
        await asyncio.wait({running})
        raise Crash
    return await running


class Sent(NamedTuple):
    """A call as the service saw it, repeats included; lives count from 0."""

    life: int
    key: str
    what: str


class Service:
    """The other side of http requests: does what it is asked once for each idempotency key.

    `send` is what answers.  A request goes on when the client has gone, as one that has arrived
    does, and whoever repeats it gets the same answer.
    """

    def __init__(self, send: Callable[..., Awaitable[Any]]) -> None:
        self._send = send
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self.life = 0
        self.sent: list[Sent] = []

    async def exchange(self, execution: Any, sent: Request, key: str | None = None) -> Any:
        assert key is not None
        self.sent.append(Sent(self.life, key, f"{sent.summary()} {sent.body!r}"))
        if key not in self._answers:
            self._answers[key] = asyncio.ensure_future(self._send(execution, sent, key))
        return await asyncio.shield(self._answers[key])

    async def finish(self) -> None:
        """Waits for answers that nobody waits for any more."""
        await asyncio.gather(*self._answers.values(), return_exceptions=True)


@contextmanager
def answered_by(service: Service) -> Iterator[None]:
    """While this is entered every request goes to `service`."""
    make, _ = http._client()
    with patch.object(http, "_client", lambda: (make, service.exchange)):
        yield


class Pool:
    """The threads of a durable execution (`wfc_runtime.durable.Threads`)."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def submit(
        self, work: Callable[[], bool], done: Callable[[bool, BaseException | None], None]
    ) -> None:
        def tell(running: asyncio.Future[bool]) -> None:
            error = running.exception()
            done(error is not None or running.result(), error)

        loop = asyncio.get_running_loop()
        loop.run_in_executor(self._executor, work).add_done_callback(tell)
