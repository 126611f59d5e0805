"""Every problem code has an example, and the example shows what a user sees."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

import wfc
from wfc import discovery
from wfc.codes import CODES
from wfc.load import load
from wfc.pipeline import check_source
from wfc.problems import Problems
from wfc.render import render

PROBLEMS = Path(__file__).parent.parent / "golden" / "problems"
Golden = Callable[[Path, str], None]
FOLDERS = sorted(path for path in PROBLEMS.iterdir() if path.is_dir())


def code_of(folder: Path) -> str:
    return folder.name.partition("_")[0]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_example_shows_its_code_as_rendered(
    folder: Path, golden: Golden, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loaded by its bare name, as a user in that folder would name it."""
    monkeypatch.chdir(folder)
    if code_of(folder) == "WFC503":
        monkeypatch.setattr(discovery, "_documents", lambda: None)  # as if not installed
    problems = Problems()
    source = load(next(Path().glob("workflow.*"), Path("workflow.yaml")), problems)
    found = problems.sorted() or check_source(source)
    assert {problem.code for problem in found} == {code_of(folder)}
    golden(folder / "problems.txt", render(found, source))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_is_named_by_a_known_code_and_the_behaviour(folder: Path) -> None:
    assert code_of(folder) in CODES
    assert re.fullmatch(r"WFC\d{3}(_[a-z0-9]+)+", folder.name)


def test_every_code_has_an_example() -> None:
    assert set(CODES) - {code_of(folder) for folder in FOLDERS} == set()


def test_every_code_that_is_raised_has_a_title() -> None:
    raised = {
        code
        for path in Path(wfc.__file__).parent.rglob("*.py")
        for code in re.findall(r'"(WFC\d{3})"', path.read_text(encoding="utf-8"))
    }
    assert raised - set(CODES) == set()


def test_codes_are_sorted_and_titled() -> None:
    assert list(CODES) == sorted(CODES)
    for code, title in CODES.items():
        assert re.fullmatch(r"WFC\d{3}", code)
        assert title
        assert not title.endswith(".")
