"""`wfc run` with callbacks, with other workflows, and with logs, as a user meets them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from tests.process import quick, read_or_end, wfc

CALLER = """\
main:
  params: [id]
  steps:
    - call_it:
        call: experimental.executions.run
        args: {workflow_id: "${id}", argument: {n: 4}}
        result: answer
    - done:
        return: ${answer}
"""
CHILD = """\
main:
  params: [args]
  steps:
    - say:
        call: sys.log
        args: {text: "${\\"got \\" + string(args.n)}", severity: NOTICE}
    - done:
        return: ["${12 / args.n}", "${sys.get_env(\\"GOOGLE_CLOUD_WORKFLOW_ID\\")}"]
"""
WAITING = """\
main:
  steps:
    - make:
        call: events.create_callback_endpoint
        result: callback
    - wait:
        call: events.await_callback
        args: {callback: "${callback}"}
        result: got
    - done:
        return: ${got.http_request.body}
"""


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    folder = tmp_path / "flows"
    folder.mkdir()
    texts = {
        "caller.yaml": CALLER,
        "child.workflows.yaml": CHILD,
        "child.json": "{}",
        "unused.yml": "not a workflow",
        "broken.yaml": "main: {steps: [{a: {next: nowhere}}]}",
        "waiting.yaml": WAITING,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("limits", ["google", "local"])
def test_children_are_found_beside_the_file_by_their_id(flows: Path, limits: str) -> None:
    done = wfc(flows, "run", "caller.yaml", "--data", '"child"', "--limits", limits)
    assert (done.returncode, done.stdout) == (0, '[3,"child"]\n')
    (entry,) = (json.loads(line) for line in done.stderr.splitlines())
    assert (entry["workflow"], entry["step"], entry["textPayload"]) == ("child", "say", "got 4")
    assert (entry["severity"], entry["routine"]) == ("NOTICE", "main")


def test_children_are_looked_for_in_the_folder_that_is_given(flows: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "child.yaml").write_text("- a: {return: other}\n", encoding="utf-8")
    run = ["run", "flows/caller.yaml", "--data", '"child"']
    assert quick(tmp_path, *run, "--workflows", "other").stdout == '"other"\n'
    assert json.loads(quick(tmp_path, *run).stdout)[1] == "child"
    missing = quick(tmp_path, *run, "--workflows", "nowhere")
    assert (missing.returncode, missing.stderr) == (2, "error: `nowhere` is not a folder\n")


def test_a_missing_child_is_a_404_that_names_what_is_there(flows: Path) -> None:
    done = quick(flows.parent, "run", "flows/caller.yaml", "--data", '"chlid"')
    assert done.returncode == 3
    assert "HTTP server responded with error code 404" in done.stderr
    assert (
        "= response: 404: there is no workflow `chlid` in the folder `flows`, which has `broken`, "
        "`caller`, `child`, `unused`, `waiting`; did you mean `child`?" in done.stderr
    )
    (flows.parent / "empty").mkdir()
    options = ["--data", '"a"', "--workflows", "empty"]
    empty = quick(flows.parent, "run", "flows/caller.yaml", *options)
    assert "in the folder `empty`, which has no workflow files" in empty.stderr


def test_a_child_with_errors_says_how_to_see_them(flows: Path) -> None:
    done = quick(flows.parent, "run", "flows/caller.yaml", "--data", '"broken"')
    assert done.returncode == 3
    file = os.path.join("flows", "broken.yaml")
    assert f"400: `{file}` has errors and cannot run: see `wfc check {file}`" in done.stderr


def test_one_of_peaks_workflows_cannot_be_called(flows: Path) -> None:
    (flows / "graph.yaml").write_text("name: g\nsteps: {a: {imageId: 1, command: 'true'}}")
    done = quick(flows.parent, "run", "flows/caller.yaml", "--data", '"graph"')
    assert done.returncode == 3
    assert "is one of Peak's workflows, which cannot be called" in done.stderr


def test_a_failed_child_is_logged_with_its_own_place(flows: Path) -> None:
    (flows / "zero.yaml").write_text(CHILD.replace("args.n}", "(args.n - 4)}"), encoding="utf-8")
    done = wfc(flows, "run", "caller.yaml", "--data", '"zero"')
    assert done.returncode == 3
    entries = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert entries[-1]["severity"] == "ERROR"
    assert entries[-1]["workflow"] == "zero"
    assert entries[-1]["textPayload"] == (
        "execution failed: ZeroDivisionError: division by zero\n"
        'in step "done", routine "main", line: 8'
    )
    assert "execution failed: Execution failed or cancelled.\n --> caller.yaml:5:9" in done.stderr


def test_the_failure_of_a_connectors_child_is_shown_with_its_context(flows: Path) -> None:
    connector = "googleapis.workflowexecutions.v1.projects.locations.workflows.executions.run"
    text = CALLER.replace("experimental.executions.run", connector).replace("n: 4", "n: 0")
    (flows / "connected.yaml").write_text(text, encoding="utf-8")
    done = quick(flows, "run", "connected.yaml", "--data", '"child"')
    assert done.returncode == 3
    *_, tags, operation, context, place = done.stderr.splitlines()
    assert tags == "  = tags: OperationError"
    assert re.match(
        r"  = operation: projects/.*/workflows/child/executions/[0-9a-f-]{36}$", operation
    )
    assert context.strip() == "ZeroDivisionError: division by zero"
    assert place.strip() == 'in step "done", routine "main", line: 8'


def test_a_workflow_that_calls_itself_without_end_fails_with_a_clear_error(flows: Path) -> None:
    (flows / "again.yaml").write_text(CALLER.replace("${id}", "again"), encoding="utf-8")
    done = wfc(flows, "run", "again.yaml")
    assert done.returncode == 3
    assert "executions that call one another: 11, where the limit is 10" in done.stderr


def test_calls_are_logged_at_the_level_that_is_asked_for(flows: Path) -> None:
    run = ["run", "caller.yaml", "--data", '"child"', "--call-log-level"]
    states = [
        entry["jsonPayload"]["state"]
        for line in wfc(flows, *run, "LOG_ALL_CALLS").stderr.splitlines()
        if "jsonPayload" in (entry := json.loads(line))
    ]
    of_log = ["BEGUN", "SUCCEEDED"]  # `sys.log` in the child
    assert states == ["BEGUN", *of_log, "SUCCEEDED"]
    assert "BEGUN" not in quick(flows, *run, "LOG_ERRORS_ONLY").stderr
    assert quick(flows, *run, "LOUD").returncode == 2


# -- callbacks ------------------------------------------------------------------------------------


def waiting(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "wfc", "run", "waiting.yaml"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def url_of(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    entry = json.loads(process.stderr.readline())
    assert (entry["severity"], entry["step"]) == ("INFO", "make")
    return str(entry["textPayload"]).removeprefix("callback endpoint: POST ")


def test_a_run_waits_for_a_callback_at_the_url_that_it_shows(flows: Path) -> None:
    process = waiting(flows)
    url = url_of(process)
    with pytest.raises(HTTPError, match="405"):
        urlopen(url, timeout=30)
    request = Request(url, b'{"approved": true}', {"Content-Type": "application/json"})
    with urlopen(request, timeout=30) as answer:
        assert (answer.status, answer.read()) == (200, b"")
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout, stderr) == (0, '{"approved":true}\n', "")


@pytest.mark.skipif(os.name == "nt", reason="SIGINT is sent as on POSIX")
@pytest.mark.usefixtures("loop_of_programs")
def test_a_run_that_waits_for_a_callback_can_be_interrupted(flows: Path) -> None:
    process = waiting(flows)
    url_of(process)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout, stderr) == (130, "", "cancelled\n")


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_a_terminal_shows_logs_calls_and_children_in_lines_for_people(flows: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    command = ["run", "caller.yaml", "--data", '"child"', "--call-log-level", "LOG_ALL_CALLS"]
    process = subprocess.Popen(
        [sys.executable, "-m", "wfc", *command],
        cwd=flows,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80", "NO_COLOR": "1"},
    )
    os.close(theirs)
    seen = b""
    while chunk := read_or_end(ours):
        seen += chunk
    os.close(ours)
    assert process.communicate(timeout=60)[0] == b'[3,"child"]\n'
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode("utf-8"))
    assert (
        'DEBUG    → experimental.executions.run {"argument":{"n":4},"workflow_id":"child"}' in text
    )
    assert re.search(r"NOTICE   child/[0-9a-f]{6}: got 4", text)
    assert 'DEBUG    ← experimental.executions.run [3,"child"]' in text
