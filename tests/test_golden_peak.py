"""Golden Peak workflows: the module that comes of each, and what its runs do.

Each folder of golden/peak holds `workflow.yaml`, the compiled `workflow.py` and `run.txt`
(peak_transcript.py).  `pytest --update-golden` rewrites the module and the transcripts.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import black
import pytest

from wfc.load import load
from wfc.pipeline import compile_source
from wfc.problems import Problems

TOP = Path(__file__).parent.parent
FOLDERS = sorted(path for path in (TOP / "golden" / "peak").iterdir() if path.is_dir())
Golden = Callable[[Path, str], None]

folders = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


@folders
def test_workflow_compiles_to_the_module_that_was_reviewed(folder: Path, golden: Golden) -> None:
    compiled = compile_source(load(folder / "workflow.yaml", Problems()))
    assert compiled.module is not None, compiled.problems
    golden(folder / "workflow.py", compiled.module)


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, str]]:
    """What they do, in one process where importing the compiler or its libraries fails."""
    argv = [sys.executable, "-m", "tests.peak_transcript", *map(str, FOLDERS)]
    done = subprocess.run(argv, cwd=TOP, capture_output=True, encoding="utf-8", timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, dict[str, str]] = json.loads(done.stdout)
    return found


@folders
def test_workflow_runs_as_its_transcript_says(
    folder: Path, outcomes: dict[str, dict[str, str]], golden: Golden
) -> None:
    outcome = outcomes[folder.name]
    assert "text" in outcome, outcome["broken"]
    golden(folder / "run.txt", outcome["text"])


@folders
def test_no_transcript_shows_a_secret(folder: Path) -> None:
    for line in (folder / "run.txt").read_text(encoding="utf-8").splitlines():
        shown = line.startswith(("log", "step: ", "file", "  ")) and ": " in line
        if shown and not line.startswith(("  Authorization", "  X-Signature", "  x-api-key")):
            assert "canary" not in line


@folders
def test_module_is_laid_out_by_black_and_imports_the_runtime_alone(folder: Path) -> None:
    text = (folder / "workflow.py").read_text(encoding="utf-8")
    assert black.format_str(text, mode=black.Mode()) == text
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import)]
    assert [name.name for node in imports for name in node.names] == ["wfc_runtime.peak.v1"]


def test_modules_pass_mypy() -> None:
    argv = [sys.executable, "-m", "mypy", "--strict", "golden/peak"]
    done = subprocess.run(argv, cwd=TOP, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout
