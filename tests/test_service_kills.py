"""Kill -9 of workers and of the service itself, at random moments, while executions run.

What a workflow has gone on from is never sent again, what was on its way may be, once a kill and
under the same key, and in the end every result is what it is without kills.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import select
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from tests.http_server import serving
from tests.many_kills import many_kills

from wfc_service.engine.hosting import DEATHS

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells of the end of another's processes"
)

ROOT = Path(__file__).parent.parent
SOAK = 150.0
SUM = 1 + 2 + 3 + 4 + 5 + 6 + 7
CALLS = 8
"""That a program makes, besides one that is refused at first."""


class Gate:
    """What the programs call: answers a call's body, and calls back where it is told to.

    It answers `share` calls for each kill, and the others after it: however fast a machine is,
    there is something under way at each of them.

    log   (path, key, how many kills there had been), in the order of their coming
    kills those of which everything has been heard that was sent before them
    """

    def __init__(self, share: float, kills: int) -> None:
        self.log: list[tuple[str, str, int]] = []
        self.kills = 0
        self._share = share
        self._wanted = kills
        self._answered = 0
        self._killed = asyncio.Condition()
        self._refused: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/killed":
            return web.Response()
        key = request.headers["Idempotency-Key"]
        self.log.append((request.path, key, self.kills))
        body = await request.json()
        if "/flaky/" in request.path and key not in self._refused:
            earlier = sum(path == request.path for path, _, _ in self.log)
            if earlier == 1:
                self._refused.add(key)
        if key in self._refused:
            return web.Response(status=503)
        async with self._killed:
            await self._killed.wait_for(self._answers)
            self._answered += 1
        if "/url/" in request.path:
            task = asyncio.create_task(self._call_back(body))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return web.json_response(body)

    async def count_kill(self) -> None:
        async with self._killed:
            self.kills += 1
            self._killed.notify_all()

    def _answers(self) -> bool:
        """Whether another call is answered before the next kill."""
        return self.kills >= self._wanted or self._answered < self._share * (self.kills + 1)

    async def _call_back(self, url: str) -> None:
        """Until the service has taken it, which it may have though the answer was lost."""
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.post(url, json=4) as answer:
                        if answer.status != 429:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.02)


class Killed:
    """A service in a process of its own, which is started again whenever it is killed."""

    def __init__(self, folder: Path, gate: Gate, address: str, count: int) -> None:
        self._folder = folder
        self._gate = gate
        self._address = address
        self._count = count
        self._listening = socket.create_server(("127.0.0.1", 0))  # the port of all its lives
        self._command = [
            *(sys.executable, "-m", "tests.killed_service"),
            *(str(folder), str(self._listening.fileno()), address, str(count)),
        ]
        self._accepted: dict[str, str] = {}
        self.start()

    def start(self) -> None:
        self._output = (self._folder / "accepted").open("a")
        self.process = subprocess.Popen(
            self._command, stdout=self._output, cwd=ROOT, pass_fds=[self._listening.fileno()]
        )

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._output.close()
        self._listening.close()

    def accepted(self) -> list[tuple[str, str]]:
        """What it has answered that it created: number and id; lines cut by a kill are none."""
        text = (self._folder / "accepted").read_text()
        lines = [line.split(" ") for line in text.split("\n")[:-1]]
        return [(number, id) for number, id in lines if len(id) == 36]

    async def kill(self) -> None:
        with self._stopped() as workers:
            self.process.kill()
            assert self.process.wait() == -signal.SIGKILL
            for worker in workers:  # the system ends them with the service
                await_end(worker)
        await self._count_kill()
        self._output.close()
        self.start()

    async def kill_worker(self, rng: random.Random) -> bool:
        """Whether there was one."""
        with self._stopped() as workers:
            if workers:
                victim = rng.choice(workers)
                signal.pidfd_send_signal(victim, signal.SIGKILL)
                await_end(victim)
                await self._count_kill()
            return bool(workers)

    @contextmanager
    def _stopped(self) -> Iterator[list[int]]:
        """Meanwhile the service does nothing; its workers, as files that tell of their end.

        Else what a dead worker was at could be sent by another one before the kill is counted.
        """
        assert self.process.poll() is None, "the service has ended by itself"
        id = self.process.pid
        self.process.send_signal(signal.SIGSTOP)
        try:
            os.waitid(os.P_PID, id, os.WSTOPPED | os.WEXITED | os.WNOWAIT)
            children = Path(f"/proc/{id}/task/{id}/children").read_text().split()
            with ExitStack() as files:
                workers = [os.pidfd_open(int(child)) for child in children]
                for worker in workers:
                    files.callback(os.close, worker)
                yield [worker for worker in workers if not has_ended(worker)]
        finally:
            self.process.send_signal(signal.SIGCONT)

    async def _count_kill(self) -> None:
        """Once the gate has heard all of the dead: it takes connections in their order."""
        async with aiohttp.ClientSession() as session, session.get(f"{self._address}/killed"):
            await self._gate.count_kill()

    def unfinished(self) -> int:
        """How many executions have not ended, those that have not been created included."""
        try:
            with sqlite3.connect(f"file:{self._folder}/service.db?mode=ro", uri=True) as file:
                query = "SELECT count(*) FROM executions WHERE end_time IS NOT NULL"
                [(ended,)] = file.execute(query)
        except sqlite3.OperationalError:
            return self._count  # it is not there yet
        return self._count - int(ended)

    def executions(self) -> list[tuple[str, str, str, str, str]]:
        with sqlite3.connect(self._folder / "service.db") as file:
            query = "SELECT id, request_id, state, result, error FROM executions ORDER BY number"
            return list(file.execute(query))


def has_ended(process: int, patience: float = 0) -> bool:
    """Whether a process ends within so many seconds, and with it its connections."""
    ended, _, _ = select.select([process], [], [], patience)
    return bool(ended)


def await_end(process: int) -> None:
    assert has_ended(process, 30), "a process that was killed goes on"


@asynccontextmanager
async def killed(folder: Path, count: int, kills: int) -> AsyncIterator[tuple[Gate, Killed]]:
    folder.mkdir()
    gate = Gate(count * CALLS / (kills + 1), kills)
    async with serving(gate.handle) as address:
        service = Killed(folder, gate, address, count)
        try:
            yield gate, service
        finally:
            service.close()


async def survive(folder: Path, count: int, kills: int, seed: int) -> int:
    """Runs programs among so many kills to their end and checks them.

    Most lives of the service get as far as to send something; the others end whenever it may be.
    """
    rng = random.Random(seed)
    deaths = 0  # of workers since the service began; `DEATHS` could be the same execution's
    before = 0  # calls that had come when it began
    async with killed(folder, count, kills) as (gate, service):
        while gate.kills < kills:
            await asyncio.sleep(rng.uniform(0.05, 0.5))
            if deaths < DEATHS - 1 and rng.random() < 0.5:
                deaths += await service.kill_worker(rng)
            elif service.accepted() or rng.random() < 0.5:
                may_wait = rng.random() < 0.75
                while may_wait and len(gate.log) <= before:
                    assert service.process.poll() is None, "the service has ended by itself"
                    await asyncio.sleep(0.02)
                await asyncio.sleep(rng.uniform(0, 0.7))
                await service.kill()
                deaths, before = 0, len(gate.log)
        while left := service.unfinished():
            assert service.process.poll() is None, f"{left} executions are left, and no service"
            await asyncio.sleep(0.05)
        check(gate, service, count)
        return kills


def check(gate: Gate, service: Killed, count: int) -> None:
    found = service.executions()
    assert len(found) == count
    ids = {request_id: id for id, request_id, *_ in found}
    for wish, id in service.accepted():  # nothing that was answered is lost, nor is there twice
        assert ids[f"wish {wish}"] == id
    for _, request_id, state, result, error in found:
        assert state == "SUCCEEDED", f"{request_id}: {error}"
        value = json.loads(result)
        assert f"wish {value['id']}" == request_id
        assert value["sum"] == SUM
        assert sorted(value["order"]) == [1, 2, 3, 4, 5, 6, 7]
        assert value["said"] == value["order"]
    for key, paths in grouped(gate).items():
        assert len(set(paths)) == 1, f"{key} stands for several calls: {paths}"
    sent = set()
    for path, key, kills in gate.log:
        assert (key, kills) not in sent, f"{path} was sent twice after {kills} kills, as {key}"
        sent.add((key, kills))
    for number in range(count):
        check_progress(gate, number)


def check_progress(gate: Gate, number: int) -> None:
    """No call of a branch is sent once the branch has gone on from it."""
    reached: dict[str, str] = {}
    paths = [path.split("/") for path, _, _ in gate.log]
    for _, _, branch, step in (path for path in paths if path[1] == str(number)):
        assert reached.get(branch, "0") <= step, f"{number}: {branch}/{step} was sent again"
        assert "last" not in reached or branch == "last", f"{number}: {branch} after its end"
        reached[branch] = step


def grouped(gate: Gate) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, key, _ in gate.log:
        found.setdefault(key, []).append(path)
    return found


def test_programs_survive_kills_of_workers_and_service(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(survive(tmp_path / "0", 30, 6, seed=1), 300))


@pytest.mark.soak
def test_programs_survive_hundreds_of_kills(tmp_path: Path) -> None:
    def one_round(seed: int) -> int:
        return asyncio.run(asyncio.wait_for(survive(tmp_path / str(seed), 60, 20, seed), 900))

    assert many_kills(one_round, SOAK) > 0
