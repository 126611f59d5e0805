"""The working folders of an execution: one for each step, new for each try."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from wfc_runtime.clock import Clock
from wfc_runtime.peak.failure import StepFailed

LARGEST_OUTPUT = 1024 * 1024
"""Bytes of the file of an output parameter."""


class WorkspaceError(OSError):
    """The working folder of an execution cannot be made; its text says why."""


class Workspace:
    """Folders `root/EXECUTION/STEP`, in a temporary root where none is given.

    They vanish at the end unless there is a root and they are to be kept.
    """

    __slots__ = ("_clock", "database", "folder", "kept")

    def __init__(self, root: Path | None, execution: str, clock: Clock, *, keep: bool) -> None:
        """Raises WorkspaceError."""
        self.kept = root is not None and keep
        """Whether what is written stays."""
        self._clock = clock
        try:
            base = Path(tempfile.mkdtemp(prefix="wfc-")) if root is None else root.absolute()
            self.folder = base if root is None else base / execution
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise WorkspaceError(f"the working folder cannot be made: {why}") from error
        self.database = base / "warehouse.db"
        """The SQLite database of who says no other (spec 11 §1.8)."""

    async def prepare(self, step: str, files: Path | None) -> Path:
        """An empty folder for a step, but for a copy of `files`."""
        folder = self.folder / step

        def make() -> None:
            shutil.rmtree(folder, ignore_errors=True)
            if files is None:
                folder.mkdir(parents=True)
            else:
                shutil.copytree(files, folder, symlinks=True)

        try:
            with self._clock.outside():
                await asyncio.to_thread(make)
        except (OSError, shutil.Error) as error:
            why = error.strerror if isinstance(error, OSError) else "some files cannot be copied"
            raise StepFailed(f"the working folder cannot be made: {why}") from None
        return folder

    def read(self, folder: Path, name: str) -> str | None:
        """What an output file holds; None where there is none (spec 11 §1.6)."""
        file = folder / name
        try:
            if not is_inside(file, folder):
                raise StepFailed(f"the output file `{name}` is outside of the working folder")
            if not file.is_file():
                return None
            with file.open("rb") as opened:
                content = opened.read(LARGEST_OUTPUT + 1)
        except OSError as error:
            message = f"the output file `{name}` cannot be read: {error.strerror}"
            raise StepFailed(message) from None
        if len(content) > LARGEST_OUTPUT:
            most = f"{LARGEST_OUTPUT:,}"
            raise StepFailed(f"the output file `{name}` is larger than {most} bytes", again=False)
        return content.decode("utf-8", "replace")

    async def clear(self, step: str) -> None:
        """Removes the folder of a step that has ended, if it has one that is not to be kept.

        What it has filled is free again before anything else is written.
        """
        if (folder := self.folder / step).exists():
            await self._remove(folder)

    async def close(self) -> None:
        await self._remove(self.folder)

    async def _remove(self, folder: Path) -> None:
        if not self.kept:
            with self._clock.outside():
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def is_inside(file: Path, folder: Path) -> bool:
    """Whether a file is in a folder, links followed; also where there is none of its name.

    Raises OSError where it cannot be told, as with links in a circle.
    """
    if "\0" in str(file):
        return False
    with suppress(FileNotFoundError, NotADirectoryError):
        file.stat()  # of a circle `resolve` makes what it likes: since Python 3.13 no error
    return file.resolve().is_relative_to(folder.resolve())
