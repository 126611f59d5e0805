"""Which steps of a Peak workflow run, when, and how often: spec 11 §3, a row for each rule."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import pytest
from tests.peak_steps import Played, statuses

import wfc_runtime.peak.v1 as wf

_ROWS: list[tuple[str, list[Any], dict[str, Any], str]] = [
    ("all succeed", ["a", "b a"], {}, "a+ b+ Success"),
    ("descendants of a failed step do not run", ["a", "b a", "c b"], {"fails": "a"}, "a- b. c."),
    ("independent branches go on", ["a", "b", "c b"], {"fails": "a"}, "a- b+ c+ Failed"),
    ("one failed parent is enough", ["a", "b", "c a b"], {"fails": "b"}, "a+ b- c."),
    ("a skipped step counts as succeeded", ["a", ("b a", {"skip": True}), "c b"], {}, "a+ b. c+"),
    ("only skipped and successful is Success", [("a", {"skip": True})], {}, "a. Success"),
    (
        "skipDAG skips all that depends on it",
        [("a", {"skip_dag": True}), "b a", "c b", "d"],
        {},
        "a. b. c. d+ Success",
    ),
    (
        "skipDAG goes before conditions of those after it",
        [("a", {"skip_dag": True}), ("b a", {"when": [wf.all_of(["a"], "success", "failure")]})],
        {},
        "a. b.",
    ),
    (
        "parentStatus failure runs after a failed parent",
        ["a", ("b a", {"when": [wf.all_of(["a"], "failure")]})],
        {"fails": "a"},
        "a- b+ Failed",
    ),
    (
        "parentStatus failure skips after a parent that succeeded",
        ["a", ("b a", {"when": [wf.all_of(["a"], "failure")]}), "c b"],
        {},
        "a+ b. c. Success",
    ),
    (
        "all-of wants every parent",
        ["a", "b", ("c a b", {"when": [wf.all_of(["a", "b"], "failure")]})],
        {"fails": "a"},
        "a- b+ c.",
    ),
    (
        "one-of wants one parent",
        ["a", "b", ("c a b", {"when": [wf.one_of(["a", "b"], "failure")]})],
        {"fails": "a"},
        "a- b+ c+",
    ),
    (
        "both statuses: whatever the parent did",
        ["a", ("b a", {"when": [wf.all_of(["a"], "success", "failure")]})],
        {"fails": "a"},
        "a- b+",
    ),
    (
        "parents that no condition is about must succeed",
        ["a", "b", ("c a b", {"when": [wf.all_of(["a"], "failure")]})],
        {"fails": "a b"},
        "a- b- c.",
    ),
    (
        "a step that could not run has neither status",
        ["a", "b a", ("c b", {"when": [wf.one_of(["b"], "success", "failure")]})],
        {"fails": "a"},
        "a- b. c.",
    ),
    (
        "conditional equals, without the last newline",
        ["a", ("b a", {"when": [wf.output_is("a", "n", "1")]})],
        {"outputs": {"a": {"n": "1\n"}}},
        "a+ b+",
    ),
    (
        "conditional equals something else",
        ["a", ("b a", {"when": [wf.output_is("a", "n", "2")]})],
        {"outputs": {"a": {"n": "1\n"}}},
        "a+ b.",
    ),
    (
        "conditional not-equals",
        ["a", ("b a", {"when": [wf.output_is_not("a", "n", "2")]})],
        {"outputs": {"a": {"n": "1"}}},
        "a+ b+",
    ),
    (
        "an output that nobody wrote is empty",
        ["a", ("b a", {"when": [wf.output_is("a", "n", "")]})],
        {},
        "a+ b+",
    ),
    (
        "several conditions all hold",
        ["a", ("b a", {"when": [wf.output_is("a", "n", ""), wf.all_of(["a"], "failure")]})],
        {},
        "a+ b.",
    ),
    (
        "a join runs if one of its branches was taken",
        [
            "a",
            ("b a", {"when": [wf.output_is("a", "n", "1")]}),
            ("c a", {"when": [wf.output_is("a", "n", "2")]}),
            "d b c",
        ],
        {"outputs": {"a": {"n": "1"}}},
        "a+ b+ c. d+ Success",
    ),
    (
        "what only follows a branch that was not taken is not taken",
        ["a", ("b a", {"when": [wf.output_is("a", "n", "1")]}), "c b", "d c"],
        {},
        "a+ b. c. d. Success",
    ),
    ("stepsToRun runs these alone", ["a", "b a", "c b"], {"steps": ["b"]}, "a. b+ c."),
    (
        "runDAG also runs what depends on it",
        ["a", "b a", "c b", "d"],
        {"steps": [{"stepName": "b", "runDAG": True}]},
        "a. b+ c+ d.",
    ),
    (
        "what nobody asked for is satisfied, its skipDAG and its status too",
        [("a", {"skip_dag": True}), ("b a", {"when": [wf.all_of(["a"], "failure")]})],
        {"steps": ["b"]},
        "a. b+",
    ),
    (
        "what fails also ends what depends on it through steps nobody asked for",
        ["a", "b a", "c b"],
        {"steps": ["a", "c"], "fails": "a"},
        "a- b. c.",
    ),
]


@pytest.mark.parametrize(
    ("steps", "given", "expected"), [row[1:] for row in _ROWS], ids=[row[0] for row in _ROWS]
)
def test_which_steps_run(steps: Sequence[Any], given: dict[str, Any], expected: str) -> None:
    fails: dict[str, Sequence[int]] = {name: [1] for name in given.get("fails", "").split()}
    played = Played(fails=fails, outputs=given.get("outputs", {}))
    rows = [(row, {}) if isinstance(row, str) else row for row in steps]
    made = [played.step(*row.split(), **options) for row, options in rows]
    result = asyncio.run(played.run(*made, steps=given.get("steps", ())))
    assert f"{statuses(result)} {result.status}".startswith(expected)


_TWICE = wf.Retry(times=2, seconds=5)


@pytest.mark.parametrize(
    ("codes", "own", "whole", "times"),
    [
        ([1], None, None, [0]),  # no retryOptions anywhere: no retry
        ([1, 1, 1, 1], None, wf.Retry(), [0, 6, 12, 18]),  # 3 times after 5 seconds
        ([1, 1, 1, 1], None, wf.Retry(doubling=True), [0, 6, 17, 38]),
        ([1, 1], wf.Retry(times=1, seconds=2), _TWICE, [0, 3]),  # a step's own replaces it
        ([75, 1], None, wf.Retry(exit_codes=[75]), [0, 6]),  # then a code that is not meant
        ([1], None, wf.Retry(exit_codes=[75]), [0]),
        ([1, 1, 1], wf.Retry(times=0), _TWICE, [0]),
    ],
)
def test_when_a_failed_step_is_tried_again(
    codes: list[int], own: wf.Retry | None, whole: wf.Retry | None, times: list[float]
) -> None:
    played = Played(fails={"a": codes})
    result = asyncio.run(played.run(played.step("a", retry=own), retry=whole))
    assert played.began == [("a", time) for time in times]
    assert result.steps["a"].attempts == len(times)
    assert result.status == ("Failed" if len(codes) >= len(times) else "Success")


def test_a_step_that_succeeds_in_the_end_has_succeeded() -> None:
    played = Played(fails={"a": [1, 1]})
    result = asyncio.run(played.run(played.step("a"), played.step("b", "a"), retry=wf.Retry()))
    assert (statuses(result), result.status) == ("a+ b+", "Success")
    assert result.steps["a"].attempts == 3


def test_steps_whose_parents_are_done_run_side_by_side() -> None:
    played = Played()
    steps = [played.step("a"), played.step("b"), played.step("c", "a"), played.step("d", "b", "c")]
    asyncio.run(played.run(*steps))
    assert played.began == [("a", 0), ("b", 0), ("c", 1), ("d", 2)]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"params": {"globals": {}}}, "params has no key `globals`"),
        ({"params": {"global": [1]}}, "params.global must be a map"),
        ({"params": {"global": {"a": None}}}, "params.global.a must be a string"),
        ({"params": {"global": {"a=b": "1"}}}, "`a=b` cannot be an environment variable"),
        ({"params": {"stepWise": {"z": {}}}}, "there is no step `z`; the steps are `a`"),
        ({"steps": ["z"]}, "stepsToRun: there is no step `z`"),
        ({"params": "batch"}, "params must be a map, not str"),
    ],
)
def test_what_an_execution_cannot_be_given(options: dict[str, Any], said: str) -> None:
    played = Played()
    with pytest.raises((TypeError, ValueError)) as raised:
        asyncio.run(played.run(played.step("a"), **options))
    assert said in str(raised.value)
    assert played.began == []


class _Standing:
    """A clock on which nobody's sleep ends."""

    def time(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        await asyncio.Event().wait()

    def outside(self) -> AbstractContextManager[None]:
        return nullcontext()


def test_a_cancelled_execution_says_which_steps_it_stopped() -> None:
    seen: list[tuple[str, str]] = []
    played = Played(clock=_Standing())

    async def cancelled() -> None:
        steps = [played.step("a"), played.step("b", "a")]
        going = asyncio.create_task(
            played.run(*steps, on_step=lambda step: seen.append((step.name, step.status)))
        )
        while not played.began:
            await asyncio.sleep(0)
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going

    asyncio.run(cancelled())
    assert seen == [("a", "Running"), ("a", "Stopped")]
