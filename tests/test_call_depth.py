"""How deep calls may go, in compiled workflows: main is depth 0, the 21st call fails (OQ-65)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.compiled import load

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.testing import VirtualClock

ROUTINES = """
plain:
  params: [n]
  steps:
    - last: {switch: [{condition: "${n == 0}", return: 0}]}
    - again: {return: "${1 + plain(n - 1)}"}
waiting:
  params: [n]
  steps:
    - last: {switch: [{condition: "${n == 0}", return: 0}]}
    - nap: {call: sys.sleep, args: {seconds: 1}}
    - again: {call: waiting, args: {n: "${n - 1}"}, result: deeper}
    - done: {return: "${1 + deeper}"}
mixed:
  params: [n, below]
  steps:
    - last: {switch: [{condition: "${n == 0}", return: "${plain(below)}"}]}
    - nap: {call: sys.sleep, args: {seconds: 1}}
    - again: {return: "${1 + mixed(n - 1, below)}"}
fanning:
  params: [n, below]
  steps:
    - init: {assign: [deeper: 0]}
    - last: {switch: [{condition: "${n == 0}", return: "${plain(below)}"}]}
    - fan:
        parallel:
          shared: [deeper]
          for:
            value: v
            in: [1]
            steps:
              - down: {call: fanning, args: {n: "${n - 1}", below: "${below}"}, result: found}
              - keep: {assign: [deeper: "${found}"]}
    - done: {return: "${1 + deeper}"}
unwinding:
  params: [n]
  steps:
    - attempt:
        try: {steps: [down: {return: "${1 + unwinding(n + 1)}"}]}
        except: {as: e, steps: [done: {return: "${plain(19 - n)}"}]}
"""


def run(steps: str, *, accounting: bool = False, observer: wf.Observer | None = None) -> Any:
    source = Source("depth.yaml", f"main:\n  steps:\n{steps}\n{ROUTINES}")
    compiled = compile_source(source, accounting=accounting)
    assert compiled.module is not None, compiled.problems
    workflow = load(compiled.module).workflow
    return asyncio.run(workflow.run(clock=VirtualClock(), env={}, observer=observer))


@pytest.mark.parametrize("accounting", [False, True], ids=["plain", "accounting"])
@pytest.mark.parametrize(
    ("call", "most"),
    [("plain({})", 19), ("waiting({})", 19), ("mixed({}, 7)", 11), ("mixed(7, {})", 11)],
)
def test_the_21st_call_fails_and_the_20th_does_not(call: str, most: int, accounting: bool) -> None:
    """In routines that wait and that do not; after a failure calls go as deep as before."""
    fits, fails = call.format(most), call.format(most + 1)
    steps = f"""
    - attempt:
        try: {{steps: [fails: {{assign: [x: "${{{fails}}}"]}}]}}
        except: {{as: e, steps: [fits: {{return: ["${{e.message}}", "${{{fits}}}"]}}]}}
    """
    deepest = most if most == 19 else 18
    assert run(steps, accounting=accounting) == [
        "RecursionError: nested subworkflow calls: 21, where the limit is 20 (Limits.depth)",
        deepest,
    ]


@pytest.mark.parametrize("accounting", [False, True], ids=["plain", "accounting"])
@pytest.mark.parametrize(("levels", "below"), [(0, 18), (1, 17), (2, 16)])
def test_calls_in_branches_count_on_from_those_around(
    levels: int, below: int, accounting: bool
) -> None:
    steps = f"""
    - fits: {{assign: [x: "${{fanning({levels}, {below})}}"]}}
    - attempt:
        try: {{steps: [fails: {{assign: [y: "${{fanning({levels}, {below + 1})}}"]}}]}}
        except: {{as: e, steps: [done: {{return: ["${{x}}", "${{json.encode_to_string(e)}}"]}}]}}
    """
    deepest, error = run(steps, accounting=accounting)
    assert deepest == 18
    assert "nested subworkflow calls: 21, where" in error


@pytest.mark.parametrize("accounting", [False, True], ids=["plain", "accounting"])
def test_a_handler_on_the_way_back_can_call_again(accounting: bool) -> None:
    steps = """
    - done: {return: "${unwinding(1)}"}
    """
    assert run(steps, accounting=accounting) == 18


class Branches:
    """An observer that notes in which branches steps wait."""

    def __init__(self) -> None:
        self.slept: list[wf.BranchPath] = []

    def step_started(self, branch: wf.BranchPath, step: str, what: str) -> None:
        if what == "sleep":
            self.slept.append(branch)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def test_iterations_on_one_seat_make_their_calls_in_their_own_branch() -> None:
    """What a seat keeps for calls is of no use to the next iteration."""
    steps = """
    - fan:
        parallel:
          concurrency_limit: 1
          for: {value: v, in: [1, 2, 3], steps: [one: {call: waiting, args: {n: 2}}]}
    """
    observer = Branches()
    run(steps, observer=observer)
    assert observer.slept == [(("fan", index),) for index in (0, 0, 1, 1, 2, 2)]
