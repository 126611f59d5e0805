"""The history of an execution: in go a module's reports of its steps, out come step entries.

A module that was compiled with `history` reports where things begin, and where a routine is left:

    run.begin(3)                      the step, or block, of row 3 of the table (steps.py) begins
    run.begin(7, failed=exc)          the same; what was going on beside it has failed
    for x in run.iterations(4, xs):   each round begins block 4
    return run.returned(value)

Rows say how deep they stand in their routine, so that a beginning also says what has ended: all
that is open in the routine at that depth or deeper.  A jump needs no report but that of where it
leads to; an error none but that of who handles it.

Nothing here depends on anything but the reports and the clock: the same reports at the same times
make the same entries with the same numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Iterable, Iterator, Sized
from typing import TypeVar

from wfc_runtime.entry import StepEntry
from wfc_runtime.errors import ResourceLimit
from wfc_runtime.jsontext import encode
from wfc_runtime.recorder import Recorder
from wfc_runtime.shown import shown
from wfc_runtime.trace import caught
from wfc_runtime.values import Value

T = TypeVar("T")

_TOGETHER, _LEAST = 4_096, 256
"""Characters that the variables of an entry share evenly, and what each of them has at least."""


class Thread:
    """What runs step by step: the execution, or one branch.  `tip` is the innermost open entry."""

    __slots__ = ("_around", "index", "number", "recorder", "tip")

    def __init__(
        self, recorder: Recorder, number: int, around: StepEntry | None, index: int
    ) -> None:
        self.recorder = recorder
        self.number = number
        self.index = index
        self.tip = around
        self._around = around

    def end(self, level: int, now: float, failure: BaseException | None, following: int) -> int:
        """Ends what is open at a level and deeper; the number of the entry at that level, else 0.

        `following` is the number of the entry that comes after that one, else 0.
        """
        recorder = self.recorder
        state, exception, before = "STATE_SUCCEEDED", None, 0
        if failure is not None:
            state, exception = _failed(failure)
        entry = self.tip
        while entry is not None and entry.level >= level:
            if entry.level == level:
                before = entry.number
                entry.next = following
            entry.state = state
            entry.exception = exception
            entry.update_time = now
            if recorder.detailed:
                if failure is None:
                    _assigned(entry)
                entry.variables = _variables(entry)
                entry.frame = None
            recorder.sink(entry)
            entry = entry.parent
        self.tip = entry
        return before

    async def recorded(self, running: Awaitable[T]) -> T:
        """The result of all that runs in the thread, whose entries end with it."""
        failure: BaseException | None = None
        try:
            return await running
        except BaseException as exc:
            failure = exc
            raise
        finally:
            around, recorder = self._around, self.recorder
            if around is None and self.tip is not None:
                recorder.remember()
            self.end(0 if around is None else around.level + 1, recorder.time(), failure, 0)
            recorder.close(self)

    def steps(self) -> list[dict[str, str]]:
        """The step of each routine that is being called, outermost first."""
        found: list[dict[str, str]] = []
        entry, last = self.tip, True
        while entry is not None and entry is not self._around:
            if last:
                found.append({"routine": entry.kind.routine, "step": entry.kind.step})
            last = entry.kind.depth == 0
            entry = entry.parent
        return found[::-1]


class Activation:
    """One call of a routine in a thread, or what a branch runs of it.

    Its entries are at level `base` and deeper, one deeper than that of the step that calls.
    """

    __slots__ = ("base", "thread")

    def __init__(self, thread: Thread, base: int) -> None:
        self.thread = thread
        self.base = base

    def begin(self, number: int, failed: BaseException | None = None) -> None:
        """Begins the step or block of a row; the caller's caller is the function it is in."""
        thread = self.thread
        recorder = thread.recorder
        kind = recorder.kinds[number]
        level = self.base + kind.depth
        recorder.count = entry_number = recorder.count + 1
        now = recorder.time()
        around = thread.tip
        previous = 0
        if around is not None and around.level >= level:
            previous = thread.end(level, now, failed, entry_number)
            around = thread.tip
        entry = StepEntry(kind, entry_number, around, previous, thread.number, level, now)
        thread.tip = entry
        if around is not None:
            if around.children is None:
                around.children = [entry_number]
            else:
                around.children.append(entry_number)
            if kind.progress:
                _count(entry, around, thread.index)
        if recorder.detailed:
            entry.frame = sys._getframe(2)
            entry.hidden = kind.unset
        recorder.sink(entry)

    def iterations(self, number: int, items: Iterable[T]) -> Iterator[T]:
        """The items of a loop, each of which begins a round."""
        self.expect(items)
        for item in items:
            self.begin(number)
            yield item

    def expect(self, items: Iterable[object]) -> None:
        """Notes how often the step that runs will go round, if that can be known."""
        tip = self.thread.tip
        if self.thread.recorder.detailed and tip is not None and isinstance(items, Sized):
            tip.expected = len(items)

    def returned(self) -> None:
        """The routine is left."""
        thread = self.thread
        if not self.base:
            thread.recorder.remember()
        thread.end(self.base, thread.recorder.time(), None, 0)

    def nested(self) -> Activation:
        """That of a routine which the step that runs now calls."""
        tip = self.thread.tip
        return Activation(self.thread, 0 if tip is None else tip.level + 1)

    def branch(self, index: int) -> Activation:
        """What a branch of the step that runs now does, in a thread of its own."""
        thread = self.thread
        return Activation(thread.recorder.open(thread.tip, index), self.base)


def _count(entry: StepEntry, around: StepEntry, index: int) -> None:
    """Says which round of the step around it an entry is."""
    match entry.kind.type:
        case "STEP_PARALLEL_BRANCH_ENTRY":
            entry.progress = index + 1
        case "STEP_FOR_ITERATION" if entry.kind.progress == "PROGRESS_TYPE_PARALLEL_FOR":
            entry.progress = index + 1
        case "STEP_FOR_ITERATION" | "STEP_TRY":
            entry.progress = around.rounds = around.rounds + 1
        case "STEP_RETRY":
            entry.progress = around.rounds
        case "STEP_CONDITION":
            entry.progress = entry.kind.position
        case _:  # a step with rounds
            return
    entry.expected = around.expected


def _failed(failure: BaseException) -> tuple[str, str | None]:
    """The state that a failure leaves, and the JSON text of its payload."""
    if isinstance(failure, ResourceLimit):
        payload = failure.payload
    elif isinstance(failure, Exception):
        try:
            payload = caught(failure)
        except Exception:  # a bug of the runtime, which is raised on to whoever runs this
            return "STATE_FAILED", None
    else:
        return "STATE_CANCELLED", None
    return "STATE_FAILED", encode(shown(payload))


def _blocks(entry: StepEntry) -> Iterator[StepEntry]:
    """An entry and those of its routine around it."""
    yield entry
    while entry.kind.depth and entry.parent is not None:
        entry = entry.parent
        yield entry


def _assigned(entry: StepEntry) -> None:
    """Shows what a step has assigned: Python forgets no value of the round before."""
    if entry.kind.assigned:
        for block in _blocks(entry):
            block.hidden -= entry.kind.assigned


def _variables(entry: StepEntry) -> dict[str, Value]:
    """What the variables in scope hold: in the entry's function and, in a branch, those around."""
    functions: list[dict[str, Value]] = []
    hidden: set[str] = set()
    last = None
    for block in _blocks(entry):
        hidden |= block.hidden
        if block.frame is not None and block.frame is not last:
            functions.append(block.frame.f_locals)
            last = block.frame
    found = {}
    for name, spelled in entry.kind.variables.items():
        for function in () if name in hidden else functions:
            if spelled in function:
                found[name] = function[spelled]
                break
    room = max(_LEAST, _TOGETHER // max(1, len(found)))
    return {name: shown(value, room) for name, value in found.items()}
