"""Assignments to a shared variable that wait in the middle, and are atomic all the same.

`total: ${add(total, n)}`, where the subworkflow `add` waits, reads `total` before and writes it
after; no other branch may write it in between (spec 04 §8 rule 8).  Generated code:

    total_lock = wf.Lock()
    …
    async with run.exclusive("add", total_lock):
        total = await add(run, total, n)

A branch that waits for the lock is not active: with a seat it could keep the branch that has the
lock from going on.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from wfc_runtime.seats import Seats

if TYPE_CHECKING:
    from wfc_runtime.run import Run


class Lock(Seats):
    """Stands for one shared variable."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(1)


class Exclusive:
    """One branch's hold of a lock, for the time of an `async with`."""

    __slots__ = ("_lock", "_run", "_step")

    def __init__(self, run: Run, step: str, lock: Lock) -> None:
        self._run = run
        self._step = step
        self._lock = lock

    async def __aenter__(self) -> None:
        if self._lock.take_now():
            return
        seat = self._run.seat
        with self._run.observed(self._step, "lock"):
            if seat is not None:
                seat.leave()
            await self._lock.take()
            if seat is not None:
                await seat.take()
            await self._run.turn()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lock.give_back()
