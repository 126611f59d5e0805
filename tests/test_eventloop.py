"""Which event loop a program runs on, and that waiting there is what it is on asyncio's own."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from tests.compiled import Main, workflow

import wfc_runtime.v1 as wf
from wfc_runtime.eventloop import loop_factory
from wfc_runtime.testing import VirtualClock

PROGRAM = """\
import asyncio
import wfc_runtime.v1 as wf

async def main():
    return type(asyncio.get_running_loop()).__module__.partition(".")[0]

print(wf.run_interruptibly(main()))
"""


def loop_of_a_program(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.mark.usefixtures("loop_of_programs")
def test_a_program_runs_on_uvloop_where_it_may(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    assert loop_of_a_program(tmp_path) in request.node.name


def test_a_program_needs_no_uvloop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WFC_PURE_PYTHON", "")
    (tmp_path / "uvloop.py").write_text("raise ImportError('it was built for something else')\n")
    assert loop_of_a_program(tmp_path) == "asyncio"


async def _sleeps(run: wf.Run) -> None:
    await run.sleep("nap", 5)


async def _waits_for_a_callback(run: wf.Run) -> None:
    callback = wf.events.create_callback_endpoint(run, http_callback_method="GET")
    await run.call("wait", wf.events.await_callback, callback=callback, timeout=5)


@pytest.mark.parametrize("main", [_sleeps, _waits_for_a_callback])
def test_the_virtual_clock_says_that_it_needs_another_loop(main: Main) -> None:
    make = loop_factory()
    if make is None:
        pytest.skip("uvloop is not installed, or switched off")
    running = workflow(main).run(clock=VirtualClock(), env={})
    with (
        asyncio.Runner(loop_factory=make) as runner,
        pytest.raises(RuntimeError, match=r"needs asyncio's own event loop, not uvloop\.Loop"),
    ):
        runner.run(running)
