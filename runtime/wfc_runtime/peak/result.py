"""What an execution of a Peak workflow comes to: statuses in Peak's words (spec 11 §3.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from wfc_runtime.peak.steps import Ending
from wfc_runtime.stdlib.time import format as time_text
from wfc_runtime.values import Value

StepStatus: TypeAlias = Literal["Pending", "Running", "Success", "Failed", "Skipped", "Stopped"]


@dataclass(slots=True)
class StepResult:
    """What is known of a step; it changes until the step has ended.

    kind      standard, http, sql or export; empty until it has begun
    started, finished  in Unix seconds
    attempts  how often it was tried
    exit_code of the last try: of the command, else 0 or 1
    outputs   its output parameters, secrets left out
    reason    why it was skipped, or how it failed
    """

    name: str
    status: StepStatus = "Pending"
    kind: str = ""
    started: float | None = None
    finished: float | None = None
    attempts: int = 0
    exit_code: int | None = None
    outputs: dict[str, str] = field(default_factory=dict)
    reason: str = ""

    def as_json(self) -> dict[str, Value]:
        shown: dict[str, Value] = {"name": self.name, "status": self.status}
        if self.kind:
            shown["type"] = self.kind
        if self.started is not None:
            shown["startedAt"] = time_text(self.started)
        if self.finished is not None:
            shown["finishedAt"] = time_text(self.finished)
        if self.attempts > 1:
            shown["attempts"] = self.attempts
        if self.exit_code is not None:
            shown["exitCode"] = self.exit_code
        if self.outputs:
            shown["outputs"] = dict(self.outputs)
        if self.reason:
            shown["reason"] = self.reason
        return shown


@dataclass(frozen=True, slots=True)
class StepEnd:
    """How a step has ended, for an execution that goes on after its process.

    result   what is shown of it
    ending   what it is for those after it
    outputs  its output parameters, as they are
    secrets  the names of those that the execution has used by then: they stay hidden
    """

    result: StepResult
    ending: Ending
    outputs: Mapping[str, str]
    secrets: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """The end of an execution: Failed if a step failed, whatever ran after it (spec 11 §3.3)."""

    execution: str
    steps: dict[str, StepResult]

    @property
    def status(self) -> Literal["Success", "Failed"]:
        return "Failed" if self.failed else "Success"

    @property
    def failed(self) -> list[StepResult]:
        return [step for step in self.steps.values() if step.status == "Failed"]

    def as_json(self) -> dict[str, Value]:
        """`{"status": "Success", "executionId": …, "steps": [{"name": …}]}`"""
        return {
            "status": self.status,
            "executionId": self.execution,
            "steps": [step.as_json() for step in self.steps.values()],
        }
