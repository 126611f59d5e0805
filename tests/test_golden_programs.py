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
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from wfc.load import load
from wfc.pipeline import compile_source
from wfc.problems import Problems

ROOT = Path(__file__).parent.parent / "golden" / "programs"
RUNNER = Path(__file__).parent / "transcript.py"
FOLDERS = sorted(path for path in ROOT.iterdir() if path.is_dir())
Golden = Callable[[Path, str], None]
Outcomes = dict[str, dict[str, str]]


def source_of(folder: Path) -> Path:
    names = ("workflow.yaml", "workflow.json")
    return next(folder / name for name in names if (folder / name).exists())


def compiled(folder: Path, accounting: bool, **options: bool) -> str:
    source = load(source_of(folder), Problems())
    result = compile_source(source, accounting=accounting, values=None, **options)
    assert result.module is not None, result.problems
    return result.module


def is_limited(folder: Path) -> bool:
    """Whether a run has the limits of the service: then the module counts steps and memory."""
    return "\nlimits: google\n" in (folder / "run.txt").read_text(encoding="utf-8")


def run_all(folders: Iterable[Path]) -> Outcomes:
    """What the programs do, in one process where importing the compiler or its libraries fails."""
    command = [sys.executable, str(RUNNER), *map(str, folders)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    found: Outcomes = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_program_compiles_to_the_module_that_was_reviewed(folder: Path, golden: Golden) -> None:
    golden(folder / "workflow.py", compiled(folder, is_limited(folder)))


@pytest.fixture(scope="module")
def outcomes() -> Outcomes:
    return run_all(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_program_runs_as_its_transcript_says(
    folder: Path, outcomes: Outcomes, golden: Golden
) -> None:
    outcome = outcomes[folder.name]
    assert "text" in outcome, outcome["broken"]
    golden(folder / "run.txt", outcome["text"])


@pytest.mark.parametrize("option", ["accounting", "call_log", "history"])
def test_what_a_module_does_besides_changes_nothing_of_what_it_does(
    option: str, tmp_path: Path
) -> None:
    """Counting where no limit is reached, and being able to log calls and to record steps."""
    folders = [tmp_path / folder.name for folder in FOLDERS if not is_limited(folder)]
    transcripts = {}
    for folder in folders:
        folder.mkdir()
        transcripts[folder.name] = (ROOT / folder.name / "run.txt").read_text(encoding="utf-8")
        (folder / "run.txt").write_text(transcripts[folder.name], encoding="utf-8")
        module = compiled(ROOT / folder.name, **{"accounting": False, option: True})
        (folder / "workflow.py").write_text(module, encoding="utf-8")
    assert run_all(folders) == {name: {"text": text} for name, text in transcripts.items()}


def test_a_program_that_imports_the_compilers_libraries_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "run.txt").write_text("# a run\n---\n", encoding="utf-8")
    (tmp_path / "workflow.py").write_text("import yaml\n", encoding="utf-8")
    [outcome] = run_all([tmp_path]).values()
    assert "a compiled module imports yaml" in outcome["broken"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_is_named_by_the_behaviour_and_shows_it(folder: Path) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", folder.name)
    text = (folder / "run.txt").read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "no such reply is left" not in text
    assert "never asked for" not in text
    assert len(re.findall(r"^---$", text, re.MULTILINE)) == len(
        re.findall(r"^(?:result|error): ", text, re.MULTILINE)
    )
