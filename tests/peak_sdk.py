"""Peak's SDK from the package index, in an environment of its own, made once for all tests.

Nothing of it is changed: scripts and the command `peak` run with environment variables alone.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.peak_proxy import Proxying

PACKAGE = "peak-sdk==1.29.0"

_PYTHONS = ("python3.12", "python3.11", "python3.10", "python3.9")
"""What the package runs with; newer ones are refused by it."""

_SLOWEST = 120.0
"""Seconds for which one script may run."""


@dataclass
class Sdk:
    """The environment; `package` is the folder of the SDK in it."""

    folder: Path
    package: Path

    def run(
        self, proxy: Proxying, home: Path, *arguments: str | Path, token: str = "anything"
    ) -> subprocess.CompletedProcess[str]:
        """Runs Python with arguments in the folder `home`, with nothing but variables set."""
        return self._run([self.folder / "bin" / "python", *arguments], proxy, home, token)

    def peak(
        self, proxy: Proxying, home: Path, *arguments: str
    ) -> subprocess.CompletedProcess[str]:
        """Runs the command `peak`."""
        return self._run([self.folder / "bin" / "peak", *arguments], proxy, home, "anything")

    def _run(
        self, command: Sequence[str | Path], proxy: Proxying, home: Path, token: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=home,
            env={
                **proxy.variables,
                "PEAK_AUTH_TOKEN": token,
                "PATH": os.defpath,
                "HOME": str(home),
                "COLUMNS": "200",
                "PYTHONUNBUFFERED": "1",
            },
            capture_output=True,
            encoding="utf-8",
            timeout=_SLOWEST,
        )


@pytest.fixture(scope="session")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Sdk:
    """Skips the test where the index does not give the package."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # which the workers of one run have in common
    environment, done = folder / "peak-sdk", folder / "peak-sdk.done"
    with (folder / "peak-sdk.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            done.write_text(_install(environment), encoding="utf-8")
    if said := done.read_text(encoding="utf-8"):
        pytest.skip(said)
    return Sdk(environment, next(environment.glob("lib/python*/site-packages/peak")))


def _install(environment: Path) -> str:
    """Why there is no such environment, "" where it has been made."""
    found = [sys.executable] if sys.version_info < (3, 13) else map(shutil.which, _PYTHONS)
    python = next(filter(None, found), None)
    if python is None:
        return f"{PACKAGE} needs Python 3.12 or older, and this machine has none"
    make = [python, "-m", "venv", str(environment)]
    install = [str(environment / "bin" / "pip"), "install", "-q", PACKAGE]
    for command in (make, install):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            return f"the package index does not give {PACKAGE}: {done.stderr.strip()[-200:]}"
    return ""
