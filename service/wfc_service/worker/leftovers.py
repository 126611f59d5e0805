"""Ends what is left of commands: of a worker that was killed, before their steps begin again, and
of an execution that was stopped.

The guards of commands do so too (`wfc_runtime.peak.process`), in their own time, and not for what
has left a command's group; but a step must not meet what is left of itself.  Where there is no
/proc, or no way to kill a process that is not by its number alone, they are all there is.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

_PROCESSES: Final = Path("/proc")
_VARIABLE: Final = b"PEAK_EXEC_ID="
_PATIENCE: Final = 5.0
_PAUSE: Final = 0.005
"""Seconds between two looks whether they have ended; killed they do, unless the disk hangs."""


class Leftovers:
    """Looks once for all executions that go on at about the same time."""

    def __init__(self) -> None:
        self._executions: set[str] = set()
        self._ending: asyncio.Task[None] | None = None

    async def end(self, execution: str) -> None:
        """Returns when nothing of an execution runs."""
        self._executions.add(execution)
        if self._ending is None:
            self._ending = asyncio.create_task(self._end())
        await asyncio.shield(self._ending)

    async def _end(self) -> None:
        await asyncio.sleep(0)  # for others to come
        executions, self._executions, self._ending = self._executions, set(), None
        await asyncio.to_thread(end_commands, executions)


def end_commands(executions: Collection[str]) -> None:
    """Kills all processes of these executions and waits until they are gone."""
    marks = {_VARIABLE + id.encode() for id in executions}
    until = time.monotonic() + _PATIENCE
    while _kill(marks) and time.monotonic() < until:
        time.sleep(_PAUSE)


def _kill(marks: set[bytes]) -> bool:
    """Whether there was any process with one of the marks in its environment."""
    found = False
    is_able = _PROCESSES.is_dir() and hasattr(os, "pidfd_open")
    for name in os.listdir(_PROCESSES) if is_able else ():
        if not name.isdigit():
            continue
        with suppress(OSError):  # it has ended meanwhile, or is somebody else's
            process = os.pidfd_open(int(name))  # so that the number cannot become another's
            try:
                environment = (_PROCESSES / name / "environ").read_bytes()  # empty of a zombie
                if not marks.isdisjoint(environment.split(b"\0")):
                    found = True
                    signal.pidfd_send_signal(process, signal.SIGKILL)
            finally:
                os.close(process)
    return found
