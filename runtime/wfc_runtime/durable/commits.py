"""Entries on their way to the journal: in goes what happened, out come deliveries in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial

from wfc_runtime.clock import Clock, RealClock
from wfc_runtime.durable import codec
from wfc_runtime.durable.inside import Delivery
from wfc_runtime.durable.journal import Entry, Kind, Recorded, Writer
from wfc_runtime.durable.outcome import Outcome
from wfc_runtime.values import Value


class _Commit:
    """One entry that is being written; the clock of a test stands still meanwhile."""

    __slots__ = ("clock", "delivery", "durable", "told")

    def __init__(self, delivery: Delivery, told: asyncio.Future[None] | None) -> None:
        self.delivery = delivery
        self.durable = False
        self.told = told
        """Who waits until it is durable."""
        self.clock: AbstractContextManager[None] | None = None


class Commits:
    """Gives entries of one execution their numbers and times, and writes them.

    `ready` gets each once it and all before it are durable, `failed` what the journal raised.
    """

    __slots__ = (
        "_clock",
        "_failed",
        "_id",
        "_journal",
        "_last",
        "_ready",
        "_time",
        "_writing",
    )

    def __init__(
        self,
        id: str,
        journal: Writer,
        clock: Clock,
        recorded: Recorded,
        ready: Callable[[Delivery], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._id = id
        self._journal = journal
        self._clock = clock
        self._ready = ready
        self._failed = failed
        entries = recorded.entries
        self._last = entries[-1].number if entries else 0
        self._time = entries[-1].time if entries else recorded.started.time
        self._writing: list[_Commit] = []

    def __iter__(self) -> Iterator[Entry]:
        """Those that are not durable yet."""
        return (commit.delivery.entry for commit in self._writing)

    @property
    def are_durable(self) -> bool:
        return not self._writing

    def write(
        self,
        kind: Kind,
        key: str = "",
        what: str = "",
        value: Value = None,
        told: asyncio.Future[None] | None = None,
    ) -> None:
        """Writes an entry; `told` gets a result when it is durable, or the journal's exception."""
        try:
            text = "" if value is None else codec.encode(value)
            entry = Entry(self._last + 1, self.now(), kind, key, what, text)
            self._write(_Commit(Delivery(entry, value, known=True), told))
        except Exception as exc:  # such as a journal that has been closed
            self._failed(exc)

    def end(self, outcome: Outcome) -> None:
        """Writes the last entry."""
        self._write(_Commit(Delivery(outcome.entry(self._last + 1)), None))

    def give_up(self) -> None:
        """Nobody waits any more for what is being written, which may become durable or not."""
        for commit in self._writing:
            if commit.clock is not None:
                commit.clock.__exit__(None, None, None)
                commit.clock = None
            if commit.told is not None:
                commit.told.cancel()
        self._writing.clear()

    def close(self) -> None:
        """Nothing is being written, and nothing will be."""
        self._ready = self._failed = _nobody

    def now(self) -> float:
        """The time of the next entry, which is not before that of the last one."""
        self._time = max(self._time, self._clock.time())
        return self._time

    def _write(self, commit: _Commit) -> None:
        self._last += 1
        if type(self._clock) is not RealClock:
            commit.clock = self._clock.outside()
            commit.clock.__enter__()
        self._writing.append(commit)
        writing = asyncio.ensure_future(self._journal.commit(self._id, commit.delivery.entry))
        writing.add_done_callback(partial(self._written, commit))

    def _written(self, commit: _Commit, writing: asyncio.Future[None]) -> None:
        if commit.clock is not None:
            commit.clock.__exit__(None, None, None)
            commit.clock = None
        error = asyncio.CancelledError() if writing.cancelled() else writing.exception()
        if error is not None:
            if commit.told is not None and not commit.told.done():
                commit.told.set_exception(error)
            self._failed(error)
            return
        commit.durable = True
        while self._writing and self._writing[0].durable:
            first = self._writing.pop(0)
            if first.told is not None and not first.told.done():
                first.told.set_result(None)
            self._ready(first.delivery)


def _nobody(what: object) -> None:
    """What was given up has been written, or not."""
