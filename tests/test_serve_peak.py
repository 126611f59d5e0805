"""`wfc serve` with Peak's workflows, as its owner meets it: files, options, a real process."""

from __future__ import annotations

import signal
import socket
import time
from functools import partial
from pathlib import Path
from typing import Any

from tests.serve_process import Serving, serving

WORKFLOWS = "/workflows/api/v1/workflows"

NIGHTLY = """\
body:
  name: nightly-{{ shop }}
  metadata:
    allowConcurrentExecution: true
  steps:
    load:
      imageId: 7
      command: |
        echo "$MODE with $DB_PASSWORD_CUSTOM for $batch_id"
        pwd | grep -q kept
        until test -e "$gate"; do sleep 0.02; done
      parameters:
        secrets: [db-password]
    sum-up:
      type: sql
      sqlQueryPath: sum.sql
      parents: [load]
"""


def ended(service: Serving, path: str) -> Any:
    for _ in range(3000):  # a minute
        _, execution = service("GET", path)
        if execution["status"] != "Running":
            return execution
        time.sleep(0.02)
    raise AssertionError(execution)


def test_options_say_what_the_machine_has(tmp_path: Path) -> None:
    files = tmp_path / "flows"
    files.mkdir()
    (files / "nightly.yaml").write_text(NIGHTLY)
    (files / "sum.sql").write_text("CREATE TABLE sums (total INTEGER); INSERT INTO sums VALUES (1)")
    (tmp_path / "secrets.env").write_text("db-password=hunter22\n")
    (tmp_path / "images.yaml").write_text("7: {env: {MODE: full}}\n")
    gate = tmp_path / "gate"
    gate.touch()
    options = (
        *("-p", "shop=north", "--secrets", "secrets.env", "--images", "images.yaml"),
        *("--workdir", "kept", "--database", f"sqlite:///{tmp_path}/warehouse.db"),
    )
    with serving(tmp_path, "flows", *options) as service:
        assert "  nightly-north 000001-" in "".join(service.said)
        body = {"params": {"global": {"batch_id": 5, "gate": f"{gate}"}}}
        status, started = service("POST", f"{WORKFLOWS}/1/execute", body)
        assert status == 200
        path = f"{WORKFLOWS}/1/executions/{started['executionId']}"
        done = ended(service, path)
        assert done["status"] == "Success", done
        _, page = service("GET", f"{path}/logs?stepName=load")
        assert page["logs"][0]["message"] == "full with [redacted] for 5"
        assert (tmp_path / "kept").is_dir()
        assert (tmp_path / "warehouse.db").exists()
        assert service.end() == 0


def test_a_full_queue_is_answered_as_the_options_say(tmp_path: Path) -> None:
    (tmp_path / "nightly.yaml").write_text(NIGHTLY.replace("{{ shop }}", "full"))
    (tmp_path / "secrets.env").write_text("db-password=hunter22\n")
    options = (
        *("--secrets", "secrets.env", "--workdir", "kept"),
        *("--peak-active", "1", "--peak-queued", "1", "--peak-queue-full", "400-after-retries"),
    )
    body = {"params": {"global": {"gate": f"{tmp_path / 'gate'}"}}}
    sdk = {"x-peak-requestId": "a", "x-peak-sdkVersion": "1.29.0"}
    with serving(tmp_path, ".", *options) as service:
        runs = [service("POST", f"{WORKFLOWS}/1/execute", body) for _ in range(3)]
        assert [status for status, _ in runs] == [200, 200, 429]
        for wanted in (429, 429, 429, 400):
            status, said = service("POST", f"{WORKFLOWS}/1/execute", body, headers=sdk)
            assert status == wanted
        assert said == {"detail": "429: workflow queue is full"}
        (tmp_path / "gate").touch()
        for _, run in runs[:2]:
            ended(service, f"{WORKFLOWS}/1/executions/{run['executionId']}")
        assert service("GET", f"{WORKFLOWS}/executions/1")[1]["executionsCount"] == 2
        assert service.end() == 0


def test_who_follows_a_log_is_answered_when_the_service_is_stopped(tmp_path: Path) -> None:
    step = "{imageId: 1, command: 'echo begun; sleep 60'}"
    (tmp_path / "slow.yaml").write_text(f"name: slow\nsteps: {{nap: {step}}}\n")
    with serving(tmp_path) as service:
        _, run = service("POST", f"{WORKFLOWS}/1/execute", {})
        path = f"{WORKFLOWS}/1/executions/{run['executionId']}/logs?stepName=nap"
        _, page = service("GET", path)
        assert page["logs"][0]["message"] == "begun"
        host, _, port = service.address.removeprefix("http://").rpartition(":")
        with socket.create_connection((host, int(port))) as held:
            held.sendall(f"GET {path}&nextToken={page['nextToken']} HTTP/1.1\r\n".encode())
            held.sendall(b"Host: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
            assert service("GET", "/healthz")[0] == 200
            service.process.send_signal(signal.SIGTERM)
            answer = b"".join(iter(partial(held.recv, 65536), b""))
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b'"stepRunStatus":"Running","logs":[]' in answer
        assert service.wait() == 0
