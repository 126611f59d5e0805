"""A service in this process, and requests to it as an http server would hand them over."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.middleware import Middleware
from tests.service_engine import TaskEngine

from wfc_service.deploy import Builder
from wfc_service.google.rest import create_app
from wfc_service.names import Place
from wfc_service.peak.openapi import description
from wfc_service.peak.rest import PeakApi
from wfc_service.service import Service
from wfc_service.store.database import Database
from wfc_service.store.schema import SCHEMA
from wfc_service.times import Now
from wfc_service.triggers.triggers import Triggers
from wfc_service.worker.reach import Reach

PLACE = Place("my-project", "us-central1", 123456789012)
PARENT = PLACE.parent
ADDRESS = "http://127.0.0.1:8787"
HELLO = """\
main:
  params: [args]
  steps:
    - greet:
        return: ${"Hello " + default(map.get(args, "name"), "world")}
"""


@dataclass
class Answer:
    """What a client sees."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Clock:
    """A second passes whenever somebody looks."""

    time: int = 1_700_000_000_000_000_000

    def __call__(self) -> int:
        self.time += 1_000_000_000
        return self.time


@dataclass
class Client:
    """Makes requests to `/v1/…` unless a path begins with a slash."""

    app: Starlette
    service: Service
    engine: TaskEngine
    triggers: Triggers
    clock: Clock
    parent: str = PARENT

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        **query: Any,
    ) -> Answer:
        sent = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path if path.startswith("/") else f"/v1/{path}",
            "root_path": "",
            "query_string": urlencode(query).encode(),
            "headers": [
                (name.lower().encode(), text.encode()) for name, text in (headers or {}).items()
            ],
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 50000),
        }
        parts = [sent[at : at + 65536] for at in range(0, len(sent), 65536)] or [b""]
        messages: list[Any] = []

        async def receive() -> dict[str, Any]:
            if not parts:
                await asyncio.Event().wait()  # for a client that hangs up, which this one does not
            part = parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(parts)}

        async def send(message: Any) -> None:
            messages.append(message)

        await self.app(scope, receive, send)
        start, *rest = messages
        seen = {name.decode(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], seen, b"".join(part["body"] for part in rest))

    async def ok(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The JSON of an answer, which must be 200."""
        answer = await self(method, path, body, **query)
        assert answer.status == 200, answer.body
        return answer.json()

    async def error(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The error of an answer, which must be one in Google's form."""
        answer = await self(method, path, body, **query)
        assert answer.status >= 400, answer.body
        error = answer.json()["error"]
        assert error["code"] == answer.status
        return error

    async def deploy(self, id: str = "hello", source: str = HELLO, **fields: Any) -> Any:
        """The operation of a new workflow."""
        body = {"sourceContents": source, **fields}
        return await self.ok("POST", f"{self.parent}/workflows", body, workflowId=id)

    async def run(self, id: str = "hello", **fields: Any) -> Any:
        """An execution that has come to its end."""
        path = f"{self.parent}/workflows/{id}/executions"
        created = await self.ok("POST", path, fields)
        await self.engine.ended(created["name"])
        return await self.ok("GET", created["name"])


Check = Callable[[Client], Awaitable[None]]
Served = Callable[[Check], None]
"""What the fixture `served` is: it runs a check against a service of its own."""


def application(service: Service, triggers: Triggers) -> Starlette:
    """What answers requests to a service."""
    peak = Middleware(PeakApi, service=service, webhook=triggers.call, address=ADDRESS)
    return create_app(service, middleware=[peak], description=description)


@asynccontextmanager
async def serving(folder: Path, builder: Builder, now: Now | None = None) -> AsyncIterator[Client]:
    """A service whose files are in `folder`; `now` may stand for the clock."""
    clock = Clock()
    database = Database(folder / "service.db", SCHEMA)
    engine = TaskEngine(database, PLACE, now or clock)
    service = Service(PLACE, database, engine, builder, now or clock)
    try:
        triggers = Triggers(service, Reach({}, ADDRESS, "", None))
        yield Client(application(service, triggers), service, engine, triggers, clock)
    finally:
        await engine.close()
        await database.close()
