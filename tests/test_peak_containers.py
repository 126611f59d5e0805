"""Commands in containers, with a stand-in for the engine."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest
from tests.peak_steps import command, workflow

import wfc_runtime.peak.v1 as wf
from wfc_runtime.peak.containers import check_folder
from wfc_runtime.peak.failure import StepFailed


def run(*steps: wf.Step, log: list[wf.LogEntry] | None = None, **options: Any) -> wf.Result:
    entries = [] if log is None else log
    return asyncio.run(workflow(*steps).run(log=entries.append, **options))


ENGINE = """#!/bin/sh
folder=$(dirname "$0")
if [ "$1" = info ]; then cat "$folder/info"; exit; fi
if [ "$1" = rm ]; then echo "$@" > "$folder/removed"; . "$folder/rm"; exit; fi
echo "engine: $@"
echo "secret: $(printenv K_CUSTOM | wc -c)"
for last; do :; done
exec sh -c "$last"
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`docker` is the stand-in; `info` is what it tells of itself, `rm` what it does to remove."""
    (tmp_path / "docker").write_text(ENGINE)
    (tmp_path / "docker").chmod(0o755)
    (tmp_path / "info").write_text("Security Options:\n  seccomp\n")
    (tmp_path / "rm").write_text("")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")


@pytest.mark.usefixtures("engine")
def test_an_image_may_be_a_container() -> None:
    images = wf.Images(default=wf.Image(container="python:3.12"))
    settings = wf.Settings({"k": "canary"}, images)
    log: list[wf.LogEntry] = []
    step = wf.Step("load", command("printf 1 > n", secrets=["k"], outputs={"n": "n"}))
    result = run(step, settings=settings, log=log)
    assert result.steps["load"].outputs == {"n": "1"}
    engine, secret = (str(entry.payload) for entry in log)
    assert "--env=K_CUSTOM" in engine.split()
    assert engine.endswith("--entrypoint=/bin/sh -- python:3.12 -c printf 1 > n")
    assert secret == "secret: 7"


@pytest.mark.usefixtures("engine")
def test_a_container_that_takes_too_long_is_removed(tmp_path: Path) -> None:
    settings = wf.Settings(images=wf.Images(default=wf.Image(container="python:3.12")))
    result = run(wf.Step("load", command("sleep 1000", timeout=0.05)), settings=settings)
    assert result.steps["load"].exit_code == 124
    assert (tmp_path / "removed").read_text().startswith("rm --force wfc-")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("echo Error: permission denied; exit 1", "(Error: permission denied): remove it with"),
        ("exit 3", "(exit code 3): remove it with"),
        ("exec sleep 1000", "(the command took more than 0.05 seconds): remove it with"),
        ("echo Error: No such container: wfc; exit 1", ""),
        ("echo removal of container wfc is already in progress; exit 1", ""),
    ],
)
@pytest.mark.usefixtures("engine")
def test_a_container_that_cannot_be_removed_is_said_and_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, said: str
) -> None:
    if "sleep" in script:
        monkeypatch.setattr("wfc_runtime.peak.containers.REMOVAL", 0.05)
    (tmp_path / "rm").write_text(script)
    settings = wf.Settings(images=wf.Images(default=wf.Image(container="python:3.12")))
    step = wf.Step("load", command("echo begun; exec sleep 1000"))
    log: list[wf.LogEntry] = []
    statuses: list[str] = []

    async def stopped() -> None:
        begun = asyncio.Event()

        def told(entry: wf.LogEntry) -> None:
            log.append(entry)
            if entry.payload == "begun":
                begun.set()

        going = asyncio.ensure_future(
            workflow(step).run(
                settings=settings,
                log=told,
                on_step=lambda step: statuses.append(step.status),
                id="e-1",
            )
        )
        await begun.wait()
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going

    asyncio.run(stopped())
    assert statuses == ["Running", "Stopped"]
    warnings = [str(entry.payload) for entry in log if entry.severity == "WARNING"]
    assert len(warnings) == bool(said)
    for warning in warnings:
        assert said in warning
        assert warning.endswith("docker rm --force wfc-e-1-load`")


def told_to(tmp_path: Path, **image: Any) -> list[str]:
    """The arguments that the engine gets to run `true`."""
    made = wf.Image(container="python:3.12", **image)
    log: list[wf.LogEntry] = []
    run(wf.Step("load", command("true")), settings=wf.Settings(images=wf.Images({}, made)), log=log)
    return str(log[0].payload).split()


@pytest.mark.parametrize(
    ("info", "uid", "user", "home"),
    [
        ("Security Options:\n  seccomp\n   Profile: builtin\n", 1000, "1000:1000", True),
        ("Security Options:\n  seccomp\n", 0, "0:0", False),
        ("Security Options:\n  seccomp\n  rootless\n  cgroupns\n", 1000, "0:0", False),
        ("host:\n  security:\n    rootless: true\n", 1000, "0:0", False),  # podman
        ("host:\n  security:\n    rootless: false\n", 1000, "1000:1000", True),
    ],
)
@pytest.mark.usefixtures("engine")
def test_inside_a_container_a_command_is_who_wfc_runs_as(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    info: str,
    uid: int,
    user: str,
    home: bool,
) -> None:
    (tmp_path / "info").write_text(info)
    monkeypatch.setattr("os.getuid", lambda: uid)
    monkeypatch.setattr("os.getgid", lambda: uid)
    told = told_to(tmp_path, options=["--network=host"])
    assert f"--user={user}" in told
    assert ("--env=HOME=/work" in told) is home
    assert told.index("--network=host") > told.index(f"--user={user}")  # the last one counts


@pytest.mark.usefixtures("engine")
def test_what_an_engine_heeds_itself_is_not_changed_by_a_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its variables are in its arguments; all others are in none, since these can be seen."""
    env = {"DOCKER_HOST": "tcp://x", "LD_PRELOAD": "y", "https_proxy": "p", "a*": "1", "MODE": "m"}
    told = told_to(tmp_path, env=env)
    for name, value in list(env.items())[:4]:
        assert f"--env={name}={value}" in told
    assert "--env=MODE" in told
    log: list[wf.LogEntry] = []
    step = wf.Step("load", command("env", secrets=["docker-key"]))
    image = wf.Image(container="python:3.12", env=env)
    settings = wf.Settings({"docker-key": "canary"}, wf.Images({}, image))
    run(step, settings=settings, log=log)
    lines = [str(entry.payload) for entry in log]
    assert "--env=DOCKER_KEY_CUSTOM" in lines[0].split()
    assert "DOCKER_KEY_CUSTOM=[redacted]" in lines
    assert "MODE=m" in lines
    assert not any(line.startswith(("DOCKER_HOST=", "LD_PRELOAD=")) for line in lines)


@pytest.mark.parametrize(
    ("script", "said", "code"),
    [
        ("exit 125", "exit code 125, which is the engine's where it can run no container", 125),
        ("exit 127", "the command ended with exit code 127", 127),
    ],
)
@pytest.mark.usefixtures("engine")
def test_what_an_engine_cannot_run_is_told_from_what_fails(
    script: str, said: str, code: int
) -> None:
    settings = wf.Settings(images=wf.Images(default=wf.Image(container="python:3.12")))
    load = run(wf.Step("load", command(script)), settings=settings).steps["load"]
    assert said in load.reason
    assert load.exit_code == code


@pytest.mark.usefixtures("engine")
def test_an_engine_that_does_not_answer_is_said(tmp_path: Path) -> None:
    down = "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?"
    lines = f"echo 'Client:'; echo 'ERROR: {down}'; echo 'errors pretty printing info'; exit 1"
    (tmp_path / "docker").write_text(f"#!/bin/sh\n{lines}\n")
    settings = wf.Settings(images=wf.Images(default=wf.Image(container="python:3.12")))
    load = run(wf.Step("load", command("true")), settings=settings).steps["load"]
    assert load.reason == f"`{tmp_path}/docker info` ended with exit code 1: {down}"


@pytest.mark.parametrize(
    ("program", "folder", "said"),
    [
        ("/usr/bin/docker", "/tmp/a:b", "there is a colon in it"),
        ("/snap/bin/docker", "/tmp/a", "the docker of snap does not see the folder `/tmp/a`"),
        ("/snap/bin/docker", "/home/ann/.cache/a", "none that begins with a dot"),
        ("/snap/bin/docker", "/home/ann/work/.wfc/a", ""),
        ("/usr/bin/docker", "/tmp/a", ""),
    ],
)
def test_folders_that_no_container_would_have(
    monkeypatch: pytest.MonkeyPatch, program: str, folder: str, said: str
) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    if not said:
        check_folder(program, Path(folder))
        return
    with pytest.raises(StepFailed, match=re.escape(said)):
        check_folder(program, Path(folder))


@pytest.mark.parametrize(
    ("text", "options", "is_removed"),
    [("true", {}, False), ("false", {}, True), ("true", {"ended": []}, True)],
    ids=["first try", "next try", "after another process"],
)
@pytest.mark.usefixtures("engine")
def test_a_container_that_an_earlier_try_has_left_is_removed_before_the_next(
    tmp_path: Path, text: str, options: dict[str, Any], is_removed: bool
) -> None:
    settings = wf.Settings(images=wf.Images(default=wf.Image(container="python:3.12")))
    step = wf.Step("Load", command(text), retry=wf.Retry(1, 0))
    result = run(step, settings=settings, id="e-1", **options)
    assert result.steps["Load"].status == ("Failed" if text == "false" else "Success")
    removed = tmp_path / "removed"
    assert (removed.read_text() if removed.exists() else "") == (
        "rm --force wfc-e-1-Load\n" if is_removed else ""
    )
