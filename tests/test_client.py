"""`wfc deploy|list|execute|describe|cancel|logs` as a user meets them, with a stand-in service."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.client import ask, service
from tests.process import quick, read_or_end, wfc
from tests.stand_in_service import NUMBERED, PARENT, StandIn, refuse, stand_in

__all__ = ["service"]

EXCERPT = """\
execution failed: KeyError: key not found: quantity
 --> order@000001-a4d:4:17
  |
4 |         return: ${order.quantity * 2}
  |                 ^^^^^^^^^^^^^^^^^^^^^ in step `work`, routine `main`
  = tags: KeyError, LookupError
"""


# which service


def test_no_service_at_the_address_says_how_to_start_one(folder: Path) -> None:
    done = wfc(folder, "list", "--server", "http://127.0.0.1:1")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == (
        "error: cannot reach the service at `http://127.0.0.1:1`: connection refused\n"
        "  = hint: start a service with `wfc serve`, or name yours with `--server URL`\n"
    )


def test_a_password_in_an_address_is_not_shown(folder: Path) -> None:
    done = quick(folder, "list", "--server", "http://me:s3cret@127.0.0.1:1")
    assert (done.returncode, "WFC_TOKEN" in done.stderr) == (2, True)
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize("url", ["127.0.0.1:8787", "ftp://example.com", "http://", "http://[", ""])
def test_an_address_that_is_none_is_wrong_use(folder: Path, url: str) -> None:
    done = quick(folder, "list", "--server", url)
    assert (done.returncode, done.stdout) == (2, "")
    assert "`--server http://127.0.0.1:8787`" in done.stderr


def test_the_service_may_be_named_by_variables(folder: Path, service: StandIn) -> None:
    env = {"WFC_SERVER": service.url, "WFC_PROJECT": "other", "WFC_LOCATION": "europe-west1"}
    assert wfc(folder, "list", env=env).returncode == 0
    assert service.requests[0] == "GET /v1/projects/other/locations/europe-west1/workflows"


def test_a_filter_that_fits_nothing_does_not_say_that_there_are_none(
    folder: Path, service: StandIn
) -> None:
    service.workflows.clear()
    all_of_them = wfc(folder, "list", "--server", service.url)
    assert "no workflows: `wfc deploy FILE` makes one" in all_of_them.stderr
    some = wfc(folder, "list", "--server", service.url, "--state", "UNAVAILABLE")
    assert some.stderr == "no such workflows\n"


def test_what_is_no_workflow_service_is_said_to_be_none(folder: Path, service: StandIn) -> None:
    done = quick(folder, "list", "--server", f"{service.url}/other\x1b")
    assert (done.returncode, done.stdout) == (4, "")
    assert "does not speak Google's Workflows API" in done.stderr
    assert "= response: 404: 404: Not Found" in done.stderr
    assert "\x1b" not in done.stderr


def test_a_token_comes_from_a_file_or_a_variable(folder: Path) -> None:
    (folder / "token").write_text("s3cret\n", encoding="utf-8")
    with stand_in(token="s3cret") as service:
        refused = ask(folder, service, "list")
        assert (refused.returncode, "--token-file FILE" in refused.stderr) == (4, True)
        assert ask(folder, service, "list", "--token-file", "token").returncode == 0
        env = {"WFC_TOKEN": "s3cret"}
        assert wfc(folder, "list", "--server", service.url, env=env).returncode == 0
        odd = wfc(folder, "list", "--server", service.url, env={"WFC_TOKEN": "a\nb: c"})
        assert (odd.returncode, "`WFC_TOKEN` holds no token" in odd.stderr) == (2, True)


@pytest.mark.parametrize("name", ["missing", "good.yaml", ".", "empty"])
def test_a_token_file_without_a_token_is_wrong_use(folder: Path, name: str) -> None:
    (folder / "empty").write_text("\n", encoding="utf-8")
    done = quick(folder, "list", "--token-file", name)
    assert (done.returncode, f"`{name}`" in done.stderr) == (2, True)


# deploy


def test_deploy_creates_then_changes(folder: Path, service: StandIn) -> None:
    first = wfc(folder, "deploy", "good.yaml", "--server", service.url)
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout == "created good, revision 000001-a4d\n"
    again = ask(folder, service, "deploy", "good.yaml")
    assert again.stdout == "updated good, still revision 000001-a4d\n"
    other = ask(folder, service, "deploy", "warned.yaml", "--name", "good")
    assert other.stdout == "updated good, revision 000002-b5e after 000001-a4d\n"
    source = (folder / "warned.yaml").read_text(encoding="utf-8")
    assert service.workflows["good"]["sourceContents"] == source


def test_deploy_sends_what_is_given_and_nothing_else(folder: Path, service: StandIn) -> None:
    options = ["--label", "team=sales", "--labels", "a=b,c=", "--description", "Prices orders"]
    options += ["--env", "REGION=eu", "--service-account", "me@example.com"]
    done = ask(folder, service, "deploy", "good.yaml", *options, "--format", "json")
    found = json.loads(done.stdout)
    assert found["labels"] == {"team": "sales", "a": "b", "c": ""}
    assert found["userEnvVars"] == {"REGION": "eu"}
    assert (found["description"], found["serviceAccount"]) == ("Prices orders", "me@example.com")
    ask(folder, service, "deploy", "good.yaml")
    assert service.workflows["good"]["description"] == "Prices orders"


@pytest.mark.parametrize("label", ["Team=x", "team", "=x", "team=a b", "", "1a=x", f"a={'x' * 64}"])
def test_a_label_that_no_service_takes_is_wrong_use(folder: Path, label: str) -> None:
    done = quick(folder, "deploy", "good.yaml", "--label", label)
    assert (done.returncode, "`--label team=sales`" in done.stderr) == (2, True)


def test_a_refused_source_shows_the_services_report(folder: Path, service: StandIn) -> None:
    report = quick(folder, "check", "bad.yaml").stdout
    info = {"@type": "type.googleapis.com/google.rpc.DebugInfo", "detail": report}
    service.refusal = {"code": 3, "message": "failed to build: …", "details": [info]}
    done = ask(folder, service, "deploy", "bad.yaml")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", report)


@pytest.mark.parametrize("details", [[], [{"@type": "…/DebugInfo", "detail": "stack\x1b"}]])
def test_a_source_refused_with_words_alone(
    folder: Path, service: StandIn, details: list[Any]
) -> None:
    message = "failed to build: main.yaml:4:9: no step\x1b"
    service.refusal = {"code": 3, "message": message, "details": details}
    done = ask(folder, service, "deploy", "good.yaml")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "error: the service refuses `good.yaml`: failed to build: main.yaml:4:9: no step␛\n"
        "  = hint: `wfc check good.yaml` may show the place\n"
    )


def test_a_file_that_cannot_be_read_is_not_deployed(folder: Path, service: StandIn) -> None:
    done = ask(folder, service, "deploy", "missing.yaml")
    assert (done.returncode, "there is no file" in done.stderr) == (2, True)
    assert service.requests == []


# list


def test_list_shows_workflows_and_executions(folder: Path, service: StandIn) -> None:
    service.deploy("price")
    service.workflows["price"]["description"] = "two\nlines"
    assert ask(folder, service, "list").stdout == (
        "WORKFLOW  STATE   REVISION    UPDATED               DESCRIPTION\n"
        "order     ACTIVE  000001-a4d  2026-01-02 03:04:05Z\n"
        "price     ACTIVE  000001-a4d  2026-01-02 03:04:05Z  two␊lines\n"
    )
    started = {"startTime": "2026-01-02T03:04:05.678Z"}
    service.add(**started, state="SUCCEEDED", duration="1.5s")
    service.add(**started)
    head, newest, oldest = ask(folder, service, "list", "order").stdout.splitlines()
    assert head.split() == ["EXECUTION", "STATE", "REVISION", "STARTED", "DURATION"]
    assert newest.split()[1:] == ["ACTIVE", "000001-a4d", "2026-01-02", "03:04:05Z"]
    assert oldest.split()[2:] == ["000001-a4d", "2026-01-02", "03:04:05Z", "1.5s"]


def test_list_has_a_limit_and_a_state(folder: Path, service: StandIn) -> None:
    for number in range(250):
        service.add(state="FAILED" if number % 2 else "ACTIVE")
    done = ask(folder, service, "list", "order", "--limit", "120")
    assert len(done.stdout.splitlines()) == 121
    assert done.stderr == "and more: `--limit` shows more than 120\n"
    failed = ask(folder, service, "list", "order", "--state", "failed", "--format", "json")
    assert len(json.loads(failed.stdout)) == 100
    whole = ask(folder, service, "list", "order", "--limit", "250", "--format", "json")
    assert (len(json.loads(whole.stdout)), whole.stderr) == (250, "")


@pytest.mark.parametrize(
    "command",
    [["list", "odrer"], ["execute", "odrer"], ["describe", "odrer"], ["cancel", "odrer", "1"]],
)
def test_a_workflow_that_is_not_there(folder: Path, service: StandIn, command: list[str]) -> None:
    done = ask(folder, service, *command)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == (
        "error: there is no workflow `odrer` in the service\n  = hint: did you mean `order`?\n"
    )


# execute


def test_execute_prints_an_id_that_other_commands_take(folder: Path, service: StandIn) -> None:
    started = wfc(folder, "execute", "order", "--data", '{"n": 1}', "--server", service.url)
    assert (started.returncode, started.stderr) == (0, "")
    described = ask(folder, service, "describe", started.stdout.strip())
    assert f"name      {NUMBERED}/workflows/order/executions/{started.stdout}" in described.stdout
    assert service.arguments() == [{"n": 1}]


def test_execute_waits_for_the_result_as_run_prints_it(folder: Path, service: StandIn) -> None:
    done = wfc(
        folder, "execute", "order", "--wait", "--data", "-", "--server", service.url, stdin='"a"'
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, '{"echo":"a"}\n', "")
    whole = ask(folder, service, "execute", "order", "--wait", "--format", "json")
    found = json.loads(whole.stdout)
    assert (found["state"], found["result"]) == ("SUCCEEDED", {"echo": None})
    assert found["execution"].startswith(NUMBERED)


def test_a_failed_execution_shows_the_lines_of_its_revision(folder: Path, service: StandIn) -> None:
    done = ask(folder, service, "execute", "order", "--wait", "--data", '{"fail": 1}')
    assert (done.returncode, done.stdout, done.stderr) == (3, "", EXCERPT)
    data = ["--data", '{"fail": 1}', "--format", "json"]
    whole = json.loads(ask(folder, service, "execute", "order", "--wait", *data).stdout)
    assert whole["error"]["payload"]["tags"] == ["KeyError", "LookupError"]
    del service.workflows["order"]["sourceContents"]
    done = ask(folder, service, "execute", "order", "--wait", "--data", '{"fail": 1}')
    assert done.stderr.splitlines()[:2] == [
        "execution failed: KeyError: key not found: quantity",
        'in step "work", routine "main", line: 4',
    ]


def test_execute_sends_its_options(folder: Path, service: StandIn) -> None:
    options = ["--label", "a=b", "--call-log-level", "LOG_ALL_CALLS", "--no-queue"]
    ask(folder, service, "execute", "order", *options)
    (started,) = service.executions
    assert started["labels"] == {"a": "b"}
    assert started["callLogLevel"] == "LOG_ALL_CALLS"
    assert started["disableConcurrencyQuotaOverflowBuffering"] is True
    assert "executionHistoryLevel" not in started


def test_waiting_goes_on_where_a_look_fails(folder: Path, service: StandIn) -> None:
    """What has been started is not given up for a moment in which the service is gone."""
    service.looks.append(refuse(503, Retry_After="0"))
    service.looks.append(lambda request: request.transport.abort() if request.transport else None)
    done = ask(folder, service, "execute", "order", "--wait")
    assert (done.returncode, done.stdout) == (0, '{"echo":null}\n')
    assert len(service.executions) == 1


@pytest.mark.skipif(os.name == "nt", reason="signals a process")
def test_who_stops_waiting_is_told_that_the_execution_goes_on(
    folder: Path, service: StandIn
) -> None:
    options = ["--wait", "--data", '{"hold": 1}', "--server", service.url]
    process = subprocess.Popen(
        [sys.executable, "-m", "wfc", "execute", "order", *options],
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )

    def watch(what: str) -> None:
        if what == "after" and "/executions/" in service.requests[-1]:
            process.send_signal(signal.SIGINT)
            service.watch = lambda what: None

    service.watch = watch
    said = process.communicate(timeout=60)[1]
    id = service.executions[0]["name"][-36:]
    assert process.returncode == 130
    assert said == f"the execution goes on: `wfc cancel {id}` ends it\ncancelled\n"


def test_a_service_without_room_is_said_to_be(folder: Path, service: StandIn) -> None:
    service.faults.append(refuse(429))
    done = ask(folder, service, "execute", "order")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == "error: the service refuses: no: 429 (429 RESOURCE_EXHAUSTED)\n"


# describe


def test_describe_shows_a_workflow(folder: Path, service: StandIn) -> None:
    service.workflows["order"]["labels"] = {"b": "2", "a": "1"}
    shown = ask(folder, service, "describe", "order").stdout
    assert shown.startswith(f"name      {PARENT}/workflows/order\nstate     ACTIVE\n")
    assert "labels    a=1, b=2\n" in shown
    assert shown.endswith("    - work:\n        return: ${order.quantity * 2}\n")


def test_describe_shows_a_failed_execution(folder: Path, service: StandIn) -> None:
    service.add(argument='{"fail": 1}', labels={"a": "1"})
    done = ask(folder, service, "describe", "order", "00000001")
    assert done.returncode == 0
    assert "state     FAILED\n" in done.stdout
    assert "at step   work (main)\n" in done.stdout
    assert 'argument  {"fail": 1}\n' in done.stdout
    assert done.stdout.endswith(f"\n\n{EXCERPT}")


@pytest.mark.parametrize("words", [["0000000a"], ["order", "0000000a"], ["order", "0000000"]])
def test_executions_are_found_by_what_tells_them_apart(
    folder: Path, service: StandIn, words: list[str]
) -> None:
    service.deploy("alone")
    service.add("alone")
    for _ in range(12):
        service.add("order", argument='{"hold": true}')
    done = ask(folder, service, "describe", *words)
    if words[-1] == "0000000":
        assert (done.returncode, done.stdout) == (4, "")
        assert "the ids of 12 executions begin with `0000000`\n  0000000d-" in done.stderr
        assert done.stderr.endswith("\n  and 7 more\n")
    else:
        assert "executions/0000000a-" in done.stdout


def test_an_execution_that_is_not_there(folder: Path, service: StandIn) -> None:
    done = ask(folder, service, "describe", "order", "f00")
    assert (done.returncode, done.stderr) == (
        4,
        "error: there is no execution of `order` whose id begins with `f00`\n"
        "  = hint: `wfc list order` shows which there are\n",
    )
    assert ask(folder, service, "describe", "f" * 36).returncode == 4
    assert ask(folder, service, "describe", f"{PARENT}/workflows/x/executions/1").returncode == 4
    assert quick(folder, "describe", "a", "b", "c").returncode == 2


def entry(number: int, parent: int = 0, **fields: Any) -> dict[str, Any]:
    return {
        "entryId": str(number),
        "step": f"step_{number}",
        "routine": "main",
        "stepType": "STEP_ASSIGN",
        "state": "STATE_SUCCEEDED",
        "createTime": "2026-01-02T03:04:05.678Z",
        "navigationInfo": {"parent": str(parent)} if parent else {},
        **fields,
    }


def test_steps_are_a_tree(folder: Path, service: StandIn) -> None:
    service.add()
    service.steps = [
        entry(1, stepType="STEP_FOR", stepEntryMetadata={"progressNumber": "2"}),
        entry(2, 1),
        entry(3),
        entry(4, 2, state="STATE_FAILED", exception={"payload": '{"message": "odd"}'}),
    ]
    shown = ask(folder, service, "describe", "00000001", "--steps").stdout
    assert shown.endswith(
        "\n"
        "STEP           TYPE    STATE      STARTED\n"
        "step_1 (main)  for     succeeded  2026-01-02 03:04:05Z  2\n"
        "  step_2       assign  succeeded  2026-01-02 03:04:05Z\n"
        "    step_4     assign  failed     2026-01-02 03:04:05Z  odd\n"
        "step_3 (main)  assign  succeeded  2026-01-02 03:04:05Z\n"
    )
    whole = ask(folder, service, "describe", "00000001", "--steps", "--format", "json")
    assert len(json.loads(whole.stdout)["stepEntries"]) == 4


def test_long_loops_are_shown_by_their_ends(folder: Path, service: StandIn) -> None:
    service.add()
    service.steps = [entry(1), *(entry(number, 1) for number in range(2, 302))]
    shown = ask(folder, service, "describe", "00000001", "--steps").stdout
    assert "  step_26 " in shown
    assert "\n  … 250 more\n  step_277 " in shown


# cancel, logs


def test_cancel_ends_an_execution_once(folder: Path, service: StandIn) -> None:
    name = service.add(argument='{"hold": true}')["name"]
    assert ask(folder, service, "cancel", name).stdout.startswith("cancelled: 00000001-")
    again = ask(folder, service, "cancel", "order", "0000")
    assert again.returncode == 4
    assert "cancelling execution in state CANCELLED is not allowed" in again.stderr


ENTRIES: list[dict[str, Any]] = [
    {"timestamp": "2026-01-02T03:04:05.6Z", "severity": "INFO", "textPayload": "one\ntwo\x1b"},
    {"timestamp": "2026-01-02T03:04:06Z", "severity": "ERROR", "jsonPayload": {"b": 1, "a": 2}},
    {"timestamp": "2026-01-02T03:04:07Z", "textPayload": "three"},
    {
        "timestamp": "2026-01-02T03:04:08Z",
        "severity": "INFO",
        "jsonPayload": {
            "@type": "type.googleapis.com/google.cloud.workflows.type.ExecutionsSystemLog",
            "state": "SUCCEEDED",
            "success": {"result": "1"},
        },
    },
]
SHOWN = """\
2026-01-02 03:04:05Z INFO     one
                              two␛
2026-01-02 03:04:06Z ERROR    {"a":2,"b":1}
2026-01-02 03:04:07Z DEFAULT  three
2026-01-02 03:04:08Z INFO     execution SUCCEEDED
"""


def test_logs_print_every_page(folder: Path, service: StandIn) -> None:
    service.add()
    service.entries = list(ENTRIES)
    done = ask(folder, service, "logs", "order", "0")
    assert (done.returncode, done.stdout, done.stderr) == (0, SHOWN, "")
    lines = ask(folder, service, "logs", "order", "0", "--format", "json").stdout.splitlines()
    assert [json.loads(line) for line in lines] == ENTRIES


def test_following_a_log_ends_with_the_execution(folder: Path, service: StandIn) -> None:
    execution = service.add(argument='{"hold": true}')

    def watch(what: str) -> None:
        if service.requests[-1].endswith("/logs") and what == "after" and not service.entries:
            service.entries = list(ENTRIES)
            execution["state"] = "SUCCEEDED"

    service.watch = watch
    done = wfc(folder, "logs", "-f", "order", "0", "--server", service.url)
    assert (done.returncode, done.stdout) == (0, SHOWN)


def test_a_service_without_logs_is_said_to_have_none(folder: Path) -> None:
    with stand_in(logs=False) as service:
        service.add()
        done = ask(folder, service, "logs", "order", "0")
    assert (done.returncode, done.stdout) == (4, "")
    assert "keeps no logs of executions\n  = hint: Google's are in Cloud Logging" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("columns", [200, 80, 48, 1])
def test_terminals_show_all_of_a_table(folder: Path, service: StandIn, columns: int) -> None:
    """Cells go on below themselves; where there is no room for that, lines are as without one."""
    import pty

    service.add(state="FAILED", startTime="2026-01-02T03:04:05.678Z")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "wfc", "list", "order", "--server", service.url],
        cwd=folder,
        stdout=theirs,
        env={**os.environ, "TERM": "dumb", "COLUMNS": str(columns)},
    )
    os.close(theirs)
    seen = b""
    while chunk := read_or_end(ours):
        seen += chunk
    os.close(ours)
    assert process.wait(timeout=60) == 0
    shown = seen.decode().splitlines()
    cells = [service.executions[0]["name"][-36:], "FAILED", "000001-a4d", "2026-01-0203:04:05Z"]
    titles = ["EXECUTION", "STATE", "REVISION", "STARTED", "DURATION"]
    assert Counter("".join(shown).replace(" ", "")) == Counter("".join(titles + cells))
    assert any(line.startswith(cells[0]) for line in shown)
    if columns == 80:
        assert max(map(len, shown)) <= 80
