"""Tells watchers of runs that succeed, fail, take too long, or cannot be started (spec 11 §1.3).

Each is told at least once: who does not answer in time, or answers when the service has just been
killed, gets the same again, with the same `Idempotency-Key`.  Of a run that could not be started
nothing is kept: of that they are told at most once, and not of another one meanwhile.  No mail is
sent from here; what became of a notice is in the execution's log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any, Final

from wfc_service.errors import ApiError
from wfc_service.names import PEAK
from wfc_service.store.database import Database
from wfc_service.store.log_rows import log_row
from wfc_service.store.records import Execution
from wfc_service.times import Now
from wfc_service.triggers.alarms import Alarms, Wait, wait_for
from wfc_service.triggers.delivery import Delivery, NotDelivered
from wfc_service.triggers.notices import (
    ENDED,
    Notice,
    exceeded,
    is_noted,
    note,
    settle,
    untold,
    watchers_of_execution,
)
from wfc_service.triggers.watchers import Mail, Watcher

_log = logging.getLogger(__name__)

_MINUTE: Final = 60_000_000_000

_LONGEST: Final = 100 * 365 * 24 * 60
"""Minutes that no run takes: more is as good, and has no room in a number of nanoseconds."""


class Watch:
    """Follows the executions of `Runs` (`interface.Follower`); belongs to an event loop.

    `open` it before executions go on, `run` it, and `close` it in the end.
    """

    def __init__(
        self, database: Database, delivery: Delivery, now: Now, wait: Wait = wait_for
    ) -> None:
        self._database = database
        self._delivery = delivery
        self._now = now
        self._alarms: Alarms[Notice] = Alarms(self._exceeded, now, wait)
        self._limits: dict[str, list[Notice]] = {}
        """By the execution: what is told when its time comes."""
        self._refused: set[int] = set()
        """Workflows of which is being told that a run could not be started."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def open(self) -> None:
        """Tells what an earlier life of the service has not come to tell."""
        for notice in untold(self._database):
            self._go(self._tell(notice))

    async def run(self) -> None:
        """Tells of runs that take too long, until it is cancelled."""
        await self._alarms.run()

    async def close(self) -> None:
        """What is being told, or ends from now on, is told by the next life of the service."""
        self._is_closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._delivery.close()

    # engine.Follower

    def begun(self, execution: Execution) -> None:
        if not execution.workflow.startswith(PEAK) or execution.start_time is None:
            return
        _, watchers = watchers_of_execution(self._database, execution.id)
        for minutes in {one.minutes for one in watchers if one.minutes is not None}:
            notice = exceeded(execution.id, minutes)
            if not is_noted(self._database, notice):
                self._limits.setdefault(execution.id, []).append(notice)
                length = round(max(0, min(minutes, _LONGEST)) * _MINUTE)
                self._alarms.set(notice, execution.start_time + length)

    def ended(self, execution: Execution) -> None:
        for notice in self._limits.pop(execution.id, ()):
            self._alarms.drop(notice)
        notice = Notice(execution.id, ENDED)
        if execution.workflow.startswith(PEAK) and is_noted(self._database, notice):
            self._go(self._tell(notice))

    # of a run that there is not

    def not_started(self, number: int, watchers: Sequence[Watcher], key: str) -> None:
        """Tells those who hear of failures that a run of a workflow could not be started.

        Not while they are being told of an earlier one: there may be very many.
        """
        if number not in self._refused:
            self._refused.add(number)
            self._go(self._tell_refused(number, [one for one in watchers if one.fail], key))

    async def _tell_refused(self, number: int, watchers: Sequence[Watcher], key: str) -> None:
        try:
            for _, text in await self._notify(watchers, "a run has not been started", key):
                _log.warning("%s: %s", key, text)
        finally:
            self._refused.discard(number)

    # what is told

    def _exceeded(self, notice: Notice) -> None:
        self._go(self._note(notice))

    async def _note(self, notice: Notice) -> None:
        if await self._database.write(partial(note, notice=notice)):
            await self._tell(notice)

    async def _tell(self, notice: Notice) -> None:
        state, watchers = watchers_of_execution(self._database, notice.execution)
        if notice.event != ENDED:
            said = f"the execution has {notice.event} minutes"
            heard = [
                one
                for one in watchers
                if one.minutes is not None and exceeded(notice.execution, one.minutes) == notice
            ]
        elif state == "SUCCEEDED":
            said = "the execution has succeeded"
            heard = [one for one in watchers if one.success]
        else:
            said = "the execution has failed"
            heard = [one for one in watchers if one.fail]
        told = await self._notify(heard, said, notice.key)
        logs = [log_row(notice.execution, self._now(), severity, text) for severity, text in told]
        await self._database.write(partial(settle, notice=notice, logs=logs))

    async def _notify(
        self, watchers: Sequence[Watcher], said: str, key: str
    ) -> list[tuple[str, str]]:
        """Tells all of them; severity and text of what is to be logged of each."""
        each = [self._notify_one(one, said, f"{key}/{at}") for at, one in enumerate(watchers)]
        return list(await asyncio.gather(*each))

    async def _notify_one(self, watcher: Watcher, said: str, key: str) -> tuple[str, str]:
        receiver = watcher.receiver
        if isinstance(receiver, Mail):
            whom = ", ".join(receiver.to)
            return "INFO", f"{said}, of which no mail is sent from here to {whom}"
        try:
            done = await self._delivery.post(receiver, key)
        except NotDelivered as error:
            return "WARNING", f"{said}, which watcher `{receiver.name}` does not know: {error}"
        return "INFO", f"{said}, of which watcher `{receiver.name}` is told: {done}"

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        if self._is_closed:
            work.close()
            return
        task = asyncio.create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except ApiError as error:  # the disk is full, say: it is told again by the next life
        _log.warning("it is not known whether watchers were told: %s", error)
    except Exception:  # a bug, which is logged: it is this notice's alone
        _log.exception("watchers could not be told")
