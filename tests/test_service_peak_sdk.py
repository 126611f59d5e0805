"""Peak's own SDK 1.29.0 against `wfc serve` behind `wfc peak-proxy`: nothing of it is changed.

Its scripts and its command get environment variables alone.  The published examples are read from
beside the repository and run as they are.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.cutting import cutting
from tests.peak_proxy import Proxying, proxying, refusing
from tests.peak_sdk import Sdk, sdk
from tests.serve_process import Serving, serving
from tests.test_peak_samples import SEEDS, needs_seeds

__all__ = ["sdk"]

pytestmark = pytest.mark.index

LONGEST = 400.0
"""Seconds for which a service of these tests may live: the SDK tries again for 12."""

RUNS = 5
"""Of the published example."""

PROCESS_DATA = """\
import os
import sys
import time
from pathlib import Path

meeting, end = Path(os.environ["MEETING"]), time.monotonic() + 100
(meeting / os.environ["batch_id"]).touch()
while len(list(meeting.iterdir())) < int(os.environ["EXPECTED"]):
    if time.monotonic() > end:
        sys.exit("the others do not run beside this one")
    time.sleep(0.02)
names = ("batch_id", "input_path", "output_path", "BATCH_SIZE", "PROCESSING_TIMEOUT")
print(*(f"{name}={os.environ[name]}" for name in names))
"""
"""The program that the published example names and does not have: it waits for others like it."""

WATCH = """\
import json
import sys
import time
from peak.resources.workflows import get_client

client = get_client()
workflow = int(sys.argv[1])
for execution in sys.argv[2:]:
    while (details := client.get_execution_details(workflow, execution))["status"] == "Running":
        time.sleep(0.1)
    logs = client.get_execution_logs(workflow, execution, "data_processing")["logs"]
    said = [entry["message"] for entry in logs]
    print(json.dumps({"status": details["status"], "said": said}))
"""

ONE_CALL = """\
import json
import sys
from peak.resources.workflows import get_client

client = get_client()
spec = {
    "name": "cut",
    "metadata": {"allowConcurrentExecution": True},
    "steps": {"a": {"type": "standard", "imageId": 1, "command": "echo done"}},
}
workflow = client.create_workflow(spec)["id"]
told = client.execute_workflow(workflow, {})["executionId"]
listed = client.list_executions(workflow, return_iterator=False)
print(json.dumps({"told": told, "listed": [one["executionId"] for one in listed["executions"]]}))
"""

CREATE = """\
body:
  name: nightly
  tags: [{name: books}]
  triggers: [{cron: "0 3 * * *"}]
  steps:
    load:
      type: standard
      imageId: 1
      command: for n in 1 2 3; do echo "row $n of $day in $MODE"; done
      parameters: {env: {MODE: full}}
"""

EXECUTE = "body: {params: {global: {day: monday}}}\n"


@contextmanager
def images(folder: Path, expected: int) -> Iterator[Path]:
    """The options' file by which a step finds `process_data.py` in its working folder."""
    (folder / "src").mkdir()
    (folder / "src" / "process_data.py").write_text(PROCESS_DATA, encoding="utf-8")
    (folder / "meeting").mkdir()
    default = {
        "files": str(folder / "src"),
        "env": {"MEETING": str(folder / "meeting"), "EXPECTED": str(expected)},
    }
    (folder / "images.yaml").write_text(json.dumps({"default": default}), encoding="utf-8")
    yield folder / "images.yaml"


@contextmanager
def peak(folder: Path, *options: str, expected: int = RUNS) -> Iterator[tuple[Serving, Proxying]]:
    """A service and the way to it, and `folder/home` for scripts of the SDK."""
    (folder / "workflows").mkdir(parents=True)
    (folder / "home").mkdir()
    with ExitStack() as stack:
        file = stack.enter_context(images(folder, expected))
        options = (*options, "--images", str(file))
        service = stack.enter_context(serving(folder, "workflows", *options, longest=LONGEST))
        proxy = stack.enter_context(proxying(folder / "authority", service.address))
        yield service, proxy


def last(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr.strip().splitlines()[-1]


# the published examples


@needs_seeds
def test_the_published_example_runs_five_side_by_side_each_with_its_own_parameters(
    sdk: Sdk, tmp_path: Path
) -> None:
    with peak(tmp_path) as (_, proxy):
        home = tmp_path / "home"
        done = sdk.run(proxy, home, SEEDS / "peak_complete_example.py")
        assert (done.returncode, done.stderr) == (0, "")
        started = re.findall(r"Started execution \d: (\S+)", done.stdout)
        assert len(set(started)) == RUNS
        assert len(re.findall(r"Execution \S+: (?:Running|Success)\n", done.stdout)) == RUNS
        [workflow] = re.findall(r"Created workflow with ID: (\d+)", done.stdout)
        watched = sdk.run(proxy, home, "-c", WATCH, workflow, *started)
        assert (watched.returncode, watched.stderr) == (0, "")
        assert [json.loads(line) for line in watched.stdout.splitlines()] == [
            {
                "status": "Success",
                "said": [
                    f"batch_id=batch-00{number} input_path=/data/batch-00{number}"
                    f" output_path=/output/batch-00{number}"
                    " BATCH_SIZE=1000 PROCESSING_TIMEOUT=3600"
                ],
            }
            for number in range(1, RUNS + 1)
        ]


@needs_seeds
def test_a_full_queue_ends_the_example_or_has_it_go_on_where_that_is_asked_for(
    sdk: Sdk, tmp_path: Path
) -> None:
    """The fifth of five runs, four of which wait for it (spec 12)."""
    full = ("--peak-active", str(RUNS - 1), "--peak-queued", "0")

    def example(name: str, *options: str) -> subprocess.CompletedProcess[str]:
        with peak(tmp_path / name, *full, *options) as (_, proxy):
            return sdk.run(proxy, tmp_path / name / "home", SEEDS / "peak_complete_example.py")

    with ThreadPoolExecutor() as pool:  # each takes the 12 seconds for which the SDK tries again
        usual = pool.submit(example, "usual")
        as_told = pool.submit(example, "as_told", "--peak-queue-full", "400-after-retries")
    for run in (usual, as_told):
        assert run.result().stdout.count("Started execution") == RUNS - 1
    assert usual.result().returncode == 1
    assert last(usual.result()).startswith("requests.exceptions.RetryError: ")
    assert "too many 429 error responses" in last(usual.result())
    assert (as_told.result().returncode, as_told.result().stderr) == (0, "")
    assert (
        f"Failed to start execution {RUNS}: {{'detail': '429: workflow queue is full'}}\n"
        "Queue is full - SDK will automatically retry. If retries fail, retry later.\n"
    ) in as_told.result().stdout
    assert "=== Example completed ===" in as_told.result().stdout


@needs_seeds
def test_the_published_block_example_makes_a_spec(sdk: Sdk, tmp_path: Path) -> None:
    with peak(tmp_path) as (_, proxy):
        done = sdk.run(proxy, tmp_path / "home", SEEDS / "peak_press_example.py")
        assert (done.returncode, done.stderr) == (0, "")
        assert re.search(r"Created workflow block spec with ID: [0-9a-f-]{36}\n", done.stdout)


# what goes wrong on the way


def test_a_connection_that_is_cut_after_execute_does_not_start_a_second_run(
    sdk: Sdk, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        service = stack.enter_context(serving(tmp_path, longest=LONGEST))
        address, seen = stack.enter_context(cutting(service.address))
        proxy = stack.enter_context(proxying(tmp_path / "authority", address))
        done = sdk.run(proxy, tmp_path, "-c", ONE_CALL)
        assert (done.returncode, done.stderr) == (0, "")
        assert seen == ["POST /workflows/api/v1/workflows/1/execute"] * 2
        found = json.loads(done.stdout)
        assert found["listed"] == [found["told"]]


def test_a_service_that_is_down_is_told_of_at_once(sdk: Sdk, tmp_path: Path) -> None:
    with refusing() as port, proxying(tmp_path, f"http://127.0.0.1:{port}") as proxy:
        done = sdk.run(proxy, tmp_path, "-c", ONE_CALL)
        assert done.returncode == 1
        said = f"no server answers at http://127.0.0.1:{port}: connection refused; `wfc serve`"
        assert said in last(done)


def test_the_token_of_the_sdk_is_the_one_of_the_service(sdk: Sdk, tmp_path: Path) -> None:
    token = "0123456789abcdef0123456789abcdef"
    (tmp_path / "token").write_text(token, encoding="utf-8")
    (tmp_path / "workflows").mkdir()
    with ExitStack() as stack:
        options = ("--token-file", "token")
        service = stack.enter_context(serving(tmp_path, "workflows", *options, longest=LONGEST))
        proxy = stack.enter_context(proxying(tmp_path / "authority", service.address))
        refused = sdk.run(proxy, tmp_path, "-c", ONE_CALL, token="another")
        assert "peak.exceptions.UnauthorizedException: " in last(refused)
        assert sdk.run(proxy, tmp_path, "-c", ONE_CALL, token=token).returncode == 0


# the command


def test_the_command_does_what_it_does_with_peak(sdk: Sdk, tmp_path: Path) -> None:
    with peak(tmp_path) as (_, proxy):
        home = tmp_path / "home"
        (home / "create.yaml").write_text(CREATE, encoding="utf-8")
        (home / "execute.yaml").write_text(EXECUTE, encoding="utf-8")

        def workflows(*arguments: str) -> Any:
            done = sdk.peak(proxy, home, "workflows", *arguments)
            assert done.returncode == 0, done.stderr
            return json.loads(done.stdout) if done.stdout.strip() else {}

        number = str(workflows("create", "create.yaml")["id"])
        listed = workflows("list", "--page-size", "10", "--page-number", "1", "-o", "json")
        assert [one["name"] for one in listed["workflows"]] == ["nightly"]
        described = workflows("describe", number)
        assert described["steps"]["load"]["parameters"]["env"] == [{"MODE": "full"}]
        assert described["triggers"][0]["cron"] == "0 3 * * *"

        execution = workflows("execute", number, "execute.yaml")["executionId"]
        which = ("--workflow-id", number, "--execution-id", execution)
        logs = ("get-execution-logs", *which, "--step-name", "load", "--follow")
        followed = sdk.peak(proxy, home, "workflows", *logs)
        assert followed.returncode == 0, followed.stderr
        assert re.findall(r"row \d of \w+ in \w+", followed.stdout) == [
            f"row {number} of monday in full" for number in (1, 2, 3)
        ]
        save = ("get-execution-logs", *which, "--step-name", "load", "--save")
        saved = sdk.peak(proxy, home, "workflows", *save, "--file-name", "load.log")
        assert saved.returncode == 0, saved.stderr
        assert (home / "load.log").read_text(encoding="utf-8").count(" of monday in full\n") == 3
        details = workflows("get-execution-details", *which)
        assert (details["status"], details["steps"][0]["status"]) == ("Success", "Success")

        workflows("patch", number, "--step-names", "load", "--step-timeout", "30")
        described = workflows("describe", number)
        assert described["steps"]["load"]["stepTimeout"] == 30
        assert described["steps"]["load"]["command"].startswith("for n in 1 2 3")
        workflows("pause", number)
        assert workflows("describe", number)["status"] == "Paused"
        workflows("resume", number)
        assert workflows("describe", number)["status"] == "Available"

        workflows("delete", number)
        gone = sdk.peak(proxy, home, "workflows", "describe", number)
        assert (gone.returncode, "NotFoundException" in gone.stderr + gone.stdout) == (1, True)
