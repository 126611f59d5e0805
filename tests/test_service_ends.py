"""Ends that no worker tells of, which a full disk or a busy file delays and does not undo."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from tests.gates import gates
from tests.service_runs import serving, until

from wfc_service.engine.admission import Bounds
from wfc_service.errors import ApiError
from wfc_service.store.journal_rows import begin, end
from wfc_service.store.retention import delete_executions_of

ASK = """
main:
  params: [url]
  steps:
  - ask: {call: http.get, args: {url: '${url}'}, result: answer}
  - done: {return: '${answer.body}'}
"""

NAP = """
main:
  steps:
  - nap: {call: sys.sleep, args: {seconds: 31536000}}
"""
WAIT = """
main:
  steps:
  - open: {call: events.create_callback_endpoint, args: {http_callback_method: GET}, result: way}
  - wait: {call: events.await_callback, args: {callback: '${way}', timeout: 31536000}}
"""
YEAR = 31_536_000


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 20))


class Pauses:
    """Notes how long each one is to be, and is over at once."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


class Full:
    """A change that is refused so many times, as all are while the disk has no room."""

    def __init__(self, change: Callable[..., Any], times: int) -> None:
        self.left = times
        self._change = change

    def __call__(self, *wanted: Any) -> Any:
        if self.left:
            self.left -= 1
            raise ApiError("UNAVAILABLE", "The service cannot write its data.", retry_after=5)
        return self._change(*wanted)


@pytest.mark.parametrize("state", ["ACTIVE", "QUEUED"])
def test_a_cancel_that_cannot_be_written_is_written_when_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    pauses = Pauses()

    async def main() -> None:
        bounds = Bounds(active=2 if state == "ACTIVE" else 1)
        async with gates() as gate, serving(tmp_path, bounds=bounds, pause=pauses) as service:
            await service.deploy("ask", ASK)
            other = await service.create("ask", f"{gate.address}/other")
            execution = await service.create("ask", f"{gate.address}/gone")
            assert execution.state == state
            monkeypatch.setattr("wfc_service.engine.runs.end", Full(end, 4))
            waiting = asyncio.ensure_future(service.runs.wait(execution.id))
            await asyncio.sleep(0)
            with pytest.raises(ApiError) as refused:
                await service.runs.cancel(service.get(execution.id))
            assert (refused.value.status, refused.value.retry_after) == ("UNAVAILABLE", 5)
            assert (await waiting).state == "CANCELLED"
            assert service.get(execution.id) == await waiting
            assert pauses.seconds == [0.1, 0.2, 0.4, 0.8]
            await until(lambda: (service.runs.active, service.runs.queued) == (1, 0))
            await gate.let("/other", 1)
            assert await service.result(other) == 1

    run(main())


def test_a_cancel_that_could_not_be_written_can_be_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = asyncio.Event()

    async def pause(seconds: float) -> None:
        await room.wait()

    async def main() -> None:
        async with gates() as gate, serving(tmp_path, pause=pause) as service:
            await service.deploy("ask", ASK)
            execution = await service.create("ask", f"{gate.address}/gone")
            monkeypatch.setattr("wfc_service.engine.runs.end", Full(end, 2))
            for _ in range(2):
                with pytest.raises(ApiError, match="cannot write its data"):
                    await service.runs.cancel(execution)
            assert service.get(execution.id).state == "ACTIVE"
            assert (await service.runs.cancel(execution)).state == "CANCELLED"
            assert service.get(execution.id).state == "CANCELLED"
            room.set()
            assert (await service.runs.wait(execution.id)).state == "CANCELLED"
            logged = service.database.read("SELECT entry FROM logs WHERE severity = 'INFO'")
            states = [json.loads(row["entry"])["jsonPayload"]["state"] for row in logged]
            assert states == ["ACTIVE", "CANCELLED"]

    run(main())


def test_what_is_left_to_be_written_is_when_the_service_closes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(seconds: float) -> None:
        await asyncio.Event().wait()

    async def main() -> None:
        async with gates() as gate, serving(tmp_path, pause=never) as service:
            await service.deploy("ask", ASK)
            execution = await service.create("ask", f"{gate.address}/gone")
            monkeypatch.setattr("wfc_service.engine.runs.end", Full(end, 1))
            with pytest.raises(ApiError):
                await service.runs.cancel(execution)
        async with serving(tmp_path) as service:
            assert service.get(execution.id).state == "CANCELLED"
            assert service.runs.active == 0

    run(main())


def test_that_no_worker_can_run_one_is_written_when_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = Pauses()

    async def main() -> None:
        async with serving(tmp_path, bounds=Bounds(active=1), pause=pauses) as service:
            workflow = await service.deploy("ask", ASK)
            await service.database.write(lambda c: c.execute("DELETE FROM revisions"))
            service.runs._modules.forget(workflow.id)
            monkeypatch.setattr("wfc_service.engine.runs.end", Full(end, 2))
            many = [await service.create("ask") for _ in range(3)]
            ended = [await service.runs.wait(one.id) for one in many]
            assert [one.state for one in ended] == ["FAILED"] * 3
            assert ended[0].error is not None
            assert "has no revision" in ended[0].error["context"]
            assert pauses.seconds
            assert (service.runs.active, service.runs.queued) == (0, 0)

    run(main())


def test_executions_of_a_deleted_workflow_go_when_they_can_and_no_later_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = asyncio.Event()

    async def pause(seconds: float) -> None:
        await room.wait()

    async def main() -> None:
        async with gates() as gate, serving(tmp_path, pause=pause) as service:
            await service.deploy("ask", ASK)
            gone = await service.create("ask", f"{gate.address}/gone")
            waiting = asyncio.ensure_future(service.runs.wait(gone.id))
            await asyncio.sleep(0)
            full = Full(delete_executions_of, 1)
            monkeypatch.setattr("wfc_service.engine.runs.delete_executions_of", full)
            with pytest.raises(ApiError, match="cannot write its data"):
                await service.runs.forget("ask")
            await service.deploy("ask", ASK, 2)
            later = await service.create("ask", f"{gate.address}/later")
            room.set()
            assert (await waiting).state == "CANCELLED"
            assert [row["id"] for row in service.database.read("SELECT id FROM executions")] == [
                later.id
            ]
            await gate.let("/later", 1)
            assert await service.result(later) == 1

    run(main())


def test_a_new_execution_never_has_the_number_of_one_that_is_being_ended(tmp_path: Path) -> None:
    """It would be ended in its place, and the seat of the other be taken for good."""

    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            await service.deploy("ask", ASK)
            await service.create("ask", f"{gate.address}/gone")
            await gate.arrived("/gone")
            await service.runs.forget("ask")
            await service.deploy("ask", ASK, 2)
            new = await service.create("ask", f"{gate.address}/new")
            await gate.let("/new", 1)
            assert await service.result(new) == 1
            await until(lambda: service.runs.active == 0)

    run(main())


def test_one_that_has_begun_goes_on_though_that_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its journal says so: what it has done is not done again after a restart."""

    async def never(seconds: float) -> None:
        await asyncio.Event().wait()

    twice = ASK.replace("- done", "- again: {call: http.get, args: {url: '${url}'}}\n  - done")

    async def main() -> None:
        async with gates() as gate:
            monkeypatch.setattr("wfc_service.engine.beginnings.begin", Full(begin, 2))
            bounds = Bounds(active=1)
            async with serving(tmp_path, bounds=bounds, pause=never) as service:
                await service.deploy("ask", ASK)
                await service.deploy("twice", twice)
                await service.create("ask", f"{gate.address}/first")
                execution = await service.create("twice", f"{gate.address}/b")
                await gate.let("/first")
                await gate.let("/b", 1)
                await gate.arrived("/b")
                assert service.get(execution.id).state == "QUEUED"
            async with serving(tmp_path, bounds=bounds) as service:
                await gate.let("/b", 2)
                assert await service.result(execution) == 1
            assert len({key for path, key in gate.log if path == "/b"}) == 2

    run(main())


@pytest.mark.parametrize(
    ("source", "step"), [(NAP, "nap"), (WAIT, "wait"), (ASK, "ask")], ids=["nap", "wait", "ask"]
)
def test_after_a_year_an_execution_fails_whatever_it_waits_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, step: str
) -> None:
    monkeypatch.setattr("wfc_service.engine.runs.PAUSE", 0)
    shift = 0

    def now() -> int:
        return time.time_ns() + shift * 10**9

    async def main() -> None:
        nonlocal shift
        bounds = Bounds(active=1)
        async with gates() as gate, serving(tmp_path, now, bounds=bounds) as service:
            await service.deploy("long", source)
            old = await service.create("long", f"{gate.address}/long")
            queued = await service.create("long", f"{gate.address}/long")
            await until(lambda: bool(service.runs.current_steps(old.id)))
            shift = YEAR - 100
            await asyncio.sleep(0.01)
            assert service.get(old.id).state == "ACTIVE"
            shift = YEAR + 100
            ended = await service.runs.wait(old.id)
            assert (ended.state, ended.steps[0]["step"]) == ("FAILED", step)
            assert ended.error is not None
            assert json.loads(ended.error["payload"])["tags"] == ["ResourceLimitError"]
            assert "where the limit is 31,536,000 (Limits.duration)" in ended.error["context"]
            await until(lambda: service.get(queued.id).state == "ACTIVE")
            assert service.runs.active == 1

    run(main())


def test_one_that_is_over_a_year_old_after_a_restart_does_nothing_more(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate:
            async with serving(tmp_path) as service:
                await service.deploy("ask", ASK)
                old = await service.create("ask", f"{gate.address}/old")
                await gate.arrived("/old")

            def later() -> int:
                return time.time_ns() + (YEAR + 1) * 10**9

            async with serving(tmp_path, later) as service:
                ended = await service.runs.wait(old.id)
                assert ended.state == "FAILED"
                assert service.runs.active == 0
                assert service.database.read("SELECT * FROM journal") == []
            async with serving(tmp_path, later, limits="local") as service:
                await service.known()
                new = await service.create("ask", f"{gate.address}/new")
                await gate.let("/new", 1)
                assert await service.result(new) == 1
            assert [path for path, _ in gate.log] == ["/old", "/new"]

    run(main())
