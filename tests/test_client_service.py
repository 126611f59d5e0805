"""The command against our own service: the same words as with Google's, and what is ours."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from threading import Thread

import pytest
import uvicorn
from tests.process import quick, wfc
from tests.service_calls import serving

from wfc import command_line_client  # noqa: F401  # registers the commands that `quick` runs
from wfc_service.deploy import Builder

WAITING = """\
main:
  steps:
    - pause:
        call: sys.sleep
        args: {seconds: 1000}
"""
FAILING = """\
main:
  params: [args]
  steps:
    - price:
        return: ${args.quantity * 2}
"""


@dataclass
class Real:
    """A service on a port of this machine; `file` is its database."""

    url: str
    file: Path

    def write(self, statement: str, *values: str) -> None:
        connection = sqlite3.connect(self.file)
        with connection:
            connection.execute(statement, values)
        connection.close()


@contextmanager
def running(folder: Path, builder: Builder) -> Iterator[Real]:
    ready: Queue[str] = Queue()
    servers: list[uvicorn.Server] = []

    async def main() -> None:
        async with serving(folder, builder) as client:
            config = uvicorn.Config(client.app, port=0, log_level="warning")
            servers.append(uvicorn.Server(config))
            serve = asyncio.create_task(servers[0].serve())
            while not servers[0].started:
                await asyncio.sleep(0.01)
            port = servers[0].servers[0].sockets[0].getsockname()[1]
            ready.put(f"http://127.0.0.1:{port}")
            await serve

    thread = Thread(target=asyncio.run, args=(main(),))
    thread.start()
    try:
        yield Real(ready.get(timeout=30), folder / "service.db")
    finally:
        servers[0].should_exit = True
        thread.join(30)


@pytest.fixture
def real(tmp_path: Path, folder: Path, builder: Builder) -> Iterator[Real]:
    with running(tmp_path, builder) as service:
        yield service


def test_deploy_execute_describe_cancel(folder: Path, real: Real) -> None:
    where = ["--server", real.url]
    (folder / "wait.yaml").write_text(WAITING, encoding="utf-8")
    (folder / "fail.yaml").write_text(FAILING, encoding="utf-8")
    created = wfc(folder, "deploy", "good.yaml", "--label", "a=b", *where)
    assert created.stdout.startswith("created good, revision 000001-"), created.stderr
    assert quick(folder, "deploy", "wait.yaml", *where).returncode == 0
    assert quick(folder, "deploy", "fail.yaml", *where).returncode == 0
    listed = quick(folder, "list", *where).stdout.splitlines()
    assert [line.split()[0] for line in listed] == ["WORKFLOW", "fail", "good", "wait"]

    data = '{"a": 1, "b": 2, "text": "x"}'
    done = quick(folder, "execute", "good", "--data", data, "--wait", *where)
    assert (done.returncode, done.stdout) == (0, '{"text":"x","total":3}\n')
    failed = quick(folder, "execute", "fail", "--data", "{}", "--wait", *where)
    assert failed.returncode == 3
    assert " --> fail@000001-" in failed.stderr
    assert "\n5 |         return: ${args.quantity * 2}\n" in failed.stderr

    id = quick(folder, "execute", "wait", *where).stdout.strip()
    assert "state     ACTIVE\n" in quick(folder, "describe", id[:8], *where).stdout
    assert quick(folder, "cancel", id[:8], *where).stdout == f"cancelled: {id}\n"
    again = quick(folder, "cancel", "wait", id, *where)
    assert "cancelling execution in state CANCELLED is not allowed" in again.stderr
    by_state = quick(folder, "list", "wait", "--state", "cancelled", *where).stdout
    assert by_state.splitlines()[1].split()[:2] == [id, "CANCELLED"]
    assert quick(folder, "list", "wait", "--state", "FAILED", *where).stdout == ""
    assert "no steps are recorded" in quick(folder, "describe", id, "--steps", *where).stdout


def test_problems_of_a_deployment_are_those_of_a_check(folder: Path, real: Real) -> None:
    checked = quick(folder, "check", "bad.yaml").stdout
    refused = quick(folder, "deploy", "bad.yaml", "--server", real.url)
    assert (refused.returncode, refused.stdout, refused.stderr) == (1, "", checked)


def test_logs_are_those_of_the_execution(folder: Path, real: Real) -> None:
    where = ["--server", real.url]
    quick(folder, "deploy", "warned.yaml", *where)
    id = quick(folder, "execute", "warned", *where).stdout.strip()
    entry = {"timestamp": "2026-01-02T03:04:05Z", "severity": "INFO", "textPayload": "hello"}
    real.write("INSERT INTO logs VALUES (NULL, ?, 0, 'INFO', ?)", id, json.dumps(entry))
    done = quick(folder, "logs", "warned", id, *where)
    assert (done.returncode, done.stdout) == (0, "2026-01-02 03:04:05Z INFO     hello\n")


def test_a_batch_is_known_again_by_its_keys(folder: Path, real: Real) -> None:
    """Where the journal has lost that lines were started, the service still knows it."""
    where = ["--server", real.url]
    quick(folder, "deploy", "warned.yaml", *where)
    (folder / "in.jsonl").write_text("1\n2\n3\n", encoding="utf-8")
    first = wfc(folder, "batch", "warned", "in.jsonl", *where)
    assert (first.returncode, "3 of 3 lines succeeded" in first.stderr) == (0, True)
    journal = folder / "in.results.jsonl.journal"
    header = journal.read_text(encoding="utf-8").splitlines(keepends=True)[0]
    journal.write_text(header, encoding="utf-8")
    before = (folder / "in.results.jsonl").read_text(encoding="utf-8")
    (folder / "in.results.jsonl").write_text("", encoding="utf-8")
    assert wfc(folder, "batch", "warned", "in.jsonl", *where).returncode == 0
    after = (folder / "in.results.jsonl").read_text(encoding="utf-8")
    assert sorted(after.splitlines()) == sorted(before.splitlines())
    listed = quick(folder, "list", "warned", *where).stdout.splitlines()
    assert len(listed) == 1 + 3
