"""The time as an execution sees it: all waiting and every look at the time goes through a `Clock`.

`RealClock` is the machine's; tests inject `wfc_runtime.testing.VirtualClock`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, TypeVar

_T = TypeVar("_T")

_NOTHING = nullcontext()


class Clock(Protocol):
    """Tells the time in Unix seconds and waits."""

    def time(self) -> float: ...

    async def sleep(self, seconds: float) -> None: ...

    def outside(self) -> AbstractContextManager[None]:
        """Around a wait whose end the clock cannot foresee, such as that for a response."""


class RealClock:
    """The machine's clock."""

    __slots__ = ()

    def time(self) -> float:
        return time.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def outside(self) -> AbstractContextManager[None]:
        return _NOTHING


async def within(sleep: Coroutine[Any, Any, None], work: asyncio.Future[_T]) -> _T:
    """The result of `work` if it comes in time; else TimeoutError, and `work` goes on.

    `sleep` is one that has not begun; what is done at the very moment when it ends still counts.
    """
    alarm = asyncio.ensure_future(sleep)
    try:
        await asyncio.wait((work, alarm), return_when=asyncio.FIRST_COMPLETED)
    finally:
        alarm.cancel()
        await asyncio.wait((alarm,))
    if not work.done():
        alarm.result()  # what went wrong with the clock is no timeout
        raise TimeoutError
    return work.result()
