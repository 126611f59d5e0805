"""Child executions: in go a workflow's id and its argument, out comes how its execution ended.

A child is an execution of its own: own limits, own environment, own session.  It goes on when its
caller no longer waits for it; the caller's run ends only when all its children have ended, and
cancelling the caller cancels them (the service would go on without the caller).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from wfc_runtime.errors import ResourceLimit, WorkflowError, http_error
from wfc_runtime.jsontext import decode, encode
from wfc_runtime.limits import exceeded
from wfc_runtime.stdlib.time import format as time_text
from wfc_runtime.values import Value, word

if TYPE_CHECKING:
    from wfc_runtime.execution import Execution
    from wfc_runtime.run import Run
    from wfc_runtime.workflow import Workflow

Finder: TypeAlias = "Callable[[str], Workflow]"
"""Finds a workflow by its id, such as `{"order": order.workflow}.__getitem__`.

Raises LookupError where there is none, ValueError for one that cannot be run; the exception's text
says why.
"""


class CalledTooDeeply(ResourceLimit):
    """Executions call one another without an end: stops every one of them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a child ended, and when, in Unix seconds."""

    result: Value
    error: WorkflowError | None
    ended: float


class Child:
    """One child execution in this process, which is running or has ended."""

    def __init__(
        self, execution: Execution, argument: str, started: float, task: asyncio.Task[Outcome]
    ) -> None:
        self.execution = execution
        self.argument = argument
        self.started = started
        self.task = task

    async def created(self) -> None:
        """Returns when it is there, which it is at once."""

    def leave(self) -> None:
        """Nobody waits for it any more; it goes on."""

    def resource(self, outcome: Outcome) -> dict[str, Value]:
        """The Execution resource of a child that failed (spec 08 §2)."""
        env = self.execution.env
        seconds = f"{outcome.ended - self.started:.9f}".rstrip("0").rstrip(".")
        return {
            "argument": self.argument,
            "duration": f"{seconds}s",
            "endTime": time_text(outcome.ended),
            "error": _error(outcome.error),
            "name": self.execution.name,
            "startTime": time_text(self.started),
            "state": "FAILED",
            "workflowRevisionId": env["GOOGLE_CLOUD_WORKFLOW_REVISION_ID"],
        }


class Children:
    """The children of one execution."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Outcome]] = set()
        self._started = 0
        self._bug: BaseException | None = None
        """What a child ended with that is no error of a workflow."""

    def start(
        self,
        run: Run,
        workflow_id: str,
        argument: Value,
        place: Mapping[str, str],
        call_log: str | None = None,
    ) -> Child:
        """Starts an execution; it does not run before the caller waits for something.

        Raises the workflow's HttpError as the service does: 404 for a workflow that is not there,
        400 for one that cannot be run or a too large argument; TypeError for an argument that JSON
        cannot hold; CalledTooDeeply.
        """
        caller = run.execution
        text = argument_text(caller, argument)
        workflow = _find(caller, workflow_id)
        execution = caller.child(run.uuid(), workflow_id, workflow.sha256, place, call_log)
        inside = run.for_child(execution, workflow_id, self._started)
        self._started += 1
        task = asyncio.create_task(_end(workflow, inside, decode(text)))
        self._running.add(task)
        task.add_done_callback(self._ended)
        return Child(execution, text, caller.clock.time(), task)

    def cancel(self) -> None:
        for task in self._running:
            task.cancel()

    async def finish(self) -> None:
        """Waits until no child is left, also when the caller is cancelled meanwhile."""
        cancelled = None
        while self._running:
            try:
                await asyncio.wait(self._running)
            except asyncio.CancelledError as exc:
                cancelled = exc
                self.cancel()
        if cancelled is not None:
            raise cancelled
        if self._bug is not None:
            raise self._bug

    def _ended(self, task: asyncio.Task[Outcome]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            self._bug = self._bug or task.exception()


def argument_text(caller: Execution, argument: Value) -> str:
    """The argument of an execution that `caller` is to start.

    Raises CalledTooDeeply, the workflow's TypeError for what JSON cannot hold, and its HttpError
    for what is too large.
    """
    generation, most = caller.generation + 1, caller.limits.generations
    if generation > most:
        what = exceeded("executions that call one another", generation, most, "generations")
        raise CalledTooDeeply(f"ResourceLimitError: {what}")
    text = encode(argument)
    limit = caller.limits.argument
    if limit is not None and len(text.encode()) > limit:
        size = len(text.encode())
        what = exceeded("bytes of JSON in the argument", size, limit, "argument")
        raise refused(400, "INVALID_ARGUMENT", what)
    return text


async def _end(workflow: Workflow, run: Run, argument: Value) -> Outcome:
    """Runs a child to its end; its failure is logged, since its caller may not see it."""
    execution = run.execution
    try:
        result = await workflow.execute(run, argument)
    except WorkflowError as error:
        if not isinstance(error.__cause__, CalledTooDeeply):
            execution.note("ERROR", f"execution failed: {error}")
        return Outcome(None, error, execution.clock.time())
    return Outcome(decode(encode(result)), None, execution.clock.time())


def _find(caller: Execution, workflow_id: str) -> Workflow:
    if caller.find is None:
        message = f"no workflow can be found here, so not `{workflow_id}`: `children` is not given"
        raise refused(404, "NOT_FOUND", message)
    try:
        return caller.find(workflow_id)
    except LookupError as missing:
        plain = type(missing) is KeyError  # of a dict, with nothing but the key as its text
        message = f"there is no workflow `{workflow_id}`" if plain else str(missing)
        raise refused(404, "NOT_FOUND", message) from None
    except ValueError as unusable:
        raise refused(400, "FAILED_PRECONDITION", str(unusable)) from None


def refused(code: int, status: str, message: str) -> WorkflowError:
    """The HttpError of an execution that cannot be started."""
    body = {"error": {"code": code, "message": message, "status": status}}
    return http_error(code, {"Content-Type": "application/json; charset=UTF-8"}, body)


def _error(error: WorkflowError | None) -> dict[str, Value]:
    """What `Execution.error` holds (spec 05 §3)."""
    if error is None:
        return {}
    try:
        payload = encode(error.payload)
    except WorkflowError:
        payload = encode(f"a {word(error.payload)} that has no form in JSON")
    shown: dict[str, Value] = {"payload": payload, "stackTrace": error.stack_trace}
    if error.context is not None:
        shown["context"] = error.context
    return shown
