"""The benchmark suite measures equal work: each case compiles and gives what its twin gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from bench import step_history
from bench.catalog import CASES, FOLDER, Case
from bench.compiled import compiled
from bench.suite import compare, main, served, source

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_gives_what_is_made_by_hand(case: Case) -> None:
    with served(case) as url:
        compare(case, compiled(source(case)).run, case.by_hand, case.given(case.small, url))


def test_results_that_differ_are_not_measured() -> None:
    async def one(_: object) -> object:
        return [1]

    async def one_as_a_double(_: object) -> object:
        return [1.0]

    with pytest.raises(ValueError, match=r"\[1\.0\]"):
        compare(CASES[0], one, one_as_a_double, None)


def test_the_cost_of_history_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    step_history.main(["--case", "trivial", "--rounds", "2"])
    head, row = capsys.readouterr().out.splitlines()[-2:]
    assert head.split()[:2] == ["case", "entries"]
    assert row.split()[:2] == ["trivial", "1"]


def test_every_program_is_measured() -> None:
    assert {path.stem for path in FOLDER.iterdir() if path.is_file()} == {
        case.program for case in CASES
    }


def test_the_command_prints_a_case_with_its_goal() -> None:
    command = [sys.executable, "-m", "bench.suite", "--case", "trivial", "--rounds", "2"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    heads, row = done.stdout.splitlines()[3:5]
    assert heads.split()[:3] == ["case", "goal", "CPU"]
    assert row.split()[:2] == ["trivial", "1.15"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--case", "no such case"], "invalid choice"),
        (["--rounds", "1"], "at least 2 rounds"),
        (["--case", "trivial", "--write"], "leave --case out"),
    ],
)
def test_wrong_use_is_said(given: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(given)
    assert said in capsys.readouterr().err
