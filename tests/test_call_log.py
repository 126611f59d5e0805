"""The log of calls: what `--call-log-level` shows, and what nobody may see (spec 08 §4)."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from operator import attrgetter
from typing import Any

import pytest
from aiohttp import web
from tests.compiled import execute, load, workflow
from tests.http_server import serving

import wfc_runtime.v1 as wf
from wfc.library import FUNCTIONS, Function
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.redact import redacted
from wfc_runtime.stdlib import executions, http
from wfc_runtime.testing import ScriptedCallbacks, VirtualClock

TYPE = "type.googleapis.com/google.cloud.workflows.type.EngineCallLog"


def logged(main: Any, level: str, **options: Any) -> list[wf.LogEntry]:
    """The entries about calls."""
    entries: list[wf.LogEntry] = []
    clock = VirtualClock(1_700_000_000.0)
    options = {"clock": clock, "callbacks": ScriptedCallbacks(clock), **options}
    execute(main, call_log=level, log=entries.append, **options)
    return [entry for entry in entries if isinstance(entry.payload, dict)]


def fields(entry: wf.LogEntry) -> dict[str, Any]:
    assert isinstance(entry.payload, dict)
    return entry.payload


async def naps(run: wf.Run) -> Any:
    await run.sleep("nap", 2)
    with suppress(wf.WorkflowError):
        await run.sleep("long", -1)


def test_all_calls_are_logged_in_the_services_form() -> None:
    entries = logged(naps, "LOG_ALL_CALLS")
    first, second, third, fourth = map(fields, entries)
    execution = first["executionId"]
    assert execution == entries[0].execution
    assert first == {
        "@type": TYPE,
        "executionId": execution,
        "activityTime": "2023-11-14T22:13:20Z",
        "state": "BEGUN",
        "step": "nap",
        "callee": "sys.sleep",
        "begun": {"namedArgs": {"seconds": 2}},
    }
    assert second == {
        "@type": TYPE,
        "executionId": execution,
        "activityTime": "2023-11-14T22:13:22Z",
        "state": "SUCCEEDED",
        "step": "nap",
        "callee": "sys.sleep",
        "succeeded": {"callStartTime": "2023-11-14T22:13:20Z", "response": "null"},
    }
    assert (third["state"], third["step"]) == ("BEGUN", "long")
    assert fourth["state"] == "EXCEPTION_RAISED"
    raised = fourth["exceptionRaised"]
    assert raised["callStartTime"] == "2023-11-14T22:13:22Z"
    assert json.loads(raised["exception"])["tags"] == ["ValueError"]
    assert [entry.severity for entry in entries] == ["DEBUG", "DEBUG", "DEBUG", "ERROR"]


@pytest.mark.parametrize(
    ("level", "states"), [("LOG_ERRORS_ONLY", ["EXCEPTION_RAISED"]), ("LOG_NONE", [])]
)
def test_a_lower_level_logs_less(level: str, states: list[str]) -> None:
    found = [fields(entry)["state"] for entry in logged(naps, level)]
    assert found == states


def test_a_level_that_does_not_exist_is_refused_before_anything_runs() -> None:
    with pytest.raises(ValueError, match="call_log must be one of LOG_ALL_CALLS"):
        logged(naps, "LOG_EVERYTHING")


CALLS = """
main:
  params: [n]
  steps:
    - waits:
        call: nap
        args: {seconds: 1}
        result: slept
    - ends:
        call: half
        args: ["${n}"]
        result: h
    - pure:
        call: list.concat
        args: ["${[h]}", "${slept}"]
        result: both
    - reads:
        call: sys.get_env
        args: {name: A, default: b}
        result: a
    - in_an_expression:
        assign: [x: "${text.to_upper(a)}"]
    - fails:
        try:
          call: half
          args: {n: "${n - n}"}
        except:
          as: e
          steps: [go_on: {next: done}]
    - done:
        return: ${both}
nap:
  params: [seconds]
  steps:
    - sleep: {call: sys.sleep, args: ["${seconds}"]}
    - back: {return: "${seconds}"}
half:
  params: [n, by: 2]
  steps:
    - back: {return: "${1 / n / by}"}
"""


def test_a_module_that_was_compiled_for_it_logs_every_call_step_and_no_expression() -> None:
    module = compile_source(Source("order.yaml", CALLS), call_log=True).module
    assert module is not None
    loaded = load(module).workflow

    def entries(level: str) -> list[Any]:
        found: list[wf.LogEntry] = []
        running = loaded.run(4, clock=VirtualClock(), env={}, log=found.append, call_log=level)
        assert asyncio.run(running) == [0.125, 1]
        return [entry.payload for entry in found]

    assert [
        (entry["state"], entry["step"], entry["callee"], *map(json.dumps, details(entry)))
        for entry in entries("LOG_ALL_CALLS")
    ] == [
        ("BEGUN", "waits", "nap", '{"seconds": 1}'),
        ("BEGUN", "sleep", "sys.sleep", '{"seconds": 1}'),
        ("SUCCEEDED", "sleep", "sys.sleep", "null"),
        ("SUCCEEDED", "waits", "nap", "1"),
        ("BEGUN", "ends", "half", '{"n": 4}'),
        ("SUCCEEDED", "ends", "half", "0.125"),
        ("BEGUN", "pure", "list.concat", '{"objs": [0.125], "val": 1}'),
        ("SUCCEEDED", "pure", "list.concat", "[0.125, 1]"),
        ("BEGUN", "reads", "sys.get_env", '{"name": "A", "default": "b"}'),
        ("SUCCEEDED", "reads", "sys.get_env", '"b"'),
        ("BEGUN", "fails", "half", '{"n": 0}'),
        ("EXCEPTION_RAISED", "fails", "half"),
    ]
    assert [entry["state"] for entry in entries("LOG_ERRORS_ONLY")] == ["EXCEPTION_RAISED"]
    assert entries("LOG_NONE") == []


def details(entry: dict[str, Any]) -> list[Any]:
    """The arguments of a call that begins, the response of one that succeeded."""
    if "begun" in entry:
        return [entry["begun"]["namedArgs"]]
    return [json.loads(entry["succeeded"]["response"])] if "succeeded" in entry else []


@pytest.mark.parametrize(
    "function",
    [each for each in FUNCTIONS.values() if each.way == "wait" and each.python.startswith("wf.")],
    ids=lambda each: each.name,
)
def test_calls_have_their_documented_names(function: Function) -> None:
    called = attrgetter(function.python.removeprefix("wf."))(wf)
    given = {parameter.name: None for parameter in function.parameters if parameter.required}

    async def main(run: wf.Run) -> Any:
        with suppress(wf.WorkflowError):  # none takes null
            await run.call("a", called, **given)

    entries = logged(main, "LOG_ALL_CALLS")
    assert [fields(entry)["callee"] for entry in entries] == [function.name] * 2


def test_a_child_is_logged_at_the_callers_level_unless_the_call_says_otherwise() -> None:
    async def child(run: wf.Run) -> Any:
        await run.sleep("nap", 1)

    async def main(run: wf.Run) -> Any:
        for level in (None, "LOG_NONE", "LOG_ALL_CALLS"):
            given = {"workflow_id": "child", "callLogLevel": level}
            await run.call("start", executions.run_connector, **given)

    def of_children(level: str) -> int:
        entries = logged(main, level, children=lambda name: workflow(child))
        return sum(entry.generation for entry in entries)

    assert of_children("LOG_ALL_CALLS") == 4
    assert of_children("LOG_NONE") == 2


def test_secrets_in_headers_and_passwords_in_urls_are_never_logged() -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        assert request.headers["Authorization"] == "Bearer hush"
        status = 200 if request.path == "/good" else 403
        headers = {"Set-Cookie": "session=hush", "X-Seen": "yes"}
        return web.json_response({"ok": True}, status=status, headers=headers)

    async def nothing(run: wf.Run) -> Any:
        return None

    async def scenario() -> list[wf.LogEntry]:
        entries: list[wf.LogEntry] = []
        async with serving(answer) as address:

            async def main(run: wf.Run) -> Any:
                headers = {"authorization": "Bearer hush", "X-Asked": "yes"}
                await run.call("tell", executions.run, workflow_id="w", argument=[{"h": headers}])
                asked = address.replace("//", "//me:hush@")  # the header goes before it
                for path in ("/good", "/bad"):
                    with suppress(wf.WorkflowError):
                        await run.call("ask", http.get, url=asked + path, headers=headers)

            await workflow(main).run(
                env={},
                log=entries.append,
                call_log="LOG_ALL_CALLS",
                children=lambda name: workflow(nothing),
            )
        return entries

    entries = asyncio.run(scenario())
    text = repr(entries)
    assert len(entries) == 6
    assert "hush" not in text
    assert (text.count("X-Asked"), text.count("X-Seen")) == (3, 2)


@pytest.mark.parametrize(
    ("headers", "shown"),
    [
        ({"Authorization": "a", "X": "b"}, {"Authorization": "[redacted]", "X": "b"}),
        ({"PROXY-authorization": 1}, {"PROXY-authorization": "[redacted]"}),
        ({"x-api-key": "a", "cookie": "b"}, {"x-api-key": "[redacted]", "cookie": "[redacted]"}),
        ({}, {}),
        (None, None),
        ("Authorization: a", "Authorization: a"),
    ],
)
def test_header_values_are_redacted_by_name(headers: Any, shown: Any) -> None:
    before = repr(headers)
    assert redacted(headers) == shown
    assert repr(headers) == before


def test_what_has_no_form_in_json_or_is_very_long_is_logged_all_the_same() -> None:
    async def main(run: wf.Run) -> Any:
        async def library(run: wf.Run, *, data: Any, text: Any) -> Any:
            return data if text is None else text

        await run.call("a", library, data=b"x", text=None)
        await run.call("b", library, data=b"x", text="y" * 100_000)

    begun, ended, _, long = (entry.payload for entry in logged(main, "LOG_ALL_CALLS"))
    assert isinstance(begun, dict)
    assert isinstance(ended, dict)
    assert isinstance(long, dict)
    assert begun["begun"]["namedArgs"]["data"] == "bytes that have no form in JSON"
    assert ended["succeeded"]["response"] == '"bytes that have no form in JSON"'
    assert len(long["succeeded"]["response"]) < 20_000
    assert long["succeeded"]["response"].endswith("y…")
