"""Prints what `wfc serve` does for clients over http: executions a second, from creation to end.

python -m bench.service_rest [--runs 5000] [--clients 100] [--workers 1]

Client, service and workers share the machine; the processor time is the service's and its workers'.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from bench.measure import machine, table

TRIVIAL = "main: {steps: [{done: {return: 1}}]}\n"
WORKFLOW = "projects/my-project/locations/us-central1/workflows/trivial"


@asynccontextmanager
async def serving(workers: int) -> AsyncIterator[tuple[int, str]]:
    """The process of a service with one workflow, and its address."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "trivial.yaml").write_text(TRIVIAL)
        command = [sys.executable, "-m", "wfc", "serve", ".", "--port", "0", "--grpc-port", "0"]
        process = await asyncio.create_subprocess_exec(
            *command, "--workers", str(workers), cwd=folder, stderr=asyncio.subprocess.PIPE
        )
        assert process.stderr is not None
        address = ""
        async for line in process.stderr:
            if found := re.search(rb"REST +(http://[^/]+)", line):
                address = found[1].decode()
            if b"Ctrl-C" in line:
                break
        try:
            yield process.pid, address
        finally:
            process.terminate()
            await process.wait()


async def measured(runs: int, clients: int, workers: int) -> list[str]:
    connector = aiohttp.TCPConnector(limit=clients)
    async with (
        serving(workers) as (pid, address),
        aiohttp.ClientSession(connector=connector) as session,
    ):
        url = f"{address}/v1/{WORKFLOW}/executions"

        async def create(numbers: Iterator[int]) -> list[float]:
            taken = []
            for _ in numbers:
                began = time.perf_counter()
                async with session.post(url, json={}) as answer:
                    assert answer.status == 200, await answer.text()
                    await answer.read()
                taken.append(time.perf_counter() - began)
            return taken

        async def unfinished() -> int:
            query = {"filter": 'state="ACTIVE" OR state="QUEUED"', "pageSize": "1"}
            async with session.get(url, params=query) as answer:
                return len((await answer.json()).get("executions", ()))

        await create(iter(range(100)))
        before, began = _processor(pid), time.perf_counter()
        numbers = iter(range(runs))
        of_each = await asyncio.gather(*(create(numbers) for _ in range(clients)))
        created = time.perf_counter() - began
        while await unfinished():
            await asyncio.sleep(0.01)
        wall, used = time.perf_counter() - began, _processor(pid) - before
    taken = sorted(seconds for of_one in of_each for seconds in of_one)
    return [
        f"{clients} clients",
        f"{runs / created:,.0f}",
        f"{runs / wall:,.0f}",
        f"{used / runs * 1e6:.0f}",
        f"{runs / used:,.0f}",
        f"{taken[len(taken) // 2] * 1e3:.1f} / {taken[int(len(taken) * 0.99)] * 1e3:.1f}",
    ]


def _processor(pid: int) -> float:
    """Seconds of processor time of a process and of those it has started."""
    seconds = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(") ")
        except OSError:
            continue
        fields = rest.split()
        if pid in (int(name.partition(" ")[0]), int(fields[1])):
            seconds += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.service_rest")
    parser.add_argument("--runs", type=int, default=5000)
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--workers", type=int, default=1)
    given = parser.parse_args()
    print(machine(), end="\n\n")
    rows = [await measured(given.runs, clients, given.workers) for clients in (1, given.clients)]
    heads = ["over http", "created/s", "ended/s", "µs each", "per core second", "ms p50 / p99"]
    print(table(heads, rows))


if __name__ == "__main__":
    asyncio.run(main())
