"""Callback endpoints of executions in workers: durable when they answer, there after a restart."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.gates import Gates, gates
from tests.service_runs import Service, serving, until

from wfc_service.engine.interface import CallbackRequest
from wfc_service.errors import ApiError
from wfc_service.store.records import Execution

TWICE = """
main:
  params: [gate]
  steps:
  - create: {call: events.create_callback_endpoint, args: {http_callback_method: PUT}, result: e}
  - tell: {call: http.post, args: {url: '${gate + "/url"}', body: '${e.url}'}}
  - first: {call: events.await_callback, args: {callback: '${e}'}, result: a}
  - between: {call: http.get, args: {url: '${gate + "/between"}'}}
  - second: {call: events.await_callback, args: {callback: '${e}'}, result: b}
  - done: {return: '${[a.http_request, b.http_request.body]}'}
"""


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 120))


def put(value: object) -> CallbackRequest:
    headers = [("Content-Type", "application/json"), ("x-a", "1")]
    return CallbackRequest("PUT", headers, [("q", "2")], json.dumps(value).encode())


async def opened(service: Service, gate: Gates) -> tuple[Execution, str]:
    """An execution that waits for its first callback, and the endpoint's id."""
    await service.deploy("twice", TWICE)
    execution = await service.create("twice", gate.address)
    await gate.let("/url")
    [endpoint] = service.runs.callbacks(execution.id)
    await until(lambda: shown(service, execution)["waiters"] == "1")
    return execution, endpoint["id"]


def shown(service: Service, execution: Execution) -> Mapping[str, Any]:
    """Its one endpoint."""
    [endpoint] = service.runs.callbacks(execution.id)
    return endpoint


def test_each_request_reaches_the_workflow_once_and_in_order(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path, address="https://wf.example.com") as service:
            execution, id = await opened(service, gate)
            await service.runs.receive(execution.id, id, put({"n": 1}))
            call = await gate.arrived("/between")
            await service.runs.receive(execution.id, id, put({"n": 2}))
            await until(lambda: shown(service, execution)["availablePayloads"] != [])
            assert shown(service, execution) == {
                "id": id,
                "method": "PUT",
                "availablePayloads": ['{"n":2}'],
                "waiters": "0",
            }
            with pytest.raises(ApiError) as error:
                await service.runs.receive(execution.id, id, put({"n": 3}))
            assert (error.value.code, error.value.status) == (429, "RESOURCE_EXHAUSTED")
            call.answer.set_result(None)
            first, second = await service.result(execution)
            assert second == {"n": 2}
            assert first["body"] == {"n": 1}
            assert first["query"] == {"q": "2"}
            assert first["headers"]["X-A"] == "1"
            assert first["url"].endswith(f"/executions/{execution.id}/callbacks/{id}?q=2")
            assert list(service.runs.callbacks(execution.id)) == []

    run(main())


def test_requests_that_no_workflow_sees_are_refused(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            execution, id = await opened(service, gate)
            for unknown in ((execution.id, "other"), ("other", id)):
                with pytest.raises(ApiError) as error:
                    await service.runs.receive(*unknown, put(1))
                assert error.value.code == 404
            wrong = CallbackRequest("POST", [], [], b"")
            refused = service.runs.receive(execution.id, id, wrong)
            taken = service.runs.receive(execution.id, id, put(1))
            answers = await asyncio.gather(refused, taken, return_exceptions=True)
            assert isinstance(answers[0], ApiError)
            assert answers[0].code == 405
            assert answers[1] is None
            await gate.let("/between")
            await service.runs.cancel(service.get(execution.id))
            with pytest.raises(ApiError) as error:
                await service.runs.receive(execution.id, id, put(2))
            assert error.value.code == 404

    run(main())


def test_the_url_is_that_of_the_service_and_cannot_be_guessed(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path, address="https://wf.example.com") as service:
            await service.deploy("twice", TWICE)
            created = [await service.create("twice", gate.address) for _ in range(2)]
            urls = [json.loads((await gate.arrived("/url")).body) for _ in created]
            for execution in created:
                [url] = [url for url in urls if execution.id in url]
                parent = "projects/my-project/locations/us-central1/workflows/twice"
                start = f"https://wf.example.com/v1/{parent}/executions/{execution.id}/callbacks/"
                assert url.startswith(start)
                assert len(url.removeprefix(start)) == 36
            assert len({url.rpartition("/")[2] for url in urls}) == 2

    run(main())


def test_what_was_accepted_is_there_after_a_restart_and_so_is_the_endpoint(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate:
            async with serving(tmp_path) as service:
                execution, id = await opened(service, gate)
                await service.runs.receive(execution.id, id, put(1))
                await gate.arrived("/between")
                await service.runs.receive(execution.id, id, put(2))
            async with serving(tmp_path) as service:
                with pytest.raises(ApiError) as error:  # at once: it waits for the replay
                    await service.runs.receive(execution.id, id, put(3))
                assert error.value.code == 429
                [endpoint] = service.runs.callbacks(execution.id)
                assert (endpoint["id"], endpoint["availablePayloads"]) == (id, ["2"])
                await gate.let("/between")
                first, second = await service.result(execution)
                assert (first["body"], second) == (1, 2)

    run(main())


def test_a_request_that_comes_while_the_execution_is_being_replayed_waits_for_it(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        async with gates() as gate:
            gate.open.add("/between")
            async with serving(tmp_path) as service:
                execution, id = await opened(service, gate)
            async with serving(tmp_path) as service:
                await service.runs.receive(execution.id, id, put(1))
                [pid] = [worker.process.pid for worker in service.runs.workers]
                os.kill(pid, signal.SIGKILL)
                await service.runs.receive(execution.id, id, put(2))
                first, second = await service.result(execution)
                assert (first["body"], second) == (1, 2)

    run(main())
