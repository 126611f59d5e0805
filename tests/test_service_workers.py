"""Workers: nobody is slowed down or broken by another, and what dies goes on elsewhere."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import resource
import select
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest
from tests.gates import gates
from tests.service_runs import Service, serving, until

from wfc_service.engine.admission import Bounds
from wfc_service.engine.hosting import DEATHS
from wfc_service.engine.workers import Workers
from wfc_service.store.journal_rows import Rows
from wfc_service.store.records import Execution
from wfc_service.worker.__main__ import _connections

ROOT = Path(__file__).parent.parent
ADD = """
main:
  params: [x]
  steps:
  - sum: {return: '${x + 1}'}
"""
ENDLESS = """
main:
  params: [gate]
  steps:
  - ready: {call: http.get, args: {url: '${gate}'}}
  - round: {assign: [{x: 1}], next: round}
"""
STEPS = """
main:
  params: [gate]
  steps:
  - init: {assign: [{seen: []}]}
  - one: {call: http.get, args: {url: '${gate + "/one"}'}, result: r}
  - keep: {assign: [{seen: '${list.concat(seen, r.body)}'}]}
  - two: {call: http.get, args: {url: '${gate + "/two"}'}, result: r}
  - done: {return: '${list.concat(seen, r.body)}'}
"""


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 120))


def pids(service: Service) -> list[int]:
    return [worker.process.pid for worker in service.runs.workers]


async def endless(service: Service, address: str, gate: Any) -> Execution:
    """An execution that computes without an end, and has begun to."""
    execution = await service.create("endless", f"{address}/ready")
    await gate.let("/ready")
    return execution


def test_100_others_end_while_one_computes_without_an_end(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path, limits="local") as service:
            await service.deploy("endless", ENDLESS)
            await service.deploy("add", ADD)
            busy = [await endless(service, gate.address, gate) for _ in range(3)]
            results = await asyncio.gather(*(service.run("add", n) for n in range(100)))
            assert results == list(range(1, 101))
            assert [service.get(one.id).state for one in busy] == ["ACTIVE"] * 3

    run(main())


def test_what_computes_without_an_end_can_be_cancelled(tmp_path: Path) -> None:
    async def main() -> None:
        bounds = Bounds(active=1)
        async with gates() as gate, serving(tmp_path, limits="local", bounds=bounds) as service:
            await service.deploy("endless", ENDLESS)
            await service.deploy("add", ADD)
            busy = await endless(service, gate.address, gate)
            waiting = await service.create("add", 1)
            before = pids(service)
            assert (await service.runs.cancel(busy)).state == "CANCELLED"
            assert await service.result(waiting) == 2  # the seat is free, so nothing of it is left
            assert pids(service) == before
            assert service.get(busy.id).state == "CANCELLED"

    run(main())


def test_under_the_limits_of_the_service_nothing_computes_without_an_end(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path, limits="google") as service:
            await service.deploy("endless", ENDLESS)
            ended = await service.runs.wait((await endless(service, gate.address, gate)).id)
            assert ended.error is not None
            assert json.loads(ended.error["payload"])["tags"] == ["ResourceLimitError"]

    run(main())


def test_when_a_worker_is_killed_its_executions_go_on_in_another(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path, workers=2) as service:
            await service.deploy("steps", STEPS)
            created = [await service.create("steps", gate.address) for _ in range(4)]
            for n in range(4):
                await gate.let("/one", n)
            calls = [await gate.arrived("/two") for _ in range(4)]
            for pid in pids(service):
                os.kill(pid, signal.SIGKILL)
            again = [await gate.arrived("/two") for _ in range(4)]
            assert {call.key for call in again} == {call.key for call in calls}
            for call in again:
                call.answer.set_result("end")
            results = [await service.result(one) for one in created]
            assert sorted(results) == [[n, "end"] for n in range(4)]
            keys = [key for path, key in gate.log if path == "/one"]
            assert len(keys) == len(set(keys)) == 4

    run(main())


def test_a_worker_that_is_stopped_is_replaced_and_one_that_answers_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        beats: asyncio.Queue[None] = asyncio.Queue()
        monkeypatch.setattr("wfc_service.engine.workers.beat", beats.get)
        async with gates() as gate, serving(tmp_path) as service:
            await service.deploy("steps", STEPS)
            execution = await service.create("steps", gate.address)
            await gate.let("/one", 1)
            call = await gate.arrived("/two")
            [worker] = service.runs.workers
            for _ in range(20):
                beats.put_nowait(None)
                await until(beats.empty)
                await until(lambda: worker.missed == 0)
            assert list(service.runs.workers) == [worker]
            os.kill(worker.process.pid, signal.SIGSTOP)
            for _ in range(7):
                beats.put_nowait(None)
            again = await gate.arrived("/two")
            assert again.key == call.key
            again.answer.set_result(2)
            assert await service.result(execution) == [1, 2]
            assert list(service.runs.workers) != [worker]

    run(main())


def test_one_that_kills_three_workers_fails_and_others_do_not(tmp_path: Path) -> None:
    """Its code ran when they died; that of those that only waited did not."""
    deadly = """
import os
import wfc_runtime.v1 as wf

async def main(run):
    os.abort()

workflow = wf.Workflow(
    main, source="deadly.yaml", sha256="", compiler="", parameters=0, positions="", accounting=True
)
"""

    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            await service.deploy("steps", STEPS)
            await service.deploy_module("deadly", deadly)
            innocent = await service.create("steps", gate.address)
            await gate.arrived("/one")
            ended = await service.runs.wait((await service.create("deadly")).id)
            assert ended.state == "FAILED"
            assert ended.error is not None
            payload = json.loads(ended.error["payload"])
            assert payload["tags"] == ["SystemError"]
            assert f"{DEATHS} worker processes died of it" in payload["message"]
            gate.release("/one")
            gate.release("/two")
            assert await service.result(innocent) == [None, None]

    run(main())


@pytest.mark.parametrize(
    ("deaths", "state"),
    [(DEATHS - 1, "SUCCEEDED"), (DEATHS, "FAILED")],
    ids=["goes on", "does not"],
)
def test_deaths_count_until_the_execution_has_gone_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deaths: int, state: str
) -> None:
    """Its journal is replayed each time, which is not to go on."""
    monkeypatch.setattr("wfc_service.engine.workers._LONGEST_DELAY", 0.0)
    source = f"""
import os
from pathlib import Path
import wfc_runtime.v1 as wf

async def main(run):
    for place in range(2):
        await run.sleep("nap", 0)
        for death in range({deaths}):
            note = Path({str(tmp_path)!r}, f"{{place}} {{death}}")
            if not note.exists():
                note.touch()
                os.abort()

workflow = wf.Workflow(
    main, source="fatal.yaml", sha256="", compiler="", parameters=0, positions="", accounting=True
)
"""

    async def main() -> None:
        async with serving(tmp_path) as service:
            await service.deploy_module("fatal", source)
            ended = await service.runs.wait((await service.create("fatal")).id)
            assert ended.state == state
            died = sorted(path.name for path in tmp_path.glob("? ?"))
            places = 2 if state == "SUCCEEDED" else 1
            assert died == [f"{place} {n}" for place in range(places) for n in range(deaths)]

    run(main())


def test_no_workflow_is_marked_while_what_requests_need_is_loaded(tmp_path: Path) -> None:
    source = """
import sys
import wfc_runtime.v1 as wf

async def main(run):
    return "aiohttp" in sys.modules

workflow = wf.Workflow(
    main, source="loaded.yaml", sha256="", compiler="", parameters=0, positions="", accounting=True
)
"""

    async def main() -> None:
        async with serving(tmp_path) as service:
            await service.deploy_module("loaded", source)
            assert await service.run("loaded") is True

    run(main())


def test_an_execution_that_was_cancelled_does_not_go_on_when_its_worker_dies(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        bounds = Bounds(active=1)
        async with gates() as gate, serving(tmp_path, bounds=bounds) as service:
            await service.deploy("steps", STEPS)
            await service.deploy("add", ADD)
            first = await service.create("steps", gate.address)
            waiting = await service.create("add", 1)
            await gate.arrived("/one")
            [pid] = pids(service)
            os.kill(pid, signal.SIGKILL)
            await service.runs.cancel(first)
            assert await service.result(waiting) == 2
            assert service.get(first.id).state == "CANCELLED"
            assert service.database.read("SELECT * FROM journal") == []

    run(main())


def test_after_a_restart_everything_goes_on_where_it_was(tmp_path: Path) -> None:
    async def main() -> None:
        bounds = Bounds(active=3)
        async with gates() as gate:
            async with serving(tmp_path, bounds=bounds) as service:
                await service.deploy("steps", STEPS)
                created = [await service.create("steps", gate.address) for _ in range(6)]
                for n in range(3):
                    await gate.let("/one", n)
                for _ in range(3):
                    await gate.arrived("/two")
            async with serving(tmp_path, bounds=bounds) as service:
                assert (service.runs.active, service.runs.queued) == (3, 3)
                for _ in range(3):
                    await gate.let("/two", "a")
                for n in range(3, 6):
                    await gate.let("/one", n)
                    await gate.let("/two", "b")
                results = [await service.result(one) for one in created]
                assert sorted(results[:3]) == [[0, "a"], [1, "a"], [2, "a"]]
                assert sorted(results[3:]) == [[3, "b"], [4, "b"], [5, "b"]]
            paths = [path for path, _ in gate.log]
            assert (paths.count("/one"), paths.count("/two")) == (6, 9)

    run(main())


def test_queued_executions_stay_in_their_order_through_a_restart(tmp_path: Path) -> None:
    async def main() -> None:
        bounds = Bounds(active=1)
        async with gates() as gate:
            async with serving(tmp_path, bounds=bounds) as service:
                await service.deploy("steps", STEPS)
                created = [await service.create("steps", gate.address) for _ in range(4)]
                await gate.arrived("/one")
            async with serving(tmp_path, bounds=bounds) as service:
                cancelled = await service.runs.cancel(service.get(created[2].id))
                assert cancelled.state == "CANCELLED"
                for n in (0, 1, 3):
                    await gate.let("/one", n)
                    await gate.let("/two", n)
                    assert await service.result(created[n]) == [n, n]

    run(main())


def test_when_it_stops_requests_under_way_may_end_and_are_not_sent_again(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate:
            async with serving(tmp_path) as service:
                await service.deploy("steps", STEPS)
                execution = await service.create("steps", gate.address)
                call = await gate.arrived("/one")
                closing = asyncio.ensure_future(service.runs.close(patience=30))
                call.answer.set_result(1)
                gate.release("/two")  # which it may have come to before it hears that it is to stop
                await closing
            async with serving(tmp_path) as service:
                assert await service.result(service.get(execution.id)) == [1, None]
            assert [path for path, _ in gate.log] == ["/one", "/two"]

    run(main())


def test_what_cannot_be_written_fails_its_execution_and_no_other(tmp_path: Path) -> None:
    """No workflow can log half a character: a runtime that has gone wrong stands in for it."""
    source = """
import wfc_runtime.v1 as wf
from wfc_runtime.logs import LogEntry

async def main(run):
    run.execution.log(LogEntry(run.now(), "INFO", "\\udc80"))
    await run.sleep("nap", 0)

workflow = wf.Workflow(
    main, source="odd.yaml", sha256="", compiler="", parameters=0, positions="", accounting=True
)
"""

    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            await service.deploy("steps", STEPS)
            await service.deploy_module("odd", source)
            other = await service.create("steps", gate.address)
            await gate.arrived("/one")
            ended = await service.runs.wait((await service.create("odd")).id)
            assert ended.error is not None
            assert json.loads(ended.error["payload"])["tags"] == ["SystemError"]
            gate.release("/one")
            gate.release("/two")
            assert await service.result(other) == [None, None]

    run(main())


@pytest.mark.parametrize(
    "settings", [{"address": "localhost"}, {"routes": {"here": "there"}}, {"workers": 0}]
)
def test_settings_that_cannot_be_are_refused_before_anything_starts(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    async def main() -> None:
        with pytest.raises(ValueError, match="must be"):
            async with serving(tmp_path, **settings):
                pass

    run(main())


def test_executions_outlive_a_worker_that_dies_while_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(connection: sqlite3.Connection) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:
            await service.deploy("steps", STEPS)
            execution = await service.create("steps", gate.address)
            await gate.arrived("/one")
            monkeypatch.setattr("wfc_service.engine.hosting._nothing", full)
            [worker] = service.runs.workers
            worker.kill()
            await until(lambda: service.database.is_failing)
            monkeypatch.undo()
            gate.release("/one")
            gate.release("/two")
            assert await service.result(execution) == [None, None]
            assert service.runs.active == 0

    run(main())


def test_an_end_that_cannot_be_written_is_come_to_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often: the disk is to blame, not the execution."""
    write, refused = Rows.write, 0

    def full(rows: Rows, connection: sqlite3.Connection) -> None:
        nonlocal refused
        if rows.ended and refused <= DEATHS:
            refused += 1
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        write(rows, connection)

    async def main() -> None:
        async with serving(tmp_path, bounds=Bounds(active=1)) as service:
            await service.deploy("add", ADD)
            monkeypatch.setattr(Rows, "write", full)
            assert await service.run("add", 1) == 2
            assert refused == DEATHS + 1
            assert await service.run("add", 2) == 3
            assert service.runs.active == 0

    run(main())


def test_executions_outlive_a_full_disk(tmp_path: Path) -> None:
    async def main() -> None:
        async with gates() as gate, serving(tmp_path) as service:

            async def pages(limit: str) -> None:
                await service.database.write(
                    lambda connection: connection.execute(f"PRAGMA max_page_count = {limit}")
                )

            await service.deploy("steps", STEPS)
            execution = await service.create("steps", gate.address)
            call = await gate.arrived("/one")
            [(count,)] = service.database.read("PRAGMA page_count")
            await pages(count)
            call.answer.set_result("x" * 100_000)  # what cannot be written, and is asked for again
            call = await gate.arrived("/one")
            assert service.get(execution.id).state == "ACTIVE"
            await pages("1000000")
            call.answer.set_result(1)
            await gate.let("/two", 2)
            assert await service.result(execution) == [1, 2]

    run(main())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_a_worker_that_computes_without_an_end_ends_when_its_service_is_killed(
    tmp_path: Path,
) -> None:
    command = [sys.executable, "-m", "tests.busy_service", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as service:
        assert service.stdout is not None
        worker = os.pidfd_open(int(service.stdout.readline()))
        service.kill()
    try:
        ended, _, _ = select.select([worker], [], [], 30)
        if not ended:
            signal.pidfd_send_signal(worker, signal.SIGKILL)
        assert ended == [worker]
    finally:
        os.close(worker)


def test_a_worker_has_the_files_that_the_system_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    """macOS says that there is no limit, and refuses to set none."""
    asked: list[int] = []

    def refusing(what: int, limits: tuple[int, int]) -> None:
        asked.append(limits[0])
        if limits[0] == resource.RLIM_INFINITY:
            raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda what: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", refusing)
    assert _connections() == 5_120
    assert asked == [resource.RLIM_INFINITY, 10_240]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists the open files")
def test_a_worker_that_cannot_be_started_leaves_no_file_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*args: object, **options: object) -> None:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    host: Any = None

    async def main() -> None:
        before = os.listdir("/proc/self/fd")
        with pytest.raises(OSError, match="Resource temporarily unavailable"):
            await Workers(1, {}, host).start()
        assert os.listdir("/proc/self/fd") == before

    monkeypatch.setattr("wfc_service.engine.workers.subprocess.Popen", full)
    run(main())
