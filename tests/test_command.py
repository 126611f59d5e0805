"""The command as a user meets it: `check`, `explain`, and how it ends whatever happens."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.process import quick, wfc

from wfc.command import guard
from wfc.library import NAMES
from wfc.version import VERSION
from wfc.wrong_use import WrongUse


def test_version_and_usage(folder: Path) -> None:
    for words in (["--version"], ["--version", "--"]):  # with and without the command line's parser
        assert re.fullmatch(
            rf"wfc {re.escape(VERSION)} \((accelerated|pure Python)\)\n", wfc(folder, *words).stdout
        )
    assert wfc(folder, "--help").returncode == 0
    for wrong in ([], ["chekc"], ["check"], ["check", "good.yaml", "--format", "xml"]):
        done = wfc(folder, *wrong)
        assert done.returncode == 2, wrong


def test_a_file_in_the_place_of_the_command(folder: Path) -> None:
    done = wfc(folder, "good.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: the command is missing before `good.yaml`\n")
    assert "`wfc run good.yaml`" in done.stderr


# check


def test_check_of_clean_files_prints_nothing_on_stdout(folder: Path) -> None:
    done = wfc(folder, "check", "good.yaml")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "no problems\n")


def test_check_shows_every_file_and_counts(folder: Path) -> None:
    done = wfc(folder, "check", "bad.yaml", "good.yaml", "warned.yaml")
    assert done.returncode == 1
    assert " --> bad.yaml:4:15\n" in done.stdout
    assert "^^^^^^^" in done.stdout
    assert done.stdout.endswith("\n\n1 error and 1 warning in 2 files\n")
    assert done.stderr == ""


def test_warnings_fail_only_a_strict_check(folder: Path) -> None:
    assert quick(folder, "check", "warned.yaml").returncode == 0
    assert quick(folder, "check", "--strict", "warned.yaml").returncode == 1


def test_formats_are_one_document_over_all_files(folder: Path) -> None:
    found = json.loads(quick(folder, "check", "--format=json", "bad.yaml", "warned.yaml").stdout)
    assert [problem["file"] for problem in found] == ["bad.yaml", "warned.yaml"]
    log = json.loads(quick(folder, "check", "--format=sarif", "bad.yaml", "warned.yaml").stdout)
    assert [result["level"] for result in log["runs"][0]["results"]] == ["error", "warning"]
    lines = quick(folder, "check", "--format=github", "bad.yaml", "warned.yaml").stdout.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error", "::warning"]


@pytest.mark.parametrize("command", ["check", "compile", "run"])
def test_files_that_cannot_be_read_are_wrong_use(folder: Path, command: str) -> None:
    (folder / "dir.yaml").mkdir()
    for name in ("missing.yaml", "dir.yaml", "good.yaml/inside.yaml", "x" * 300):
        done = quick(folder, command, name)
        assert (done.returncode, "error" in done.stdout + done.stderr) == (2, True), name


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"a: \x00", b"\t", b"[" * 1000, b"- " * 5000, b"\x80"]
)
def test_files_without_a_workflow_are_problems(folder: Path, content: bytes) -> None:
    (folder / "odd.yaml").write_bytes(content)
    done = quick(folder, "check", "odd.yaml")
    assert done.returncode == 1
    assert done.stdout.startswith("error[WFC0")


# explain and the rest


def test_explain_shows_the_example_of_a_code(folder: Path) -> None:
    done = wfc(folder, "explain", "wfc203")
    assert done.returncode == 0
    assert done.stdout.startswith("WFC203: ")
    assert "    error[WFC203]: " in done.stdout
    assert "^^^" in done.stdout


def test_explain_lists_all_codes_or_a_similar_one(folder: Path) -> None:
    assert "  WFC203  " in wfc(folder, "explain").stdout
    unknown = wfc(folder, "explain", "WFC2O3")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "did you mean WFC203" in unknown.stderr


def test_explain_shows_a_function_of_the_library(folder: Path) -> None:
    done = wfc(folder, "explain", "text.split")
    assert done.returncode == 0
    assert done.stdout.startswith("text.split(source: string, separator: string) → list\n\nThe ")
    assert "\nErrors: TypeError, ValueError\n" in done.stdout
    assert '\n    ${text.split("a/b//c", "/")}\n    → ["a", "b", "", "c"]\n' in done.stdout
    assert "\nOQ-62: Google's documents are silent" in done.stdout


@pytest.mark.parametrize("topic", ["split", "text.split()", " text.split "])
def test_a_function_may_be_asked_for_in_other_forms(folder: Path, topic: str) -> None:
    expected = quick(folder, "explain", "text.split").stdout
    assert quick(folder, "explain", topic).stdout == expected


def test_explain_shows_a_module_or_lists_all(folder: Path) -> None:
    module = quick(folder, "explain", "map").stdout
    assert "map.get(map: any, keys: string | integer | list) → any\n    The value" in module
    everything = quick(folder, "explain").stdout
    for name in NAMES:
        assert quick(folder, "explain", name).returncode == 0
        assert re.search(rf"\b{name.rpartition('.')[2]}\b", everything)


@pytest.mark.parametrize(
    ("topic", "hint"),
    [
        ("text.spilt", "did you mean text.split?"),
        ("spilt", "did you mean text.split?"),
        ("Text.Split", "did you mean text.split?"),
        ("maps", "did you mean map?"),
        ("decode", "did you mean base64.decode or json.decode or text.decode?"),
        ("xyzzy", "`wfc explain` lists all names and codes"),
        ("", "`wfc explain` lists all names and codes"),
        ("\x1b[2J", "`wfc explain` lists all names and codes"),
    ],
)
def test_explain_of_an_unknown_name_says_what_could_be_meant(
    folder: Path, topic: str, hint: str
) -> None:
    done = wfc(folder, "explain", topic)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(f"; {hint}\n")
    assert "\x1b" not in done.stderr


def test_a_reader_that_goes_away_is_no_error_to_show(folder: Path) -> None:
    ours, theirs = os.pipe()
    os.close(ours)  # before there is anything that could be written
    done = subprocess.run(
        [sys.executable, "-m", "wfc", "explain"],
        cwd=folder,
        stdout=theirs,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    os.close(theirs)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_is_no_bug_of_ours(folder: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "wfc", "explain"],
            cwd=folder,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    said = b"error: cannot write the output: no space is left\n"
    assert (done.returncode, done.stderr) == (2, said)


def test_a_bug_is_reported_without_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> int:
        raise KeyError("odd\x1b[2J")

    assert guard(broken) == 70
    said = capsys.readouterr().err
    assert said.startswith(f"error: this is a bug in wfc {VERSION}")
    assert "KeyError: 'odd\\x1b[2J'" in said
    assert "Traceback" not in said
    monkeypatch.setenv("WFC_TRACEBACK", "1")
    assert guard(broken) == 70
    assert capsys.readouterr().err.startswith("Traceback")


def test_wrong_use_is_said_with_its_detail(capsys: pytest.CaptureFixture[str]) -> None:
    def refuse() -> int:
        raise WrongUse("no\x07 such thing", "  = hint: try another")

    assert guard(refuse) == 2
    assert capsys.readouterr().err == "error: no␇ such thing\n  = hint: try another\n"
