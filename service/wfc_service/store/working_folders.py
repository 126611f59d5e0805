"""The working folders of Peak's executions, `ROOT/EXECUTION`: removed when these are gone.

What runs an execution makes its folder, and removes it in the end if it is not to be kept; here is
what is left of executions that are deleted, or whose worker was killed.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Final

_EXECUTION: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class WorkingFolders:
    """All of a service.

    root     where they are
    is_kept  whether they stay as long as their executions are kept, else as long as these run
    """

    def __init__(self, root: Path, *, is_kept: bool) -> None:
        self.root = root
        self.is_kept = is_kept
        self._in_use: set[str] = set()
        """Those of deleted executions of which something is in a worker."""
        self._removing: set[asyncio.Task[None]] = set()

    async def remove(self, executions: Iterable[str]) -> None:
        """Removes those of executions that are gone."""
        gone = set(executions) - self._in_use
        if gone and self.root.is_dir():
            await asyncio.to_thread(self._remove, gone)

    def keep_until_left(self, execution: str) -> None:
        """An execution is being deleted while its commands may still write into its folder."""
        self._in_use.add(execution)

    def left(self, execution: str) -> None:
        """Nothing of an execution is in a worker any more."""
        if execution in self._in_use:
            self._in_use.remove(execution)
            self.remove_soon([execution])

    def remove_soon(self, executions: Iterable[str]) -> None:
        """As `remove`; `removed` waits for it."""
        removing = asyncio.create_task(self.remove(executions))
        self._removing.add(removing)
        removing.add_done_callback(self._removing.discard)

    async def removed(self) -> None:
        """Returns when what is to be removed soon has been."""
        await asyncio.gather(*self._removing)

    async def interrupted(self, executions: Iterable[str]) -> None:
        """The worker of executions has died: who goes on begins with new folders.

        Those that are there may have filled the disk, and nobody goes on before there is room.
        """
        if not self.is_kept:
            await self.remove(executions)

    async def remove_unless_in(self, executions: Collection[str]) -> None:
        """Removes those of all but these executions, if none is to be kept for any other."""
        if not self.is_kept and self.root.is_dir():
            names = [path.name for path in self.root.iterdir() if _EXECUTION.fullmatch(path.name)]
            await self.remove(set(names).difference(executions))

    def _remove(self, executions: Iterable[str]) -> None:
        for execution in executions:
            shutil.rmtree(self.root / execution, ignore_errors=True)
