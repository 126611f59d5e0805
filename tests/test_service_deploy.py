"""Sources are compiled in processes of their own, whatever becomes of those."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.compiled import load

from wfc_runtime.recorder import Recorder
from wfc_service.deploy import Builder, Built
from wfc_service.errors import ApiError

SOURCE = "main: {steps: [{a: {return: 1}}]}"
FAILED = {"code": 13, "message": "failed to build: the compiler has failed"}


@pytest.fixture
def own() -> Iterator[Builder]:
    """A builder whose processes may come to harm."""
    builder = Builder()
    yield builder
    builder.close()


def fail(file_name: str, source: str, colour: bool) -> Any:
    raise RuntimeError("no such luck")


def crash(file_name: str, source: str, colour: bool) -> Any:
    os._exit(1)


@pytest.mark.parametrize(
    ("change", "logged"),
    [(fail, "no such luck"), (crash, "the process that compiled hello.yaml has ended")],
)
def test_a_compiler_that_fails_is_an_error_and_the_next_source_compiles(
    own: Builder,
    change: Callable[[str, str, bool], Any],
    logged: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        with monkeypatch.context() as patched:
            patched.setattr("wfc_service.deploy.build", change)
            assert await own.build("hello.yaml", SOURCE) == Built("", FAILED, "")
        assert (await own.build("hello.yaml", SOURCE)).error is None

    asyncio.run(main())
    assert logged in caplog.text


ENDLESS = """\
body:
  name: endless
  steps: {% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}
"""


def test_a_template_that_goes_on_for_ever_is_given_up() -> None:
    async def main() -> None:
        said = "^endless.yaml takes more than 0.5 seconds to compile$"
        with pytest.raises(ApiError, match=said) as refused:
            await builder.build_peak("endless.yaml", ENDLESS)
        assert refused.value.code == 400
        builder._longest = 30.0  # a slow machine computes longer than that for a fine source
        assert (await builder.build("hello.yaml", SOURCE)).error is None

    builder = Builder(longest=0.5)
    try:
        asyncio.run(main())
    finally:
        builder.close()


def test_other_sources_survive_one_that_ends_the_process(
    own: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        with monkeypatch.context() as patched:
            patched.setattr("wfc_service.deploy.build", crash)
            crashing = asyncio.ensure_future(own.build("hello.yaml", SOURCE))
            await asyncio.sleep(0)
        others = await asyncio.gather(*(own.build(f"w{n}.yaml", SOURCE) for n in range(3)))
        assert [one.error for one in others] == [None] * 3
        assert (await crashing).error in (None, FAILED)

    asyncio.run(main())


def test_a_byte_order_mark_is_no_mistake(builder: Builder) -> None:
    assert asyncio.run(builder.build("a.yaml", f"\ufeff{SOURCE}")).error is None


def test_one_of_peaks_workflows_is_refused(builder: Builder) -> None:
    source = "name: g\nsteps: {a: {imageId: 1, command: 'true'}}"
    built = asyncio.run(builder.build("graph.yaml", source))
    assert built.module == ""
    assert built.error is not None
    assert built.error["message"].endswith(
        "graph.yaml is one of Peak's workflows, not one of Google's"
    )


def test_the_processes_that_compile_end_with_the_service(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import asyncio, os\n"
        "from wfc_service.deploy import Builder\n"
        "if __name__ == '__main__':\n"
        "    builder = Builder()\n"
        f"    built = asyncio.run(builder.build('a.yaml', {SOURCE!r}))\n"
        "    print(built.error, flush=True)\n"
        "    os.kill(os.getpid(), 9)\n",
        encoding="utf-8",
    )
    # what it prints ends only when all have ended that could print
    run = subprocess.run([sys.executable, program], stdout=subprocess.PIPE, timeout=60)
    assert (run.returncode, run.stdout) == (-9, b"None\n")


def test_modules_can_be_limited_and_tell_their_history(builder: Builder) -> None:
    built = asyncio.run(builder.build("a.yaml", SOURCE))
    entries: list[str] = []
    recorder = Recorder(lambda entry: entries.append(entry.step))
    workflow = load(built.module, "a").workflow
    assert asyncio.run(workflow.run(limits="google", history=recorder)) == 1
    assert entries[0] == "a"
