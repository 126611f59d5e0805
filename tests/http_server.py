"""A real server on this machine, and calls of `http.*` to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from tests.compiled import workflow

import wfc_runtime.v1 as wf
from wfc_runtime.stdlib import http

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[str]:
    """A server on a free port; its address."""
    server = web.Server(handler, handler_cancellation=True)
    runner = web.ServerRunner(server, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    try:
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def ask(handler: Handler, verb: str = "get", *, path: str = "/", **arguments: Any) -> Any:
    """The result of a call with the server's address before `path`; or the error's payload."""
    limits = arguments.pop("limits", "local")

    async def scenario() -> Any:
        async with serving(handler) as address:

            async def main(run: wf.Run) -> Any:
                given = {"url": address + path, **arguments}
                try:
                    return shown(await run.call("fetch", getattr(http, verb), **given))
                except Exception as exc:
                    return {"error": shown(wf.caught(exc))}

            return await workflow(main, accounting=True).run(limits=limits)

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
