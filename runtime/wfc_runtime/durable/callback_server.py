"""Callback endpoints of durable executions behind one http address that lasts.

    async with CallbackServer(8080) as callbacks:
        await run_durably(approval.workflow, execution="a-1", journal=journal, callbacks=callbacks)

A URL that a workflow gave away works as long as its execution goes on, in whichever life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from wfc_runtime.callbacks import Refused
from wfc_runtime.limits import MIB

if TYPE_CHECKING:
    from types import TracebackType

    from aiohttp import web

    from wfc_runtime.durable.driver import DurableExecution

_LARGEST = 2 * MIB
"""Bytes of a request's body, as of a response's (spec 07 §2)."""

_GRACE = 1.0
"""Seconds that a request which is being answered has when the server stops."""


class CallbackPlace(Protocol):
    """Where the callback endpoints of durable executions can be reached.

    `address` is what their URLs begin with, and has to stay the same while executions live.
    """

    @property
    def address(self) -> str: ...

    def add(self, execution: DurableExecution) -> None:
        """Hands requests over to `execution.receive` from now on."""

    def remove(self, execution: DurableExecution) -> None:
        """This life of the execution is over."""


class CallbackServer:
    """Listens on `host` and `port`; `address` is how others reach that, where it is otherwise."""

    def __init__(self, port: int, host: str = "127.0.0.1", address: str = "") -> None:
        self.address = address or f"http://{host}:{port}"
        self._host = host
        self._port = port
        self._executions: list[DurableExecution] = []
        self._runner: web.AppRunner | None = None

    def add(self, execution: DurableExecution) -> None:
        self._executions.append(execution)

    def remove(self, execution: DurableExecution) -> None:
        self._executions.remove(execution)

    async def __aenter__(self) -> CallbackServer:
        """Raises OSError where the port is taken."""
        from aiohttp import web

        application = web.Application(client_max_size=_LARGEST)
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=_GRACE)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        from aiohttp import web

        body = await request.read()
        id = request.path.rpartition("/")[2]
        refused = Refused(404, "NOT_FOUND", "no callback endpoint has this URL")
        for execution in list(self._executions):
            try:
                await execution.receive(
                    id, request.method, request.headers.items(), request.query.items(), body
                )
            except Refused as exc:
                refused = exc if exc.code != 404 else refused
            else:
                return web.Response()
        return web.json_response(refused.body(), status=refused.code)
