"""`wfc compile` as a user meets it: which files it writes, and which it leaves alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.process import DATA, GOOD, quick, wfc

from wfc_runtime import accelerator


def test_compile_writes_next_to_the_source(folder: Path) -> None:
    done = wfc(folder.parent, "compile", f"{folder.name}/good.yaml")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"wrote {folder.name}/good.py\n"
    text = (folder / "good.py").read_text(encoding="utf-8")
    assert text.startswith('"""good.yaml, compiled by wfc ')
    assert wfc(folder, "compile", "--stdout", "good.yaml").stdout == text
    assert wfc(folder, "compile", "good.yaml").returncode == 0  # its own module may be replaced


def test_a_module_compiled_with_history_tells_its_steps(folder: Path) -> None:
    wfc(folder, "compile", "good.yaml", "--history")
    program = (
        "import asyncio, good, wfc_runtime.v1 as wf; "
        "asyncio.run(good.run({'a': 1, 'b': 2, 'text': ''}, history=wf.Recorder(print)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, capture_output=True, encoding="utf-8"
    )
    assert (ran.stdout.splitlines(), ran.stderr) == (
        [
            "<1 STEP_ASSIGN main.add STATE_IN_PROGRESS>",
            "<1 STEP_ASSIGN main.add STATE_SUCCEEDED>",
            "<2 STEP_RETURN main.done STATE_IN_PROGRESS>",
            "<2 STEP_RETURN main.done STATE_SUCCEEDED>",
        ],
        "",
    )


def test_compile_writes_nothing_when_one_file_has_an_error(folder: Path) -> None:
    done = wfc(folder, "compile", "-o", "out", "good.yaml", "bad.yaml")
    assert (done.returncode, done.stdout) == (1, "")
    assert "--> bad.yaml:4:15" in done.stderr
    assert done.stderr.endswith("\nnothing was written\n")
    assert not (folder / "out").exists()


def test_compile_into_a_file_says_that_it_is_no_folder(folder: Path) -> None:
    done = quick(folder, "compile", "-o", "good.yaml", "good.yaml")
    assert done.returncode == 2
    assert done.stderr == "error: cannot write `good.yaml/good.py`: `good.yaml` is not a folder\n"


def test_compile_shows_warnings_and_goes_on(folder: Path) -> None:
    done = quick(folder, "compile", "-o", "out/deep", "warned.yaml")
    assert done.returncode == 0
    assert done.stderr.startswith("warning[WFC6")
    assert (folder / "out" / "deep" / "warned.py").exists()


def test_compile_does_not_overwrite_what_it_did_not_write(folder: Path) -> None:
    (folder / "good.py").write_text("precious = 1\n", encoding="utf-8")
    done = quick(folder, "compile", "good.yaml")
    assert done.returncode == 2
    assert "`good.py` was not written by wfc" in done.stderr
    assert (folder / "good.py").read_text(encoding="utf-8") == "precious = 1\n"


def test_compile_refuses_two_inputs_for_one_output(folder: Path) -> None:
    for name in ("my-flow.yaml", "my_flow.yaml", "MY-flow.json"):
        (folder / name).write_text(GOOD, encoding="utf-8")
        done = quick(folder, "compile", "-o", "out", "my-flow.yaml", name)
        assert done.returncode == 2
        assert "would both be written to" in done.stderr
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("name", "module"),
    [("my-order", "my_order"), ("2nd", "_2nd"), ("class", "class_"), ("json", "json_")],
)
def test_compile_says_when_a_module_needs_another_name(
    folder: Path, name: str, module: str
) -> None:
    (folder / f"{name}.yaml").write_text(GOOD, encoding="utf-8")
    done = quick(folder, "compile", f"{name}.yaml")
    assert done.stderr.startswith(f"wrote {module}.py: `{name}` is ")
    assert (folder / f"{module}.py").exists()


def test_a_bundle_runs_without_anything_of_ours_installed(folder: Path) -> None:
    assert wfc(folder, "compile", "--bundle", "-o", "out", "good.yaml").returncode == 0
    assert not list((folder / "out").rglob("__pycache__"))
    # -S leaves out site-packages, -E the path of this process
    command = [sys.executable, "-S", "-E", "good.py", DATA]
    done = subprocess.run(command, cwd=folder / "out", capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["total"] == 3
    assert wfc(folder, "compile", "--bundle", "-o", "out", "good.yaml").returncode == 0


def test_a_bundle_runs_where_its_accelerator_cannot_and_keeps_none_of_an_older_one(
    folder: Path,
) -> None:
    assert quick(folder, "compile", "--bundle", "-o", "out", "good.yaml").returncode == 0
    runtime = folder / "out" / "wfc_runtime"
    for name in ("_accelerator.abi3.so", "_accelerator.pyd"):
        (runtime / name).write_bytes(b"built for another machine")
    command = [sys.executable, "-S", "-E", "good.py", DATA]
    done = subprocess.run(command, cwd=folder / "out", capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    assert quick(folder, "compile", "--bundle", "-o", "out", "good.yaml").returncode == 0
    origin = Path(accelerator.__file__).parent
    compiled = {file.name for file in origin.glob("_accelerator.*")}
    assert {file.name for file in runtime.glob("_accelerator.*")} == compiled
    assert all((runtime / name).read_bytes() == (origin / name).read_bytes() for name in compiled)


def test_a_bundle_does_not_touch_another_wfc_runtime(folder: Path) -> None:
    (folder / "wfc_runtime").mkdir()
    done = quick(folder, "compile", "--bundle", "good.yaml")
    assert done.returncode == 2
    assert not (folder / "good.py").exists()
    assert list((folder / "wfc_runtime").iterdir()) == []


@pytest.mark.parametrize("more", [["bad.yaml"], ["--bundle"], ["-o", "out"]])
def test_stdout_is_for_one_module(folder: Path, more: list[str]) -> None:
    assert quick(folder, "compile", "--stdout", "good.yaml", *more).returncode == 2


def test_a_dash_is_no_folder(folder: Path) -> None:
    done = quick(folder, "compile", "good.yaml", "-o", "-")
    assert (done.returncode, "`--stdout` prints the module" in done.stderr) == (2, True)
    assert not (folder / "-").exists()
