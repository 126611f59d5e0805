"""Runs of compiled modules whose every request is answered by a stand-in on this machine.

A `Reply` is what a script gives for a request; `play` runs a module and says how that ended and
what was asked for.  Time is virtual, callbacks and child workflows are played too.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from unittest.mock import patch
from urllib.parse import urlsplit

from aiohttp import web
from tests.compiled import Main, load, workflow
from tests.http_server import serving
from tests.running import at_most

import wfc_runtime.v1 as wf
from wfc_runtime.limits import GOOGLE, LOCAL
from wfc_runtime.stdlib import http
from wfc_runtime.testing import CallbackRequest, ScriptedCallbacks, VirtualClock

Script = Callable[[web.BaseRequest, int], web.Response]
"""The reply to a request, which has been made that many times before."""

HOST = "X-Forwarded-Host"
"""The header that says whom a request was for."""

NEVER = object()

MOST_REQUESTS = 150
"""Who asks more often waits for something that the stand-in never says: the run is cancelled."""


@dataclass(frozen=True)
class World:
    """What a run finds outside.

    script    answers every request
    callback  the body that comes to each endpoint after 5 seconds; NEVER for none
    child     what every other workflow does; without it there is none
    seed      stands for an order of the branches
    """

    script: Script
    callback: Any = None
    child: Main | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    seed: int | None = None

    def callbacks(self) -> list[CallbackRequest]:
        if self.callback is NEVER:
            return []
        return [
            CallbackRequest(after=5, body=self.callback, method=method, endpoint=endpoint)
            for endpoint in range(1, 11)
            for method in ("GET", "POST")
        ]

    def find(self, name: str) -> wf.Workflow:
        if self.child is None:
            raise LookupError(f"there is no workflow `{name}`")
        return workflow(self.child, parameters=1, accounting=True)


@dataclass(frozen=True)
class Asked:
    """One request as the workflow made it."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None


@dataclass
class Played:
    """How a run ended: with a result, an error's payload, or not before it was cancelled."""

    ending: Literal["result", "error", "cancelled"]
    value: Any = None
    asked: Sequence[Asked] = ()

    @property
    def tag(self) -> str:
        """The first tag of the error, or how else it ended."""
        if self.ending != "error":
            return self.ending
        tags = self.value.get("tags") if isinstance(self.value, dict) else None
        return str(tags[0]) if tags else "raised"


def play(
    module: str, args: Any, world: World, *, accounting: bool, steps: int, seconds: float = 20
) -> Played:
    """Runs the text of a module; raises what is no WorkflowError, and AssertionError for leftovers.

    A leftover is a task that goes on after the run, or an exception that nobody took.
    """
    compiled = load(module, "played").workflow
    limits = replace(GOOGLE, steps=steps) if accounting else LOCAL
    with at_most(seconds):
        return asyncio.run(_play(compiled, args, world, limits))


async def _play(compiled: wf.Workflow, args: Any, world: World, limits: Any) -> Played:
    lost: list[Mapping[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: lost.append(context))
    asked: list[Asked] = []
    before: Counter[tuple[str, str, str]] = Counter()
    enough = asyncio.Event()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        key = request.method, request.headers[HOST], request.raw_path
        before[key] += 1
        if before.total() > MOST_REQUESTS:
            enough.set()
        return world.script(request, before[key] - 1)

    clock = VirtualClock(seed=world.seed)
    options: dict[str, Any] = {
        "clock": clock,
        "callbacks": ScriptedCallbacks(clock, *world.callbacks()),
        "children": world.find,
        "auth": wf.NoAuth(),
        "env": world.env,
        "log": lambda entry: None,
    }
    async with serving(answer) as address:
        with all_hosts_at(address, asked):
            running = asyncio.create_task(compiled.run(args, limits=limits, **options))
            until = asyncio.create_task(enough.wait())
            await asyncio.wait({running, until}, return_when=asyncio.FIRST_COMPLETED)
            running.cancel()
            until.cancel()
            await asyncio.wait({running, until})
    await asyncio.sleep(0)
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, left
    assert not lost, lost
    if running.cancelled():
        return Played("cancelled", asked=asked)
    try:
        return Played("result", running.result(), asked)
    except wf.WorkflowError as error:
        return Played("error", error.payload, asked)


@contextmanager
def all_hosts_at(address: str, asked: list[Asked]) -> Iterator[None]:
    """While this is entered every request, noted in `asked`, goes to an address.

    It says there in a header what host it was for.
    """
    send = http._send

    async def to_address(run: Any, sent: Any) -> Any:
        asked.append(Asked(sent.method, sent.url, sent.headers, sent.body))
        parts = urlsplit(sent.url)
        headers = {**sent.headers, HOST: parts.netloc}
        rest = parts._replace(scheme="", netloc="").geturl()
        return await send(run, replace(sent, url=address + rest, headers=headers))

    with patch.object(http, "_send", to_address):
        yield
