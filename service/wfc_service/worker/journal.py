"""The journal as a worker has it: what is written goes to the service, which says when it is there.

The service writes what one worker sends in the order in which it was sent, so that one number says
how much of it is durable.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from wfc_runtime.durable import Entry, outcome_of
from wfc_runtime.errors import WorkflowError
from wfc_runtime.jsontext import encode
from wfc_service.store.records import State
from wfc_service.times import Nanoseconds
from wfc_service.worker.pipe import Pipe


class WorkerJournal:
    """What the executions of a worker write (`wfc_runtime.durable.Writer`).

    Their beginnings are written by the service, which sends what it has recorded along with them.
    `numbers` has those of the executions that are here; `last_steps` is asked for those of one
    that ends.
    """

    def __init__(
        self,
        pipe: Pipe,
        numbers: Mapping[str, int],
        last_steps: Callable[[int], list[dict[str, str]]],
    ) -> None:
        self._pipe = pipe
        self._numbers = numbers
        self._last_steps = last_steps
        self._sent = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    def commit(self, execution: str, entry: Entry) -> asyncio.Future[None]:
        number = self._numbers[execution]
        if entry.kind != "ended":
            return self.write(number, entry)
        self._pipe.send("end", number, *_ending(entry, self._last_steps(number)))
        return self._durable()

    def write(self, number: int, entry: Sequence[object]) -> asyncio.Future[None]:
        """Writes an entry of the execution with a number: number, time, kind, key, what, value."""
        self._pipe.send("entry", number, entry)
        return self._durable()

    def start_sleep(self, execution: str, key: str, wake: float) -> asyncio.Future[None]:
        self._pipe.send("sleep", self._numbers[execution], key, wake)
        return self._durable()

    def flush(self, number: int) -> asyncio.Future[None]:
        """When all that has been sent is durable, logs too."""
        self._pipe.send("flush", number)
        return self._durable()

    def written(self, count: int) -> None:
        """So many of the things that were sent are durable."""
        waiting = self._waiting
        while waiting and waiting[0][0] <= count:
            _, future = waiting.popleft()
            if not future.done():
                future.set_result(None)

    def end(
        self,
        number: int,
        state: State,
        time: Nanoseconds,
        error: object,
        result_json: str | None = None,
        steps: Sequence[object] = (),
    ) -> None:
        """Says that an execution has ended whose driver does not write it."""
        self._pipe.send("end", number, state, time, result_json, error, steps)
        self._sent += 1

    def _durable(self) -> asyncio.Future[None]:
        self._sent += 1
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self._sent, future))
        return future


def _ending(entry: Entry, steps: list[dict[str, str]]) -> list[object]:
    """State, time, result, error and last steps of an execution, as the API has them."""
    outcome = outcome_of([entry])
    assert outcome is not None
    result = error = None
    if outcome.error is not None:
        error = error_of(outcome.error)
        if not steps:  # its module does not report them
            trace = outcome.error.stack_trace.get("elements", [])
            steps = [{"routine": at["routine"], "step": at["step"]} for at in reversed(trace)]
    elif outcome.state == "SUCCEEDED":
        result = encode(outcome.result)
    return [outcome.state, int(outcome.time * 1e9), result, error, steps]


def error_of(error: WorkflowError) -> dict[str, object]:
    """What the API's `Execution.error` holds (spec 05 §3)."""
    try:
        payload = encode(error.payload)
    except WorkflowError as unfit:  # no form in JSON: the error that says so
        payload = encode(unfit.payload)
    shown: dict[str, object] = {"payload": payload, "stackTrace": error.stack_trace}
    if error.context is not None:
        shown["context"] = error.context
    return shown
