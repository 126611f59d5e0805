"""Calls of Google APIs to a real server on this machine, under a clock that does not wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from tests.compiled import workflow
from tests.http_server import serving, shown
from tests.transcript import apis_at

import wfc_runtime.v1 as wf
from wfc_runtime.testing import VirtualClock


@dataclass
class Called:
    """What came of a call: `result` or `error`, the requests `METHOD /path?query`, the waits."""

    result: Any = None
    error: Any = None
    requests: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)


def call(function: Callable[..., Awaitable[Any]], *replies: Any, **given: Any) -> Called:
    """Calls a connector or a helper; Google's APIs give these replies in turn, the last for ever.

    A reply is what is sent as JSON, a pair of a status and that, or a response.
    """
    called, clock, left = Called(), VirtualClock(), list(replies)

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        called.requests.append(f"{request.method} {request.raw_path}")
        called.bodies.append(await request.read())
        reply = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(reply, web.StreamResponse):
            return reply
        status, value = reply if isinstance(reply, tuple) else (200, reply)
        return web.json_response(value, status=status)

    async def main(run: wf.Run) -> Any:
        try:
            called.result = shown(await run.call("step", function, **given))
        except Exception as exc:
            called.error = shown(wf.caught(exc))

    async def scenario() -> None:
        async with serving(answer) as address, apis_at(address):
            await workflow(main).run(clock=clock, env={}, auth=wf.NoAuth())

    asyncio.run(scenario())
    called.slept = clock.slept
    return called
