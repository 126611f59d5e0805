"""A real server on this machine, and calls of `http.*` to it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from ssl import SSLContext
from typing import Any

import pytest
from aiohttp import web
from tests.compiled import workflow

import wfc_runtime.v1 as wf
from wfc_runtime.stdlib import http

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_OPTIONS = ("auth", "limits", "log", "observer", "routes")
"""Arguments of `ask` and `asked` that are options of the run; `auth_map` is the argument `auth`."""

_BACKLOG = 1024
"""Connections that may wait to be taken: one that finds no place comes a second or more later."""


@asynccontextmanager
async def serving(handler: Handler, tls: SSLContext | None = None) -> AsyncIterator[str]:
    """A server on a free port; its address."""
    server = web.Server(handler, handler_cancellation=True)
    runner = web.ServerRunner(server, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls, backlog=_BACKLOG)
    await site.start()
    host, port = runner.addresses[0]
    try:
        yield f"http{'s' if tls else ''}://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def talking(talk: Talk, tls: SSLContext | None = None) -> AsyncIterator[str]:
    """A server that reads the head of a request and then does what `talk` does, HTTP or not."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await talk(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    host, port = server.sockets[0].getsockname()
    try:
        yield f"http{'s' if tls else ''}://{host}:{port}"
    finally:
        server.close()


def without_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """No host has an address: no test waits for a name server."""

    def unknown(*args: Any, **options: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", unknown)


def ask(handler: Handler, verb: str = "get", *, path: str = "/", **arguments: Any) -> Any:
    """The result of a call with the server's address before `path`; or the error's payload."""
    return asked(serving(handler), verb, path=path, **arguments)


def asked(
    server: AbstractAsyncContextManager[str], verb: str = "get", *, path: str = "/", **given: Any
) -> Any:
    """As `ask`, with a server of any kind."""
    options = {name: given.pop(name) for name in _OPTIONS if name in given}
    arguments = {("auth" if name == "auth_map" else name): given[name] for name in given}

    async def scenario() -> Any:
        async with server as address:

            async def main(run: wf.Run) -> Any:
                whole = {"url": address + path, **arguments}
                try:
                    return shown(await run.call("fetch", getattr(http, verb), **whole))
                except Exception as exc:
                    return {"error": shown(wf.caught(exc))}

            return await workflow(main, accounting=True).run(**{"env": {}, **options})

    result = asyncio.run(scenario())
    return result["error"] if isinstance(result, dict) and "error" in result else result


def shown(value: Any) -> Any:
    """The value with bytes, which no workflow can return, as a map."""
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    if isinstance(value, dict):
        return {key: shown(item) for key, item in value.items()}
    return value


async def echo(request: web.BaseRequest) -> web.StreamResponse:
    """What the server received."""
    return web.json_response(
        {
            "method": request.method,
            "path": request.path,
            "query": [list(pair) for pair in request.query.items()],
            "headers": dict(request.headers),
            "body": (await request.read()).decode(),
        }
    )


def replies(*args: Any, **options: Any) -> Handler:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(*args, **options)

    return handler
