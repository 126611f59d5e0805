"""The step histories of a worker's executions, on their way to the service.

Nothing waits for them: what has been recorded is sent now and again, so many entries at a time, and
the rest of an execution's when it ends.  A replay makes the same entries again, with the same
numbers, so that none is lost and none is there twice.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

from wfc_runtime.entry import StepEntry
from wfc_runtime.jsontext import encode
from wfc_runtime.recorder import Recorder
from wfc_service.names import Place
from wfc_service.worker.life import Life
from wfc_service.worker.pipe import Pipe

_PAUSE: Final = 0.05
"""Seconds between two times at which something is sent."""

_TOGETHER: Final = 1000
"""Entries that are sent at a time."""


class Histories:
    def __init__(self, pipe: Pipe, place: Place) -> None:
        self._pipe = pipe
        self._place = place
        self._loop = asyncio.get_running_loop()
        self._touched: dict[Life, None] = {}
        """Those of which something may be sent, in the order in which they came."""
        self._timer: asyncio.TimerHandle | None = None

    def recorder(self, life: Life, *, detailed: bool) -> Recorder:
        return Recorder(partial(self._record, life), detailed=detailed)

    def touch(self, life: Life) -> None:
        """Steps of an execution may have begun or ended."""
        self._touched[life] = None
        if self._timer is None:
            self._timer = self._loop.call_later(_PAUSE, self._send_some)

    def end(self, life: Life) -> list[dict[str, str]]:
        """Sends all that is left of an execution, which is about to end; its last steps."""
        self._touched.pop(life, None)
        if life.history is None:
            return []
        self._send(life, len(life.recorded))
        return life.history.current_steps()

    def _record(self, life: Life, entry: StepEntry) -> None:
        """In the thread of the workflow."""
        life.recorded.append(entry)
        if len(life.recorded) == _TOGETHER:  # it does not wait for anything
            self._loop.call_soon_threadsafe(self.touch, life)

    def _send_some(self) -> None:
        left = _TOGETHER
        while self._touched and left:
            life = next(iter(self._touched))
            left -= self._send(life, left)
            if not life.recorded:
                del self._touched[life]
                life.tell_steps()
        more = bool(self._touched)
        self._timer = self._loop.call_later(_PAUSE, self._send_some) if more else None

    def _send(self, life: Life, at_most: int) -> int:
        """Sends some entries of an execution, each once, as they are now; how many that were."""
        count = min(len(life.recorded), at_most)
        entries = {entry.number: entry for entry in life.recorded[:count]}
        del life.recorded[:count]  # not the list itself, which the workflow's thread has
        if entries:
            name = self._place.execution(life.workflow, life.id)
            rows = [[number, encode(entry.resource(name))] for number, entry in entries.items()]
            self._pipe.send("history", life.number, rows)
        return count
