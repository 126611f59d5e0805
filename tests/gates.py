"""A server that workflows call and that answers when a test lets it: what others sleep for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from tests.http_server import serving


@dataclass
class Call:
    """One request, and what lets it have its answer."""

    path: str
    key: str
    body: bytes
    answer: asyncio.Future[object]


@dataclass
class Gates:
    """`log` has the path of each request with its idempotency key, in the order of their coming."""

    address: str = ""
    log: list[tuple[str, str]] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    """Paths that are answered at once."""
    _waiting: list[Call] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def arrived(self, path: str) -> Call:
        """The next request for a path, once it is there; `let` answers it."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._asking(path))
        call = self._asking(path)[0]
        self._waiting.remove(call)
        return call

    async def let(self, path: str, answer: object = None) -> None:
        """Answers the next request for a path."""
        (await self.arrived(path)).answer.set_result(answer)

    def release(self, path: str) -> None:
        """Answers all requests for a path, those that have come and those that will."""
        self.open.add(path)
        for call in self._asking(path):
            self._waiting.remove(call)
            call.answer.set_result(None)

    def _asking(self, path: str) -> list[Call]:
        """The requests that wait for an answer, without those of processes that have died."""
        return [one for one in self._waiting if one.path == path and not one.answer.cancelled()]

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        key = request.headers.get("Idempotency-Key", "")
        self.log.append((request.path, key))
        if request.path in self.open:
            return web.json_response(None)
        body = await request.read()
        call = Call(request.path, key, body, asyncio.get_running_loop().create_future())
        async with self._changed:
            self._waiting.append(call)
            self._changed.notify_all()
        return web.Response(text=json.dumps(await call.answer), content_type="application/json")


@asynccontextmanager
async def gates() -> AsyncIterator[Gates]:
    made = Gates()
    async with serving(made.handle) as address:
        made.address = address
        yield made
