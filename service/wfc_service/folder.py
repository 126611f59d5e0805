"""A folder of workflow files that are deployed: all of them at the start, then each when saved.

A file's workflow has the file's name up to the first dot.  What has problems is not deployed, and
what was deployed before stays; so it does when its file is gone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Final

from watchfiles import Change, awatch

from wfc_service.checks import SOURCE_LIMIT
from wfc_service.names import is_workflow_id
from wfc_service.service import Service
from wfc_service.workflows import deploy_file

ENDINGS: Final = (".yaml", ".yml", ".json")
"""Of workflow files; of two with one id the earlier ending counts."""

_SETTLE: Final = 100
"""Milliseconds in which further changes belong to the same save."""

Tell = Callable[[str], None]


class Folder:
    """Deploys the workflow files of a folder; `tell` gets lines for the person who watches."""

    def __init__(self, path: Path, service: Service, tell: Tell, *, colour: bool) -> None:
        self._path = path
        self._service = service
        self._tell = tell
        self._colour = colour

    async def deploy_all(self) -> None:
        """Deploys every file; those that cannot be are said."""
        await self._deploy(self.files().values())

    async def watch(self, stop: asyncio.Event) -> None:
        """Deploys each file that is saved, until `stop` is set."""
        changes = awatch(
            self._path,
            watch_filter=_is_workflow_file,
            recursive=False,
            stop_event=stop,
            step=_SETTLE,
        )
        async for batch in changes:
            files = self.files()
            touched = {Path(name) for _, name in batch}
            await self._deploy(file for file in files.values() if file in touched)
            left = {file.name.partition(".")[0] for file in touched} - files.keys()
            for workflow_id in sorted(left):
                self._tell(f"  {workflow_id}: its file is gone; what is deployed stays")

    def files(self) -> dict[str, Path]:
        """The files by the ids of their workflows."""
        found: dict[str, Path] = {}
        for ending in reversed(ENDINGS):
            for file in sorted(self._path.glob(f"[!.]*{ending}")):
                if file.is_file():
                    found[file.name.partition(".")[0]] = file
        return dict(sorted(found.items()))

    async def _deploy(self, files: Iterable[Path]) -> None:
        for line in await asyncio.gather(*map(self._deploy_one, files)):
            self._tell(line)

    async def _deploy_one(self, file: Path) -> str:
        """What to say of a file that has been deployed, or could not be."""
        workflow_id, name = file.name.partition(".")[0], str(file)
        if not is_workflow_id(workflow_id):
            return (
                f"  {name}: not deployed, since `{workflow_id}` cannot be the id of a workflow:\n"
                "    rename the file to 1 to 64 letters, digits, _ and -, a letter first"
            )
        try:
            source = file.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            return f"  {name}: not deployed: {_reason(error)}"
        if len(source.encode()) > SOURCE_LIMIT:
            return f"  {name}: not deployed: it has more than {SOURCE_LIMIT:,} bytes"
        try:
            built = await self._service.builder.build(name, source, colour=self._colour)
        except BrokenProcessPool:
            return f"  {name}: not deployed: the compiler ran out of memory, or was killed"
        if built.error is not None:
            return f"{built.report}  {name}: not deployed"
        workflow = await deploy_file(self._service, workflow_id, file.name, source, built.module)
        return f"{built.report}  {workflow_id} {workflow.revision.id}"


def _reason(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return (error.strerror or str(error)).lower()


def _is_workflow_file(change: Change, name: str) -> bool:
    file = Path(name)
    return file.suffix in ENDINGS and not file.name.startswith(".")
