"""Commands of Peak steps as real processes: what they see, print and leave behind (nothing)."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import subprocess
import sys
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest
from tests.peak_steps import command, workflow
from tests.processes import gone, members, needs_proc

import wfc_runtime.peak.v1 as wf
from wfc_runtime.peak.lines import LONGEST

ROOT = Path(__file__).parent.parent


class Alarms:
    """A clock whose sleeps end when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, asyncio.Event]] = []

    def time(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        alarm = (seconds, asyncio.Event())
        self.waiting.append(alarm)
        try:
            await alarm[1].wait()
        finally:
            self.waiting.remove(alarm)

    def ring(self, seconds: float) -> None:
        for wanted, event in self.waiting:
            if wanted == seconds:
                event.set()

    def outside(self) -> AbstractContextManager[None]:
        return nullcontext()


class Log:
    """The lines of each step; `said` waits for one."""

    def __init__(self) -> None:
        self.entries: list[wf.LogEntry] = []
        self._more = asyncio.Event()

    def __call__(self, entry: wf.LogEntry) -> None:
        self.entries.append(entry)
        self._more.set()

    def lines(self, severity: str = "DEFAULT") -> list[str]:
        return [str(entry.payload) for entry in self.entries if entry.severity == severity]

    async def said(self, text: str) -> None:
        while not any(text in str(entry.payload) for entry in self.entries):
            self._more.clear()
            await self._more.wait()


def run(text: str, log: Log | None = None, **options: Any) -> wf.Result:
    given = {name: options.pop(name) for name in ("params", "settings") if name in options}
    step = wf.Step("a", command(text, **options))
    return asyncio.run(workflow(step).run(log=log or Log(), **given))


def test_what_a_command_prints_is_logged_line_by_line_with_its_step() -> None:
    log = Log()
    result = run("echo one; echo two >&2; printf three", log)
    assert [(entry.step, entry.payload) for entry in log.entries] == [
        ("a", "one"),
        ("a", "two"),
        ("a", "three"),
    ]
    assert result.steps["a"].exit_code == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [("exit 7", 7), ("kill -9 $$", 137), ("no-such-program", 127), ("false", 1), ("true", 0)],
)
def test_exit_codes(text: str, code: int) -> None:
    result = run(text)
    assert result.steps["a"].exit_code == code
    assert result.status == ("Failed" if code else "Success")


def test_a_command_runs_in_an_empty_folder_of_its_own_and_its_input_is_empty() -> None:
    log = Log()
    run("ls -A; cat; basename $PWD", log)
    assert log.lines() == ["a"]


@pytest.mark.parametrize(
    ("content", "value"), [("42\\n", "42"), ("\\n\\n", "\n"), ("a\\nb", "a\nb"), ("\\r\\n", "\r")]
)
def test_the_last_newline_of_a_file_is_not_part_of_an_output(content: str, value: str) -> None:
    result = run(f"printf '{content}' > out", outputs={"it": "out"})
    assert result.steps["a"].outputs == {"it": value}


def test_output_parameters_are_files_and_go_to_other_steps() -> None:
    async def after(step: wf.StepRun) -> None:
        await step.command('printf "%s" "$N"', env={"N": step.output("a", "n")})

    first = command("printf 42 > n.txt", outputs={"n": "n.txt", "none": "none.txt"})
    log = Log()
    result = asyncio.run(
        workflow(wf.Step("a", first), wf.Step("b", after, after=["a"])).run(log=log)
    )
    assert result.steps["a"].outputs == {"n": "42", "none": ""}
    assert "42" in log.lines()
    assert log.lines("WARNING") == [
        "there is no file `none.txt`: the output parameter `none` is empty"
    ]


@pytest.mark.parametrize(
    ("text", "file", "said"),
    [
        ("true", "../x", "outside of the working folder"),
        ("true", "/etc/hostname", "outside of the working folder"),
        ("true", "\0", "outside of the working folder"),
        ("ln -s /etc/hostname x", "x", "outside of the working folder"),
        ("head -c 2000000 /dev/zero > x", "x", "larger than 1,048,576 bytes"),
        ("ln -s x x", "x", "cannot be read"),
        ("true", "x" * 300, "File name too long"),
    ],
)
def test_output_files_that_are_refused(text: str, file: str, said: str) -> None:
    result = run(text, outputs={"x": file})
    assert result.status == "Failed"
    assert said in result.steps["a"].reason


def test_a_pipe_as_output_file_does_not_hold_anybody_up() -> None:
    assert run("mkfifo x", outputs={"x": "x"}).steps["a"].outputs == {"x": ""}


def test_later_sources_of_variables_go_before_earlier_ones(tmp_path: Path) -> None:
    image = wf.Image(env=dict.fromkeys(("A", "B", "C_CUSTOM", "D", "E"), "image"))
    log = Log()
    text = 'echo "$A $B $C_CUSTOM $D $E $PEAK_STEP_NAME"'
    env = dict.fromkeys(("B", "C_CUSTOM", "D", "E", "PEAK_STEP_NAME"), "step")
    params = {
        "global": {"D": "global", "E": "global", "PEAK_STEP_NAME": "no"},
        "stepWise": {"a": {"E": "own"}, "other": {"E": "other"}},
    }
    steps = [
        wf.Step("a", command(text, image=1, env=env, secrets=["c"])),
        wf.Step("other", command("true")),
    ]
    settings = wf.Settings({"c": "hidden"}, wf.Images({1: image}))
    asyncio.run(workflow(*steps).run(params, settings=settings, log=log))
    assert log.lines() == ["image step [redacted] global own a"]


def test_numbers_and_booleans_of_parameters_are_variables_too() -> None:
    log = Log()
    run("echo $n $x $yes", log, params={"global": {"n": 7, "x": 1.5, "yes": True}})
    assert log.lines() == ["7 1.5 true"]


def test_nothing_else_of_this_process_is_in_a_commands_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "WFC_AUTH_TOKEN", "DB_PASSWORD_CUSTOM", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "canary")
    log = Log()
    run("env", log)
    assert log.lines()
    assert "canary" not in "\n".join(log.lines())


def test_output_without_end_or_lines_is_cut_into_lines_of_bounded_length() -> None:
    log = Log()
    result = run("head -c 3000000 /dev/zero; head -c 100000 /dev/urandom", log)
    assert result.status == "Success"
    assert len(log.entries) > 180
    assert max(len(line) for line in log.lines()) <= LONGEST


@needs_proc
@pytest.mark.parametrize("stubborn", [False, True], ids=["ends when asked", "must be killed"])
@pytest.mark.parametrize("how", ["timeout", "cancel"])
def test_a_command_that_is_stopped_leaves_no_process(how: str, stubborn: bool) -> None:
    mark = f"{how}-{stubborn}-{os.getpid()}"
    trap = "trap '' TERM; " if stubborn else ""
    text = f"{trap}(sleep 1000; true) & (sleep 1000; true) | cat & echo ready; wait; sleep 1000"

    async def stopped() -> wf.Result | None:
        clock, log = Alarms(), Log()
        step = wf.Step("a", command(text, timeout=60, env={"MARK": mark}))
        going = asyncio.ensure_future(workflow(step).run(log=log, clock=clock))
        await log.said("ready")
        assert members(mark)
        if how == "timeout":
            clock.ring(60)
        else:
            going.cancel()
        while not going.done():
            if stubborn:
                clock.ring(10)
            clock.ring(1)
            await asyncio.sleep(0)
        return None if going.cancelled() else going.result()

    result = asyncio.run(stopped())
    assert gone(mark)
    assert (result is None) == (how == "cancel")
    if result is not None:
        assert result.steps["a"].exit_code == 124
        assert result.steps["a"].reason == "the command took more than 60 seconds"


@needs_proc
def test_what_a_command_leaves_in_the_background_ends_with_it() -> None:
    mark = f"background-{os.getpid()}"
    result = run("sleep 1000 & (trap '' TERM HUP; sleep 1000) & true", env={"MARK": mark})
    assert result.status == "Success"
    assert gone(mark)


@needs_proc
def test_a_killed_program_leaves_no_process(tmp_path: Path) -> None:
    mark = f"killed-{os.getpid()}"
    program = (
        "import asyncio\n"
        "from tests.peak_steps import command, workflow\n"
        "import wfc_runtime.peak.v1 as wf\n"
        f"text = 'trap \"\" TERM HUP INT; sleep 1000 & echo ready; sleep 1000'\n"
        f"step = wf.Step('a', command(text, env={{'MARK': {mark!r}}}))\n"
        "asyncio.run(workflow(step).run(log=lambda entry: print(entry.payload, flush=True)))\n"
    )
    env = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert members(mark)
        process.send_signal(signal.SIGKILL)
    assert gone(mark)


def test_working_folders_are_temporary_unless_there_is_a_place_for_them(tmp_path: Path) -> None:
    log = Log()
    run("pwd", log)
    assert not Path(log.lines()[0]).exists()
    settings = wf.Settings(workdir=tmp_path)
    run("printf 1 > kept", settings=settings)
    (kept,) = tmp_path.glob("*/a/kept")
    assert kept.read_text() == "1"


@pytest.mark.parametrize("keep", [False, True])
def test_a_folder_that_is_not_kept_goes_with_its_step(tmp_path: Path, keep: bool) -> None:
    """Else a step that has filled the disk would leave no room for writing that it has ended."""
    log = Log()
    later = wf.Step("b", command("ls .."), after=("a",))
    settings = wf.Settings(workdir=tmp_path, keep=keep)
    steps = workflow(wf.Step("a", command("touch large")), later)
    asyncio.run(steps.run(log=log, settings=settings))
    assert log.lines() == (["a", "b"] if keep else ["b"])


def test_each_try_begins_with_a_new_folder() -> None:
    log = Log()
    step = wf.Step("a", command("ls; touch left; exit 1"), retry=wf.Retry(1, 0))
    asyncio.run(workflow(step).run(log=log))
    assert log.lines() == []


def test_fifty_runs_at_once_see_nothing_of_each_other(tmp_path: Path) -> None:
    text = 'ls; echo "$batch" > mine; sleep 0.01; [ "$(cat mine)" = "$batch" ] && env > all'

    async def show(step: wf.StepRun) -> None:
        await step.command('echo "$got"', env={"got": step.output("write", "all")})

    steps = [
        wf.Step("write", command(text, outputs={"mine": "mine", "all": "all"})),
        wf.Step("show", show, after=["write"]),
    ]
    nightly = workflow(*steps)

    async def fifty() -> list[tuple[wf.Result, list[str]]]:
        async def one(number: int) -> tuple[wf.Result, list[str]]:
            log = Log()
            params = {"global": {"batch": f"<{number}>", f"only_{number}": "1"}}
            settings = wf.Settings(workdir=tmp_path)
            return await nightly.run(params, settings=settings, log=log), log.lines()

        return await asyncio.gather(*map(one, range(50)))

    for number, (result, lines) in enumerate(asyncio.run(fifty())):
        assert result.status == "Success", result
        assert result.steps["write"].outputs["mine"] == f"<{number}>"
        seen = "\n".join(lines)
        assert f"batch=<{number}>" in seen
        assert [name for name in range(50) if f"only_{name}=" in seen] == [number]
        assert not any(f"<{other}>" in seen for other in range(50) if other != number)


def test_a_command_prints_no_faster_than_its_log_is_taken() -> None:
    """Nothing but what a pipe holds is on the way, and all of it arrives."""
    log, sizes = Log(), []
    taken = 0

    async def run_slowly() -> wf.Result:
        async def drain() -> None:
            nonlocal taken
            await asyncio.sleep(0.001)
            sizes.append(len(log.entries) - taken)
            taken = len(log.entries)

        step = wf.Step("a", command("seq 100000"))
        return await workflow(step).run(log=log, drain=drain)

    assert asyncio.run(run_slowly()).status == "Success"
    assert log.lines() == [str(number) for number in range(1, 100_001)]
    assert len(sizes) > 10
    assert max(sizes) <= 16 * 1024


def test_what_is_printed_last_arrives_though_nobody_takes_the_log() -> None:
    log = Log()

    async def stuck() -> wf.Result:
        step = wf.Step("a", command("seq 9000; echo last"))
        return await workflow(step).run(log=log, drain=asyncio.Event().wait)

    assert asyncio.run(stuck()).status == "Success"
    assert log.lines()[-1] == "last"
    assert len(log.lines()) == 9001


def test_the_last_words_of_a_group_arrive_though_another_process_holds_its_output() -> None:
    log = Log()
    mark = f"outside-{os.getpid()}"
    result = run("setsid sleep 30 & seq 1000; echo last", log, env={"MARK": mark})
    for process in members(mark):
        with suppress(ProcessLookupError):  # it has ended meanwhile
            os.kill(process, signal.SIGKILL)
    assert result.status == "Success"
    assert log.lines()[-1] == "last"


def test_a_command_for_which_no_file_can_be_opened_fails_and_leaves_none_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipe, opened = os.pipe, list[int]()

    def scarce() -> tuple[int, int]:
        if opened:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        opened.extend(pipe())
        return opened[0], opened[1]

    monkeypatch.setattr("wfc_runtime.peak.process.os.pipe", scarce)
    result = run("true")
    assert result.steps["a"].exit_code == 126
    assert result.steps["a"].reason == "the command cannot be started: Too many open files"
    for file in opened:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(file)


def test_a_working_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = wf.Settings(workdir=tmp_path / "file")
    with pytest.raises(wf.WorkspaceError, match=r"^the working folder cannot be made: not a dir"):
        run("true", settings=settings)


def test_a_program_without_a_place_for_its_folder_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(prefix: str) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tempfile.mkdtemp", full)
    with pytest.raises(SystemExit) as ended:
        workflow(wf.Step("a", command("true"))).command([])
    assert ended.value.code == 2
    assert "the working folder cannot be made: no space left on device" in capsys.readouterr().err
