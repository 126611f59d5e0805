"""What starts Peak's workflows besides people, and who is told how that went (spec 11 §1.2, §1.3).

cron triggers ──▶ schedule ──▶ execute          the ends of executions ──▶ watch ──▶ watchers
a URL         ──▶ webhooks ──▶ execute          what was not started   ──▶ watch ──▶ watchers
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import Counter
from typing import Any, Final

from wfc_service.errors import ApiError
from wfc_service.peak import tables
from wfc_service.peak.errors import missing
from wfc_service.peak.executions import execute
from wfc_service.peak.records import PeakWorkflow, workflow_id
from wfc_service.peak.webhooks import read_webhook
from wfc_service.service import Service
from wfc_service.times import Nanoseconds, timestamp
from wfc_service.triggers.alarms import Wait, wait_for
from wfc_service.triggers.delivery import Delivery, Sleep
from wfc_service.triggers.schedule import Timetable, schedules_of
from wfc_service.triggers.watch import Watch
from wfc_service.triggers.watchers import watchers_of
from wfc_service.worker.reach import Reach

_log = logging.getLogger(__name__)

_DEALT_WITH: Final = "peak schedule"
"""The row of the table `service` that says up to when moments of schedules are dealt with."""

_REASONS: Final = {"RESOURCE_EXHAUSTED": "queue_full", "ABORTED": "active"}
"""Why an execution is refused that there should be."""


class Triggers:
    """Belongs to an event loop; `open` it as soon as the engine is, and `close` it in the end.

    It is the `schedule.Starts` of its timetable, and hears of changes of workflows by `changed`.
    """

    def __init__(
        self, service: Service, reach: Reach, wait: Wait = wait_for, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._service = service
        self._timetable = Timetable(self, service.now, wait)
        self._running: list[asyncio.Task[None]] = []
        self.watch = Watch(service.database, Delivery(reach, sleep), service.now, wait)
        """Is to follow the executions."""
        self.not_started: Counter[str] = Counter()
        """Runs that triggers should have started and have not, by the reason."""
        self._unsaid: dict[int, int] = {}
        """How many runs were not started since the log said so, by workflows that start none."""

    def open(self) -> None:
        """Begins with what an earlier life of the service has left to be done."""
        until = self._dealt_with()
        self.watch.open()
        for workflow in tables.all_workflows(self._service.database):
            self._set(workflow, max(workflow.workflow.update_time, until))
        self._running = [
            asyncio.create_task(self._timetable.run()),
            asyncio.create_task(self.watch.run()),
        ]

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.watch.close()

    def changed(self, number: int) -> None:
        """A workflow has been made, changed, paused, resumed or deleted."""
        found = tables.known_workflow(self._service.database, number)
        if found is None:
            self._timetable.remove(number)
            self._unsaid.pop(number, None)
        else:
            self._set(found, self._service.now())

    async def call(self, webhook: str, body: bytes, request_id: str = "") -> dict[str, Any]:
        """Starts a run by a webhook's id: `{"executionId": …}`; also while the schedule is held.

        Raises ApiError NOT_FOUND for an id that no workflow has, and what `execute` raises.
        """
        workflow = tables.workflow_by_webhook(self._service.database, webhook)
        if workflow is None:
            raise missing("there is no such webhook")
        sent, number = read_webhook(body), workflow.number
        try:
            return await self._execute(number, sent, request_id)
        except ApiError as error:
            if error.status in _REASONS:
                self.dropped(
                    number, request_id or f"webhook {timestamp(self._service.now())}", error
                )
            raise

    # schedule.Starts

    async def start(self, number: int, request_id: str) -> None:
        await self._execute(number, {}, request_id)

    def dropped(self, number: int, request_id: str, error: ApiError) -> None:
        workflow = tables.known_workflow(self._service.database, number)
        if workflow is None:  # it has just been deleted
            return
        self.not_started[_REASONS.get(error.status, "other")] += 1
        if number in self._unsaid:  # who asks too often is not to fill the disk
            self._unsaid[number] += 1
        else:
            self._unsaid[number] = 0
            _log.warning("workflow %d: `%s` has started no run: %s", number, request_id, error)
        key = f"{workflow_id(number)}/{request_id.replace(' ', '-')}"
        self.watch.not_started(number, watchers_of(workflow.spec), key)

    async def _execute(self, number: int, sent: Any, request_id: str) -> dict[str, Any]:
        made = await execute(self._service, number, sent, request_id=request_id)
        if unsaid := self._unsaid.pop(number, 0):
            said = "workflow %d: a run has started again, after %d more that have not"
            _log.warning(said, number, unsaid)
        return made

    def missed(self, number: int, moments: int) -> None:
        self.not_started["missed"] += moments

    def dealt_with(self, until: Nanoseconds) -> None:
        def put(connection: sqlite3.Connection) -> None:
            query = "INSERT OR REPLACE INTO service VALUES (?, ?)"
            connection.execute(query, (_DEALT_WITH, str(until)))

        self._service.database.write(put).add_done_callback(_ignore)

    def _set(self, workflow: PeakWorkflow, since: Nanoseconds) -> None:
        schedules = () if workflow.paused else schedules_of(workflow.spec)
        if schedules:
            self._timetable.set(workflow.number, schedules, since)
        else:
            self._timetable.remove(workflow.number)

    def _dealt_with(self) -> Nanoseconds:
        query = "SELECT value FROM service WHERE name = ?"
        rows = self._service.database.read(query, _DEALT_WITH)
        return int(rows[0]["value"]) if rows else 0


def _ignore(written: asyncio.Future[None]) -> None:
    """A write that nobody waits for: a later one says the same, and more."""
    if not written.cancelled():
        written.exception()
