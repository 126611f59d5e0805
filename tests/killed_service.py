"""A service that is killed, as a process: `python -m tests.killed_service FOLDER FILE GATE COUNT`.

It has an engine, with the executions that `COUNT` and the gate's address make, and a port for their
callbacks: the open file of that number is its socket, which who starts it keeps from others while
it is dead.  Started again, it goes on.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from pathlib import Path

from aiohttp import web
from tests.service_runs import serving

from wfc_service.engine.admission import Bounds
from wfc_service.engine.interface import CallbackRequest
from wfc_service.errors import ApiError

PROGRAM = """
main:
  params: [x]
  steps:
  - init:
      assign:
      - base: '${x.gate + "/" + string(x.n)}'
      - sum: 0
      - order: []
  - fan:
      parallel:
        shared: [sum, order]
        branches:
        - calls:
            steps:
            - one: {call: http.post, args: {url: '${base + "/calls/1"}', body: 1}, result: r}
            - add_one: {assign: [{sum: '${sum + r.body}'}, {order: '${list.concat(order, 1)}'}]}
            - nap: {call: sys.sleep, args: {seconds: 0.02}}
            - two: {call: http.post, args: {url: '${base + "/calls/2"}', body: 2}, result: r}
            - add_two: {assign: [{sum: '${sum + r.body}'}, {order: '${list.concat(order, 2)}'}]}
        - retried:
            steps:
            - attempt:
                try:
                  steps:
                  - flaky:
                      call: http.post
                      args: {url: '${base + "/flaky/1"}', body: 3}
                      result: r
                retry:
                  predicate: ${http.default_retry_predicate_non_idempotent}
                  max_retries: 5
                  backoff: {initial_delay: 0.01, max_delay: 0.02, multiplier: 2}
            - add_three: {assign: [{sum: '${sum + r.body}'}, {order: '${list.concat(order, 3)}'}]}
        - called_back:
            steps:
            - open: {call: events.create_callback_endpoint, result: endpoint}
            - tell: {call: http.post, args: {url: '${base + "/url/1"}', body: '${endpoint.url}'}}
            - wait: {call: events.await_callback, args: {callback: '${endpoint}'}, result: c}
            - add_four:
                assign:
                - sum: '${sum + c.http_request.body}'
                - order: '${list.concat(order, 4)}'
        - inner:
            steps:
            - each:
                parallel:
                  shared: [sum, order]
                  for:
                    value: v
                    in: [5, 6, 7]
                    steps:
                    - rest: {call: sys.sleep, args: {seconds: '${0.01 * (v - 5)}'}}
                    - ask:
                        call: http.post
                        args: {url: '${base + "/each" + string(v) + "/1"}', body: '${v}'}
                        result: r
                    - add_v:
                        assign: [{sum: '${sum + r.body}'}, {order: '${list.concat(order, v)}'}]
  - last: {call: http.post, args: {url: '${base + "/last/1"}', body: '${order}'}, result: said}
  - done: {return: {sum: '${sum}', order: '${order}', said: '${said.body}', id: '${x.n}'}}
"""


async def main(folder: Path, listening: socket.socket, gate: str, count: int) -> None:
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    async with serving(
        folder, workers=2, address=address, bounds=Bounds(active=max(1, count // 2))
    ) as service:

        async def answer(request: web.Request) -> web.StreamResponse:
            execution, _, callback = request.path.split("/")[-3:]
            received = CallbackRequest(
                request.method, list(request.headers.items()), [], await request.read()
            )
            try:
                await service.runs.receive(execution, callback, received)
            except ApiError as error:
                return web.json_response(error.body(), status=error.code)
            return web.Response()

        application = web.Application()
        application.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        if not service.database.read("SELECT * FROM workflows"):
            await service.deploy("program", PROGRAM)
        else:
            await service.known()
        await web.SockSite(runner, listening).start()
        for n in range(count):
            argument = {"gate": gate, "n": n}
            created = await service.create("program", argument, request_id=f"wish {n}")
            print(n, created.id, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    _, folder, file, gate, count = sys.argv
    with socket.socket(fileno=int(file)) as listening:
        asyncio.run(main(Path(folder), listening, gate, int(count)))
