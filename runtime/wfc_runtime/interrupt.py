"""Ctrl-C for a workflow that runs as a program: in goes its coroutine, out comes its result.

`asyncio.run` answers the first Ctrl-C by cancelling the main task, which a workflow that computes
without ever waiting does not notice.  Where the event loop does not get its turn soon, the second
Ctrl-C, which asyncio answers by a KeyboardInterrupt at once, is sent for the user.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Coroutine
from types import FrameType
from typing import Any, TypeVar

from wfc_runtime.eventloop import loop_factory

T = TypeVar("T")

PATIENCE = 1.0
"""Seconds that the event loop has to notice a Ctrl-C."""


def run_interruptibly(coroutine: Coroutine[Any, Any, T]) -> T:
    """Like `asyncio.run`, on uvloop where it is installed.

    Raises KeyboardInterrupt after a Ctrl-C, whatever the workflow does.
    """
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(_watched(coroutine))


async def _watched(coroutine: Coroutine[Any, Any, T]) -> T:
    answer = signal.getsignal(signal.SIGINT)  # of asyncio's runner
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not callable(answer) or not in_main_thread:
        return await coroutine
    loop = asyncio.get_running_loop()

    def interrupted(number: int, frame: FrameType | None) -> None:
        noticed = threading.Event()
        loop.call_soon_threadsafe(noticed.set)
        threading.Thread(target=_insist, args=(noticed,), daemon=True).start()
        answer(number, frame)

    signal.signal(signal.SIGINT, interrupted)
    try:
        return await coroutine
    finally:
        signal.signal(signal.SIGINT, answer)


def _insist(noticed: threading.Event) -> None:
    if not noticed.wait(PATIENCE):
        signal.raise_signal(signal.SIGINT)
