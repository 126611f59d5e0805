"""How an execution ended: in goes the last entry of a journal, out comes an `Outcome`, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from wfc_runtime.durable import codec
from wfc_runtime.durable.journal import Entry
from wfc_runtime.errors import WorkflowError
from wfc_runtime.values import Value

State: TypeAlias = Literal["SUCCEEDED", "FAILED", "CANCELLED"]


class ExecutionCancelled(Exception):
    """The execution was cancelled, perhaps long ago; who waits for it was not."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`result` of an execution that succeeded, `error` of one that failed; Unix seconds."""

    state: State
    time: float
    result: Value = None
    error: WorkflowError | None = None

    def value(self) -> Value:
        """The result; raises the error of an execution that failed, and ExecutionCancelled."""
        if self.error is not None:
            raise self.error
        if self.state == "CANCELLED":
            raise ExecutionCancelled("the execution was cancelled")
        return self.result

    def entry(self, number: int) -> Entry:
        said = self.result if self.error is None else _parts(self.error)
        text = codec.encode(said, keys_are_text=False)
        return Entry(number, self.time, "ended", what=self.state, value=text)


def outcome_of(entries: Sequence[Entry]) -> Outcome | None:
    """How an execution with these entries ended, None where it has not."""
    if not entries or entries[-1].kind != "ended":
        return None
    last = entries[-1]
    said = codec.decode(last.value)
    match last.what:
        case "FAILED":
            return Outcome("FAILED", last.time, error=_error(said))
        case "CANCELLED":
            return Outcome("CANCELLED", last.time)
        case _:
            return Outcome("SUCCEEDED", last.time, result=said)


def _parts(error: WorkflowError) -> Value:
    notes = list(getattr(error, "__notes__", ()))
    return [error.payload, error.context, error.stack_trace, notes]


def _error(parts: Value) -> WorkflowError:
    payload, context, stack_trace, notes = parts
    error = WorkflowError(payload, context, stack_trace)
    for note in notes:
        error.add_note(note)
    return error
