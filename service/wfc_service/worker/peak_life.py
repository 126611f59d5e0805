"""One execution of a Peak workflow inside a worker, from its arrival there to its end.

It runs in the worker's own event loop: all that it does is wait for processes and requests, while
queries run in threads.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Mapping
from dataclasses import replace
from typing import Any, Final

from wfc_runtime.jsontext import decode, encode
from wfc_runtime.peak.v1 import (
    Image,
    Images,
    LogEntry,
    Result,
    StepEnd,
    StepResult,
    Workflow,
    WorkspaceError,
)
from wfc_service.errors import execution_error, system_error
from wfc_service.names import PEAK
from wfc_service.store.records import State
from wfc_service.worker.beginning import Beginning
from wfc_service.worker.failed import failed
from wfc_service.worker.journal import WorkerJournal
from wfc_service.worker.leftovers import Leftovers
from wfc_service.worker.life import said
from wfc_service.worker.machine import Machine
from wfc_service.worker.peak_journal import end_of, entry_of
from wfc_service.worker.pipe import Pipe
from wfc_service.worker.reach import Reach

_PAUSE: Final = 0.1
"""Seconds between two times at which its steps are told."""

_LONGEST_SHOWN: Final = 16 * 1024
"""Characters of an output parameter; other steps get all of it."""


class PeakLife:
    """Tells the service what the execution logs, how its steps are, and how it ends."""

    def __init__(
        self, beginning: Beginning, workflow: Workflow, pipe: Pipe, journal: WorkerJournal
    ) -> None:
        """One with entries in its journal goes on where these end."""
        self.number = beginning.number
        self._beginning = beginning
        self._workflow = workflow
        self._pipe = pipe
        self._journal = journal
        self._entries = len(beginning.entries)
        self._steps = {name: StepResult(name) for name in workflow.lines}
        self._result: Result | None = None
        self._held = False
        self._timer: asyncio.TimerHandle | None = None
        self._told = 0.0
        """When its steps were told, in the time of the event loop."""

    async def run(self, machine: Machine, reach: Reach, leftovers: Leftovers) -> None:
        """Lets it run to its end; `end` is to be called then, also if it raises something."""
        beginning = self._beginning
        if beginning.again:
            await leftovers.end(beginning.id)
        if beginning.entries:
            text = "goes on in another process: what had not ended begins again"
            self._log(LogEntry(time.time(), "NOTICE", text))
        argument = decode(beginning.argument_json) or {}
        try:
            self._result = await self._workflow.run(
                argument.get("params"),
                steps=argument.get("stepsToRun") or (),
                settings=_with_variables(machine, beginning.variables),
                log=self._log,
                drain=self._drain,
                on_step=self._changed,
                ended=[end_of(list(one)) for one in beginning.entries] if beginning.again else None,
                on_end=self._note,
                routes=reach,
                platform={"PEAK_WORKFLOW_ID": beginning.workflow.removeprefix(PEAK)},
                id=beginning.id,
            )
        except asyncio.CancelledError:
            await leftovers.end(beginning.id)  # what has left the process groups of its commands
            raise

    def hold(self) -> None:
        """Lets no more step begin once another has ended."""
        self._held = True

    @property
    def only_sends(self) -> bool:
        """Whether requests, and nothing else, are under way."""
        running = [step.kind for step in self._steps.values() if step.status == "Running"]
        return bool(running) and set(running) == {"http"}

    def end(self, task: asyncio.Task[None]) -> None:
        """Tells how it has ended, once the task that ran it is done."""
        if self._timer is not None:
            self._timer.cancel()
        state: State = "SUCCEEDED"
        result, error = None, None
        if task.cancelled():
            state = "CANCELLED"
        elif (exc := task.exception()) is not None:
            state, error = "FAILED", _error_of(exc)
        elif self._result is not None:
            result = encode({**self._result.as_json(), "steps": self._shown()})
            if self._result.failed:
                state, error = "FAILED", execution_error(_failure(self._result.failed))
        self._journal.end(self.number, state, time.time_ns(), error, result, self._shown())

    def _log(self, entry: LogEntry) -> None:
        self._pipe.send("log", self.number, *said(self._beginning.id, entry))

    def _drain(self) -> Awaitable[None]:
        """Until what has been logged so far is durable."""
        return self._journal.flush(self.number)

    async def _note(self, end: StepEnd) -> None:
        """Returns when the end of a step is durable: nothing that follows from it is lost."""
        self._entries += 1
        await self._journal.write(self.number, entry_of(self._entries, end))
        if self._held:
            await asyncio.Event().wait()

    def _changed(self, step: StepResult) -> None:
        self._steps[step.name] = step
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self._told + _PAUSE, self._tell_steps)

    def _tell_steps(self) -> None:
        self._timer = None
        self._told = asyncio.get_running_loop().time()
        self._pipe.send("steps", self.number, self._shown())

    def _shown(self) -> list[dict[str, Any]]:
        return [_bounded(step.as_json()) for step in self._steps.values()]


def _bounded(step: dict[str, Any]) -> dict[str, Any]:
    """A step with the beginnings of what is too long: a list of executions has to be short."""
    if outputs := step.get("outputs"):
        step["outputs"] = {name: _cut(text) for name, text in outputs.items()}
    return step


def _cut(text: str) -> str:
    if len(text) <= _LONGEST_SHOWN:
        return text
    return f"{text[:_LONGEST_SHOWN]}… ({len(text):,} characters)"


def _with_variables(machine: Machine, variables: Mapping[str, str]) -> Machine:
    """The service's own variables are as those of an image: everything else goes before them."""

    def told(image: Image) -> Image:
        return replace(image, env={**variables, **image.env})

    images = machine.images
    known = {id: told(image) for id, image in images.known.items()}
    return replace(machine, images=Images(known, told(images.default)))


def _error_of(error: BaseException) -> dict[str, Any]:
    match error:
        case TypeError() | ValueError():
            return system_error(f"the parameters are wrong: {error}")
        case WorkspaceError():
            return system_error(str(error))
    return failed(error)


def _failure(steps: list[StepResult]) -> str:
    """What is said of an execution, some steps of which failed."""
    first, *others = steps
    more = f", and {len(others)} more" if others else ""
    return f"step `{first.name}` failed: {first.reason}{more}"
