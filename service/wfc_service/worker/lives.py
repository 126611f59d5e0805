"""The executions of a worker: in goes what the service sends of one, out comes its life here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from functools import partial
from hashlib import blake2b
from typing import Any, Final

import wfc_runtime.peak.v1 as peak
import wfc_runtime.v1 as google
from wfc_runtime.auth import Authorizer, DefaultAuth, NoAuth
from wfc_runtime.durable import (
    Client,
    DivergenceError,
    Entry,
    Outcome,
    Recorded,
    Started,
    codec,
    resume,
    revision_of,
)
from wfc_runtime.jsontext import decode
from wfc_service.errors import system_error
from wfc_service.names import Place
from wfc_service.worker.activation import Activator, Interrupted
from wfc_service.worker.beginning import Beginning
from wfc_service.worker.environment import environment
from wfc_service.worker.failed import failed
from wfc_service.worker.histories import Histories
from wfc_service.worker.journal import WorkerJournal
from wfc_service.worker.life import Life
from wfc_service.worker.loaded import Loaded
from wfc_service.worker.peak_lives import PeakLives
from wfc_service.worker.pipe import Pipe
from wfc_service.worker.questions import CalledService, Questions
from wfc_service.worker.reach import Reach

_TICK: Final = 0.01
"""Seconds between two looks whether requests have ended."""

_PATIENCE: Final = 1.0
"""Seconds that a cancelled execution has to wait for something; then it is interrupted."""


class Lives:
    def __init__(
        self, pipe: Pipe, activator: Activator, settings: Mapping[str, Any], connections: int
    ) -> None:
        """`connections` are those that requests of all executions together may have."""
        self._pipe = pipe
        self._activator = activator
        self._settings = settings
        self._loop = asyncio.get_running_loop()
        self._numbers: dict[str, int] = {}
        self._lives: dict[int, Life] = {}
        self._client = Client(connections)
        place = Place(settings["project"], settings["location"], int(settings["number"]))
        self._histories = Histories(pipe, place)
        self._authorizer: Authorizer = NoAuth() if settings["auth"] == "none" else DefaultAuth()
        self._reach = Reach(
            settings["routes"], settings["address"], settings["token"], settings["allowed_hosts"]
        )
        self.modules = Loaded()
        self.journal = WorkerJournal(pipe, self._numbers, self._last_steps)
        self.questions = Questions(pipe)
        self._peak = PeakLives(pipe, self.journal, self._reach, settings["peak"])

    def find(self, number: int) -> Life | None:
        return self._lives.get(number)

    def begin(self, beginning: Beginning) -> None:
        """Lets an execution begin, or go on."""
        try:
            workflow = self.modules.find(beginning.module)
        except Exception as exc:
            self.journal.end(beginning.number, "FAILED", time.time_ns(), failed(exc))
            return
        if isinstance(workflow, peak.Workflow):
            self._peak.begin(beginning, workflow)
            return
        number, id, touch = beginning.number, beginning.id, self._histories.touch
        life = Life(number, id, beginning.workflow, self._pipe, self._activator, touch)
        self._lives[number] = life
        self._numbers[id] = number
        try:
            self._resume(life, workflow, beginning)
        except Exception as exc:
            self._broken(life, exc)
            return
        life.driver.start().add_done_callback(partial(self._ended, life))

    def cancel(self, number: int) -> None:
        life = self._lives.get(number)
        if life is None:
            self._peak.cancel(number)
        else:
            life.driver.cancel()
            self._loop.call_later(_PATIENCE, self._interrupt, life)

    async def stop(self, patience: float) -> None:
        """Lets no workflow go on, waits for the requests that are under way, and records them.

        Commands of Peak's workflows are ended; their steps begin again in the next life.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self._stop(patience))
            group.create_task(self._peak.stop(patience))

    async def _stop(self, patience: float) -> None:
        self._activator.pause()
        until = self._loop.time() + patience
        while self._requests() and self._loop.time() < until:
            await asyncio.sleep(_TICK)

    def _requests(self) -> int:
        """How many requests are under way; waiting for other executions is none."""
        calls = sum(life.driver.calls for life in self._lives.values())
        return calls - self.questions.waiting

    def _resume(self, life: Life, workflow: google.Workflow, beginning: Beginning) -> None:
        settings = self._settings
        env = environment(
            beginning.variables,
            project=settings["project"],
            number=settings["number"],
            location=settings["location"],
            workflow=life.workflow,
            revision=beginning.revision,
            execution=life.id,
            service_account=beginning.service_account,
        )
        started = Started(
            revision_of(workflow),
            beginning.start_time / 1e9,
            codec.encode(decode(beginning.argument_json)),
            _seed(settings["secret"], life.id),
            env,
            beginning.address,
            beginning.call_log or "LOG_NONE",
        )
        if workflow.steps:
            detailed = beginning.history == "EXECUTION_HISTORY_DETAILED"
            life.history = self._histories.recorder(life, detailed=detailed)
        life.driver = resume(
            workflow,
            life.id,
            Recorded(started, tuple(Entry(*one) for one in beginning.entries), beginning.wakes),
            self.journal,
            self._client,
            limits=settings["limits"],
            log=life.log,
            auth=self._authorizer,
            routes=self._reach,
            threads=life,
            name=life.workflow,
            generation=beginning.generation,
            service=CalledService(self.questions, life.number),
            history=life.history,
        )

    def _last_steps(self, number: int) -> list[dict[str, str]]:
        return self._histories.end(self._lives[number])

    def _interrupt(self, life: Life) -> None:
        if life.number in self._lives:
            self._activator.interrupt(life.number)
            self._loop.call_later(_PATIENCE, self._interrupt, life)

    def _ended(self, life: Life, outcome: asyncio.Future[Outcome]) -> None:
        """An execution has ended, and the service knows it; or its driver has given it up."""
        error = asyncio.CancelledError() if outcome.cancelled() else outcome.exception()
        if error is not None:
            self._broken(life, error)
            return
        del self._lives[life.number], self._numbers[life.id]

    def _broken(self, life: Life, error: BaseException) -> None:
        """An execution cannot go on; one that is interrupted has been cancelled before."""
        del self._lives[life.number], self._numbers[life.id]
        if isinstance(error, Interrupted):
            self.journal.end(life.number, "CANCELLED", time.time_ns(), None)
            return
        diverged = isinstance(error, DivergenceError)
        shown = system_error(str(error)) if diverged else failed(error)
        self.journal.end(life.number, "FAILED", time.time_ns(), shown)


def _seed(secret: str, execution: str) -> str:
    """What an execution's random ids derive from: the same in all its lives, and nobody's guess."""
    return blake2b(execution.encode(), key=bytes.fromhex(secret)).hexdigest()
