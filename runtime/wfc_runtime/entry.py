"""A step entry: what the history of an execution says of one step, or of one block in it."""

from __future__ import annotations

from types import FrameType
from typing import TYPE_CHECKING

from wfc_runtime.stdlib.time import format as time_text
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from wfc_runtime.steps import Kind


class StepEntry:
    """One entry (spec 08 §2, StepEntry).  It changes until it has ended.

    number       from 1, in the order in which entries begin
    parent       the entry around it, of a called routine that of the step which calls
    children     the numbers of those in it, None if none; complete once it has ended
    previous     the number of the one before it in the same block, 0 if none
    next         that of the one after it, 0 if none; known when it ends
    create_time  when it began, in Unix seconds
    update_time  when it ended; as long as it goes on, when it began
    state        STATE_IN_PROGRESS, STATE_SUCCEEDED, STATE_FAILED or STATE_CANCELLED
    exception    the JSON text of the error it failed with, cut where it is too long (shown.py)
    thread       the number of its branch, 0 outside of branches
    progress     which round of its step it is, from 1, else 0
    expected     how many rounds there will be, 0 where that is not known
    variables    those in scope when it ended, cut where they are too long; None where not recorded
    level, frame, hidden, rounds  what the recorder needs to know until it ends
    """

    __slots__ = (
        "children",
        "create_time",
        "exception",
        "expected",
        "frame",
        "hidden",
        "kind",
        "level",
        "next",
        "number",
        "parent",
        "previous",
        "progress",
        "rounds",
        "state",
        "thread",
        "update_time",
        "variables",
    )

    def __init__(
        self,
        kind: Kind,
        number: int,
        parent: StepEntry | None,
        previous: int,
        thread: int,
        level: int,
        now: float,
    ) -> None:
        self.kind = kind
        self.number = number
        self.parent = parent
        self.children: list[int] | None = None
        self.previous = previous
        self.next = 0
        self.create_time = now
        self.update_time = now
        self.state = "STATE_IN_PROGRESS"
        self.exception: str | None = None
        self.thread = thread
        self.progress = 0
        self.expected = 0
        self.variables: dict[str, Value] | None = None
        self.level = level
        self.frame: FrameType | None = None
        self.hidden: frozenset[str] = frozenset()
        self.rounds = 0

    def __repr__(self) -> str:
        return f"<{self.number} {self.type} {self.routine}.{self.step} {self.state}>"

    @property
    def routine(self) -> str:
        return self.kind.routine

    @property
    def step(self) -> str:
        return self.kind.step

    @property
    def type(self) -> str:
        """`STEP_ASSIGN`, …"""
        return self.kind.type

    def resource(self, execution: str) -> dict[str, Value]:
        """The resource as the API shows it, of the execution with that name."""
        resource: dict[str, Value] = {
            "name": f"{execution}/stepEntries/{self.number}",
            "entryId": str(self.number),
            "routine": self.routine,
            "step": self.step,
            "stepType": self.type,
            "state": self.state,
            "createTime": time_text(self.create_time),
            "updateTime": time_text(self.update_time),
        }
        if self.exception is not None:
            resource["exception"] = {"payload": self.exception}
        navigation: dict[str, Value] = {
            "parent": 0 if self.parent is None else self.parent.number,
            "previous": self.previous,
            "next": self.next,
        }
        navigation = {name: str(number) for name, number in navigation.items() if number}
        if self.children:
            navigation["children"] = [str(child) for child in self.children]
        metadata = {
            "threadId": str(self.thread or ""),
            "progressType": self.kind.progress,
            "progressNumber": str(self.progress or ""),
            "expectedIteration": str(self.expected or ""),
        }
        resource["navigationInfo"] = navigation
        resource["stepEntryMetadata"] = {name: text for name, text in metadata.items() if text}
        if self.variables is not None:
            resource["variableData"] = {"variables": self.variables}
        return resource
