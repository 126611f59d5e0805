"""What this machine has instead of an image: in go a command and variables, out what is started.

The environment of this process is where nothing else is said; a virtual environment, or a container
where an engine is there.  A command's variables are those that are given here and a few of this
process that no secret is in; everything else of this process stays out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wfc_runtime.peak.failure import unusable

ENGINES = ("docker", "podman")

_KEPT = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "VIRTUAL_ENV", "PYTHONPATH"),
    *("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_COLLATE", "LC_NUMERIC", "LC_TIME"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
)
_ENGINE_KEPT = ("PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG", "CONTAINER_HOST", "XDG_RUNTIME_DIR")


@dataclass(frozen=True, slots=True)
class Image:
    """What stands for an image.

    venv       the folder of a virtual environment, whose programs are found first
    container  the name of a container's image, which an engine runs
    engine     `docker` or `podman`; by default the first that is there
    files      a folder; what is in it is in the working folder when a command starts
    env        variables that the image sets
    """

    venv: Path | None = None
    container: str | None = None
    engine: str | None = None
    files: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Started:
    """What is started; `after` removes what is left of it when it was stopped."""

    argv: Sequence[str]
    env: dict[str, str]
    after: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class Images:
    """Images by their id, or by their name where a block names them; `default` for all others."""

    known: Mapping[int | str, Image] = field(default_factory=dict)
    default: Image = field(default_factory=Image)

    def find(self, image: int | str | None) -> Image:
        return self.default if image is None else self.known.get(image, self.default)


def started(image: Image, command: str, env: Mapping[str, str], folder: Path, name: str) -> Started:
    """The process that runs a command; `name` names its container.

    Raises StepFailed where this machine does not have what the image says.
    """
    if image.container is not None:
        return _container(image, image.container, command, env, folder, name)
    own = _kept(_KEPT)
    if image.venv is not None:
        programs = image.venv.absolute() / "bin"
        if not programs.is_dir():
            raise unusable(
                f"`{image.venv}` is no virtual environment",
                f"make it: `python -m venv {image.venv}`",
            )
        own |= {"VIRTUAL_ENV": str(image.venv.absolute())}
        own["PATH"] = os.pathsep.join(filter(None, (str(programs), own.get("PATH"))))
    return Started(("/bin/sh", "-c", command), {**own, **image.env, **env})


def _container(
    image: Image, container: str, command: str, env: Mapping[str, str], folder: Path, name: str
) -> Started:
    wanted = ENGINES if image.engine is None else (image.engine,)
    engine = next(filter(None, map(shutil.which, wanted)), None)
    if engine is None:
        raise unusable(
            f"the image is a container, and there is no {' or '.join(wanted)} on this machine",
            "give the image a `venv` instead, or nothing for the environment of wfc",
        )
    own = _kept(_ENGINE_KEPT)
    variables = {**image.env, **env}
    passed = {key: value for key, value in variables.items() if key not in own}
    options = [f"--env={key}" for key in passed]  # values would be seen in the list of processes
    options += [f"--env={key}={variables[key]}" for key in variables if key in own]
    argv = (
        *(engine, "run", "--rm", "--init", f"--name={name}", f"--volume={folder}:/work"),
        *("--workdir=/work", *options, "--", container, "/bin/sh", "-c", command),
    )
    return Started(argv, {**own, **passed}, (engine, "rm", "--force", name))


def _kept(names: Sequence[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}
