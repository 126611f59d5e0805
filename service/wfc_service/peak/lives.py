"""The executions of Peak's workflows in a worker, beside those of Google's (`lives`)."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from wfc_runtime.peak.v1 import Workflow
from wfc_service.beginning import Beginning
from wfc_service.machine import machine_of
from wfc_service.peak.leftovers import Leftovers
from wfc_service.peak.life import PeakLife
from wfc_service.pipe import Pipe
from wfc_service.reach import Reach
from wfc_service.worker_journal import WorkerJournal


class PeakLives:
    """`machine` is what `machine_json` has made of it."""

    def __init__(
        self, pipe: Pipe, journal: WorkerJournal, reach: Reach, machine: dict[str, Any]
    ) -> None:
        self._pipe = pipe
        self._journal = journal
        self._reach = reach
        self._machine = machine_of(machine)
        self._leftovers = Leftovers()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._stopping = False

    def begin(self, beginning: Beginning, workflow: Workflow) -> None:
        """Lets an execution begin, or go on."""
        life = PeakLife(beginning, workflow, self._pipe, self._journal)
        task = asyncio.create_task(life.run(self._machine, self._reach, self._leftovers))
        self._tasks[beginning.number] = task
        task.add_done_callback(partial(self._ended, life))

    def cancel(self, number: int) -> None:
        if (task := self._tasks.get(number)) is not None:
            task.cancel()

    async def stop(self, patience: float) -> None:
        """Ends all commands, which have `patience` seconds for it, and says nothing of their ends.

        What has not ended then is killed with this process.
        """
        self._stopping = True
        for task in self._tasks.values():
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks.values(), timeout=patience)

    def _ended(self, life: PeakLife, task: asyncio.Task[None]) -> None:
        del self._tasks[life.number]
        if not self._stopping:
            life.end(task)
