"""Runs the examples of the library's reference, and says what comes of each in lines with `→`.

Time is virtual and starts on 2 November 2021; `http://orders.example.com` is a server here.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import AF_INET
from textwrap import indent
from typing import Any
from unittest.mock import patch

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from tests.compiled import load
from tests.http_server import serving

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.testing import VirtualClock

ARROW = "→ "
START = 1635892223.25


def with_outcome(example: str) -> str:
    """The example followed by what comes of it now, whatever it said before."""
    source = "\n".join(line for line in example.splitlines() if not line.startswith(ARROW))
    return "\n".join([source, *(ARROW + line for line in _outcome(source))])


def _outcome(source: str) -> list[str]:
    """Waits and logs in their order, then the result or the error."""
    happened: list[str] = []
    clock = VirtualClock(START)
    module = load(_compiled(source), "example")
    try:
        result = asyncio.run(_run(module, clock, happened))
    except wf.WorkflowError as error:
        shown = str(error.context).partition("\nin step")[0]
        happened.append(shown)
    else:
        if result is not None:
            happened.append(json.dumps(result, ensure_ascii=False))
    if clock.slept:
        happened.insert(0, "waits " + ", ".join(f"{seconds:g} s" for seconds in clock.slept))
    return happened


async def _run(module: Any, clock: VirtualClock, happened: list[str]) -> Any:
    def log(entry: wf.LogEntry) -> None:
        happened.append(f"{entry.severity} {json.dumps(entry.payload)}")

    async with _orders() as session:
        with patch("wfc_runtime.request.open_session", lambda: session):
            return await module.run(clock=clock, env={}, log=log)


def _compiled(source: str) -> str:
    steps = source if source.startswith("- ") else f"- done:\n    return: {_quoted(source)}"
    text = f"main:\n  steps:\n{indent(steps, '    ')}\n"
    compiled = compile_source(Source("example.yaml", text), layout=False)
    assert compiled.module is not None, (source, compiled.problems)
    return compiled.module


def _quoted(expression: str) -> str:
    return "'" + expression.replace("'", "''") + "'"


class _Here(AbstractResolver):
    """Every host is the server of the examples."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def resolve(self, host: str, port: int = 0, family: int = AF_INET) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=self.port, family=AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        pass


@asynccontextmanager
async def _orders() -> AsyncIterator[aiohttp.ClientSession]:
    """A session to a server that knows order 7 and is busy twice."""
    busy = iter((503, 503))

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        match request.method, request.path:
            case _, "/missing":
                return web.json_response({"reason": "no such order"}, status=404)
            case _, "/busy" if (status := next(busy, 200)) != 200:
                return web.Response(status=status)
            case "GET", _:
                return web.json_response({"id": 7, "paid": True})
            case "DELETE", _:
                return web.Response(status=204)
            case method, _:
                return web.json_response({"method": method, "received": await request.json()})
        raise AssertionError

    async with serving(answer) as address:
        port = int(address.rpartition(":")[2])
        connector = aiohttp.TCPConnector(resolver=_Here(port))
        async with aiohttp.ClientSession(connector=connector) as session:
            yield session
