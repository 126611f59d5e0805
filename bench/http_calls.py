"""Prints what a compiled workflow costs over hand-written aiohttp, for calls one after another.

python -m bench.http_calls
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import textwrap
from multiprocessing.connection import Connection
from typing import Any

import aiohttp
from bench.measure import cpu, interleaved, machine, table

from wfc.pipeline import compile_source
from wfc.source import Source

CALLS = 300
ROUNDS = 25

WORKFLOW = """\
main:
  params: [url]
  steps:
    - start: {assign: [{reply: null}]}
    - each:
        for:
          value: number
          range: [1, CALLS]
          steps:
            - fetch: {call: http.get, args: {url: "${url}"}, result: reply}
    - done: {return: "${reply.body.total}"}
""".replace("CALLS", str(CALLS))

BODY = json.dumps({"orders": [{"id": 7, "lines": ["chair", "lamp"]}], "total": 46}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"


class Answering(asyncio.Protocol):
    """Next to no server: each request gets the same answer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            self._received = self._received.partition(b"\r\n\r\n")[2]
            self._transport.write(ANSWER % (len(BODY), BODY))


def serve(told: Connection) -> None:
    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(forever())


async def by_hand(url: str) -> Any:
    """What a person would write, with the same session and the same reply."""
    agent = {"User-Agent": "GoogleCloudWorkflows; (+https://cloud.google.com/workflows/docs)"}
    jar, timeout = aiohttp.DummyCookieJar(), aiohttp.ClientTimeout(total=300)
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=timeout) as session:
        for _ in range(CALLS):
            async with session.get(url, headers=agent) as answer:
                body = json.loads(await answer.read())
                reply = {"body": body, "code": answer.status, "headers": dict(answer.headers)}
        return reply["body"]["total"]


def main() -> None:
    module: dict[str, Any] = {"__name__": "calls"}
    compiled = compile_source(Source("calls.yaml", WORKFLOW)).module
    assert compiled is not None
    exec(compile(compiled, "calls.py", "exec"), module)
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{ours.recv()}/orders?page=1"
    assert asyncio.run(by_hand(url)) == asyncio.run(module["run"](url)) == 46
    samples = interleaved(
        {
            "aiohttp by hand": lambda: cpu(lambda: asyncio.run(by_hand(url))),
            "compiled workflow": lambda: cpu(lambda: asyncio.run(module["run"](url))),
        },
        ROUNDS,
    )
    server.terminate()
    hand = samples["aiohttp by hand"]
    rows = [
        [name, f"{each.median / CALLS * 1e6:.0f}", f"{each.ratio(hand):.3f}"]
        for name, each in samples.items()
    ]
    print(textwrap.fill(machine(), 130))
    print(table(["", "µs a call", "ratio"], rows))


if __name__ == "__main__":
    main()
