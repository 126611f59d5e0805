"""The functions of `experimental.executions.*`: results and every error (spec 06, spec 10).

What children are, and what becomes of them, is in `tests/test_children.py`.
"""

from __future__ import annotations

import math
from typing import Any

import pytest
from tests.library_calls import Table, World, called, rows, tag

import wfc_runtime.v1 as wf


async def echo(run: wf.Run, argument: Any) -> Any:
    return argument


async def failing(run: wf.Run, argument: Any) -> Any:
    raise wf.WorkflowError({"message": "no luck", "code": argument})


async def failing_for_2(run: wf.Run, argument: Any) -> Any:
    return await (failing if argument == 2 else echo)(run, argument)


async def slow(run: wf.Run, argument: Any) -> Any:
    await run.sleep("nap", argument)
    return "awake"


async def place(run: wf.Run, argument: Any) -> Any:
    return [run.get_env("GOOGLE_CLOUD_LOCATION"), run.get_env("GOOGLE_CLOUD_PROJECT_ID")]


WORLD = World(
    children={
        "echo": echo,
        "failing": failing,
        "failing_for_2": failing_for_2,
        "slow": slow,
        "place": place,
    }
)
YEAR = 31_536_000

RESULTS: Table = {
    "experimental.executions.run": [
        (("echo",), None),
        *(
            (("echo", None, None, argument), argument)
            for argument in (7, "text", [1, {"a": None}], {"b": [2.5]}, False)
        ),
        (("place",), ["local", "local-project"]),
        (("place", "europe-west1", "other"), ["europe-west1", "other"]),
        (("slow", None, None, 1800), "awake"),
    ],
    "experimental.executions.map": [
        (("echo", []), []),
        (("echo", [3, None, {"a": 1}]), [3, None, {"a": 1}]),
        (("slow", [9, 10], 10), ["awake", "awake"]),
        (("slow", [1800], None), ["awake"]),
        (("place", [1], YEAR, "europe-west1", "other"), [["europe-west1", "other"]]),
    ],
}
ERRORS: Table = {
    "experimental.executions.run": [
        (("failing",), "ExecutionError"),
        (("slow", None, None, 1801), "TimeoutError"),
        (("missing",), "HttpError"),
        (("echo", None, None, math.inf), "ValueError"),
        (("echo", None, None, b"bytes"), "TypeError"),
        ((None,), "TypeError"),
        ((1,), "TypeError"),
        (("echo", 1), "TypeError"),
        (("echo", None, 1), "TypeError"),
    ],
    "experimental.executions.map": [
        (("failing_for_2", [1, 2, 3]), "ExecutionError"),
        (("slow", [1, 11], 10), "TimeoutError"),
        (("missing", [1]), "HttpError"),
        *((("echo", [1], timeout), "ValueError") for timeout in (0, -1, YEAR + 1, math.nan)),
        (("echo", [math.inf]), "ValueError"),
        (("echo", [1, b"bytes"]), "TypeError"),
        (("echo", [1], "10"), "TypeError"),
        (("echo", {"a": 1}), "TypeError"),
        (("echo", None), "TypeError"),
        ((None, [1]), "TypeError"),
    ],
}


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    assert repr(called(name, arguments, WORLD)) == repr(result)


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(name: str, arguments: Any, error: str) -> None:
    assert tag(name, arguments, WORLD) == error
