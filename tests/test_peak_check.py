"""`wfc check` and `wfc explain` for Peak workflows, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.process import wfc

GOOD = "body:\n  name: w\n  steps:\n    a: {imageId: 1, command: echo}\n"
WRONG = "body:\n  name: w\n  steps:\n    a: {imageId: one, command: echo}\n"
TEMPLATE = "body:\n  name: w\n  steps:\n    a: {imageId: {{ image }}, command: '{{ command }}'}\n"


@pytest.fixture
def peak(tmp_path: Path) -> Path:
    for name, text in {"good": GOOD, "wrong": WRONG, "template": TEMPLATE}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    (tmp_path / "google.yaml").write_text("main: {steps: [{a: {return: 1}}]}\n")
    (tmp_path / "values.yaml").write_text("image: 100\ncommand: echo\nunused: null\n")
    return tmp_path


def test_files_of_both_languages_in_one_go(peak: Path) -> None:
    done = wfc(peak, "check", "good.yaml", "google.yaml")
    assert (done.returncode, done.stderr) == (0, "no problems in 2 files\n")


def test_every_format_has_the_problem(peak: Path) -> None:
    (found,) = json.loads(wfc(peak, "check", "wrong.yaml", "--format", "json").stdout)
    assert (found["code"], found["severity"], found["start"]["line"]) == ("WFC704", "error", 4)
    log = json.loads(wfc(peak, "check", "wrong.yaml", "--format", "sarif").stdout)
    assert [result["ruleId"] for result in log["runs"][0]["results"]] == ["WFC704"]
    assert "WFC704" in wfc(peak, "check", "wrong.yaml", "--format", "github").stdout


def test_values_come_from_a_file_and_pairs_win(peak: Path) -> None:
    assert wfc(peak, "check", "template.yaml", "-v", "values.yaml").returncode == 0
    done = wfc(peak, "check", "template.yaml", "-v", "values.yaml", "-p", "image=x")
    assert done.returncode == 1
    assert "rendered line is `a: {imageId: x, command: 'echo'}`" in done.stdout


def test_a_variable_without_a_value_is_a_warning(peak: Path) -> None:
    done = wfc(peak, "check", "template.yaml", "-p", "image=1")
    assert done.returncode == 0
    assert "warning[WFC805]" in done.stdout
    assert wfc(peak, "check", "--strict", "template.yaml", "-p", "image=1").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-p", "image"], "is not KEY=VALUE"),
        (["-p", "image==1"], "is not KEY=VALUE"),
        (["-v", "nosuch.yaml"], "no file `nosuch.yaml`"),
        (["-v", "list.yaml"], "holds no map"),
        (["-v", "broken.yaml"], "is no file of variables"),
    ],
)
def test_wrong_values_are_wrong_use(peak: Path, arguments: list[str], words: str) -> None:
    (peak / "list.yaml").write_text("- a\n")
    (peak / "broken.yaml").write_text("a: 'b\n")
    done = wfc(peak, "check", "template.yaml", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_explain_knows_the_codes_of_peak(peak: Path) -> None:
    done = wfc(peak, "explain", "WFC732")
    assert "the graph of a Peak workflow" in done.stdout
    assert "`load → publish → train → load`" in done.stdout
    assert "A warning" in wfc(peak, "explain", "WFC803").stdout
