"""What Peak's executions leave when their worker is killed or the service stops, and go on with."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import sqlite3
import threading
from collections.abc import Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.gates import Call, gates
from tests.peak_service import command, deploy, ended, execute, lines, statuses
from tests.processes import gone, members, needs_proc
from tests.service_runs import Service, serving, until

import wfc_runtime.peak.v1 as peak
from wfc_service.engine.admission import Bounds
from wfc_service.settings import PeakSettings
from wfc_service.store.journal_rows import Rows
from wfc_service.worker.leftovers import end_commands
from wfc_service.worker.machine import machine_json
from wfc_service.worker.peak_life import _error_of
from wfc_service.worker.peak_lives import PeakLives

ONCE = 'if [ -e "$once" ]; then echo again; exit; fi; touch "$once"; '
"""The rest of a command runs once only, in all lives."""


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 60))


@pytest.fixture
def mark(tmp_path: Path) -> str:
    return f"lives-{os.getpid()}-{tmp_path.name}"


def folders(root: Path) -> list[str]:
    """The working folders of executions that there are."""
    return sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []


def journal(service: Service) -> list[str]:
    return [key for (key,) in service.database.read("SELECT key FROM journal ORDER BY number")]


def notices(service: Service) -> list[str]:
    query = "SELECT entry FROM logs WHERE severity = 'NOTICE' ORDER BY number"
    return [json.loads(entry)["textPayload"] for (entry,) in service.database.read(query)]


@needs_proc
def test_a_step_that_begins_again_finds_nothing_of_its_earlier_life(
    tmp_path: Path, mark: str
) -> None:
    """Not even what has left the process group of its command."""

    async def main() -> None:
        async with serving(tmp_path, workers=2, variables={"MARK": mark}) as service:
            await deploy(
                service,
                7,
                a="echo a",
                b=command(f"{ONCE} setsid sleep 1000 & echo $$; touch left; sleep 1000", "a"),
            )
            execution = await execute(service, 7, {"once": str(tmp_path / "once")})
            await until(lambda: len(lines(service, execution)) == 2 and journal(service) == ["a"])
            await until(lambda: len(members(mark)) >= 3)  # one that begins shows no variables
            earlier = members(mark)
            hosted = service.runs._hosting.find(execution.id)
            assert hosted is not None
            assert hosted.worker is not None
            hosted.worker.kill()
            done = await ended(service, execution)
            assert statuses(done) == "a+ b+"
            assert not set(members(mark)) & set(earlier)
            assert lines(service, done, "a") == ["a"]
            assert lines(service, done, "b")[1:] == ["again"]
            assert "goes on in another process: what had not ended begins again" in notices(service)
            assert journal(service) == []
            assert folders(tmp_path / "peak") == []

    run(main())


def test_the_folder_of_a_killed_worker_goes_before_anything_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What has filled the disk would keep workers from starting."""

    async def main() -> None:
        async with serving(tmp_path) as service:
            await deploy(service, 7, a="touch large; echo ready; sleep 1000")
            execution = await execute(service, 7)
            await until(lambda: lines(service, execution) == ["ready"])
            assert folders(tmp_path / "peak") == [execution.id]
            hosted = service.runs._hosting.find(execution.id)
            assert hosted is not None
            assert hosted.worker is not None
            with monkeypatch.context() as patched:
                patched.setattr(service.runs.workers, "least_loaded", lambda: None)
                hosted.worker.kill()
                await until(lambda: folders(tmp_path / "peak") == [])
            await service.runs.cancel(execution)

    run(main())


@needs_proc
def test_of_a_stopped_execution_nothing_is_left(tmp_path: Path, mark: str) -> None:
    """Not even what has left the process group of its command."""

    async def main() -> None:
        async with serving(tmp_path, variables={"MARK": mark}) as service:
            await deploy(service, 7, a="setsid sleep 1000 & echo $$; sleep 1000")
            execution = await execute(service, 7)
            await until(lambda: len(lines(service, execution)) == 1)
            await until(lambda: len(members(mark)) >= 3)
            await service.runs.cancel(execution)
            await until(lambda: not members(mark))

    run(main())


@needs_proc
def test_stopping_the_service_ends_commands_which_run_again_when_it_is_back(
    tmp_path: Path, mark: str
) -> None:
    asked = tmp_path / "asked"
    text = f'{ONCE} trap "touch {asked}; exit 1" TERM; echo ready; while :; do sleep 0.01; done'

    async def first() -> None:
        async with serving(tmp_path, patience=20, variables={"MARK": mark}) as service:
            await deploy(service, 7, a="echo a", b=command(text, "a"))
            await execute(service, 7, {"once": str(tmp_path / "once")})
            await until(
                lambda: bool(service.database.read("SELECT * FROM logs WHERE entry LIKE '%ready%'"))
            )

    async def second() -> None:
        async with serving(tmp_path) as service:
            [(id,)] = service.database.read("SELECT id FROM executions")
            done = await ended(service, service.get(id))
            assert (done.state, statuses(done)) == ("SUCCEEDED", "a+ b+")
            assert lines(service, done, "a") == ["a"]
            assert lines(service, done, "b")[-1] == "again"
            assert json.loads(done.result_json or "")["steps"][1].get("attempts", 1) == 1

    run(first())
    assert gone(mark)
    assert asked.exists(), "the command was not asked to end"
    run(second())


def test_a_request_may_end_while_the_service_stops_and_is_not_sent_again(tmp_path: Path) -> None:
    """What comes after it begins in the next life.

    Another execution has a command, which is asked to end once the worker knows that it is to stop.
    """
    asked = tmp_path / "asked"
    text = f'{ONCE} trap "touch {asked}; exit 1" TERM; echo ready; while :; do sleep 0.01; done'

    async def main() -> None:
        async with gates() as gate:
            auth = {"type": "no-auth"}
            asking = {"type": "http", "url": f"{gate.address}/ask", "auth": auth}
            asking["outputParameters"] = {"said": "response.txt"}

            async def answer(call: Call) -> None:
                await until(asked.exists)
                call.answer.set_result("yes")

            async with serving(tmp_path, patience=20) as service:
                then = command('echo "$x"', "ask", parameters={"inherit": {"x": "said"}})
                await deploy(service, 7, ask=asking, then=then)
                await deploy(service, 8, a=text)
                other = await execute(service, 8, {"once": str(tmp_path / "once")})
                await until(lambda: lines(service, other) == ["ready"])
                execution = await execute(service, 7)
                answering = asyncio.create_task(answer(await gate.arrived("/ask")))
            await answering
            async with serving(tmp_path) as service:
                assert service.get(execution.id).state == "ACTIVE"
                done = await ended(service, execution)
                assert statuses(done) == "ask+ then+"
                assert lines(service, done) == ['"yes"']
                assert len(gate.log) == 1

    run(main())


def test_what_arrives_at_a_worker_that_stops_begins_in_the_next_life() -> None:
    pipe: Any = None
    beginning: Any = SimpleNamespace(number=1, again=False, entries=(), argument_json="null")
    workflow: Any = SimpleNamespace(lines={"a": 3})

    async def main() -> None:
        lives = PeakLives(pipe, pipe, pipe, machine_json(peak.Settings()))
        await lives.stop(0)
        lives.begin(beginning, workflow)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_of_who_cannot_be_told_from_others_nothing_is_killed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As some builds of Python for Linux have it; guards end what they guard all the same."""
    monkeypatch.delattr(os, "pidfd_open", raising=False)
    end_commands({os.urandom(8).hex()})


async def where_it_stands(progress: Path) -> int:
    """The number in a file once it has been the same for many looks."""
    number, looks = 0, 0
    while not number or looks < 200:
        await asyncio.sleep(0.001)
        found = int(progress.read_text() or number) if progress.exists() else 0
        number, looks = found, looks + 1 if found == number else 0
    return number


def test_a_command_waits_while_its_output_cannot_be_written(tmp_path: Path) -> None:
    """Nothing of it is held but what a pipe holds, and all of it arrives in the end."""
    progress, begins = tmp_path / "progress", tmp_path / "begins"
    text = (
        f"until [ -e {begins} ]; do sleep 0.01; done;"
        f" for i in $(seq 100); do printf '%8191s\\n' $i; echo $i > {progress}; done"
    )
    goes_on = threading.Event()

    async def main() -> None:
        async with serving(tmp_path) as service:
            await deploy(service, 7, a=text)
            execution = await execute(service, 7)
            blocked = service.database.write(lambda connection: goes_on.wait())
            begins.touch()
            try:
                assert 8 <= await where_it_stands(progress) < 40
            finally:
                goes_on.set()
            await blocked
            done = await ended(service, execution)
            assert [line.strip() for line in lines(service, done)] == [
                str(number) for number in range(1, 101)
            ]

    run(main())


def test_working_folders_go_with_their_executions_unless_they_have_a_place(tmp_path: Path) -> None:
    kept = tmp_path / "work"
    text = f'pwd > "{tmp_path}/where"; touch mine; {ONCE} sleep 1000'

    async def main(**settings: Any) -> None:
        async with serving(tmp_path / "data", **settings) as service:
            await deploy(service, 7, a=text)
            once = {"once": str(tmp_path / "once")}
            first = await execute(service, 7, once)
            await until(lambda: (tmp_path / "once").exists())
            root = Path((tmp_path / "where").read_text().strip()).parent.parent
            assert folders(root) == [first.id]
            second = await execute(service, 7, once)
            await ended(service, second)
            assert folders(root) == sorted([first.id, second.id] if settings else [first.id])
            await service.runs.forget("peak/7")
            await until(lambda: folders(root) == [])
            assert root.is_relative_to(kept if settings else tmp_path / "data")

    (tmp_path / "data").mkdir()
    run(main())
    for path in (tmp_path / "data").glob("service.db*"):
        path.unlink()
    (tmp_path / "once").unlink()
    run(main(peak=PeakSettings(peak.Settings(workdir=kept))))


def test_folders_that_a_killed_service_has_left_go_when_it_starts(tmp_path: Path) -> None:
    left = tmp_path / "peak" / "0b5d1c6e-8f0a-4f5e-9d3c-3f1a2b4c5d6e"
    (left / "a").mkdir(parents=True)
    (tmp_path / "peak" / "warehouse.db").touch()
    (tmp_path / "peak" / "mine").mkdir()

    async def main() -> None:
        async with serving(tmp_path):
            assert folders(tmp_path / "peak") == ["mine"]
            assert (tmp_path / "peak" / "warehouse.db").exists()

    run(main())


@needs_proc
def test_fifty_runs_at_once_see_nothing_of_each_other_and_leave_nothing(
    tmp_path: Path, mark: str
) -> None:
    """Half of them are cancelled in the middle."""
    text = 'ls -A; echo "$batch" > mine; env > all; [ "$hold" = 1 ] && sleep 1000; true'
    shown = command(
        'cat ../write/mine; echo "$got"',
        "write",
        parameters={"inherit": {"got": "all"}},
    )
    written = command(text, outputParameters={"mine": "mine", "all": "all"})
    bounds = Bounds(peak_active=50)

    async def main() -> None:
        async with serving(tmp_path, workers=2, bounds=bounds, variables={"MARK": mark}) as service:
            await deploy(service, 7, write=written, show=shown)
            made = [
                await execute(
                    service,
                    7,
                    {"batch": f"<{n}>", f"only_{n}": "1", "hold": n % 2},
                    steps={"show": {f"shown_{n}": "1"}},
                )
                for n in range(50)
            ]
            assert {one.state for one in made} == {"ACTIVE"}
            for one in made[0::2]:
                assert (await ended(service, one)).state == "SUCCEEDED"
            await until(lambda: all((tmp_path / "peak" / one.id).exists() for one in made[1::2]))
            await asyncio.gather(*(service.runs.cancel(one) for one in made[1::2]))
            await until(lambda: not service.runs.active and not members(mark))
            assert folders(tmp_path / "peak") == []
            for n, one in enumerate(made):
                done = service.get(one.id)
                assert done.state == ("CANCELLED" if n % 2 else "SUCCEEDED")
                if n % 2:
                    continue
                outputs = json.loads(done.result_json or "")["steps"][0]["outputs"]
                assert outputs["mine"] == f"<{n}>"
                seen = "\n".join(lines(service, done))
                assert f"batch=<{n}>" in seen
                assert f"PEAK_EXEC_ID={one.id}" in seen
                assert [other for other in range(50) if f"only_{other}=" in seen] == [n]
                assert not any(f"<{other}>" in seen for other in range(50) if other != n)

    run(main())


def test_a_command_sees_what_the_service_and_the_platform_say(tmp_path: Path) -> None:
    image = peak.Image(env={"A": "image", "B": "image"})
    machine = peak.Settings({"key": "hidden"}, peak.Images({1: image}))
    names = "A B C KEY_CUSTOM PEAK_WORKFLOW_ID PEAK_WORKFLOW_NAME PEAK_STEP_NAME PEAK_IMAGE_ID"
    shown = command(
        f"for name in {names}; do printenv $name; done; printenv PEAK_RUN_ID PEAK_EXEC_ID",
        parameters={"env": {"B": "step"}, "secrets": ["key"]},
    )

    async def main() -> None:
        variables = {"A": "service", "B": "service", "C": "service"}
        settings: Any = {"peak": PeakSettings(machine), "variables": variables}
        async with serving(tmp_path, **settings) as service:
            await deploy(service, 7, show=shown)
            done = await ended(service, await execute(service, 7))
            values = ["image", "step", "service", "[redacted]", "7", "workflow 7", "show", "1"]
            assert lines(service, done) == [*values, done.id, done.id]

    run(main())


def test_a_command_that_kills_its_worker_again_and_again_fails_its_execution(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step that ends in between is progress, so that the count begins anew."""
    monkeypatch.setattr("wfc_service.engine.hosting.MOVES", 2)
    kill = "kill -9 $PPID; sleep 1000"
    mark = f'"{tmp_path}/$PEAK_STEP_NAME"'
    once = f"[ -e {mark} ] || {{ touch {mark}; {kill}; }}"

    async def main() -> None:
        async with serving(tmp_path, workers=3) as service:
            await deploy(service, 7, a=kill)
            await deploy(service, 8, a=once, b=command(once, "a"))
            done = await ended(service, await execute(service, 7))
            assert done.state == "FAILED"
            assert done.error is not None
            said = "2 worker processes died while its steps ran"
            assert done.error["context"] == f"SystemError: {said}"
            assert (await ended(service, await execute(service, 8))).state == "SUCCEEDED"

    run(main())


def test_an_execution_outlives_a_full_disk_however_many_workers_end_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wfc_service.engine.hosting.MOVES", 2)
    write, refused = Rows.write, 0

    def full(rows: Rows, connection: sqlite3.Connection) -> None:
        nonlocal refused
        if refused < 4 and any("printed" in entry for *_, entry in rows.logs):
            refused += 1
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        write(rows, connection)

    async def main() -> None:
        async with serving(tmp_path) as service:
            await deploy(service, 7, a="echo printed; sleep 0.01")
            monkeypatch.setattr(Rows, "write", full)
            done = await ended(service, await execute(service, 7))
            assert (done.state, refused) == ("SUCCEEDED", 4)
            assert lines(service, done) == ["printed"]

    run(main())


def test_a_step_that_cannot_have_its_folder_fails_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "peak").write_text("no folder")

    async def main() -> None:
        async with serving(tmp_path) as service:
            await deploy(service, 7, a="true")
            done = await ended(service, await execute(service, 7))
            assert done.state == "FAILED"
            assert done.error is not None
            assert "the working folder cannot be made: " in done.error["context"]

    run(main())


def test_what_else_the_system_refuses_is_not_said_to_be_the_folder() -> None:
    error = OSError(errno.EMFILE, os.strerror(errno.EMFILE))
    assert "the runtime failed (OSError)" in _error_of(error)["context"]
