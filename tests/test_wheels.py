"""The wheels: with the accelerator where there is a C compiler, without it and silently where not.

`.ci/run` builds both in isolation and installs them; here it is the runtime's, on this machine.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parent.parent

SILENT = re.compile(r"\* [A-Z].*|Successfully built \S+|")
"""The lines that `build` writes of its own."""


def built(kind: str, project: Path, folder: Path, **env: str) -> Path:
    """What `python -m build` makes; nothing else is said."""
    command = [sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir"]
    done = subprocess.run(
        [*command, str(folder), str(project)],
        env={**os.environ, "NO_COLOR": "1", "WFC_PURE_PYTHON": "", **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    assert [line for line in done.stdout.splitlines() if not SILENT.fullmatch(line)] == []
    (file,) = folder.iterdir()
    return file


def is_accelerated(wheel: Path, folder: Path) -> bool:
    """Whether the runtime of a wheel, unpacked into `folder`, is."""
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    program = "import wfc_runtime.accelerator as a; print(a.__file__, a.ACCELERATED)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(folder), "WFC_PURE_PYTHON": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    file, accelerated = done.stdout.split()
    assert Path(file).is_relative_to(folder)
    return accelerated == "True"


@pytest.mark.parametrize(
    "env",
    [
        {"CC": "/no/such/compiler"},
        {"CC": "false"},
        {"CFLAGS": "-I/no/such/headers -include no_such_header.h"},
        {"WFC_PURE_PYTHON": "1"},
    ],
    ids=["none", "broken", "without headers", "not wanted"],
)
def test_without_a_c_compiler_the_wheel_is_pure_python_and_nothing_is_said(
    tmp_path: Path, env: dict[str, str]
) -> None:
    wheel = built("wheel", ROOT / "runtime", tmp_path / "dist", **env)
    assert wheel.name.endswith("-py3-none-any.whl")
    assert not [name for name in ZipFile(wheel).namelist() if name.endswith((".so", ".pyd", ".c"))]
    assert not is_accelerated(wheel, tmp_path / "there")


@pytest.mark.skipif(
    shutil.which((sysconfig.get_config_var("CC") or "cc").split()[0]) is None
    or not Path(sysconfig.get_path("include"), "Python.h").exists(),
    reason="this machine has no C compiler, or no headers of Python",
)
def test_with_a_c_compiler_the_wheel_is_accelerated_and_says_for_what(tmp_path: Path) -> None:
    wheel = built("wheel", ROOT / "runtime", tmp_path / "dist")
    platform = re.sub("[-.]", "_", sysconfig.get_platform())
    assert wheel.name.endswith(f"-cp311-abi3-{platform}.whl")
    assert is_accelerated(wheel, tmp_path / "there")


def test_the_source_distribution_has_what_the_accelerator_is_built_from(tmp_path: Path) -> None:
    archive = built("sdist", ROOT, tmp_path)
    with tarfile.open(archive) as files:
        names = {name.partition("/")[2] for name in files.getnames()}
    sources = [*(ROOT / "runtime" / "accelerator").iterdir()]
    assert sources
    wanted = {str(path.relative_to(ROOT)) for path in (*sources, ROOT / "runtime/hatch_build.py")}
    assert wanted <= names
    assert not [name for name in names if name.endswith(".so")]
