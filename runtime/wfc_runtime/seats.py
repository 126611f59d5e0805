"""A number of seats: how many may be active at one time, and who waits for the next one.

A seat that is given back goes straight to whoever has waited longest: nobody overtakes, and a free
seat means that nobody waits.
"""

from __future__ import annotations

import asyncio
from collections import deque


class Seats:
    """Like a semaphore, and it can be asked whether somebody waits."""

    __slots__ = ("_free", "_waiting")

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[asyncio.Future[None]] = deque()

    def take_now(self) -> bool:
        """Takes a free seat, if there is one."""
        if not self._free:
            return False
        self._free -= 1
        return True

    async def take(self) -> None:
        """Takes a seat, after everybody who waits already."""
        if self.take_now():
            return
        given = asyncio.get_running_loop().create_future()
        self._waiting.append(given)
        try:
            await given
        except asyncio.CancelledError:
            if not given.cancelled():  # it was given the seat, and cancelled before it knew
                self.give_back()
            raise

    def give_back(self) -> None:
        if self.wanted:
            self._waiting.popleft().set_result(None)
        else:
            self._free += 1

    @property
    def wanted(self) -> bool:
        """Whether somebody waits for a seat."""
        while self._waiting and self._waiting[0].done():  # cancelled
            self._waiting.popleft()
        return bool(self._waiting)
