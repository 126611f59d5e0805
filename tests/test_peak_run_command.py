"""`wfc run` and `wfc compile` of Peak workflows, as a user meets them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.process import interrupted, quick, read_or_end, wfc
from tests.processes import gone, needs_proc

NIGHTLY = """\
body:
  name: nightly
  steps:
    extract:
      imageId: 100
      command: |
        echo "extracts $batch_id"
        printf 42 > rows.txt
      outputParameters: {rows: rows.txt}
    load:
      imageId: 100
      command: echo "loads $rows in mode $mode"; exit $code
      parents: [extract]
      parameters:
        env: {code: "0"}
        inherit: {rows: rows}
        secrets: [db-password]
"""

WAITS = """\
name: waits
steps:
  hold:
    imageId: 100
    command: trap '' HUP; sleep 1000 & echo "it runs \\033[2J"; sleep 1000
    parameters: {env: {MARK: "%s"}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "nightly.yaml").write_text(NIGHTLY)
    (tmp_path / "secrets.env").write_text("db-password=canary\n")
    return tmp_path


def statuses(text: str) -> dict[str, str]:
    return {step["name"]: step["status"] for step in json.loads(text)["steps"]}


def test_run_prints_how_the_steps_ended(folder: Path) -> None:
    options = ("--param", "batch_id=1", "--step-param", "load.mode=full", "--secrets")
    done = wfc(folder, "run", "nightly.yaml", *options, "secrets.env")
    assert done.returncode == 0
    result = json.loads(done.stdout)
    assert result["status"] == "Success"
    assert statuses(done.stdout) == {"extract": "Success", "load": "Success"}
    assert result["steps"][0]["outputs"] == {"rows": "42"}
    log = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(entry["step"], entry["textPayload"]) for entry in log] == [
        ("extract", "extracts 1"),
        ("load", "loads 42 in mode full"),
    ]


def test_a_failed_step_is_shown_at_its_line(folder: Path) -> None:
    done = quick(
        folder, "run", "nightly.yaml", "--step-param", "load.code=7", "--secrets", "secrets.env"
    )
    assert done.returncode == 3
    assert json.loads(done.stdout)["status"] == "Failed"
    assert done.stderr.endswith(
        "execution failed: the command ended with exit code 7\n"
        "  --> nightly.yaml:10:5\n"
        "   |\n"
        "10 |     load:\n"
        "   |     ^^^^ this step\n"
    )


def test_some_steps_alone(folder: Path) -> None:
    done = quick(folder, "run", "nightly.yaml", "--steps", "extract")
    assert (done.returncode, statuses(done.stdout)) == (
        0,
        {"extract": "Success", "load": "Skipped"},
    )
    done = quick(folder, "run", "nightly.yaml", "--steps", "extract+", "--secrets", "secrets.env")
    assert statuses(done.stdout) == {"extract": "Success", "load": "Success"}


def test_images_and_the_working_folder_are_those_that_were_said(folder: Path) -> None:
    (folder / "src").mkdir()
    (folder / "src" / "data.txt").write_text("of the image")
    (folder / "images.yaml").write_text("100: {files: src, env: {mode: fast}}\n")
    (folder / "nightly.yaml").write_text(
        "name: n\nsteps:\n  a:\n    imageId: 100\n    command: cat data.txt; echo; echo $mode\n"
    )
    done = quick(folder, "run", "nightly.yaml", "--images", "images.yaml", "--workdir", "kept")
    assert [json.loads(line)["textPayload"] for line in done.stderr.splitlines()] == [
        "of the image",
        "fast",
    ]
    (copy,) = folder.glob("kept/*/a/data.txt")
    assert copy.read_text() == "of the image"


@pytest.mark.parametrize(
    ("images", "said"),
    [
        ("100: {venvv: x}", "1:7"),
        ("100: {engine: dokker}", "`engine` must be docker or podman"),
        ("100: {venv: x, container: y}", "an image is either a `venv` or a `container`"),
        ("100: here", "an image must be a map, not"),
        ("[1]", "images must be a map, not a list"),
        ("100: {env: {A: [1]}}", "`A` must be a text"),
        ("100: {options: --gpus=all}", "`options` must be a list, not"),
        ("100: {options: [{}]}", "`options` must be a text"),
        ("100: {env: {A", "images.yaml:1"),
    ],
)
def test_a_file_of_images_that_cannot_be_used(folder: Path, images: str, said: str) -> None:
    (folder / "images.yaml").write_text(images)
    done = quick(folder, "run", "nightly.yaml", "--images", "images.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "`images.yaml` cannot be used" in done.stderr
    assert said in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--param", "batch"], "is not written as NAME=VALUE"),
        (["--step-param", "mode=full"], "is not written as STEP.NAME=VALUE"),
        (["--step-param", "lode.mode=full"], "there is no step `lode`"),
        (["--steps", "extract,lode"], "there is no step `lode`"),
        (["--steps", "a b"], "`a b` is not the name of a step"),
        (["--data", "[1]"], "the data must be a map"),
        (["--data", '{"globals": {}}'], "params has no key `globals`"),
        (["--data", '{"global": [1]}', "--param", "a=1"], "params.global must be a map"),
        (["--secrets", "missing.env"], "cannot read `missing.env`"),
        (["--secrets", "wrong.env"], "line 2 of `wrong.env` is not written as NAME=VALUE"),
        (["--images", "missing.yaml"], "`missing.yaml` cannot be used"),
        (["--workdir", "secrets.env"], "the working folder cannot be made"),
        (["--env", "A=1"], "--env: only for Google's workflows"),
        (["--history", "basic"], "which `--history` is not for"),
        (["-p", "batch=1"], "`batch`: `nightly.yaml` is no template; a parameter of the run is"),
    ],
)
def test_wrong_use(folder: Path, options: list[str], said: str) -> None:
    (folder / "wrong.env").write_text("a=1\ncanary\n")
    done = quick(folder, "run", "nightly.yaml", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "canary" not in done.stderr


def test_options_of_peak_are_refused_for_googles_workflows(folder: Path) -> None:
    (folder / "google.yaml").write_text("main:\n  steps:\n    - done:\n        return: 1\n")
    done = quick(folder, "run", "google.yaml", "--param", "a=1", "--workdir", "x")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--param, --workdir: only for Peak's workflows" in done.stderr
    done = quick(folder, "run", "google.yaml", "-p", "a=1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "`google.yaml` is no template; what `main` takes is given with `--data`" in done.stderr


def test_a_file_with_errors_does_not_run(folder: Path) -> None:
    (folder / "nightly.yaml").write_text(NIGHTLY.replace("parents: [extract]", "parents: [x]"))
    done = quick(folder, "run", "nightly.yaml")
    assert (done.returncode, done.stdout) == (1, "")
    assert "`x`" in done.stderr


def test_a_template_is_rendered_before_it_runs(folder: Path) -> None:
    (folder / "nightly.yaml").write_text(
        "body:\n  name: n\n  steps:\n    a:\n"
        "      imageId: {{ image }}\n      command: echo {{ word }}\n"
    )
    (folder / "values.yaml").write_text("image: 7\nword: no\n")
    done = quick(folder, "run", "nightly.yaml", "-v", "values.yaml", "-p", "word=yes")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stderr)["textPayload"] == "yes"


def test_a_compiled_module_runs_by_itself(folder: Path) -> None:
    assert quick(folder, "compile", "nightly.yaml").returncode == 0
    params = '{"global": {"batch_id": "1", "mode": "full"}}'
    program = [sys.executable, "nightly.py", params]
    env = {**os.environ, "DB_PASSWORD_CUSTOM": "canary"}
    done = subprocess.run(program, cwd=folder, env=env, capture_output=True, encoding="utf-8")
    assert (done.returncode, statuses(done.stdout)) == (
        0,
        {"extract": "Success", "load": "Success"},
    )
    done = subprocess.run(program, cwd=folder, capture_output=True, encoding="utf-8")
    assert done.returncode == 3
    assert "there is no secret `db-password`" in done.stdout
    for wrong in (["{"], ['{"a": 1}'], ["1", "2"], ['{"stepWise": {"x": {}}}']):
        done = subprocess.run(
            [*program[:2], *wrong], cwd=folder, capture_output=True, encoding="utf-8"
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr


@needs_proc
@pytest.mark.usefixtures("loop_of_programs")
def test_an_interrupted_run_leaves_no_process(folder: Path) -> None:
    mark = f"interrupted-{os.getpid()}"
    (folder / "waits.yaml").write_text(WAITS % mark)
    assert interrupted(folder, "waits.yaml") == (130, "", "cancelled\n")
    assert gone(mark)


def test_a_terminal_shows_running_steps_and_what_they_print(folder: Path) -> None:
    import pty

    (folder / "waits.yaml").write_text(WAITS % "terminal")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "wfc", "run", "waits.yaml"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80"},
    )
    os.close(theirs)
    seen = b""
    try:
        while b"it runs" not in seen or b"standard" not in seen:
            seen += os.read(ours, 4096)
    finally:
        process.send_signal(signal.SIGINT)
    while chunk := read_or_end(ours):
        seen += chunk
    os.close(ours)
    assert process.communicate(timeout=60)[0] == b""
    assert process.returncode == 130
    text = seen.decode("utf-8")
    assert "hold: " in text
    assert "it runs ␛[2J" in text
