"""Who may run: seats for active executions, and a bounded queue for those that wait for one.

Nothing here waits or writes: the counters change within one call, so that the bounds are exact
whatever the number of clients.  A ticket is whatever stands for an execution.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Generic, TypeVar

from wfc_service.errors import ApiError
from wfc_service.names import PEAK

_T = TypeVar("_T", bound=Hashable)

RETRY_AFTER = 1
"""Seconds after which it makes sense to ask again."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many executions may be there; None for any number (spec 07 §3, 11 §3.5).

    active  that have a seat, those that sleep included
    queued  that wait for a seat
    peak_…  of one of Peak's workflows
    """

    active: int | None = 10_000
    queued: int | None = 100_000
    active_per_workflow: int | None = None
    queued_per_workflow: int | None = None
    peak_active: int | None = 10
    peak_queued: int | None = 100

    def of(self, workflow: str) -> tuple[int | None, int | None]:
        """How many executions of one workflow may be active, and how many queued."""
        if workflow.startswith(PEAK):
            return self.peak_active, self.peak_queued
        return self.active_per_workflow, self.queued_per_workflow


@dataclass(slots=True)
class _Line(Generic[_T]):
    """The executions of one workflow; who waits is in the order in which they came."""

    most_active: int | None
    most_queued: int | None
    active: int = 0
    waiting: deque[tuple[int, _T]] = field(default_factory=deque)
    queued: int = 0
    """Those in `waiting` that have not been withdrawn."""
    offered: bool = False
    """Whether it stands in the heap of workflows that could use a seat."""


class Admission(Generic[_T]):
    """First come, first served within a workflow.

    Of several workflows that could use a free seat, the one gets it whose next execution has waited
    longest: one that is at its own bound holds up nobody else.
    """

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._lines: dict[str, _Line[_T]] = {}
        self._offers: list[tuple[int, str]] = []
        """A heap: the number of a workflow's next execution when it was put there."""
        self._withdrawn: set[_T] = set()
        self._numbers = count()
        self.active = 0
        self.queued = 0

    def is_idle(self, workflow: str) -> bool:
        """Whether no execution of a workflow has a seat or waits for one."""
        return workflow not in self._lines

    def admit(self, workflow: str, ticket: _T, *, unbuffered: bool = False) -> bool:
        """Whether an execution has a seat; one that has none waits in the queue.

        Raises ApiError RESOURCE_EXHAUSTED, and has changed nothing, when the queue is full, or when
        there is no seat for an `unbuffered` one.
        """
        line = self._line(workflow)
        if not line.queued and self._has_seat(line):
            self._sit(line)
            return True
        bounds, most = self._bounds, line.most_queued
        why = None
        if unbuffered:
            why = f"{self.active:,} executions are active, and this one is not to be queued"
        elif bounds.queued is not None and self.queued >= bounds.queued:
            why = f"{self.queued:,} executions are queued, which is the most there can be"
        elif most is not None and line.queued >= most:
            name = workflow.removeprefix(PEAK)
            why = f"{line.queued:,} executions of `{name}` are queued, the most there can be"
        if why is not None:
            self._forget(workflow, line)
            raise ApiError("RESOURCE_EXHAUSTED", why, retry_after=RETRY_AFTER)
        self.queue(workflow, ticket)
        return False

    def queue(self, workflow: str, ticket: _T) -> None:
        """Puts an execution into the queue, whatever the bounds."""
        line = self._line(workflow)
        line.waiting.append((next(self._numbers), ticket))
        line.queued += 1
        self.queued += 1
        self._offer(workflow, line)

    def seat(self, workflow: str) -> None:
        """Gives an execution a seat, whatever the bounds: one that had it before a restart."""
        self._sit(self._line(workflow))

    def release(self, workflow: str) -> None:
        """Takes an execution's seat away."""
        line = self._lines[workflow]
        line.active -= 1
        self.active -= 1
        self._offer(workflow, line)
        self._forget(workflow, line)

    def withdraw(self, workflow: str, ticket: _T) -> None:
        """Takes an execution out of the queue."""
        line = self._lines[workflow]
        line.queued -= 1
        self.queued -= 1
        self._withdrawn.add(ticket)
        self._skip_withdrawn(line)
        self._forget(workflow, line)

    def next(self) -> _T | None:
        """The next execution of the queue that can have a seat, which it has then."""
        while self._offers and _below(self.active, self._bounds.active):
            number, workflow = heappop(self._offers)
            line = self._lines.get(workflow)
            if line is None:
                continue
            line.offered = False
            if not line.waiting or not self._has_seat(line):
                continue
            if line.waiting[0][0] != number:  # the one that was offered has been withdrawn
                self._offer(workflow, line)
                continue
            _, ticket = line.waiting.popleft()
            line.queued -= 1
            self.queued -= 1
            self._skip_withdrawn(line)
            self._sit(line)
            self._offer(workflow, line)
            return ticket
        return None

    def _line(self, workflow: str) -> _Line[_T]:
        line = self._lines.get(workflow)
        if line is None:
            line = self._lines[workflow] = _Line(*self._bounds.of(workflow))
        return line

    def _forget(self, workflow: str, line: _Line[_T]) -> None:
        if not line.active and not line.queued:
            del self._lines[workflow]

    def _has_seat(self, line: _Line[_T]) -> bool:
        return _below(self.active, self._bounds.active) and _below(line.active, line.most_active)

    def _sit(self, line: _Line[_T]) -> None:
        line.active += 1
        self.active += 1

    def _offer(self, workflow: str, line: _Line[_T]) -> None:
        """Notes that a workflow could use a seat, if it could."""
        if line.waiting and not line.offered and _below(line.active, line.most_active):
            line.offered = True
            heappush(self._offers, (line.waiting[0][0], workflow))

    def _skip_withdrawn(self, line: _Line[_T]) -> None:
        """The head of a line is always one that still waits."""
        while line.waiting and line.waiting[0][1] in self._withdrawn:
            self._withdrawn.discard(line.waiting.popleft()[1])


def _below(number: int, bound: int | None) -> bool:
    return bound is None or number < bound
