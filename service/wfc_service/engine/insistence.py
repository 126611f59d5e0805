"""Writes that have to come to be, since what they say has happened: refused ones are tried again.

A full disk or a busy file refuses a write for a while.  What has been cancelled cannot run on for
that; so its row is written when there is room, and not only by the next life of the service.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

from wfc_service.store.database import Database

_T = TypeVar("_T")

Pause: TypeAlias = Callable[[float], Awaitable[object]]
"""Waits for so many seconds: `asyncio.sleep`, or what a test has instead."""

_Change: TypeAlias = Callable[[sqlite3.Connection], _T]
_Wish: TypeAlias = tuple[_Change[Any], Callable[[Any], object]]

FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 60.0
"""Seconds before refused writes are tried again; each pause is twice the one before."""


class Insistence:
    """Belongs to the event loop of its database; `close` it before that."""

    def __init__(self, database: Database, pause: Pause) -> None:
        self._database = database
        self._pause = pause
        self._refused: list[_Wish] = []
        self._trying: asyncio.Task[None] | None = None
        self._is_open = True

    def write(self, change: _Change[_T], then: Callable[[_T], object]) -> asyncio.Future[_T]:
        """As `Database.write`, what comes of the first try; `then` gets the result in the end.

        `change` may be carried out later than others that were asked for after it.
        """
        return self._try((change, then))

    async def close(self) -> None:
        """Tries what is left a last time."""
        self._is_open = False
        if self._trying is not None:
            self._trying.cancel()
            await asyncio.gather(self._trying, return_exceptions=True)
        await self._try_all()

    def _try(self, wish: _Wish) -> asyncio.Future[Any]:
        change, _ = wish
        written = self._database.write(change)
        written.add_done_callback(partial(self._tried, wish))
        return written

    def _tried(self, wish: _Wish, written: asyncio.Future[Any]) -> None:
        _, then = wish
        if not written.cancelled() and written.exception() is None:
            then(written.result())
            return
        self._refused.append(wish)
        if self._trying is None and self._is_open:
            self._trying = asyncio.create_task(self._try_again())

    async def _try_again(self) -> None:
        pause = FIRST_PAUSE
        while self._refused:
            await self._pause(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            await self._try_all()
        self._trying = None

    async def _try_all(self) -> None:
        refused, self._refused = self._refused, []
        await asyncio.gather(*map(self._try, refused), return_exceptions=True)
