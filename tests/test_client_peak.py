"""`wfc deploy|list|execute|describe|logs|cancel|batch` of Peak's workflows, with a real service."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cutting import cutting
from tests.process import quick
from tests.serve_process import Serving, serving

import wfc.command_line_client  # noqa: F401  # registers the commands that `quick` runs
from wfc_client.backoff import delay

API = "/workflows/api/v1/workflows"

LONGEST = 400.0
"""Seconds for which the service of these tests may live."""

STEPS = """\
  steps:
    load:
      type: standard
      imageId: 1
      command: 'echo "$batch_id"; test -z "$hold" || sleep 60; test -z "$fail"'
    report:
      type: standard
      imageId: 1
      command: echo "reports $batch_id"
      parents: [load]
"""

SAMPLE = f"body:\n  name: NAME\n  metadata: {{allowConcurrentExecution: true}}\n{STEPS}"
ALONE = SAMPLE.replace("  metadata: {allowConcurrentExecution: true}\n", "")

BLOCK = """\
body:
  version: 1
  kind: workflow
  metadata: {name: block, summary: a block}
  release: {version: 1.0.0}
  config:
    steps:
      load: {type: standard, imageDetails: {id: 1}, command: echo}
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("service")
    (folder / "workflows").mkdir()
    with serving(folder, "workflows", longest=LONGEST) as running:
        yield running


def ask(folder: Path, service: Serving | str, *arguments: str) -> subprocess.CompletedProcess[str]:
    address = service if isinstance(service, str) else service.address
    return quick(folder, *arguments, "--server", address)


def deployed(folder: Path, service: Serving, name: str, source: str = SAMPLE) -> str:
    """The number of a workflow of this name, which is deployed."""
    (folder / "peak.yaml").write_text(source.replace("NAME", name), encoding="utf-8")
    done = ask(folder, service, "deploy", "peak.yaml")
    assert (done.returncode, done.stderr) == (0, "")
    said, _, title = done.stdout.strip().partition(": ")
    assert title == name
    return said.split()[1]


def executions(service: Serving, number: str) -> list[dict[str, Any]]:
    status, found = service("GET", f"{API}/executions/{number}?pageSize=1000")
    assert status == 200
    listed: list[dict[str, Any]] = found["executions"]
    return listed


def write(folder: Path, lines: Iterable[Any]) -> None:
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (folder / "in.jsonl").write_text(text, encoding="utf-8")


def results(folder: Path) -> dict[int, dict[str, Any]]:
    text = (folder / "in.results.jsonl").read_text(encoding="utf-8")
    found = [json.loads(line) for line in text.splitlines()]
    assert len({result["line"] for result in found}) == len(found)
    return {result["line"]: result for result in found}


# deploy


def test_deploy_creates_then_changes_the_one_of_that_name(tmp_path: Path, service: Serving) -> None:
    number = deployed(tmp_path, service, "changes")
    changed = SAMPLE.replace("reports", "says").replace("NAME", "changes")
    (tmp_path / "other.yaml").write_text(changed, encoding="utf-8")
    done = ask(tmp_path, service, "deploy", "other.yaml")
    assert done.stdout == f"updated {number}: changes\n"
    shown = ask(tmp_path, service, "deploy", "other.yaml", "--format", "json")
    found = json.loads(shown.stdout)
    assert (found["name"], found["displayName"]) == (f"peak/{number}", "changes")
    assert found["steps"]["report"]["command"] == 'echo "says $batch_id"'


def test_warnings_are_shown_and_the_workflow_is_deployed(tmp_path: Path, service: Serving) -> None:
    source = SAMPLE.replace("NAME", "warned").replace(
        "      parents: [load]\n", "      parameters: {inherit: {x: nobodys}}\n"
    )
    (tmp_path / "peak.yaml").write_text(source, encoding="utf-8")
    done = ask(tmp_path, service, "deploy", "peak.yaml")
    assert (done.returncode, done.stdout.startswith("created ")) == (0, True)
    assert "warning" in done.stderr
    assert "nobodys" in done.stderr


def test_a_template_is_rendered_with_its_values(tmp_path: Path, service: Serving) -> None:
    (tmp_path / "peak.yaml").write_text(SAMPLE.replace("NAME", "{{ title }}"), encoding="utf-8")
    done = ask(tmp_path, service, "deploy", "peak.yaml", "-p", "title=rendered")
    assert (done.returncode, done.stdout.endswith(": rendered\n")) == (0, True)


def test_problems_are_shown_at_their_places(tmp_path: Path, service: Serving) -> None:
    source = SAMPLE.replace("parents: [load]", "parents: [lode]")
    (tmp_path / "peak.yaml").write_text(source, encoding="utf-8")
    done = ask(tmp_path, service, "deploy", "peak.yaml")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == quick(tmp_path, "check", "peak.yaml").stdout


@pytest.mark.parametrize(
    ("source", "options", "said"),
    [
        (BLOCK, [], "holds a block spec, not a workflow"),
        (SAMPLE, ["--name", "x"], "is given no `name`"),
        (SAMPLE, ["--label", "a=b", "--env", "A=1"], "is given no `labels`, `userEnvVars`"),
    ],
)
def test_what_a_workflow_of_peaks_does_not_have_is_wrong_use(
    tmp_path: Path, service: Serving, source: str, options: list[str], said: str
) -> None:
    (tmp_path / "peak.yaml").write_text(source, encoding="utf-8")
    done = ask(tmp_path, service, "deploy", "peak.yaml", *options)
    assert (done.returncode, done.stdout, said in done.stderr) == (2, "", True)


# which workflow


def test_a_workflow_is_named_by_its_number_or_its_name(tmp_path: Path, service: Serving) -> None:
    number = deployed(tmp_path, service, "nightly load of books")
    for name in (number, "nightly load of books", f"peak/{number}"):
        described = ask(tmp_path, service, "describe", name)
        assert "title    nightly load of books\n" in described.stdout
        assert '"steps": {' in described.stdout
        assert ask(tmp_path, service, "list", name).stderr == "no executions\n"
    listed = ask(tmp_path, service, "list").stdout
    assert any(line.split()[0] == number for line in listed.splitlines() if "books" in line)
    missing = ask(tmp_path, service, "execute", "nightly lode of books")
    assert (missing.returncode, missing.stdout) == (4, "")
    assert "did you mean `nightly load of books`?" in missing.stderr
    missing = ask(tmp_path, service, "execute", "99999")
    assert (missing.returncode, "there is no workflow `99999`" in missing.stderr) == (4, True)


def test_an_id_of_googles_goes_before_a_name_of_peaks(tmp_path: Path, service: Serving) -> None:
    source = "main: {steps: [{a: {return: of Google's}}]}\n"
    (tmp_path / "both.yaml").write_text(source, encoding="utf-8")
    assert ask(tmp_path, service, "deploy", "both.yaml").returncode == 0
    deployed(tmp_path, service, "both")
    done = ask(tmp_path, service, "execute", "both", "--wait")
    assert done.stdout == '"of Google\'s"\n'


def test_of_several_workflows_of_one_name_none_is_guessed(tmp_path: Path, service: Serving) -> None:
    number = deployed(tmp_path, service, "twice")
    spec = service("GET", f"{API}/{number}")[1]
    other = service("POST", f"{API}/", {"name": "twice", "steps": spec["steps"]})[1]["id"]
    done = ask(tmp_path, service, "execute", "twice")
    assert done.returncode == 4
    assert "2 workflows of Peak's have the name `twice`" in done.stderr
    assert f"= hint: name one by its number: {number}, {other}\n" in done.stderr
    again = ask(tmp_path, service, "deploy", "peak.yaml")
    assert (again.returncode, "2 workflows have the name" in again.stderr) == (4, True)


# executions


def test_execute_waits_for_the_result_and_says_what_failed(
    tmp_path: Path, service: Serving
) -> None:
    number = deployed(tmp_path, service, "executed")
    data = '{"global": {"batch_id": "b1"}, "stepWise": {"report": {"batch_id": "b2"}}}'
    done = ask(tmp_path, service, "execute", number, "--wait", "--data", data)
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert (found["status"], [step["status"] for step in found["steps"]]) == (
        "Success",
        ["Success", "Success"],
    )
    logs = ask(tmp_path, service, "logs", number, found["executionId"])
    lines = [line.split(maxsplit=3)[3] for line in logs.stdout.splitlines()]
    assert [line for line in lines if "b1" in line or "b2" in line] == ["b1", "reports b2"]

    data = '{"global": {"fail": "yes"}}'
    done = ask(tmp_path, service, "execute", number, "--wait", "--data", data)
    assert (done.returncode, json.loads(done.stdout)["status"]) == (3, "Failed")
    assert done.stderr.splitlines()[1:] == [
        "  step `load` failed: the command ended with exit code 1"
    ]
    unknown = ask(tmp_path, service, "execute", number, "--data", '{"stepWise": {"lode": {}}}')
    assert (unknown.returncode, "lode" in unknown.stderr) == (4, True)
    labelled = ask(tmp_path, service, "execute", number, "--label", "a=b")
    assert (labelled.returncode, "have no `labels`" in labelled.stderr) == (2, True)


def test_an_execution_is_listed_described_and_stopped(tmp_path: Path, service: Serving) -> None:
    number = deployed(tmp_path, service, "stopped")
    started = ask(tmp_path, service, "execute", number, "--data", '{"global": {"hold": "yes"}}')
    id = started.stdout.strip()
    described = ask(tmp_path, service, "describe", id).stdout
    assert f"name      peak/{number}/executions/{id}\nworkflow  {number}\n" in described
    cancelled = ask(tmp_path, service, "cancel", id[:8]).stdout
    # it is still stopping where its command has not ended yet
    assert cancelled in (f"stopping: {id}\n", f"cancelled: {id}\n")
    following = ask(tmp_path, service, "logs", number, id, "--follow")
    assert following.returncode == 0
    listed = ask(tmp_path, service, "list", number, "--state", "cancelled").stdout
    assert listed.splitlines()[1].split()[:2] == [id, "CANCELLED"]
    assert ask(tmp_path, service, "list", number, "--state", "FAILED").stdout == ""
    filtered = ask(tmp_path, service, "list", number, "--filter", "a=b")
    assert (filtered.returncode, "there is no filter" in filtered.stderr) == (2, True)
    again = ask(tmp_path, service, "cancel", id)
    assert (again.returncode, "the execution has ended" in again.stderr) == (4, True)


# batches


def test_every_line_is_a_run_with_its_own_parameters(tmp_path: Path, service: Serving) -> None:
    number = deployed(tmp_path, service, "batch of books")
    write(tmp_path, [*({"batch_id": f"b{one}"} for one in range(1, 6)), {"fail": "yes"}, [1], {}])
    done = ask(tmp_path, service, "batch", "batch of books", "in.jsonl")
    assert (done.returncode, done.stdout) == (3, "")
    assert "6 of 8 lines succeeded, 1 failed, 1 refused; " in done.stderr
    found = results(tmp_path)
    assert list(found[1]) == [
        *("line", "input", "execution", "state", "status", "executionId", "steps"),
    ]
    for line in range(1, 6):
        logs = ask(tmp_path, service, "logs", number, found[line]["executionId"]).stdout
        assert f" b{line}\n" in logs
        assert f" reports b{line}\n" in logs
    assert (found[6]["status"], found[6]["steps"][0]["exitCode"]) == ("Failed", 1)
    assert (found[7]["state"], found[7]["error"]["code"]) == ("REFUSED", 400)
    again = ask(tmp_path, service, "batch", number, "in.jsonl")
    assert "resuming: 8 lines have results, 0 are begun" in again.stderr
    assert len(executions(service, number)) == 7


def test_a_batch_that_was_killed_starts_nothing_twice(tmp_path: Path, service: Serving) -> None:
    number = deployed(tmp_path, service, "killed")
    write(tmp_path, ({"batch_id": f"b{one}"} for one in range(30)))
    command = [sys.executable, "-m", "wfc", "batch", number, "in.jsonl", "-c", "4"]
    for expected in (5, 15):
        process = subprocess.Popen(
            [*command, "--server", service.address], cwd=tmp_path, stderr=subprocess.DEVNULL
        )
        while len(executions(service, number)) < expected and process.poll() is None:
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = ask(tmp_path, service, "batch", number, "in.jsonl")
    assert (done.returncode, "30 of 30 lines succeeded" in done.stderr) == (0, True)
    ids = {result["executionId"] for result in results(tmp_path).values()}
    assert ids == {one["executionId"] for one in executions(service, number)}
    assert len(ids) == 30


def test_a_line_whose_answer_is_lost_is_one_run(tmp_path: Path, service: Serving) -> None:
    number = deployed(tmp_path, service, "lost")
    write(tmp_path, [{"batch_id": "b1"}, {"batch_id": "b2"}])
    with cutting(service.address) as (address, seen):
        done = ask(tmp_path, address, "batch", number, "in.jsonl", "-c", "1")
    assert (done.returncode, len(seen)) == (0, 3)
    assert len(executions(service, number)) == 2


def test_a_workflow_that_allows_one_run_gets_one_line_after_the_other(
    tmp_path: Path, service: Serving
) -> None:
    number = deployed(tmp_path, service, "alone", ALONE)
    body = {"params": {"global": {"hold": "yes"}}}
    other = service("POST", f"{API}/{number}/execute", body)[1]["executionId"]
    write(tmp_path, [{"batch_id": "b1"}, {"batch_id": "b2"}])
    command = [sys.executable, "-m", "wfc", "batch", number, "in.jsonl"]
    process = subprocess.Popen(
        [*command, "--server", service.address],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith("one line after the other: ")
    assert service("POST", f"{API}/{number}/executions/{other}/stop", {})[0] == 200
    _, said = process.communicate(timeout=60)
    assert (process.returncode, "2 of 2 lines succeeded" in said) == (0, True)


@pytest.mark.parametrize("mode", ["429", "400-after-retries"])
def test_a_full_queue_is_asked_again_until_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """No run ends before a line has been refused."""
    gate, begin = tmp_path / "gate", 'echo "$batch_id"; '
    source = SAMPLE.replace(begin, f"{begin}until test -e {gate}; do sleep 0.02; done; ")

    def refused(*given: Any) -> float:
        gate.touch()
        return delay(*given)

    monkeypatch.setattr("wfc_client.batch_start.delay", refused)
    (tmp_path / "workflows").mkdir()
    bounds = ("--peak-active", "1", "--peak-queued", "1", "--peak-queue-full", mode)
    with serving(tmp_path, "workflows", *bounds, longest=LONGEST) as service:
        number = deployed(tmp_path, service, "full", source)
        write(tmp_path, ({"batch_id": f"b{one}"} for one in range(8)))
        done = ask(tmp_path, service, "batch", number, "in.jsonl", "-c", "8")
        assert (done.returncode, "8 of 8 lines succeeded" in done.stderr) == (0, True)
        assert " times 429" in done.stderr
        assert len(executions(service, number)) == 8
