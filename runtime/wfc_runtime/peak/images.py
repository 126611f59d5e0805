"""What this machine has instead of an image: in go a command and variables, out what is started.

The environment of this process is where nothing else is said; a virtual environment, or a container
where an engine is there.  A command's variables are those that are given here and a few of this
process that no secret is in; everything else of this process stays out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wfc_runtime.peak.failure import unusable

_KEPT = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TZ", "VIRTUAL_ENV", "PYTHONPATH"),
    *("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_COLLATE", "LC_NUMERIC", "LC_TIME"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"),
)


@dataclass(frozen=True, slots=True)
class Image:
    """What stands for an image.

    venv       the folder of a virtual environment, whose programs are found first
    container  the name of a container's image, which an engine runs
    engine     `docker` or `podman`; by default the first that is there
    files      a folder; what is in it is in the working folder when a command starts
    env        variables that the image sets
    options    further ones of the engine's `run`: `--network=host`, `--gpus=all`
    """

    venv: Path | None = None
    container: str | None = None
    engine: str | None = None
    files: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    options: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Started:
    """What is started; `after` removes the container that is left of it when it was stopped."""

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


def started(image: Image, command: str, env: Mapping[str, str]) -> Started:
    """The process that runs a command outside of a container (for one in one see `containers`).

    Raises StepFailed where this machine does not have what the image says.
    """
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


def _kept(names: Sequence[str]) -> dict[str, str]:
    return {name: os.environ[name] for name in names if name in os.environ}
