"""The default place of callback endpoints: an http server on a free port of 127.0.0.1."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING
from urllib.parse import unquote

from wfc_runtime.callbacks import Endpoint, Refused
from wfc_runtime.limits import MIB

if TYPE_CHECKING:
    from aiohttp import web

_LARGEST = 2 * MIB
"""Bytes of a request's body, as of a response's (spec 07 §2)."""

_GRACE = 1.0
"""Seconds that a request which is being answered has when the server stops."""


class CallbackServer:
    """Starts with the first endpoint; requests that come before it is ready wait at the socket."""

    def __init__(self) -> None:
        self._endpoints: dict[str, Endpoint] = {}
        """By path, decoded as `web.Request` has it."""
        self._socket: socket.socket | None = None
        self._starting: asyncio.Task[web.AppRunner] | None = None

    def open(self, endpoint: Endpoint) -> str:
        if self._socket is None:
            self._socket = socket.create_server(("127.0.0.1", 0))
            self._starting = asyncio.create_task(self._start(self._socket))
        self._endpoints[unquote(endpoint.path)] = endpoint
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}{endpoint.path}"

    def close(self, endpoint: Endpoint) -> None:
        del self._endpoints[unquote(endpoint.path)]

    async def stop(self) -> None:
        """Closes the socket and every connection."""
        if self._starting is not None:
            runner = await self._starting
            await runner.cleanup()
        if self._socket is not None:
            self._socket.close()

    async def _start(self, listening: socket.socket) -> web.AppRunner:
        from aiohttp import web

        application = web.Application(client_max_size=_LARGEST)
        application.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=_GRACE)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        return runner

    async def _answer(self, request: web.Request) -> web.Response:
        from aiohttp import web

        try:
            body = await request.read()
            endpoint = self._endpoints.get(request.path)
            if endpoint is None:
                raise Refused(404, "NOT_FOUND", "no callback endpoint has this URL")
            endpoint.receive(request.method, request.headers.items(), request.query.items(), body)
        except Refused as refused:
            return web.json_response(refused.body(), status=refused.code)
        return web.Response()
