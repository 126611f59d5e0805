"""An execution that goes on after its process: what has ended is not run again, all else is."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.peak_steps import Played, command, statuses, workflow

import wfc_runtime.peak.v1 as wf
from wfc_runtime.testing import VirtualClock


class Killed(BaseException):
    """The process has ended here."""


class Lives:
    """A workflow whose lives end before the end of a step is noted, and after; what is noted stays.

    `make` returns its steps anew for each life; `dies` says whether a life ends where it is asked.
    """

    def __init__(self, make: Callable[[Played], list[wf.Step]], dies: Callable[[], bool]) -> None:
        self._make = make
        self._dies = dies
        self.noted: list[wf.StepEnd] = []
        self.began: list[list[str]] = []
        """The steps that have begun, in each life."""

    async def _note(self, end: wf.StepEnd) -> None:
        if self._dies():
            raise Killed
        self.noted.append(end)
        if self._dies():
            raise Killed

    async def result(self) -> wf.Result:
        while True:
            played = Played(outputs={"b": {"n": "1\n"}}, fails={"c": [3, 3]})
            before = [end.result.name for end in self.noted]
            try:
                return await played.run(
                    *self._make(played), ended=tuple(self.noted), on_end=self._note, id="e"
                )
            except* Killed:
                pass
            finally:
                began = [name for name, _ in played.began]
                assert not set(began) & set(before)
                self.began.append(began)


def steps(played: Played) -> list[wf.Step]:
    return [
        played.step("a"),
        played.step("b", "a"),
        played.step("c", "a", retry=wf.Retry(1, 5)),
        played.step("d", "b", when=[wf.output_is("b", "n", "1")]),
        played.step("e", "b", when=[wf.output_is("b", "n", "2")]),
        played.step("f", "c"),
        played.step("g", "c", "d", when=[wf.one_of(["c"], "failure")]),
        played.step("h", "e", "g"),
    ]


@given(seed=st.integers(0, 2**32), often=st.floats(0, 0.9))
@settings(max_examples=60, deadline=None)
def test_wherever_its_lives_end_an_execution_comes_to_the_same(seed: int, often: float) -> None:
    rng = random.Random(seed)
    lives = Lives(steps, lambda: rng.random() < often)
    result = asyncio.run(lives.result())
    assert statuses(result) == "a+ b+ c- d+ e. f. g+ h+"
    assert result.steps["c"].attempts == 2
    assert [end.result.name for end in lives.noted].count("c") == 1
    assert {name: step.outputs for name, step in result.steps.items() if step.outputs} == {
        "b": {"n": "1\n"}
    }


def test_a_step_begins_when_the_ends_before_it_have_been_noted() -> None:
    async def run() -> list[str]:
        seen: list[str] = []
        played = Played()

        async def note(end: wf.StepEnd) -> None:
            seen.append(f"{end.result.name} ended")
            await asyncio.sleep(0)
            seen.append(f"{end.result.name} noted")

        def told(step: wf.StepResult) -> None:
            seen.append(f"{step.name} {step.status}")

        await played.run(played.step("a"), played.step("b", "a"), on_end=note, on_step=told)
        return seen

    assert asyncio.run(run()) == [
        *("a Running", "a Success", "a ended", "a noted"),
        *("b Running", "b Success", "b ended", "b noted"),
    ]


def test_steps_that_ended_before_are_shown_as_they_ended() -> None:
    end = wf.StepEnd(
        wf.StepResult("a", "Failed", "standard", 5.0, 7.0, 2, 9, {"x": "[redacted]"}, "why"),
        "failed",
        {"x": "canary"},
    )
    played, shown = Played(), []
    ran = played.run(
        played.step("a"),
        played.step("b", "a", when=[wf.output_is("a", "x", "canary")]),
        played.step("c", "a", when=[wf.one_of(["a"], "failure")]),
        ended=[end],
        on_step=lambda step: shown.append(step.as_json()),
    )
    result = asyncio.run(ran)
    assert statuses(result) == "a- b. c+"
    assert result.steps["a"].as_json() == end.result.as_json() == shown[0]
    assert [name for name, _ in played.began] == ["c"]


def test_a_secret_that_was_used_before_stays_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment has it, so that only a step that uses it makes it known."""
    monkeypatch.setenv("DB_CUSTOM", "canary")

    async def show(step: wf.StepRun) -> None:
        await step.command('echo "$got"', env={"got": step.output("a", "x")})

    first = command('printf "$DB_CUSTOM" > x', secrets=["db"], outputs={"x": "x"})
    nightly = workflow(wf.Step("a", first), wf.Step("b", show, after=["a"]))
    noted: list[wf.StepEnd] = []
    log: list[wf.LogEntry] = []

    async def note(end: wf.StepEnd) -> None:
        noted.append(end)

    def said() -> list[Any]:
        found = [entry.payload for entry in log if entry.severity == "DEFAULT"]
        log.clear()
        return found

    asyncio.run(nightly.run(log=log.append, on_end=note))
    assert said() == ["[redacted]"]
    assert noted[0].outputs == {"x": "canary"}
    assert noted[0].result.outputs == {"x": "[redacted]"}
    asyncio.run(nightly.run(log=log.append, ended=noted[:1]))
    assert said() == ["[redacted]"]


def test_times_of_earlier_steps_are_kept() -> None:
    clock = VirtualClock()
    played = Played(clock=clock)
    end = wf.StepEnd(wf.StepResult("a", "Success", started=1.0, finished=2.0), "succeeded", {})
    result = asyncio.run(played.run(played.step("a"), ended=[end]))
    assert (result.steps["a"].started, result.steps["a"].finished) == (1.0, 2.0)
