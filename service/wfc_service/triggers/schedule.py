"""Starts runs by the clock: which cron triggers there are, and what becomes of each moment.

A moment starts its workflow once: its request id is `cron 2026-11-26T00:00:00Z`, so that a second
start of the same moment, after a restart or when the clock has been set back, is the same run.
Moments that go by while the service is down, or its machine is suspended, are not made up for but
for the last minute: they are said in the log, and counted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final, Protocol

from wfc.peak.cron import NotCron, Schedule, read_cron
from wfc.peak.cron_times import next_time
from wfc_service.errors import ApiError
from wfc_service.times import Nanoseconds, Now, timestamp
from wfc_service.triggers.alarms import Alarms, Wait, wait_for

_log = logging.getLogger(__name__)

LATE: Final = 60_000_000_000
"""Nanoseconds by which a moment may be late, as over a restart, and its run is started still."""

_COUNTED: Final = 1000
"""Moments that went by of which one says how many they were."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Starts(Protocol):
    """Who starts runs, and hears of those that there will not be."""

    async def start(self, number: int, request_id: str) -> None:
        """Starts a run of a workflow; raises ApiError."""

    def dropped(self, number: int, request_id: str, error: ApiError) -> None:
        """A run could not be started."""

    def missed(self, number: int, moments: int) -> None:
        """So many moments of a workflow have gone by."""

    def dealt_with(self, until: Nanoseconds) -> None:
        """All moments up to a time are dealt with."""


@dataclass(slots=True)
class _Line:
    """A workflow in the timetable; `next` is its next moment, if there is one."""

    schedules: tuple[Schedule, ...]
    next: Nanoseconds | None = None

    def after(self, time: Nanoseconds) -> Nanoseconds | None:
        """The first moment later than a time."""
        moment = _EPOCH + timedelta(microseconds=time // 1000)
        found = [next_time(schedule, moment) for schedule in self.schedules]
        return min((_nanoseconds(one) for one in found if one is not None), default=None)

    def moments(self, after: Nanoseconds, until: Nanoseconds) -> Iterator[Nanoseconds]:
        """Those later than one time and not later than another."""
        moment = self.after(after)
        while moment is not None and moment <= until:
            yield moment
            moment = self.after(moment)


class Timetable:
    """Belongs to an event loop; `run` it.  Numbers are those of workflows."""

    def __init__(self, starts: Starts, now: Now, wait: Wait = wait_for) -> None:
        self._starts = starts
        self._now = now
        self._lines: dict[int, _Line] = {}
        self._alarms: Alarms[int] = Alarms(self._ring, now, wait, self._begin_again)
        self._starting: set[asyncio.Task[None]] = set()

    def set(self, number: int, schedules: Iterable[Schedule], since: Nanoseconds) -> None:
        """Enters a workflow whose schedule is on; one that has these already goes on with them.

        since  from when on moments count: what has gone by already is missed, or late
        """
        line = _Line(tuple(schedules))
        known = self._lines.get(number)
        if known is None or known.schedules != line.schedules:
            self._lines[number] = line
            self._go_on(number, line, since)
        self._tell()

    def remove(self, number: int) -> None:
        """Takes a workflow out, if it is there: its schedule is held, or it is gone."""
        self._lines.pop(number, None)
        self._alarms.drop(number)
        self._tell()

    async def run(self) -> None:
        """Starts runs, until it is cancelled; starts that are under way come to their end."""
        try:
            await self._alarms.run()
        finally:
            while self._starting:
                await asyncio.wait(self._starting)

    def _go_on(self, number: int, line: _Line, after: Nanoseconds) -> None:
        line.next = line.after(after)
        if line.next is None:
            self._alarms.drop(number)
        else:
            self._alarms.set(number, line.next)

    def _begin_again(self) -> None:
        """The clock has been set back: what it shows now may be long before the next moments."""
        for number, line in self._lines.items():
            self._go_on(number, line, self._now())

    def _ring(self, number: int) -> None:
        """The next moment of a workflow has come; others may have gone by since."""
        line, now = self._lines[number], self._now()
        assert line.next is not None
        before, late = line.next - 1, now - LATE - 1
        gone = list(islice(line.moments(before, late), _COUNTED + 1))
        in_time = list(line.moments(max(before, late), now))
        if missed := len(gone) + len(in_time[:-1]):
            many = f"more than {_COUNTED:,} runs were" if missed > _COUNTED else _runs(missed)
            begun = timestamp(line.next)
            _log.warning("workflow %d: %s not started in time since %s", number, many, begun)
            self._starts.missed(number, missed)
        self._go_on(number, line, now)
        if in_time:
            task = asyncio.create_task(self._start(number, f"cron {timestamp(in_time[-1])}"))
            self._starting.add(task)
            task.add_done_callback(self._started)

    async def _start(self, number: int, request_id: str) -> None:
        try:
            await self._starts.start(number, request_id)
        except ApiError as error:
            self._starts.dropped(number, request_id, error)
        except Exception:  # a bug, which is logged: the next moment may be a better one
            _log.exception("workflow %d could not be started by its schedule", number)

    def _started(self, task: asyncio.Task[None]) -> None:
        self._starting.discard(task)
        self._tell()

    def _tell(self) -> None:
        """Tells up to when all moments are dealt with, once nothing is under way."""
        if not self._starting:
            now, first = self._now(), self._alarms.first
            self._starts.dealt_with(now if first is None else min(now, first - 1))


def schedules_of(spec: Mapping[str, Any]) -> tuple[Schedule, ...]:
    """Those of the cron triggers of a workflow's spec, which has been checked."""
    found = []
    for trigger in spec.get("triggers") or ():
        if isinstance(trigger, Mapping) and isinstance(cron := trigger.get("cron"), str):
            try:
                found.append(read_cron(cron))
            except NotCron:  # `@param:when`, without a value
                _log.warning("`%s` is no schedule: nothing is started by it", cron)
    return tuple(found)


def _runs(number: int) -> str:
    return "1 run was" if number == 1 else f"{number:,} runs were"


def _nanoseconds(moment: datetime) -> Nanoseconds:
    elapsed = moment - _EPOCH
    return (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000_000
