"""What the APIs ask of whatever runs executions; `runs` is what does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from wfc_service.engine.news import News
from wfc_service.store.records import Execution, Revision, Workflow


@dataclass(frozen=True, slots=True)
class NewExecution:
    """An execution that somebody asks for; what it says has been checked.

    request_id  names the wish: a second one with the same id is the same execution
    alone       whether it is refused while the workflow has another that has not ended
    """

    workflow: Workflow
    argument_json: str = "null"
    labels: Mapping[str, str] = field(default_factory=dict)
    call_log_level: str = ""
    history_level: str = ""
    unbuffered: bool = False
    generation: int = 0
    request_id: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class CallbackRequest:
    """A request to a callback endpoint, as it came."""

    method: str
    headers: Sequence[tuple[str, str]]
    query: Sequence[tuple[str, str]]
    body: bytes


class Follower(Protocol):
    """Who hears of all executions; what it does must not take long, and raise nothing."""

    def begun(self, execution: Execution) -> None:
        """An execution is active, or again after a restart."""

    def ended(self, execution: Execution) -> None:
        """What an execution came to is durable."""


class Engine(Protocol):
    """Runs executions: the state machine QUEUED → ACTIVE → SUCCEEDED | FAILED | CANCELLED."""

    @property
    def news(self) -> News:
        """Is told when an execution has a new state, other current steps, or more in its log."""

    async def create(self, new: NewExecution) -> Execution:
        """Admits an execution, ACTIVE or QUEUED; it is durable when this returns.

        Raises ApiError RESOURCE_EXHAUSTED with `retry_after`, having created nothing, when the
        queue is full, or no seat is free for an `unbuffered` one; ABORTED for one that has to be
        `alone` and is not.
        """

    async def cancel(self, execution: Execution) -> Execution:
        """Cancels an execution and returns it, CANCELLED; its branches may take a moment to end.

        Raises ApiError FAILED_PRECONDITION for one that has finished (spec 08 §6), UNAVAILABLE
        where the end cannot be written: that is done later, and may be asked for again.
        """

    @property
    def stopping(self) -> Mapping[str, str]:
        """Executions that were cancelled while something of them has not ended yet, with their
        workflows; changes in the event loop.
        """

    async def receive(self, execution: str, callback: str, request: CallbackRequest) -> None:
        """Hands a request to a callback endpoint; durable when this returns.

        Raises ApiError 404 for an endpoint that is not there or whose execution has finished, 405
        for another method, 429 while an earlier request has not been processed.
        """

    def callbacks(self, execution: str) -> Iterable[Mapping[str, Any]]:
        """`{id, method, availablePayloads, waiters}` of each open endpoint of an execution."""

    def current_steps(self, execution: str) -> Sequence[Mapping[str, Any]]:
        """`{routine, step}` of an active execution, outermost first; called from any thread.

        Of one of Peak's all its steps, as `wfc_runtime.peak.result.StepResult.as_json`.
        """

    async def forget(self, workflow: str) -> None:
        """Cancels and deletes all executions of a workflow that is being deleted."""

    async def deployed(self, revision: Revision) -> None:
        """Tells that a revision is there; executions of it may follow."""
