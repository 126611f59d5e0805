"""Sql and export steps, repositories and images: what a machine has for them (spec 11 §1)."""

from __future__ import annotations

import asyncio
import csv
import gzip
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from tests.peak_steps import command, workflow

import wfc_runtime.peak.v1 as wf
from wfc_runtime.clock import RealClock
from wfc_runtime.peak.warehouse import Warehouse


def run(*steps: wf.Step, log: list[wf.LogEntry] | None = None, **options: Any) -> wf.Result:
    entries = [] if log is None else log
    return asyncio.run(workflow(*steps).run(log=entries.append, **options))


def sql(query: str | wf.Repository, **options: Any) -> wf.Step:
    async def work(step: wf.StepRun) -> None:
        await step.sql(query, **options)

    return wf.Step("query", work)


def export(table: str, **options: Any) -> wf.Step:
    async def work(step: wf.StepRun) -> None:
        await step.export("public", table, sort_by="id", **options)

    return wf.Step("export", work, after=["query"])


SCRIPT = """\
-- orders; of one day
CREATE TABLE orders (id INTEGER, day TEXT);
INSERT INTO orders VALUES (2, '{{ day }}'), (1, 'a;b'), (3, NULL);
"""


@pytest.mark.parametrize("compression", [False, True])
@pytest.mark.parametrize("descending", [False, True])
def test_a_table_made_by_sql_is_exported(
    tmp_path: Path, compression: bool, descending: bool
) -> None:
    (tmp_path / "orders.sql").write_text(SCRIPT)
    settings = wf.Settings(workdir=tmp_path / "work", queries=tmp_path)
    log: list[wf.LogEntry] = []
    result = run(
        sql("/orders.sql"),
        export("orders", compression=compression, descending=descending),
        settings=settings,
        params={"global": {"day": "monday"}},
        log=log,
    )
    assert result.status == "Success", log
    name = f"public.orders.csv{'.gz' if compression else ''}"
    (file,) = tmp_path.glob(f"work/*/export/{name}")
    opener: Any = gzip.open if compression else open
    with opener(file, "rt", newline="") as opened:
        head, *rows = csv.reader(opened)
    expected = [["1", "a;b"], ["2", "monday"], ["3", ""]]
    assert (head, rows) == (["id", "day"], expected[::-1] if descending else expected)
    assert [entry.payload for entry in log] == ["/orders.sql: 2 statements", f"3 rows in {file}"]


def test_a_script_that_fails_changes_nothing_and_says_why(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "w.db") as made:
        made.execute("CREATE TABLE t (n INTEGER)")
    (tmp_path / "bad.sql").write_text("INSERT INTO t VALUES (1); INSERT INTO missing VALUES (1)")
    settings = wf.Settings(database=f"sqlite:///{tmp_path}/w.db", queries=tmp_path)
    result = run(sql("bad.sql"), settings=settings)
    assert result.steps["query"].reason == "the database refused: no such table: missing"
    with sqlite3.connect(tmp_path / "w.db") as made:
        assert made.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_cancelling_interrupts_a_query(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    (tmp_path / "endless.sql").write_text(f"CREATE TABLE t AS {endless}")
    settings = wf.Settings(database=f"sqlite:///{tmp_path}/w.db", queries=tmp_path)
    began: list[str] = []

    async def cancelled() -> None:
        going = asyncio.ensure_future(
            workflow(sql("endless.sql")).run(
                settings=settings,
                log=lambda entry: None,
                on_step=lambda step: began.append(step.status),
            )
        )
        while not (tmp_path / "w.db").exists():
            await asyncio.sleep(0)
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going

    asyncio.run(cancelled())
    assert began == ["Running", "Stopped"]


def test_a_query_that_has_just_ended_can_be_cancelled(tmp_path: Path) -> None:
    """Its connection is closed before the thread that it ran in says so."""
    warehouse = Warehouse(f"sqlite:///{tmp_path}/w.db")
    goes_on = threading.Event()

    async def cancelled() -> None:
        loop, closed = asyncio.get_running_loop(), asyncio.Event()

        def work(connection: Any) -> None:
            connection.close()
            loop.call_soon_threadsafe(closed.set)
            goes_on.wait()

        going = asyncio.ensure_future(warehouse._in_thread(work, RealClock()))
        await closed.wait()
        going.cancel()
        await asyncio.sleep(0)
        goes_on.set()
        with pytest.raises(asyncio.CancelledError):
            await going

    try:
        asyncio.run(cancelled())
    finally:
        goes_on.set()
        warehouse.close()


@pytest.mark.parametrize(
    ("step", "settings", "said"),
    [
        (sql("none.sql"), wf.Settings(), "the script `none.sql` cannot be read"),
        (sql("x.sql"), wf.Settings(database="nonsense://x"), "cannot be used"),
        (sql("x.sql"), wf.Settings(database="sqlite:////no/folder/w.db"), "the database refused"),
        (export("orders"), wf.Settings(), "--workdir DIR"),
    ],
)
def test_what_is_not_there_is_said(
    step: wf.Step, settings: wf.Settings, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.sql").write_text("SELECT 1")
    alone = wf.Step(step.name, step.work)
    result = run(alone, settings=settings)
    assert said in result.steps[step.name].reason


def test_without_sqlalchemy_a_sql_step_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sqlparse", None)
    (tmp_path / "x.sql").write_text("SELECT 1")
    result = run(sql("x.sql"), settings=wf.Settings(queries=tmp_path))
    assert 'pip install "wfc-compiler[peak]"' in result.steps["query"].reason


@pytest.mark.parametrize("path", ["../x.sql", "/a/../../x.sql", "out.sql", "\0"])
def test_a_script_outside_of_the_folder_of_scripts_is_not_read(tmp_path: Path, path: str) -> None:
    queries = tmp_path / "queries"
    queries.mkdir()
    (tmp_path / "x.sql").write_text("SELECT 1")
    (queries / "out.sql").symlink_to("../x.sql")
    settings = wf.Settings(database=f"sqlite:///{tmp_path}/w.db", queries=queries)
    result = run(sql(path), settings=settings)
    assert result.status == "Failed"
    assert "outside of the folder of scripts" in result.steps["query"].reason


# -- repositories ---------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> str:
    folder = tmp_path / "etl.git"
    folder.mkdir()
    (folder / "run.sh").write_text("echo cloned")
    (folder / "q.sql").write_text("SELECT 1")
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for argv in (["init", "-q", "-b", "main"], ["add", "."], [*identity, "commit", "-qm", "x"]):
        subprocess.run(["git", *argv], cwd=folder, check=True)
    return f"file://{folder}"


def test_a_command_runs_beside_the_clone_of_its_repository(repository: str) -> None:
    log: list[wf.LogEntry] = []
    cloned = wf.Repository(repository, branch="main")
    result = run(wf.Step("a", command("ls; sh etl/run.sh", repository=cloned)), log=log)
    assert result.status == "Success", log
    assert [entry.payload for entry in log] == ["etl", "cloned"]


def test_sql_may_stand_in_a_repository(repository: str) -> None:
    result = run(sql(wf.Repository(repository, branch="main", file="q.sql")))
    assert result.status == "Success", result


def test_a_branch_that_is_not_there_fails_the_step(repository: str) -> None:
    log: list[wf.LogEntry] = []
    cloned = wf.Repository(repository, branch="none")
    result = run(wf.Step("a", command("true", repository=cloned)), log=log)
    assert "branch `none` ended with exit code 128" in result.steps["a"].reason
    assert "none" in str(log[0].payload)


def test_the_token_of_a_repository_is_only_in_the_environment_of_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "git"
    fake.write_text('#!/bin/sh\necho "$@"\nenv\nmkdir etl\n')
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    log: list[wf.LogEntry] = []
    cloned = wf.Repository("https://git.example/team/etl.git", branch="main", token="git-token")
    step = wf.Step("a", command("echo ran; env", repository=cloned))
    result = run(step, settings=wf.Settings({"git-token": "canary"}), log=log)
    lines = [str(entry.payload) for entry in log]
    ran = lines.index("ran")
    assert result.status == "Success"
    assert lines[0].endswith("--branch=main -- https://git.example/team/etl.git etl")
    assert "GIT_CONFIG_VALUE_0=Authorization: Basic [redacted]" in lines[:ran]
    assert not any(line.startswith("GIT_") for line in lines[ran:])
    assert "canary" not in "\n".join(lines)


def test_queries_that_take_long_hold_up_no_commands(tmp_path: Path) -> None:
    """All of them wait for a lock; each step needs a thread for its working folder."""
    (tmp_path / "x.sql").write_text("CREATE TABLE IF NOT EXISTS t (x)")
    ended = asyncio.Event()

    async def query(step: wf.StepRun) -> None:
        await step.sql("x.sql")

    def told(step: wf.StepResult) -> None:
        if (step.name, step.status) == ("command", "Success"):
            ended.set()

    async def main() -> wf.Result:
        settings = wf.Settings(database=f"sqlite:///{tmp_path}/w.db", queries=tmp_path)
        steps = [wf.Step(f"query-{number}", query) for number in range(20)]
        made = workflow(*steps, wf.Step("command", command("true")))
        with sqlite3.connect(tmp_path / "w.db", isolation_level=None) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            going = asyncio.ensure_future(
                made.run(settings=settings, on_step=told, log=lambda entry: None)
            )
            await ended.wait()
            lock.execute("ROLLBACK")
            return await going

    assert asyncio.run(asyncio.wait_for(main(), 60)).status == "Success"


# -- images ---------------------------------------------------------------------------------------


def test_an_image_may_be_a_virtual_environment_with_files(tmp_path: Path) -> None:
    programs = tmp_path / "venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "etl").write_text("#!/bin/sh\necho from the venv; cat data.txt; rm data.txt")
    (programs / "etl").chmod(0o755)
    files = tmp_path / "files"
    files.mkdir()
    (files / "data.txt").write_text("data")
    images = wf.Images({7: wf.Image(venv=tmp_path / "venv", files=files)})
    log: list[wf.LogEntry] = []
    for _ in range(2):  # who removes a file removes a copy
        result = run(
            wf.Step("a", command("etl; echo $PEAK_IMAGE_ID", image=7)),
            settings=wf.Settings(images=images),
            log=log,
        )
        assert result.status == "Success", log
    assert [entry.payload for entry in log] == ["from the venv", "data7"] * 2


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (wf.Image(venv=Path("nowhere")), "`nowhere` is no virtual environment"),
        (wf.Image(container="x", engine="no-engine"), "there is no no-engine on this machine"),
        (wf.Image(files=Path("nowhere")), "the working folder cannot be made"),
    ],
)
def test_an_image_that_this_machine_has_not(image: wf.Image, said: str) -> None:
    settings = wf.Settings(images=wf.Images(default=image))
    assert said in run(wf.Step("a", command("true")), settings=settings).steps["a"].reason
