"""`sys.log`: which arguments it takes, and what becomes of an entry (spec 06, sys)."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest
from tests.compiled import execute, failure, load, text_of

import wfc_runtime.v1 as wf
from wfc_runtime.logs import SEVERITIES, LogEntry
from wfc_runtime.testing import VirtualClock


def logged(**arguments: Any) -> LogEntry:
    entries: list[LogEntry] = []

    async def main(run: wf.Run) -> None:
        run.log(**arguments)

    execute(main, log=entries.append, clock=VirtualClock(7.0))
    (entry,) = entries
    return entry


@pytest.mark.parametrize(
    ("arguments", "payload"),
    [
        ({"data": "hello"}, "hello"),
        ({"data": 1}, "1"),
        ({"data": 2.0}, "2"),
        ({"data": False}, "false"),
        ({"data": [1, "a", None]}, '[1,"a",null]'),
        ({"data": {"b": 1, "a": [2]}}, {"a": [2], "b": 1}),
        ({"text": "hello"}, "hello"),
        ({"text": {"b": 1, "a": 2}}, '{"a":2,"b":1}'),
        ({"json": {"b": 1}}, {"b": 1}),
        ({"data": None, "text": "t"}, "t"),
    ],
)
def test_a_map_is_logged_as_json_and_all_else_as_text(
    arguments: dict[str, Any], payload: Any
) -> None:
    assert logged(**arguments)[:3] == (7.0, "DEFAULT", payload)


@pytest.mark.parametrize("severity", SEVERITIES)
def test_every_documented_severity_is_taken(severity: str) -> None:
    assert logged(data="x", severity=severity).severity == severity


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, "TypeError"),
        ({"data": None}, "TypeError"),
        ({"data": "a", "text": "b"}, "TypeError"),
        ({"data": "a", "json": {}}, "TypeError"),
        ({"json": "a"}, "TypeError"),
        ({"json": [1]}, "TypeError"),
        ({"data": b"bytes"}, "TypeError"),
        ({"data": {"deep": [b"bytes"]}}, "TypeError"),
        ({"data": "a", "severity": 1}, "TypeError"),
        ({"data": "a", "severity": "info"}, "ValueError"),
        ({"data": "a", "timeout": "1"}, "TypeError"),
    ],
)
def test_log_takes_exactly_one_of_data_text_and_json(
    arguments: dict[str, Any], expected: str
) -> None:
    async def main(run: wf.Run) -> None:
        run.log(**arguments)

    assert failure(main).payload["tags"] == [expected]


def test_a_log_entry_keeps_the_map_as_it_was_when_it_was_logged() -> None:
    entries: list[LogEntry] = []

    async def main(run: wf.Run) -> None:
        data = {"n": [1]}
        run.log(data=data)
        data["n"].append(2)

    execute(main, log=entries.append)
    assert entries[0].payload == {"n": [1]}


def test_by_default_the_log_goes_to_standard_error_as_one_line_of_json_an_entry(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def main(run: wf.Run) -> None:
        run.log(data="two\nlines", severity="INFO")
        run.log(json={"ü": 1})

    execute(main, clock=VirtualClock(1_700_000_000.25))
    out, err = capsys.readouterr()
    assert out == ""
    first, second = (json.loads(line) for line in err.splitlines())
    assert first.pop("execution") == second.pop("execution")
    always = {"time": "2023-11-14T22:13:20.250Z", "workflow": "order"}
    assert first == {**always, "severity": "INFO", "textPayload": "two\nlines"}
    assert second == {**always, "severity": "DEFAULT", "jsonPayload": {"ü": 1}}


def test_an_entry_says_which_step_of_which_execution_wrote_it() -> None:
    """Also from an expression's routine, a branch, and after a wait."""
    text = text_of(
        """
        async def main(run: wf.Run) -> wf.Value:
            await run.sleep("nap", 1)
            run.log(data="slept")
            noting(run.nested())

            async def branch(run: wf.Run) -> None:
                run.log(data="branched")

            await run.parallel("fan", [branch])
            return run.get_env("GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID")


        def noting(run: wf.Run) -> wf.Value:
            run.log(data="noted")
        """,
        "main\n 4 3:9+4 nap\n 5 6:9+4 say\n 6 9:9+6 call\n 9 13:9+4 say_it\n 11 12:9+8 fan\n"
        "noting\n 16 30:9+4 note\n",
    )
    entries: list[LogEntry] = []
    running = load(text).workflow.run(clock=VirtualClock(), env={}, log=entries.append)
    execution = asyncio.run(running)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", execution)
    assert {entry[3:6] for entry in entries} == {("order", execution, 0)}
    assert [(entry.payload, entry.step, entry.routine) for entry in entries] == [
        ("slept", "say", "main"),
        ("noted", "note", "noting"),
        ("branched", "say_it", "main"),
    ]
