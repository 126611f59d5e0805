"""A worker process: runs the executions that the service sends, and keeps nothing of its own.

    python -m wfc_service.worker SOCKET MARKS SERVICE

Two numbers of open files, which the service has made, and the id of its process.  What a worker and
the service say to each other stands in `hosting`.  When the service is gone, its workers end at
once.

What requests need (`exchange`, with aiohttp) is loaded before any workflow runs: it takes a tenth
of a second and more, for which the workflow that asks first would be marked as what runs.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import signal
import socket
import sys
from collections.abc import Coroutine
from contextlib import suppress
from typing import Final, NoReturn

import wfc_runtime.exchange  # noqa: F401
from wfc_runtime.eventloop import loop_factory
from wfc_service.worker.activation import Activator
from wfc_service.worker.beginning import Beginning
from wfc_service.worker.lives import Lives
from wfc_service.worker.marks import Marks
from wfc_service.worker.pipe import Message, Pipe

_SWITCH: Final = 0.001
"""Seconds for which a thread that computes keeps the interpreter, while others want it."""

_CONNECTIONS: Final = 10_000

_OPEN_MAX: Final = 10_240
"""The most open files of <sys/syslimits.h> of macOS, which refuses to set no limit."""

_PR_SET_PDEATHSIG: Final = 1
"""Of `prctl`, in <linux/prctl.h>."""


class Worker:
    def __init__(self, marks: Marks, connections: int) -> None:
        self._connections = connections
        self._activator = Activator(marks)
        self._lives: Lives
        self._pipe: Pipe
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, end: socket.socket) -> None:
        """Works until the other end is closed."""
        over = asyncio.Event()
        self._pipe = Pipe(self._received, over.set)
        await self._pipe.connect(end)
        await over.wait()

    def _received(self, messages: list[Message]) -> None:
        for message in messages:
            match message:
                case ["run", *beginning]:
                    self._lives.begin(Beginning(*beginning))
                case ["durable", count]:
                    self._lives.journal.written(count)
                case ["module", hash, text]:
                    self._lives.modules.add(hash, text)
                case ["callback", number, *request]:
                    life = self._lives.find(number)
                    if life is not None:
                        self._start(life.receive(*request))
                case ["answer", *answer]:
                    self._lives.questions.answered(*answer)
                case ["cancel", number]:
                    self._lives.cancel(number)
                case ["settings", settings]:
                    self._lives = Lives(self._pipe, self._activator, settings, self._connections)
                case ["ping"]:
                    self._pipe.send("pong", 0)
                case ["stop", patience]:
                    self._start(self._stop(patience))

    async def _stop(self, patience: float) -> None:
        await self._lives.stop(patience)
        self._pipe.close()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _main(end: int, marks: int) -> NoReturn:
    for file in (end, marks):  # a command that outlives this process must not hold the pipe open
        os.set_inheritable(file, False)
    await Worker(Marks(marks), _connections()).run(socket.socket(fileno=end))
    os._exit(0)  # whatever its threads compute


def _pass(number: int, frame: object) -> None:
    """Passes a signal over; what is ignored (SIG_IGN) would be so in the commands of steps, too."""


def _end_with(service: int) -> None:
    """Lets the system end this process with the thread that has started it, where it can (Linux).

    The end of the pipe alone is seen too late by a process whose threads keep the interpreter.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != service:  # it has gone already
        os._exit(0)


def _connections() -> int:
    """As many as a worker may have open files, less what it needs itself, within reason."""
    most, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for wanted in (hard, _OPEN_MAX):
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            most = wanted
            break
    return _CONNECTIONS if most == resource.RLIM_INFINITY else min(_CONNECTIONS, most // 2)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM):  # it is the service that stops its workers
        signal.signal(number, _pass)
    _end_with(int(sys.argv[3]))
    sys.setswitchinterval(_SWITCH)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.run(_main(int(sys.argv[1]), int(sys.argv[2])))
