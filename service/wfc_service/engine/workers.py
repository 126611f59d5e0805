"""The worker processes: as many as asked for, each replaced when it dies.

A worker is a new interpreter, not a fork: it shares nothing with the service but a pair of sockets
and the marks.  One whose pipe ends is killed and counts as dead, so that no execution ever is in
two of them; so is one of which nothing is heard any more, though its process is there.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any, Final, Protocol

from wfc_service.worker.marks import Marks
from wfc_service.worker.pipe import Message, Pipe

_EARLY: Final = 1.0
_FIRST_DELAY: Final = 0.05
_LONGEST_DELAY: Final = 10.0
"""Seconds: who dies as early as that is replaced after a delay, which doubles up to the longest."""

_LAST_WORDS: Final = 1.0
"""Seconds that a worker has to end after its patience has."""

_BEAT: Final = 5.0
"""Seconds between two pings."""

_MISSED: Final = 6
"""Pings in a row without any message since; then a worker is stuck.

They are counted, and no time is taken: a service that was stopped itself has sent none meanwhile.
"""


async def beat() -> None:
    """Waits for the time of the next ping."""
    await asyncio.sleep(_BEAT)


class Worker:
    """One worker process, from the service's side.

    executions  the numbers of those that it has
    modules     the hashes of those that it has been sent
    entries     how many entries of journals it has sent
    failures    of the database when it started
    missed      pings since it was heard of
    is_cut      whether something that it sent could not be written, so that nothing more is
    given_up    whether it is killed for that, and dies of none of its executions
    """

    def __init__(self, process: subprocess.Popen[bytes], marks: Marks) -> None:
        self.process = process
        self.marks = marks
        self.executions: set[int] = set()
        self.modules: set[str] = set()
        self.entries = 0
        self.failures = 0
        self.missed = 0
        self.is_cut = False
        self.given_up = False
        self.began = time.monotonic()
        self.pipe: Pipe
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def send(self, *message: Any) -> None:
        self.pipe.send(*message)

    def kill(self) -> None:
        self.process.kill()


class Host(Protocol):
    """Who has workers and hears from them."""

    def received(self, worker: Worker, messages: list[Message]) -> None: ...

    def joined(self, worker: Worker) -> None:
        """A worker is there and takes executions."""

    def lost(self, worker: Worker, suspects: list[int]) -> None:
        """A worker has died while the code of some executions ran."""


class Workers:
    """The workers that are there, and the replacing of those that died."""

    def __init__(self, count: int, settings: Mapping[str, Any], host: Host) -> None:
        """`settings` is what each worker is told first."""
        self._count = count
        self._settings = settings
        self._host = host
        self._there: list[Worker] = []
        self._replacing: set[asyncio.Task[None]] = set()
        self._pinging: asyncio.Task[None] | None = None
        self._delay = 0.0
        self._stopping = False

    async def start(self) -> None:
        await asyncio.gather(*(self._spawn() for _ in range(self._count)))
        self._pinging = asyncio.create_task(self._ping())

    def least_loaded(self) -> Worker | None:
        """The worker with the fewest executions; None while there is none at all."""
        return min(self._there, key=lambda worker: len(worker.executions), default=None)

    def __iter__(self) -> Iterator[Worker]:
        return iter(self._there)

    async def stop(self, patience: float) -> None:
        """Lets the workers end the requests they are at, for `patience` seconds, and ends them."""
        self._stopping = True
        tasks = [*self._replacing, *filter(None, [self._pinging])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if ended := [worker.ended for worker in self._there]:
            for worker in self._there:
                worker.send("stop", patience)
            await asyncio.wait(ended, timeout=patience + _LAST_WORDS)
            self.kill()
            await asyncio.wait(ended)

    def kill(self) -> None:
        for worker in self._there:
            worker.kill()

    async def _spawn(self) -> None:
        ours, theirs = socket.socketpair()
        with ExitStack() as opened, theirs:
            opened.callback(ours.close)
            marks = Marks()
            opened.callback(marks.close)
            files = (theirs.fileno(), marks.file)
            numbers = map(str, (*files, os.getpid()))
            command = [sys.executable, "-m", "wfc_service.worker", *numbers]
            process = subprocess.Popen(
                command,
                pass_fds=files,
                stdin=subprocess.DEVNULL,
                process_group=0,  # a Ctrl-C is for the service alone
            )
            opened.pop_all()
        worker = Worker(process, marks)

        def received(messages: list[Message]) -> None:
            worker.missed = 0
            self._host.received(worker, messages)

        def lost() -> None:
            task = asyncio.create_task(self._replace(worker))
            self._replacing.add(task)
            task.add_done_callback(self._replacing.discard)

        worker.pipe = Pipe(received, lost)
        await worker.pipe.connect(ours)
        worker.send("settings", dict(self._settings))
        self._there.append(worker)
        self._host.joined(worker)

    async def _ping(self) -> None:
        """Kills who is stopped or stuck, for others to take over its executions."""
        while True:
            await beat()
            for worker in self._there:
                if worker.missed == _MISSED:
                    print(f"worker {worker.process.pid} is stuck and killed", file=sys.stderr)
                    worker.kill()
                else:
                    worker.missed += 1
                    worker.send("ping")

    async def _replace(self, worker: Worker) -> None:
        """A worker's pipe has ended: so has the worker, and another one takes its place."""
        self._there.remove(worker)
        worker.kill()
        await asyncio.to_thread(worker.process.wait)
        suspects = worker.marks.numbers()
        worker.marks.close()
        worker.ended.set_result(None)
        if self._stopping:
            return
        self._host.lost(worker, suspects)
        early = time.monotonic() - worker.began < _EARLY
        while True:
            self._delay = min(2 * self._delay + _FIRST_DELAY, _LONGEST_DELAY) if early else 0.0
            await asyncio.sleep(self._delay)
            try:
                await self._spawn()
            except OSError as exc:  # the machine has no room for another process
                print(f"no worker can be started: {exc}", file=sys.stderr)
                early = True
            else:
                return
