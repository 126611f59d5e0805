"""The API and the engine together, on a port: what a workflow asks its own service for."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn
from tests.gates import gates
from tests.service_runs import PLACE, Service, serving

from wfc_service.deploy import Builder
from wfc_service.google.rest import create_app
from wfc_service.service import Service as ApiService

EXECUTIONS = "https://workflowexecutions.googleapis.com/v1/" + PLACE.workflow("child")
PARENT = f"""
main:
  params: [gate]
  steps:
  - start:
      call: http.post
      args:
        url: {EXECUTIONS}/executions
        body: {{argument: '"a"'}}
        auth: {{type: OAuth2}}
      result: created
  - wait: {{call: http.get, args: {{url: '${{gate + "/wait"}}'}}}}
  - look:
      call: http.get
      args:
        url: '${{"https://workflowexecutions.googleapis.com/v1/" + created.body.name}}'
        auth: {{type: OAuth2}}
      result: found
  - done: {{return: '${{found.body.result}}'}}
"""
CHILD = """
main:
  params: [x]
  steps:
  - done: {return: '${x + "b"}'}
"""
CALLED_BACK = """
main:
  params: [gate]
  steps:
  - open: {call: events.create_callback_endpoint, result: endpoint}
  - tell: {call: http.post, args: {url: '${gate + "/url"}', body: '${endpoint.url}'}}
  - wait: {call: events.await_callback, args: {callback: '${endpoint}'}, result: called}
  - done: {return: '${called.http_request.body}'}
"""


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 60))


@asynccontextmanager
async def whole(folder: Path) -> AsyncIterator[tuple[Service, str]]:
    """A service with its API, and where that is."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    builder = Builder()
    try:
        async with serving(folder, address=address) as service:
            api = ApiService(PLACE, service.database, service.runs, builder, lambda: 0)
            server = uvicorn.Server(uvicorn.Config(create_app(api), log_level="warning"))
            running = asyncio.create_task(server.serve(sockets=[listening]))
            try:
                yield service, address
            finally:
                server.should_exit = True
                await running
    finally:
        builder.close()


def test_a_workflow_that_creates_executions_by_http_creates_each_once(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, whole(tmp_path) as (service, _):
            await service.deploy("child", CHILD)
            await service.deploy("parent", PARENT)
            execution = await service.create("parent", gate.address)
            await gate.arrived("/wait")
            [child] = service.database.read("SELECT * FROM executions WHERE workflow = 'child'")
            assert (child["generation"], child["argument"]) == (1, '"a"')
            assert child["request_id"] == f"{execution.id}/start#1"
            await service.runs.wait(child["id"])
            [pid] = [worker.process.pid for worker in service.runs.workers]
            os.kill(pid, signal.SIGKILL)
            await gate.let("/wait")
            assert await service.result(execution) == '"ab"'
            assert len(service.database.read("SELECT id FROM executions")) == 2

    run(main())


def test_the_url_of_a_callback_endpoint_is_that_of_the_service(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, whole(tmp_path) as (service, address):
            await service.deploy("called", CALLED_BACK)
            execution = await service.create("called", gate.address)
            call = await gate.arrived("/url")
            url = json.loads(call.body)
            assert url.startswith(f"{address}/v1/projects/my-project/")
            call.answer.set_result(None)
            async with (
                aiohttp.ClientSession() as session,
                session.post(url, json={"n": 1}) as answer,
            ):
                assert (answer.status, await answer.read()) == (200, b"")
            assert await service.result(execution) == {"n": 1}

    run(main())
