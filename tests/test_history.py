"""The history of executions: which entries there are, what they say, and when (spec 08 §2).

Each folder of golden/history has a workflow, its module with history, and the entries of a run.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.compiled import load
from tests.histories import History, compiled, drawn, recorded

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.limits import GOOGLE
from wfc_runtime.recorder import Recorder
from wfc_runtime.steps import kinds
from wfc_runtime.testing import VirtualClock

ROOT = Path(__file__).parent.parent / "golden" / "history"
ARGUMENTS = {"loop_with_jumps": [10, -3, 40, 500, 7], "jumps_that_cross": 3}
Golden = Callable[[Path, str], None]


@pytest.mark.parametrize("folder", sorted(ROOT.iterdir()), ids=lambda folder: folder.name)
def test_history_is_the_one_that_was_reviewed(folder: Path, golden: Golden) -> None:
    text = (folder / "workflow.yaml").read_text(encoding="utf-8")
    result = compile_source(Source("workflow.yaml", text), history=True)
    assert result.problems == []
    assert result.module is not None
    golden(folder / "workflow.py", result.module)
    workflow = load(result.module).workflow
    history = recorded(workflow, ARGUMENTS.get(folder.name), detailed=True)
    golden(folder / "steps.txt", drawn(history))


def test_every_type_of_step_is_in_the_reviewed_histories() -> None:
    """But for calls of connectors, see below, and CALL, which says less than any of the three."""
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob("*/steps.txt")]
    found = {word for text in texts for word in re.findall(r"\d +STEP_(\w+)", text)}
    assert found == {
        *("ASSIGN", "STD_LIB_CALL", "SUBWORKFLOW_CALL", "SWITCH", "CONDITION", "RETURN", "RAISE"),
        *("FOR", "FOR_ITERATION", "PARALLEL_FOR", "PARALLEL_BRANCH", "PARALLEL_BRANCH_ENTRY"),
        *("TRY_RETRY_EXCEPT", "TRY", "RETRY", "EXCEPT", "GOTO"),
    }


def test_calls_of_connectors_have_a_type_of_their_own() -> None:
    calls = {
        "googleapis.storage.v1.buckets.get": {"bucket": "b"},
        "googleapis.secretmanager.v1.projects.secrets.versions.accessString": {"secret_id": "s"},
        "http.get": {"url": "http://127.0.0.1"},
    }
    steps = [
        {f"s{n}": {"call": name, "args": args}} for n, (name, args) in enumerate(calls.items())
    ]
    types = [kind.type for kind in kinds(compiled(json.dumps({"main": {"steps": steps}})).steps)]
    assert types[1:] == ["STEP_CONNECTOR_CALL", "STEP_CONNECTOR_CALL", "STEP_STD_LIB_CALL"]


def steps(*steps: dict[str, Any], **routines: Any) -> wf.Workflow:
    return compiled(json.dumps({"main": {"steps": list(steps)}, **routines}))


def tree(history: History) -> list[str]:
    return drawn(history).splitlines()


def nap(seconds: Any) -> dict[str, Any]:
    return {"call": "sys.sleep", "args": {"seconds": seconds}}


# -- what runs now --------------------------------------------------------------------------------


def test_current_steps_are_those_of_each_call_outermost_first() -> None:
    branches = [
        {"a": {"steps": [{"ask": {"call": "inner"}}]}},
        {"b": {"steps": [{"wait": nap(2)}]}},
    ]
    workflow = steps(
        {"go": {"call": "outer"}},
        outer={"steps": [{"fan": {"parallel": {"branches": branches}}}]},
        inner={"steps": [{"sleep": nap(5)}]},
    )
    running = recorded(workflow).running
    around = ["main.go", "outer.fan"]
    assert running[:3] == [["main.go"], around, [*around, "outer.a"]]
    first = [*around, "outer.ask", "inner.sleep"]
    assert [*first, "outer.wait"] in running
    assert first in running[running.index([*first, "outer.wait"]) :]


@pytest.mark.parametrize(
    ("step", "last"),
    [
        ({"done": {"return": 1}}, ["main.done"]),
        ({"done": {"raise": "no"}}, ["main.done"]),
        ({"done": {"call": "fails"}}, ["main.done", "fails.here"]),
        ({"done": {"next": "end"}}, ["main.done"]),
        ({"done": {"assign": [{"x": 1}]}}, ["main.done"]),
    ],
)
def test_current_steps_of_an_ended_execution_are_the_last_ones(
    step: dict[str, Any], last: list[str]
) -> None:
    workflow = steps(
        {"first": {"assign": [{"y": 1}]}}, step, fails={"steps": [{"here": {"raise": 1}}]}
    )
    current = recorded(workflow).recorder.current_steps()
    assert [f"{each['routine']}.{each['step']}" for each in current] == last


# -- how entries end ------------------------------------------------------------------------------


def test_error_fails_all_that_it_leaves_and_nothing_else() -> None:
    loop = {"value": "x", "in": [1, 0], "steps": [{"div": {"assign": [{"y": "${1 // x}"}]}}]}
    history = recorded(steps({"ok": {"assign": [{"a": 1}]}}, {"each": {"for": loop}}))
    states = [(entry.step, entry.state[6:]) for entry in history.in_order()]
    assert states == [
        ("ok", "SUCCEEDED"),
        ("each", "FAILED"),
        ("each", "SUCCEEDED"),
        ("div", "SUCCEEDED"),
        ("each", "FAILED"),
        ("div", "FAILED"),
    ]
    payloads = {entry.exception for entry in history.entries.values() if entry.exception}
    assert [json.loads(text)["tags"][0] for text in payloads] == ["ZeroDivisionError"]


def test_cancelled_execution_cancels_what_runs() -> None:
    branches = [
        {"a": {"steps": [{"quick": {"assign": [{"x": 1}]}}]}},
        {"b": {"steps": [{"long": nap(9)}]}},
    ]
    workflow = steps({"fan": {"parallel": {"branches": branches}}})
    history = History()

    async def cancelled() -> None:
        running = asyncio.ensure_future(workflow.run(history=history.recorder, log=print, env={}))
        while len(history.entries) < 5:
            await asyncio.sleep(0)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(cancelled())
    states = {f"{entry.type}:{entry.step}": entry.state for entry in history.entries.values()}
    assert states == {
        "STEP_PARALLEL_BRANCH:fan": "STATE_CANCELLED",
        "STEP_PARALLEL_BRANCH_ENTRY:a": "STATE_SUCCEEDED",
        "STEP_ASSIGN:quick": "STATE_SUCCEEDED",
        "STEP_PARALLEL_BRANCH_ENTRY:b": "STATE_CANCELLED",
        "STEP_STD_LIB_CALL:long": "STATE_CANCELLED",
    }


def test_limit_fails_what_reached_it_and_cancels_the_branches_beside_it() -> None:
    spin = {"spin": {"next": "spin"}}
    branches = [{"a": {"steps": [{"wait": nap(9)}]}}, {"b": {"steps": [spin]}}]
    text = json.dumps({"main": {"steps": [{"fan": {"parallel": {"branches": branches}}}]}})
    history = recorded(compiled(text, accounting=True), limits=replace(GOOGLE, steps=50))
    last = {entry.step: entry for entry in history.entries.values()}
    assert last["wait"].state == "STATE_CANCELLED"
    for step in ("spin", "b", "fan"):
        assert last[step].state == "STATE_FAILED"
        assert json.loads(last[step].exception or "")["tags"] == ["ResourceLimitError"]


def test_jump_out_of_blocks_ends_them() -> None:
    guarded = {"try": {"steps": [{"leave": {"switch": [{"condition": True, "next": "after"}]}}]}}
    guarded["except"] = {"steps": [{"not": {"assign": [{"z": 1}]}}]}
    history = recorded(
        steps({"guard": guarded}, {"skipped": {"return": 1}}, {"after": {"return": 2}})
    )
    assert tree(history) == [
        "  1 STEP_TRY_RETRY_EXCEPT guard",
        "  2   STEP_TRY guard",
        "  3     STEP_SWITCH leave",
        "  4       STEP_CONDITION leave 1/",
        "  5         STEP_GOTO leave",
        "  6 STEP_RETURN after",
    ]


# -- variables ------------------------------------------------------------------------------------


def test_variables_of_an_earlier_round_are_not_shown() -> None:
    body = [
        {"check": {"switch": [{"condition": "${x == 2}", "next": "continue"}]}},
        {"set": {"assign": [{"y": "${x}"}]}},
    ]
    loop = {"value": "x", "in": [1, 2, 3], "steps": body}
    history = recorded(steps({"each": {"for": loop}}), detailed=True)
    rounds = [e.variables for e in history.in_order() if e.type == "STEP_FOR_ITERATION"]
    assert rounds == [{"x": 1, "y": 1}, {"x": 2}, {"x": 3, "y": 3}]


def test_variables_are_those_at_the_end_of_the_step_not_of_the_execution() -> None:
    history = recorded(
        steps(
            {"first": {"assign": [{"m": {"a": 1}}]}},
            {"second": {"assign": [{"m.b": 2}]}},
        ),
        detailed=True,
    )
    assert [entry.variables for entry in history.in_order()] == [
        {"m": {"a": 1}},
        {"m": {"a": 1, "b": 2}},
    ]


def test_variables_of_a_routine_that_an_error_left_are_shown() -> None:
    guard = {"try": {"call": "fails", "args": {"given": 7}}, "except": {"as": "e", "steps": []}}
    fails = {
        "params": ["given"],
        "steps": [{"own": {"assign": [{"x": 8}]}}, {"no": {"raise": "no"}}],
    }
    history = recorded(steps({"guard": guard}, fails=fails), detailed=True)
    [failed] = [entry for entry in history.in_order() if entry.step == "no"]
    assert failed.variables == {"given": 7, "x": 8}


def test_basic_history_has_neither_variables_nor_expected_iterations() -> None:
    loop = {"value": "x", "in": [1, 2], "steps": [{"set": {"assign": [{"y": "${x}"}]}}]}
    for resource in recorded(steps({"each": {"for": loop}})).resources():
        assert "variableData" not in resource
        assert "expectedIteration" not in resource["stepEntryMetadata"]


def test_resource_has_the_fields_of_the_api() -> None:
    loop = {"value": "x", "in": [1], "steps": [{"fail": {"raise": "no"}}]}
    workflow = steps({"nap": nap(1.5)}, {"each": {"for": loop}})
    nap_entry, each, iteration, fail = recorded(workflow, detailed=True).resources()
    assert nap_entry["createTime"] == "1970-01-01T00:00:00Z"
    assert nap_entry["updateTime"] == "1970-01-01T00:00:01.5Z"
    assert nap_entry["navigationInfo"] == {"next": "2"}
    assert each["navigationInfo"] == {"previous": "1", "children": ["3"]}
    assert each["stepEntryMetadata"] == {
        "progressType": "PROGRESS_TYPE_FOR",
        "expectedIteration": "1",
    }
    assert iteration["stepEntryMetadata"] == {
        "progressType": "PROGRESS_TYPE_FOR",
        "progressNumber": "1",
        "expectedIteration": "1",
    }
    assert fail == {
        "name": "E/stepEntries/4",
        "entryId": "4",
        "routine": "main",
        "step": "fail",
        "stepType": "STEP_RAISE",
        "state": "STATE_FAILED",
        "createTime": "1970-01-01T00:00:01.5Z",
        "updateTime": "1970-01-01T00:00:01.5Z",
        "exception": {"payload": '"no"'},
        "navigationInfo": {"parent": "3"},
        "stepEntryMetadata": {},
        "variableData": {"variables": {"x": 1}},
    }


# -- wrong use ------------------------------------------------------------------------------------


def test_module_without_history_says_so() -> None:
    result = compile_source(Source("plain.yaml", '{"main": {"steps": [{"a": {"return": 1}}]}}'))
    assert result.module is not None
    with pytest.raises(ValueError, match="compile it with `--history`"):
        recorded(load(result.module).workflow)


def test_recorder_records_one_execution() -> None:
    workflow, recorder = steps({"a": {"return": 1}}), Recorder(lambda entry: None)
    asyncio.run(workflow.run(history=recorder, clock=VirtualClock()))
    with pytest.raises(ValueError, match="a recorder records one execution"):
        asyncio.run(workflow.run(history=recorder, clock=VirtualClock()))


def test_module_with_history_runs_without_a_recorder() -> None:
    loop = {
        "value": "x",
        "in": [1, 2],
        "steps": [{"set": {"call": "double", "args": {"x": "${x}"}}}],
    }
    double = {"params": ["x"], "steps": [{"r": {"return": "${2 * x}"}}]}
    workflow = steps({"each": {"for": loop}}, {"done": {"return": "${double(4)}"}}, double=double)
    assert asyncio.run(workflow.run()) == 8


def test_options_that_are_off_change_no_byte() -> None:
    for folder in ROOT.iterdir():
        source = Source("workflow.yaml", (folder / "workflow.yaml").read_text(encoding="utf-8"))
        plain = compile_source(source).module
        assert plain == compile_source(source, history=False).module
        assert plain is not None
        assert not re.search(r"run\.begin|returned|iterations|steps=", plain)
