"""Child executions in a service: in goes what a workflow calls, out comes how that ended.

Where an execution runs in a service, what it calls is an execution of that service, which survives
the end of the process as its caller does, and goes on when its caller is cancelled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from wfc_runtime.children import Outcome, argument_text
from wfc_runtime.errors import WorkflowError
from wfc_runtime.jsontext import decode
from wfc_runtime.stdlib import http
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from wfc_runtime.run import Run


class Wanted(NamedTuple):
    """An execution that a workflow asks for.

    argument    JSON text
    location    where, None for where the caller is; as the project
    call_log    None for what the workflow itself has
    unbuffered  whether it is refused, where it would have to be queued
    """

    workflow: str
    argument: str
    location: str | None
    project: str | None
    call_log: str | None
    unbuffered: bool


class Service(Protocol):
    """The service as one of its executions sees it."""

    async def create(self, key: str | None, wanted: Wanted) -> Value:
        """The id of a new execution; asked again with the same key, of the same one.

        Raises the workflow's HttpError where there can be none.
        """

    async def ended(self, execution: Value) -> Value:
        """The Execution resource of one that has ended (spec 08 §2), as a map."""


class ServiceChild:
    """One child execution in a service; `task` ends when it has ended, whatever its outcome."""

    def __init__(self, run: Run, service: Service, wanted: Wanted) -> None:
        self._resource: dict[str, Value] = {}
        self._creating = asyncio.create_task(_create(run, service, wanted))
        self.task = asyncio.create_task(self._end(run, service))
        for task in (self._creating, self.task):
            task.add_done_callback(_look)  # not everybody who starts one waits for it

    async def created(self) -> None:
        """Returns when it is there; raises the workflow's HttpError where it cannot be."""
        await asyncio.wait((self._creating,))
        self._creating.result()

    def leave(self) -> None:
        """Nobody waits for it any more; it goes on."""
        self._creating.cancel()
        self.task.cancel()

    def resource(self, outcome: Outcome) -> dict[str, Value]:
        return self._resource

    async def _end(self, run: Run, service: Service) -> Outcome:
        execution = await self._creating
        ended = partial(service.ended, execution)
        self._resource = await run.outside(lambda: f"execution {execution}", lambda key: ended())
        if self._resource["state"] != "SUCCEEDED":
            return Outcome(None, WorkflowError(self._resource.get("error")), run.now())
        return Outcome(decode(self._resource["result"]), None, run.now())


def start(
    run: Run,
    service: Service,
    workflow: str,
    argument: Value,
    place: Mapping[str, str],
    call_log: str | None,
    unbuffered: bool,
) -> ServiceChild:
    """Asks for an execution; raises what `children.argument_text` raises."""
    location, project = (place.get(f"GOOGLE_CLOUD_{name}") for name in ("LOCATION", "PROJECT_ID"))
    text = argument_text(run.execution, argument)
    wanted = Wanted(workflow, text, location, project, call_log, unbuffered)
    return ServiceChild(run, service, wanted)


async def _create(run: Run, service: Service, wanted: Wanted) -> Value:
    """Asks again as connectors do (spec 06), such as where there is no seat free."""
    what = f"create an execution of {wanted.workflow}"
    policy, attempt = http.default_retry_non_idempotent, 0
    while True:
        attempt += 1
        try:
            return await run.outside(lambda: what, lambda key: service.create(key, wanted))
        except WorkflowError as error:
            worth_it = http.default_retry_predicate_non_idempotent(error.payload)
            if not worth_it or attempt > policy.max_retries:
                raise
        await run.rest(policy.delay(attempt))


def _look(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()
