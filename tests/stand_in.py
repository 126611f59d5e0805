"""Runs of compiled modules whose every request is answered by a stand-in on this machine.

`play` runs a module and says how that ended and what it asked for.  Time is virtual; callbacks and
child workflows are played too.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from aiohttp import web
from tests.compiled import Main, load, workflow
from tests.http_server import serving
from tests.running import at_most
from tests.transcript import sent_otherwise

import wfc_runtime.v1 as wf
from wfc_runtime.limits import GOOGLE, LOCAL
from wfc_runtime.request import Request
from wfc_runtime.testing import CallbackRequest, ScriptedCallbacks, VirtualClock

Script = Callable[[web.BaseRequest, int], web.Response]
"""The reply to a request, which has been made that many times before."""

HOST = "X-Forwarded-Host"
"""The header that says whom a request was for."""

NEVER = object()
"""The body of a callback that does not come."""

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


@dataclass
class Played:
    """How a run ended: with a result, an error's payload, or not before it was cancelled."""

    ending: Literal["result", "error", "cancelled"]
    value: Any = None
    asked: Sequence[Request] = ()

    @property
    def tag(self) -> str:
        """The first tag of the error, or how else it ended."""
        if self.ending != "error":
            return self.ending
        tags = self.value.get("tags") if isinstance(self.value, dict) else None
        return str(tags[0]) if tags else "raised"


def play(
    module: str, args: Any, world: World, *, accounting: bool, steps: int, seconds: float = 60
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
    asked: list[Request] = []
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

        def to_stand_in(sent: Request) -> Request:
            asked.append(sent)
            parts = urlsplit(sent.url)
            rest = parts._replace(scheme="", netloc="").geturl()
            return replace(sent, url=address + rest, headers={**sent.headers, HOST: parts.netloc})

        with sent_otherwise(to_stand_in):
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
