"""Random graphs: who runs, fails and is skipped, and when, as a reference without asyncio says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.peak_steps import Played

import wfc_runtime.peak.v1 as wf
from wfc_runtime.peak.steps import Condition
from wfc_runtime.testing import VirtualClock

_SECONDS = 5


@dataclass
class Drawn:
    """A step: `failures` tries fail before one succeeds, `ask` is a condition on how some ended."""

    name: str
    after: list[str]
    failures: int
    retries: int
    skip: bool
    skip_dag: bool
    ask: tuple[bool, list[str], list[str]] | None
    compare: tuple[str, bool] | None

    @property
    def conditions(self) -> list[Condition]:
        found: list[Condition] = []
        if self.ask is not None:
            every, names, wanted = self.ask
            kind: Any = wf.all_of if every else wf.one_of
            found.append(kind(names, *wanted))
        if self.compare is not None:
            other, equal = self.compare
            found.append((wf.output_is if equal else wf.output_is_not)(other, "name", other))
        return found


@st.composite
def graphs(draw: st.DrawFn) -> list[Drawn]:
    steps: list[Drawn] = []
    for number in range(draw(st.integers(1, 7))):
        names = [step.name for step in steps]
        some = st.lists(st.sampled_from(names), unique=True, max_size=3) if names else st.just([])
        after = draw(some)
        ask, compare = None, None
        if after and draw(st.integers(0, 2)) == 0:
            watched = draw(st.lists(st.sampled_from(after), unique=True, min_size=1))
            wanted = draw(st.sampled_from([["success"], ["failure"], ["success", "failure"]]))
            ask = (draw(st.booleans()), watched, wanted)
        if after and draw(st.integers(0, 4)) == 0:
            compare = (draw(st.sampled_from(after)), draw(st.booleans()))
        steps.append(
            Drawn(
                f"s{number}",
                after,
                draw(st.sampled_from([0, 0, 1, 2])),
                draw(st.integers(0, 2)),
                draw(st.integers(0, 5)) == 0,
                draw(st.integers(0, 7)) == 0,
                ask,
                compare,
            )
        )
    return steps


def reference(steps: list[Drawn], asked: set[str]) -> dict[str, tuple[str, float, float]]:
    """What becomes of each step, when it begins and when it ends."""
    found: dict[str, tuple[str, float, float]] = {}
    for step in steps:
        before = {name: found[name][0] for name in step.after}
        start = max((found[name][2] for name in step.after), default=0.0)
        watched = step.ask[1] if step.ask else []
        what = "runs"
        if any(before[name] in ("failed", "blocked") for name in before.keys() - set(watched)):
            what = "blocked"
        elif step.name not in asked:
            what = "passed"
        elif step.skip_dag or "cut" in before.values():
            what = "cut"
        elif step.skip:
            what = "passed"
        elif not _holds(step, before, asked) or (before and {*before.values()} == {"untaken"}):
            what = "untaken"
        end = start
        if what == "runs":
            tries = min(step.failures, step.retries) + 1
            what = "failed" if step.failures > step.retries else "succeeded"
            end = start + tries + _SECONDS * (tries - 1)
        found[step.name] = (what, start, end)
    return found


def _holds(step: Drawn, before: dict[str, str], asked: set[str]) -> bool:
    good = True
    if step.ask is not None and asked.issuperset(step.ask[1]):
        every, names, wanted = step.ask
        words = {"succeeded": "success", "passed": "success", "failed": "failure"}
        counts = [words.get(before[name], "neither") in wanted for name in names]
        good = all(counts) if every else any(counts)
    if step.compare is not None and step.compare[0] in asked:
        other, equal = step.compare
        wrote = before[other] in ("succeeded", "failed")
        good = good and wrote is equal
    return good


@given(graphs(), st.lists(st.tuples(st.integers(0, 6), st.booleans())), st.integers(0, 2**32))
def test_steps_run_as_the_rules_say(
    drawn: list[Drawn], wanted: list[tuple[int, bool]], seed: int
) -> None:
    names = [step.name for step in drawn]
    chosen = {names[number]: dag for number, dag in wanted if number < len(names)}
    roots = {name for name, dag in chosen.items() if dag}
    asked, growing = set(chosen or names), set(roots)
    for step in drawn:
        if growing & set(step.after):
            growing.add(step.name)
    asked |= growing
    played = Played(
        fails={step.name: [1] * step.failures for step in drawn},
        outputs={name: {"name": name} for name in names},
        clock=VirtualClock(seed=seed),
    )
    steps = [
        played.step(
            step.name,
            *step.after,
            when=step.conditions,
            retry=wf.Retry(step.retries, _SECONDS),
            skip=step.skip,
            skip_dag=step.skip_dag,
        )
        for step in drawn
    ]
    result = asyncio.run(
        played.run(
            *steps, steps=[{"stepName": name, "runDAG": dag} for name, dag in chosen.items()]
        )
    )
    expected = reference(drawn, asked)
    words = {"succeeded": "Success", "failed": "Failed"}
    for name, (what, start, end) in expected.items():
        found = result.steps[name]
        assert found.status == words.get(what, "Skipped"), (name, what, found)
        if what in words:
            assert (found.started, found.finished) == (start, end)
            assert (name, start) in played.began
        else:
            assert found.attempts == 0
    assert result.status == (
        "Failed" if "failed" in [e[0] for e in expected.values()] else "Success"
    )
