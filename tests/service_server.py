"""A service on free ports of this machine, for real clients in processes of their own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import uvicorn
from tests.service_calls import serving

from wfc_service.deploy import Builder
from wfc_service.google.grpc_api import create_server


@dataclass
class Ports:
    rest: int = 0
    grpc: int = 0


class _Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_ready.set()


@contextmanager
def running(folder: Path, builder: Builder) -> Iterator[Ports]:
    """A service that runs in a thread meanwhile."""
    ports, ready, done = Ports(), Event(), Event()

    async def main() -> None:
        async with serving(folder, builder) as client:
            listening = socket.create_server(("127.0.0.1", 0))
            ports.rest = listening.getsockname()[1]
            server = _Server(uvicorn.Config(client.app, log_level="error"))
            grpc_server = create_server(client.service)
            ports.grpc = grpc_server.add_insecure_port("127.0.0.1:0")
            await grpc_server.start()
            serve = asyncio.create_task(server.serve(sockets=[listening]))
            await server.is_ready.wait()
            ready.set()
            await asyncio.to_thread(done.wait)
            server.should_exit = True
            await serve
            await grpc_server.stop(None)

    thread = Thread(target=asyncio.run, args=(main(),))
    thread.start()
    try:
        assert ready.wait(30), "the service has not started"
        yield ports
    finally:
        done.set()
        thread.join()
