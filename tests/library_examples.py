"""Runs the examples of the library's reference, and says what comes of each in lines with `→`.

Time is virtual and starts on 2 November 2021.  The introduction of the page says what the examples
meet: `http://orders.example.com`, a workflow to call, requests to endpoints, Google's APIs.
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
from tests.google_apis import google_apis
from tests.http_server import serving
from tests.library_calls import CLUSTER
from tests.transcript import apis_at

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.testing import CallbackRequest, ScriptedCallbacks, VirtualClock

ARROW = "→ "
START = 1635892223.25
APPROVAL = CallbackRequest(after=60, body={"approved": True})


def with_outcome(example: str) -> str:
    """The example followed by what comes of it now, whatever it said before."""
    source = "\n".join(line for line in example.splitlines() if not line.startswith(ARROW))
    return "\n".join([source, *(ARROW + line for line in _outcome(source))])


def _outcome(source: str) -> list[str]:
    """Waits and logs in their order, then the result or the error."""
    happened: list[str] = []
    clock = _Clock(happened)
    module = load(_compiled(source), "example")
    try:
        result = asyncio.run(_run(module, clock, happened))
    except wf.WorkflowError as error:
        shown = str(error.context).partition("\nin step")[0]
        happened.append(shown)
    else:
        if result is not None:
            happened.append(json.dumps(result, ensure_ascii=False))
    return happened


class _Clock(VirtualClock):
    """Notes waits when they come to their end: a time limit that is not reached is none."""

    def __init__(self, happened: list[str]) -> None:
        super().__init__(START)
        self.happened = happened

    async def wait(self, branch: wf.BranchPath, seconds: float) -> None:
        await super().wait(branch, seconds)
        if self.happened and self.happened[-1].startswith("waits "):
            self.happened[-1] += f", {seconds:g} s"
        else:
            self.happened.append(f"waits {seconds:g} s")


PRICE_ORDER = """\
main:
  params: [order]
  steps:
    - done:
        return: ${order.quantity * 5}
"""


async def _run(module: Any, clock: VirtualClock, happened: list[str]) -> Any:
    def log(entry: wf.LogEntry) -> None:
        happened.append(f"{entry.severity} {json.dumps(entry.payload)}")

    price_order = load(_module(PRICE_ORDER), "price_order").workflow
    async with _orders() as session, serving(google_apis) as apis, apis_at(apis, CLUSTER):
        with patch("wfc_runtime.request.open_session", lambda: session):
            return await module.run(
                clock=clock,
                env={},
                log=log,
                callbacks=ScriptedCallbacks(clock, APPROVAL),
                children={"price_order": price_order}.__getitem__,
                auth=wf.NoAuth(),
            )


def _compiled(source: str) -> str:
    steps = source if source.startswith("- ") else f"- done:\n    return: {_quoted(source)}"
    return _module(f"main:\n  steps:\n{indent(steps, '    ')}\n")


def _module(text: str) -> str:
    compiled = compile_source(Source("example.yaml", text), layout=False)
    assert compiled.module is not None, (text, compiled.problems)
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
