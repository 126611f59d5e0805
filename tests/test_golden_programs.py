"""Golden programs: a workflow, the module that comes of it, and what its runs do.

Each folder of golden/programs holds `workflow.yaml` or `workflow.json`, the compiled `workflow.py`
and `run.txt` (transcript.py says how to read it).  `pytest --update-golden` rewrites the module and
the lower parts of the transcripts.  That the modules are laid out by black, pass mypy and import
only the runtime is tested on these same programs in test_generated.py.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from wfc.load import load
from wfc.pipeline import compile_source
from wfc.problems import Problems

ROOT = Path(__file__).parent.parent / "golden" / "programs"
RUNNER = Path(__file__).parent / "transcript.py"
FOLDERS = sorted(path for path in ROOT.iterdir() if path.is_dir())
Golden = Callable[[Path, str], None]
Transcripts = Callable[[], dict[str, dict[str, str]]]


def source_of(folder: Path) -> Path:
    return next(folder / name for name in ("workflow.yaml", "workflow.json") if (folder / name).exists())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_program_compiles_to_the_module_that_was_reviewed(folder: Path, golden: Golden) -> None:
    """Where a run has the limits of the service, the module counts its steps and its memory."""
    accounting = "\nlimits: google\n" in (folder / "run.txt").read_text(encoding="utf-8")
    compiled = compile_source(load(source_of(folder), Problems()), accounting=accounting)
    assert compiled.module is not None, compiled.problems
    golden(folder / "workflow.py", compiled.module)


@pytest.fixture(scope="module")
def transcripts() -> Transcripts:
    """All programs run in one process, where importing the compiler or its libraries fails."""
    done: dict[str, dict[str, str]] = {}

    def run() -> dict[str, dict[str, str]]:
        if not done:
            command = [sys.executable, str(RUNNER), *map(str, FOLDERS)]
            outcome = subprocess.run(
                command, capture_output=True, encoding="utf-8", check=False, timeout=120
            )
            assert outcome.returncode == 0, outcome.stderr
            assert outcome.stderr == ""
            done.update(json.loads(outcome.stdout))
        return done

    return run


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_program_runs_as_its_transcript_says(
    folder: Path, transcripts: Transcripts, golden: Golden
) -> None:
    outcome = transcripts()[folder.name]
    assert "text" in outcome, outcome["broken"]
    golden(folder / "run.txt", outcome["text"])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_is_named_by_the_behaviour_and_shows_it(folder: Path) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", folder.name)
    text = (folder / "run.txt").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert len(re.findall(r"^---$", text, re.MULTILINE)) == len(
        re.findall(r"^(?:result|error): ", text, re.MULTILINE)
    )
