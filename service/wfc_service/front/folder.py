"""A folder of workflow files that are deployed: all of them at the start, then each when saved.

A file's workflow has the file's name up to the first dot; one of Peak's has the name that it says.
What has problems is not deployed, and what was deployed before stays; so it does when its file is
gone.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from watchfiles import Change, awatch

from wfc_service.errors import ApiError
from wfc_service.google.workflows import deploy_source, get_workflow
from wfc_service.names import is_workflow_id
from wfc_service.peak.files import deploy_file
from wfc_service.service import Service

_log = logging.getLogger(__name__)

ENDINGS: Final = (".yaml", ".yml", ".json")
"""Of workflow files; of two with one id the earlier ending counts."""

_SETTLE: Final = 100
"""Milliseconds in which further changes belong to the same save."""

_NO_MAIN: Final = "[WFC108]"

Tell = Callable[[str], None]


class Folder:
    """Deploys the workflow files of a folder.

    tell    gets lines for the person who watches
    values  the variables of files that are templates
    """

    def __init__(
        self, path: Path, service: Service, tell: Tell, values: Mapping[str, Any] = {}
    ) -> None:
        self._path = path
        self._service = service
        self._tell = tell
        self._values = values
        self._names: dict[str, Path] = {}
        """The files of Peak's workflows by the names that they say."""
        self._waiting: dict[Path, str] = {}
        """Files that say a name that another one has, and which."""
        self._freed: set[str] = set()
        """Names that files have said and say no more, until that is told."""
        self._known: set[str] = set()
        """The ids of files that have been deployed."""
        self._deploying = asyncio.Lock()

    async def deploy_all(self) -> None:
        """Deploys every file; those that cannot be are said, and how many there are."""
        async with self._deploying:
            await self._deploy_all()

    async def _deploy_all(self) -> None:
        files = self.files()
        deployed = await self._deploy(files.values())
        self._tell_unused(files, {file.name for file in self._found()})
        if not files:
            self._tell(f"  no workflow files yet: none here ends in {', '.join(ENDINGS)}")
        elif deployed < len(files):
            self._tell(f"{deployed} of {len(files)} files are deployed")

    async def watch(self, stop: asyncio.Event) -> None:
        """Deploys each file that is saved, from its first turn on until `stop` is set."""
        changes = awatch(
            self._path,
            watch_filter=_is_workflow_file,
            recursive=False,
            stop_event=stop,
            step=_SETTLE,
        )
        async for batch in changes:
            async with self._deploying:
                await self.changed({Path(name).name for _, name in batch})

    async def changed(self, touched: Collection[str]) -> None:
        """Deploys files that have been saved, by their names, and says which are gone.

        Where one is gone, another that has the same id is what counts now.
        """
        files, found = self.files(), self._found()
        gone = set(touched) - {file.name for file in found}
        left = {name.partition(".")[0] for name in gone}
        for workflow_id in sorted(left & self._known - files.keys()):
            self._tell(f"  {workflow_id}: its file is gone; what is deployed stays")
        self._known -= left
        free = self._waiting if gone else ()  # the name that they want may be
        await self._deploy(
            file
            for workflow_id, file in files.items()
            if workflow_id in left or file.name in touched or file in free
        )
        self._tell_unused(files, touched)

    def files(self) -> dict[str, Path]:
        """The files by the ids of their workflows."""
        found = {file.name.partition(".")[0]: file for file in self._found()}
        return dict(sorted(found.items()))

    def _found(self) -> list[Path]:
        """All files; of those with one id the last counts."""
        found = (sorted(self._path.glob(f"[!.]*{ending}")) for ending in reversed(ENDINGS))
        return [file for files in found for file in files if file.is_file()]

    def _tell_unused(self, files: Mapping[str, Path], names: Collection[str]) -> None:
        """Says which of the named files have the id of another one that is used."""
        for file in self._found():
            used = files.get(file.name.partition(".")[0])
            if used is not None and file != used and file.name in names:
                self._tell(f"  {file.name}: not deployed, since `{used.name}` has the same id")

    async def _deploy(self, files: Iterable[Path]) -> int:
        """How many have been deployed; also those that wait for a name that is free now."""
        ended: dict[Path, tuple[bool, str]] = {}
        chosen = list(files)
        while chosen:
            results = await asyncio.gather(*map(self._deploy_one, chosen))
            ended.update(zip(chosen, results, strict=True))
            used = self.files().values()
            chosen = [file for file, name in self._waiting.items() if name not in self._names]
            for file in chosen:
                del self._waiting[file]
            chosen = [file for file in chosen if file in used]
        for file, (is_deployed, line) in ended.items():
            if is_deployed:
                self._known.add(file.name.partition(".")[0])
            self._tell(line)
        for name in sorted(self._freed - self._names.keys()):
            self._tell(f"  {name}: no file has this name now; what is deployed stays")
        self._freed.clear()
        return sum(is_deployed for is_deployed, _ in ended.values())

    async def _deploy_one(self, file: Path) -> tuple[bool, str]:
        """Whether a file is deployed now, and what to say of it."""
        name = file.name  # answers of the service say no more of where it is
        workflow_id = name.partition(".")[0]
        try:
            source = file.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            return False, f"  {name}: not deployed: {_reason(error)}"
        try:
            if (known := await self._deployed(workflow_id, source)) is not None:
                return True, f"  {workflow_id} {known}"
            if await self._service.builder.is_peak(name, source):
                return await deploy_file(self._service, file, source, self._values, self._other)
            if not is_workflow_id(workflow_id):
                return False, (
                    f"  {name}: not deployed, since `{workflow_id}` cannot be the id of a"
                    " workflow:\n"
                    "    rename the file to 1 to 64 letters, digits, _ and -, a letter first"
                )
            operation, report = await deploy_source(self._service, workflow_id, source, name)
        except ApiError as error:
            return False, f"  {name}: not deployed: {error}"
        except Exception:  # a bug, which is logged: it is this file's alone
            _log.exception("%s could not be deployed", name)
            return False, f"  {name}: not deployed, since the service has failed"
        if "error" not in operation:
            return True, f"{report}  {workflow_id} {operation['response']['revisionId']}"
        if _NO_MAIN in operation["error"]["message"]:  # a folder has other files, too
            return False, f"  {name}: no workflow, since it has no routine `main`"
        return False, f"{report or operation['error']['message']}  {name}: not deployed"

    def _other(self, name: str, file: Path) -> str:
        """The other file that has the name of a workflow of Peak's; "" where this one has it.

        In either case it has no other name any more.
        """
        for before in [one for one, whose in self._names.items() if whose == file and one != name]:
            self._freed.add(before)
            del self._names[before]
        owner = self._names.get(name, file)
        if owner != file and owner in self.files().values():
            self._waiting[file] = name
            return owner.name
        self._waiting.pop(file, None)
        self._names[name] = file
        return ""

    async def _deployed(self, workflow_id: str, source: str) -> str | None:
        """The revision that is deployed already, if it is of this source."""
        name = self._service.place.workflow(workflow_id)
        try:
            workflow = await get_workflow(self._service, name=name)
        except ApiError:
            return None
        same = workflow["sourceContents"] == source
        return str(workflow["revisionId"]) if same else None


def _reason(error: OSError | UnicodeDecodeError) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return (error.strerror or str(error)).lower()


def _is_workflow_file(change: Change, name: str) -> bool:
    file = Path(name)
    return file.suffix in ENDINGS and not file.name.startswith(".")
