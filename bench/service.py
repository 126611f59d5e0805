"""Prints what the service's engine does: runs a second, memory of sleepers, restarts, a full queue.

python -m bench.service [--runs 5000] [--sleeping 10000] [--workers 1] [--durability normal]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.measure import machine, table

from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_service.engine.admission import Bounds
from wfc_service.engine.interface import NewExecution
from wfc_service.engine.runs import Runs
from wfc_service.errors import ApiError
from wfc_service.names import Place
from wfc_service.settings import Settings
from wfc_service.store.database import Database, Durability
from wfc_service.store.records import Revision, Workflow
from wfc_service.store.schema import SCHEMA
from wfc_service.store.tables import put_revision, put_workflow

CLIENTS = 200
PROGRAMS = {
    "one return": "- done: {return: 1}\n",
    "three sleeps of 0 s": """
- a: {call: sys.sleep, args: {seconds: 0}}
- b: {call: sys.sleep, args: {seconds: 0}}
- c: {call: sys.sleep, args: {seconds: 0}}
""",
}
SLEEP = "- nap: {call: sys.sleep, args: {seconds: 86400}}\n"


class Bench:
    """An engine on a file, with its workflows."""

    def __init__(self, database: Database, runs: Runs) -> None:
        self.database = database
        self.runs = runs

    async def deploy(self, id: str, source: str) -> Workflow:
        compiled = compile_source(
            Source(f"{id}.yaml", source), accounting=True, history=True, layout=False
        )
        assert compiled.module is not None
        revision = Revision(id, 1, "000001-abc", source, f"{id}.yaml", "", 0, compiled.module)
        workflow = Workflow(id, revision, 0, 0)
        await self.database.write(lambda connection: put_workflow(connection, workflow))
        await self.database.write(lambda connection: put_revision(connection, revision))
        return workflow

    async def run(self, workflow: Workflow) -> float:
        """Runs an execution to its end; seconds."""
        began = time.perf_counter()
        created = await self.runs.create(NewExecution(workflow))
        ended = await self.runs.wait(created.id)
        assert ended.state == "SUCCEEDED", ended.error
        return time.perf_counter() - began

    async def clients(self, workflow: Workflow, runs: int) -> list[float]:
        """Runs executions from `CLIENTS` clients at a time; the seconds of each."""
        numbers: Iterator[int] = iter(range(runs))

        async def client() -> list[float]:
            return [await self.run(workflow) for _ in numbers]

        taken = await asyncio.gather(*(client() for _ in range(CLIENTS)))
        return [seconds for of_one in taken for seconds in of_one]

    def processor(self) -> tuple[float, float]:
        """Seconds of processor time of the service itself and of its workers."""
        own = resource.getrusage(resource.RUSAGE_SELF)
        return own.ru_utime + own.ru_stime, sum(map(_processor, self._workers()))

    def memory(self) -> tuple[int, int]:
        """Bytes that the service itself has, and its workers."""
        return _memory(os.getpid()), sum(map(_memory, self._workers()))

    def _workers(self) -> list[int]:
        return [worker.process.pid for worker in self.runs.workers]


@asynccontextmanager
async def opened(
    folder: str, workers: int, durability: Durability, bounds: Bounds | None = None
) -> AsyncIterator[Bench]:
    database = Database(Path(folder) / "service.db", SCHEMA, durability)
    settings = Settings(workers=workers, auth="none", bounds=bounds or Bounds(None, None))
    runs = Runs(database, Place("my-project", "us-central1", 1), settings, time.time_ns)
    await runs.open()
    try:
        yield Bench(database, runs)
    finally:
        await runs.close(patience=0)
        await database.close()


async def throughput(runs: int, workers: int, durability: Durability) -> None:
    rows = []
    for name, source in PROGRAMS.items():
        with tempfile.TemporaryDirectory() as folder:
            async with opened(folder, workers, durability) as bench:
                workflow = await bench.deploy("program", source)
                await bench.clients(workflow, CLIENTS)
                before, began = bench.processor(), time.perf_counter()
                taken = sorted(await bench.clients(workflow, runs))
                wall = time.perf_counter() - began
                own, of_workers = (b - a for a, b in zip(before, bench.processor(), strict=True))
                alone = sorted([await bench.run(workflow) for _ in range(200)])
        rows.append(
            [
                name,
                f"{runs / wall:,.0f}",
                f"{own / runs * 1e6:.0f}",
                f"{of_workers / runs * 1e6:.0f}",
                f"{runs / (own + of_workers):,.0f}",
                f"{_quantile(taken, 0.5):.1f} / {_quantile(taken, 0.99):.1f}",
                f"{_quantile(alone, 0.5):.1f} / {_quantile(alone, 0.99):.1f}",
            ]
        )
    heads = [
        f"{CLIENTS} clients",
        "runs/s",
        "µs service",
        "µs workers",
        "runs per core second",
        "ms p50 / p99",
        "alone",
    ]
    print(table(heads, rows), end="\n\n")


async def sleeping(count: int, workers: int, durability: Durability) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with opened(folder, workers, durability) as bench:
            workflow = await bench.deploy("sleep", SLEEP)
            await _asleep(bench, workflow, CLIENTS)
            before = bench.memory()
            await _asleep(bench, workflow, count)
            own, of_workers = (b - a for a, b in zip(before, bench.memory(), strict=True))
        began = time.perf_counter()
        async with opened(folder, workers, durability) as bench:
            await bench.run(await bench.deploy("ready", PROGRAMS["one return"]))
            ready = time.perf_counter() - began
        print(
            f"{count:,} sleeping executions: {own / count / 1024:.1f} kB each in the service, "
            f"{of_workers / count / 1024:.1f} kB in workers (goal: 15 together); "
            f"after a restart all go on, and the next one has run, in {ready:.1f} s (goal: 10)\n"
        )


async def _asleep(bench: Bench, workflow: Workflow, count: int) -> None:
    """Creates executions, and returns when all there are sleep."""
    creations = (bench.runs.create(NewExecution(workflow)) for _ in range(count))
    await asyncio.gather(*creations)
    while bench.database.read("SELECT count(*) FROM sleeps")[0][0] < bench.runs.active:
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)  # what is freed after that is not what sleepers take


async def overrun(workers: int, durability: Durability) -> None:
    bounds = Bounds(active=10, queued=40)
    with tempfile.TemporaryDirectory() as folder:
        async with opened(folder, workers, durability, bounds) as bench:
            workflow = await bench.deploy("sleep", SLEEP)
            taken: list[float] = []

            async def client() -> bool:
                began = time.perf_counter()
                try:
                    await bench.runs.create(NewExecution(workflow))
                except ApiError:
                    return False
                finally:
                    taken.append(time.perf_counter() - began)
                return True

            accepted = sum(await asyncio.gather(*(client() for _ in range(CLIENTS))))
            [(stored,)] = bench.database.read("SELECT count(*) FROM executions")
    assert accepted == stored == 50
    print(
        f"{CLIENTS} clients, room for 50: {accepted} accepted and as many stored, the others "
        f"refused; all answered in {max(taken) * 1e3:.0f} ms"
    )


def _quantile(seconds: list[float], share: float) -> float:
    return seconds[int(len(seconds) * share)] * 1e3


def _processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.service")
    parser.add_argument("--runs", type=int, default=5000)
    parser.add_argument("--sleeping", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--durability", choices=["normal", "full"], default="normal")
    given = parser.parse_args()
    print(machine(), end="\n\n")
    await throughput(given.runs, given.workers, given.durability)
    await sleeping(given.sleeping, given.workers, given.durability)
    await overrun(given.workers, given.durability)


if __name__ == "__main__":
    asyncio.run(main())
