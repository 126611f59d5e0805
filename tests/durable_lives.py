"""One execution in several lives, each of which ends with a crash but the last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from unittest.mock import patch

from tests.durable import MemoryJournal

from wfc_runtime.request import Request
from wfc_runtime.stdlib import http


async def live(journal: MemoryJournal, run: Callable[[], Awaitable[Any]]) -> Any:
    """What a run gives or raises; raises Crash where its journal ends it first."""
    running = asyncio.ensure_future(run())
    assert journal.crashed is not None
    await asyncio.wait({running, journal.crashed}, return_when=asyncio.FIRST_COMPLETED)
    if not running.done():
        running.cancel()
        await asyncio.wait({running})
        raise Crash
    return await running


class Crash(Exception):
    """A life has ended before its time."""


class Service:
    """The other side of http requests: does what it is asked once for each idempotency key.

    `send` is what answers.  A request goes on when the client has gone, as one that has arrived
    does, and whoever repeats it gets the same answer.

    sent  the key and the request of every call, repeats included
    """

    def __init__(self, send: Callable[..., Awaitable[Any]]) -> None:
        self._send = send
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self.sent: list[tuple[str, str]] = []

    async def exchange(self, execution: Any, sent: Request, key: str | None = None) -> Any:
        assert key is not None
        self.sent.append((key, sent.summary()))
        if key not in self._answers:
            self._answers[key] = asyncio.ensure_future(self._send(execution, sent))
        return await asyncio.shield(self._answers[key])


@contextmanager
def answered_by(service: Service) -> Iterator[None]:
    """While this is entered every request goes to `service`."""
    make, _ = http._client()
    with patch.object(http, "_client", lambda: (make, service.exchange)):
        yield


def real(execution: Any, sent: Request) -> Awaitable[Any]:
    """Sends a request as the runtime does."""
    _, exchange = http._client()
    return exchange(execution, sent)


__all__ = ["Crash", "Service", "answered_by", "live", "partial", "real"]
