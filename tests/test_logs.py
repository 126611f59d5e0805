"""`sys.log`: which arguments it takes, and what becomes of an entry (spec 06, sys)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.compiled import execute, failure

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
    assert logged(**arguments) == LogEntry(7.0, "DEFAULT", payload)


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
    assert [json.loads(line) for line in err.splitlines()] == [
        {"severity": "INFO", "textPayload": "two\nlines", "time": "2023-11-14T22:13:20.250Z"},
        {"severity": "DEFAULT", "jsonPayload": {"ü": 1}, "time": "2023-11-14T22:13:20.250Z"},
    ]
