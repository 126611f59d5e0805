"""The whole service in one event loop: data, engine, APIs, folder; from its start to its end."""

from __future__ import annotations

import asyncio
import signal
import socket
import sqlite3
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.middleware import Middleware

from wfc_runtime.eventloop import loop_factory
from wfc_service.deploy import Builder
from wfc_service.engine.runs import Runs
from wfc_service.front.folder import Folder
from wfc_service.front.grpc_guard import TokenInterceptor
from wfc_service.front.guard import TokenGuard
from wfc_service.front.http_connection import HttpConnection
from wfc_service.front.monitor import monitor_routes
from wfc_service.google.grpc_api import create_server
from wfc_service.google.rest import create_app
from wfc_service.names import Place
from wfc_service.peak.openapi import description
from wfc_service.peak.rest import OPEN_PREFIXES, PREFIXES, PeakApi
from wfc_service.service import Service
from wfc_service.settings import Settings
from wfc_service.store.data_folder import DataFolder, DataFolderInUse
from wfc_service.store.database import Database, Durability
from wfc_service.store.schema import SCHEMA
from wfc_service.triggers.triggers import Triggers
from wfc_service.worker.reach import Reach

PATIENCE: Final = 5.0
"""Seconds that requests under way have to end when the service is stopped."""


class CannotServe(Exception):
    """The service cannot begin; the arguments are lines for people: why, and a hint."""


class Server:
    """One service.

    folder        whose workflow files are deployed and watched, None for none
    data          the folder in which everything is kept
    listener      the socket of the REST API, which is bound
    grpc_address  `HOST:PORT` of the gRPC API; the port 0 is any that is free
    tell          gets lines for the person who watches, coloured where `colour` says so
    values        the variables of workflow files that are templates
    """

    def __init__(
        self,
        *,
        folder: Path | None,
        data: Path,
        place: Place,
        settings: Settings,
        listener: socket.socket,
        grpc_address: str,
        durability: Durability,
        version: str,
        tell: Callable[[str], None],
        colour: bool = False,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        self._path = folder
        self._data = data
        self._place = place
        self._settings = settings
        self._listener = listener
        self._grpc_address = grpc_address
        self._durability = durability
        self._version = version
        self._tell = tell
        self._colour = colour
        self._values = values or {}
        self._stop = asyncio.Event()
        self._runs: Runs | None = None
        self.grpc_port = 0
        """The port of the gRPC API, once it is there."""

    async def run(self, started: Callable[[], None]) -> None:
        """Serves until it is asked to stop; `started` is called when everything answers.

        Raises CannotServe.
        """
        try:
            await self._run(started)
        except sqlite3.DatabaseError as error:  # a page of the file that nothing has read before
            raise _unusable(self._data, error) from None

    async def _run(self, started: Callable[[], None]) -> None:
        async with AsyncExitStack() as stack:
            data = _data_folder(self._data)
            stack.callback(data.close)
            database = _database(data, self._durability)
            stack.push_async_callback(database.close)
            builder = Builder(colour=self._colour)
            stack.callback(builder.close)
            self._runs = runs = Runs(database, self._place, self._settings, time.time_ns)
            service = Service(self._place, database, runs, builder, time.time_ns)
            triggers = self._triggers(service, runs)
            await runs.open()
            stack.push_async_callback(runs.close, PATIENCE)
            triggers.open()
            stack.push_async_callback(triggers.close)
            await self._serve_rest(service, runs, triggers, stack)
            await self._serve_grpc(service, stack)
            if self._path is not None:
                folder = Folder(self._path, service, self._tell, self._values)
                watching = asyncio.create_task(folder.watch(self._stop))
                stack.push_async_callback(_ended, watching)
                await asyncio.sleep(0)  # it has its first turn: no save is missed from now on
                await folder.deploy_all()
            started()
            await self._stop.wait()

    def stop(self) -> None:
        """Asks the service to end; asked again, it does not wait for anything."""
        if self._stop.is_set() and self._runs is not None:
            self._runs.kill()
        self._stop.set()

    def _triggers(self, service: Service, runs: Runs) -> Triggers:
        settings = self._settings
        where = settings.routes, settings.address, settings.token, settings.allowed_hosts
        triggers = Triggers(service, Reach(*where))
        runs.followers.append(triggers.watch)
        service.listeners.append(triggers.changed)
        return triggers

    async def _serve_rest(
        self, service: Service, runs: Runs, triggers: Triggers, stack: AsyncExitStack
    ) -> None:
        routes = monitor_routes(
            service.database, runs, triggers.not_started, self._version, self._stop.is_set
        )
        token = self._settings.token
        address = self._settings.public_url or self._settings.address
        full = self._settings.peak.queue_full_400
        peak = partial(PeakApi, service=service, webhook=triggers.call, address=address)
        inner = [Middleware(peak, queue_full_400=full)]
        if token:
            guard = Middleware(TokenGuard, token=token, peak=PREFIXES, open=OPEN_PREFIXES)
            inner.insert(0, guard)
        app = create_app(service, routes=routes, middleware=inner, description=description)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            log_level="error",  # what clients do wrong is told to them
            lifespan="off",
            http=HttpConnection,
            ws="none",
            server_header=False,
            timeout_graceful_shutdown=int(PATIENCE),
        )
        server = _Uvicorn(config)
        serving = asyncio.create_task(server.serve(sockets=[self._listener]))

        async def stop() -> None:
            server.should_exit = True
            runs.news.close()
            await serving

        stack.push_async_callback(stop)

    async def _serve_grpc(self, service: Service, stack: AsyncExitStack) -> None:
        token = self._settings.token
        server = create_server(service, interceptors=[TokenInterceptor(token)] if token else [])
        try:
            self.grpc_port = server.add_insecure_port(self._grpc_address)
        except RuntimeError:
            message = f"the address {self._grpc_address} is in use or cannot be used"
            hint = "  = hint: `--grpc-port 0` takes any port that is free"
            raise CannotServe(message, hint) from None
        await server.start()
        stack.push_async_callback(server.stop, PATIENCE)


class _Uvicorn(uvicorn.Server):
    """Leaves signals to whoever runs it: they are for more than http."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run(main: Coroutine[None, None, None]) -> None:
    """Runs a program in the event loop of services: uvloop's where it is installed."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(main)


@contextmanager
def stopping_on_signals(server: Server) -> Iterator[None]:
    """SIGINT and SIGTERM ask the server to stop."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for one in signals:
        loop.add_signal_handler(one, server.stop)
    try:
        yield
    finally:
        for one in signals:
            loop.remove_signal_handler(one)


def _data_folder(path: Path) -> DataFolder:
    try:
        return DataFolder(path)
    except DataFolderInUse:
        hint = "  = hint: stop that one, or name a folder for this one with `--data DIR`"
        raise CannotServe(f"another service keeps its data in `{path}`", hint) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CannotServe(f"no data can be kept in `{path}`: {reason}") from None


def _database(data: DataFolder, durability: Durability) -> Database:
    try:
        return Database(data.database, SCHEMA, durability)
    except (OSError, sqlite3.Error) as error:
        raise _unusable(data.database.parent, error) from None


def _unusable(data: Path, error: Exception) -> CannotServe:
    hint = f"  = hint: put a copy of `{data}` back, or name another folder with `--data DIR`"
    return CannotServe(f"`{data / 'service.db'}` cannot be used: {error}", hint)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
