"""The folder that a service keeps its data in: one service at a time has it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO


class DataFolderInUse(Exception):
    """Another service has the folder."""


class DataFolder:
    """Made where it is missing, readable for its owner alone, and ignored by git."""

    def __init__(self, path: Path) -> None:
        """Raises DataFolderInUse, and OSError where the folder cannot be made or written to."""
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.database = path / "service.db"
        ignore = path / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n")
        self._lock: IO[str] = (path / "lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise DataFolderInUse from None
        os.set_inheritable(self._lock.fileno(), False)

    def close(self) -> None:
        self._lock.close()
