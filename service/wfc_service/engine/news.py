"""Who waits for something to happen to an execution: followers of its log, for one."""

from __future__ import annotations

import asyncio
from weakref import WeakValueDictionary


class News:
    """Belongs to an event loop; nothing is kept of executions that nobody waits for."""

    def __init__(self) -> None:
        self._waiting: WeakValueDictionary[str, asyncio.Future[None]] = WeakValueDictionary()

        self.is_closed = False

    def next(self, execution: str) -> asyncio.Future[None]:
        """Is done when something is told of an execution from now on.

        Ask for it before looking at what there is, then wait for it: so nothing is missed.  All who
        wait have the same one: do not cancel it.
        """
        waiting = self._waiting.get(execution)
        if waiting is None:
            waiting = self._waiting[execution] = asyncio.get_running_loop().create_future()
        return waiting

    def close(self) -> None:
        """Lets all go on who wait: nothing more will be told to them."""
        self.is_closed = True
        for execution in list(self._waiting):
            self.tell(execution)

    def tell(self, execution: str) -> None:
        """Something of an execution, its log or its steps, is there to be read."""
        waiting = self._waiting.pop(execution, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)
