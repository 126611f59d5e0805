"""The world's half of a durable execution: the calls and sleeps that are under way.

They run on the outer event loop.  Each ends with one call of `ended`, unless it is dropped first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, TypeAlias

from wfc_runtime.clock import Clock, RealClock
from wfc_runtime.durable.inside import Asked
from wfc_runtime.durable.visits import Work
from wfc_runtime.values import Value

Ended: TypeAlias = "Callable[[Asked, asyncio.Task[Value] | None], None]"
"""Takes what was asked for, and the task of a call that has ended; None for a sleep."""


class Effects:
    """Those of one execution."""

    __slots__ = ("_clock", "_dropped", "_ended", "_idle", "_loop", "_running")

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        clock: Clock,
        ended: Ended,
        idle: Callable[[], None],
    ) -> None:
        """`idle` is called when the last dropped call has ended."""
        self._loop = loop
        self._clock = clock
        self._ended = ended
        self._idle = idle
        self._running: dict[str, asyncio.Task[Any] | asyncio.TimerHandle] = {}
        self._dropped: set[asyncio.Task[Any]] = set()

    @property
    def are_over(self) -> bool:
        return not self._running and not self._dropped

    @property
    def calls(self) -> int:
        """How many calls are under way; sleeps are none."""
        return sum(isinstance(one, asyncio.Task) for one in self._running.values())

    def call(self, asked: Asked, key: str | None) -> None:
        """Starts a call; `key` goes along with it."""
        assert asked.work is not None
        self._run(asked, self._outside(asked.work, key))

    def sleep(self, asked: Asked, seconds: float) -> None:
        """Starts a sleep, of which `seconds` are left."""
        if type(self._clock) is not RealClock:
            self._run(asked, self._clock.sleep(seconds))
            return
        until = self._clock.time() + seconds
        self._running[asked.key] = self._loop.call_later(seconds, self._ring, asked, until)

    def drop(self, key: str) -> None:
        """Cancels a call or a sleep, if it has not ended yet."""
        running = self._running.pop(key, None)
        if running is None:
            return
        running.cancel()
        if isinstance(running, asyncio.Task):
            self._dropped.add(running)

    def drop_all(self) -> None:
        for key in list(self._running):
            self.drop(key)

    def close(self) -> None:
        """Nothing is under way, and nothing will be."""
        self._ended = self._idle = _nobody

    async def _outside(self, work: Work, key: str | None) -> Value:
        with self._clock.outside():
            return await work(key)

    def _run(self, asked: Asked, work: Any) -> None:
        task = self._loop.create_task(work)
        self._running[asked.key] = task
        task.add_done_callback(partial(self._over, asked))

    def _over(self, asked: Asked, task: asyncio.Task[Any]) -> None:
        if task in self._dropped:
            self._dropped.discard(task)
            if not task.cancelled():
                task.exception()  # nobody else looks at it
            self._idle()
            return
        del self._running[asked.key]
        self._ended(asked, task)

    def _ring(self, asked: Asked, until: float) -> None:
        """The machine's time may have been set back since: then the rest is slept."""
        left = until - self._clock.time()
        if left > 0:
            self._running[asked.key] = self._loop.call_later(left, self._ring, asked, until)
            return
        del self._running[asked.key]
        self._ended(asked, None)


def _nobody(*what: object) -> None:
    raise AssertionError("nobody is told any more")
