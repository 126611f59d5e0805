"""Commands in containers: in go an image and a command, out comes what an engine is told.

docker and podman are told the same.  Inside, the command is who wfc runs as, so that it can write
to its working folder and what it writes can be removed: root of an engine that is rootless itself,
whose root is whoever started it, and of any other the same numbers as outside.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from wfc_runtime.clock import Clock
from wfc_runtime.peak.failure import StepFailed, unusable
from wfc_runtime.peak.images import Image, Started
from wfc_runtime.peak.process import run_process

ENGINES = ("docker", "podman")

NOT_RUN = 125
"""The exit code of an engine that could not run a container at all."""

ANSWER = 20.0
REMOVAL = 30.0
"""Seconds that an engine has to tell of itself, and to remove a container."""

_ENGINES_OWN = re.compile(
    r"(DOCKER|CONTAINERS?|PODMAN|BUILDAH|REGISTRY|STORAGE|XDG|SSL_CERT|LD)_.*(?<!_CUSTOM)"
    r"|GO(DEBUG|TRACEBACK|MAXPROCS|GC|MEMLIMIT)|PATH|HOME|TMPDIR|DBUS_SESSION_BUS_ADDRESS"
    r"|(?i:(https?|no|all)_proxy)"
)
"""Variables that the engine itself heeds, of which it has those of this process; no secret's."""

_PLAIN = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_ROOTLESS = re.compile(r"^\s*(name=)?rootless(: true)?\s*$", re.MULTILINE)
_GONE = re.compile("no such container|already in progress", re.IGNORECASE)
_ANYWHERE = Path("/")

_rootless: dict[str, bool] = {}
"""What engines have told, by their programs."""


@dataclass(frozen=True, slots=True)
class _Engine:
    program: str
    rootless: bool


async def contained(
    image: Image, command: str, env: Mapping[str, str], folder: Path, name: str, clock: Clock
) -> Started:
    """The process that runs a command in a container of a name.

    Raises StepFailed where there is no engine, and where it cannot see the folder.
    """
    engine = await _engine(image, clock)
    check_folder(engine.program, folder)
    user = (0, 0) if engine.rootless else (os.getuid(), os.getgid())
    variables = {**image.env, **env}
    if user[0]:  # of whom the image knows no home
        variables = {"HOME": "/work", **variables}
    # by name alone where that can be: values would be seen in the list of processes
    passed = {
        key: value
        for key, value in variables.items()
        if _PLAIN.fullmatch(key) and not _ENGINES_OWN.fullmatch(key)
    }
    told = [f"--env={key}" for key in passed]
    told += [f"--env={key}={variables[key]}" for key in variables if key not in passed]
    argv = (
        *(engine.program, "run", "--rm", f"--name={name}"),
        # a signal reaches all processes of the command, as it does outside
        *("--init", "--env=TINI_KILL_PROCESS_GROUP=1"),
        # Z: where SELinux is on, the folder is the container's
        *(f"--volume={folder}:/work:Z", "--workdir=/work", f"--user={user[0]}:{user[1]}"),
        *(*told, *image.options, "--entrypoint=/bin/sh"),
        *("--", image.container or "", "-c", command),
    )
    return Started(argv, {**_own(), **passed}, (engine.program, "rm", "--force", name))


async def remove(process: Started, clock: Clock) -> str:
    """Removes what is left of a container; why it may still be there, "" where it is not."""
    try:
        code, said = await _ask(process.after or (), process.env, REMOVAL, clock)
    except StepFailed as failure:
        return str(failure)
    return "" if code == 0 or _GONE.search(said) else _last_line(said) or f"exit code {code}"


async def _engine(image: Image, clock: Clock) -> _Engine:
    wanted = ENGINES if image.engine is None else (image.engine,)
    program = next(filter(None, map(shutil.which, wanted)), None)
    if program is None:
        raise unusable(
            f"the image is a container, and there is no {' or '.join(wanted)} on this machine",
            "give the image a `venv` instead, or nothing for the environment of wfc",
        )
    if program not in _rootless:
        code, said = await _ask((program, "info"), _own(), ANSWER, clock)
        if code:
            why = _last_line(re.sub("(?m)^errors? .*$", "", said))
            raise StepFailed(f"`{program} info` ended with exit code {code}: {why}", NOT_RUN)
        _rootless[program] = bool(_ROOTLESS.search(said))
    return _Engine(program, _rootless[program])


def check_folder(program: str, folder: Path) -> None:
    """Raises StepFailed for a folder that would not be in the container, or another one."""
    if ":" in str(folder):
        hint = "name another one with `--workdir DIR`"
        raise unusable(f"no container can have the folder `{folder}`: there is a colon in it", hint)
    if not program.startswith("/snap/"):
        return
    home = Path.home()
    if not folder.is_relative_to(home) or folder.relative_to(home).parts[0].startswith("."):
        raise unusable(
            f"the docker of snap does not see the folder `{folder}`",
            f"name one in `{home}` with `--workdir DIR`, none that begins with a dot",
        )


async def _ask(
    argv: Sequence[str], env: Mapping[str, str], limit: float, clock: Clock
) -> tuple[int, str]:
    """The exit code of an engine's command, and what it says."""
    said = bytearray()
    code = await run_process(
        argv, folder=_ANYWHERE, env=env, clock=clock, timeout=limit, feed=said.extend
    )
    return code, said.decode("utf-8", "replace")


def _own() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if _ENGINES_OWN.fullmatch(key)}


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1].removeprefix("ERROR: ") if lines else ""
