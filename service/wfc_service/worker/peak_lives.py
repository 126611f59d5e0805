"""The executions of Peak's workflows in a worker, beside those of Google's (`lives`)."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any, Final

from wfc_runtime.peak.v1 import Workflow
from wfc_service.worker.beginning import Beginning
from wfc_service.worker.journal import WorkerJournal
from wfc_service.worker.leftovers import Leftovers
from wfc_service.worker.machine import machine_of
from wfc_service.worker.peak_life import PeakLife
from wfc_service.worker.pipe import Pipe
from wfc_service.worker.reach import Reach

_TICK: Final = 0.01
"""Seconds between two looks whether requests have ended."""


class PeakLives:
    """`machine` is what `machine_json` has made of it."""

    def __init__(
        self, pipe: Pipe, journal: WorkerJournal, reach: Reach, machine: dict[str, Any]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._pipe = pipe
        self._journal = journal
        self._reach = reach
        self._machine = machine_of(machine)
        self._leftovers = Leftovers()
        self._lives: dict[int, tuple[PeakLife, asyncio.Task[None]]] = {}
        self._stopping = False

    def begin(self, beginning: Beginning, workflow: Workflow) -> None:
        """Lets an execution begin, or go on; one that arrives too late does so in the next life."""
        if self._stopping:
            return
        life = PeakLife(beginning, workflow, self._pipe, self._journal)
        task = asyncio.create_task(life.run(self._machine, self._reach, self._leftovers))
        self._lives[beginning.number] = life, task
        task.add_done_callback(partial(self._ended, life))

    def cancel(self, number: int) -> None:
        if number in self._lives:
            _, task = self._lives[number]
            task.cancel()

    async def stop(self, patience: float) -> None:
        """Lets no step begin, and ends all that runs without telling so: it runs again.

        Where only requests are under way, they have `patience` seconds to end, which is told.
        Commands have these to end when they are asked to; those left are killed with this process.
        """
        self._stopping = True
        until = self._loop.time() + patience
        for life, _ in self._lives.values():
            life.hold()
        while self._end_but_requests() and self._loop.time() < until:
            await asyncio.sleep(_TICK)
        tasks = [task for _, task in self._lives.values()]
        for task in tasks:
            if not task.cancelling():  # asked twice, commands are killed
                task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=max(0, until - self._loop.time()))

    def _end_but_requests(self) -> bool:
        """Ends all executions but those that only wait for requests; whether there are any."""
        waiting = False
        for life, task in self._lives.values():
            if life.only_sends:
                waiting = True
            elif not task.cancelling():
                task.cancel()
        return waiting

    def _ended(self, life: PeakLife, task: asyncio.Task[None]) -> None:
        del self._lives[life.number]
        if not self._stopping:
            life.end(task)
