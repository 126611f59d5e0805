"""Prints what 2,000 calls of a local server at 20 a time take, beside aiohttp by hand.

python -m bench.parallel_http

The server is a process of its own and answers after 0 or 20 ms with a small JSON body.  By hand is
one session and 20 workers that pull from one iterator, each decoding the body.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from functools import partial

import aiohttp
from bench.compiled import workflow
from bench.measure import interleaved, machine, milliseconds, table

CALLS, AT_ONCE, ROUNDS = 2_000, 20, 9
GOAL = 1.05  # of the wall time by hand

_ASK = {"ask": {"call": "http.get", "args": {"url": '${url + "/" + i}'}, "result": "reply"}}
_ADD = {"add": {"assign": [{"sum": "${sum + reply.body.value}"}]}}
FAN_OUT = workflow(
    {
        "main": {
            "params": ["url"],
            "steps": [
                {"init": {"assign": [{"sum": 0}]}},
                {
                    "fan": {
                        "parallel": {
                            "shared": ["sum"],
                            "for": {"value": "i", "range": [1, CALLS], "steps": [_ASK, _ADD]},
                        }
                    }
                },
                {"done": {"return": "${sum}"}},
            ],
        }
    }
)

SERVER = """
import asyncio, sys
from aiohttp import web
delay = float(sys.argv[1])
async def answer(request):
    if delay:
        await asyncio.sleep(delay)
    return web.Response(body=b'{"value": 7}', content_type="application/json")
async def main():
    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


async def _by_hand(url: str) -> int:
    total = 0
    numbers = iter(range(1, CALLS + 1))
    timeout = aiohttp.ClientTimeout(total=300)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:

        async def worker() -> None:
            nonlocal total
            for i in numbers:
                async with session.get(f"{url}/{i}") as reply:
                    total += (await reply.json())["value"]

        await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return total


def _wall(run: Callable[[str], Awaitable[object]], url: str) -> float:
    start = time.perf_counter()
    assert asyncio.run(_finished(run, url)) == 7 * CALLS
    return time.perf_counter() - start


async def _finished(run: Callable[[str], Awaitable[object]], url: str) -> object:
    return await run(url)


def main() -> None:
    print(machine(), end="\n\n")
    rows = []
    for delay in (0, 20):
        server = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(delay / 1000)], stdout=subprocess.PIPE, text=True
        )
        assert server.stdout is not None
        url = f"http://127.0.0.1:{int(server.stdout.readline())}"
        try:
            measured = interleaved(
                {
                    "wfc": partial(_wall, FAN_OUT.run, url),
                    "by hand": partial(_wall, _by_hand, url),
                },
                ROUNDS,
            )
        finally:
            server.kill()
            server.wait()
        ours, theirs = measured["wfc"], measured["by hand"]
        medians = [milliseconds(each.median) for each in (ours, theirs)]
        spread = f"{ours.spread} | {theirs.spread}"
        ratio = f"{ours.ratio(theirs):.3f}"
        rows.append((f"{delay} ms", *medians, spread, ratio, f"{GOAL:.2f}"))
    heads = (
        f"wall of {CALLS:,} calls at {AT_ONCE}, ms",
        "wfc",
        "by hand",
        "spread",
        "ratio",
        "goal",
    )
    print(table(heads, rows))


if __name__ == "__main__":
    main()
