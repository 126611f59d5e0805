"""Where the errors of compiled workflows are reported (spec 05 §3): step, routine and position."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.compiled import load

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.testing import VirtualClock


def places(text: str, accounting: bool) -> list[str]:
    """`step routine line:column+length` of each frame, innermost first."""
    compiled = compile_source(Source("places.yaml", text), accounting=accounting)
    assert compiled.module is not None, compiled.problems
    with pytest.raises(wf.WorkflowError) as raised:
        asyncio.run(load(compiled.module).run(clock=VirtualClock(), env={}))
    frames: list[dict[str, Any]] = raised.value.stack_trace["elements"]
    return [
        "{step} {routine} {line}:{column}+{length}".format(**frame, **frame["position"])
        for frame in frames
    ]


PLACES: list[tuple[str, str, list[str]]] = [
    (
        "loop over no list",
        "- a:\n    for:\n      value: v\n      in: ${5}\n      steps: []\n",
        ["a main 4:11+4"],
    ),
    (
        "range that is no pair",
        "- a:\n    for:\n      value: v\n      range: ${5}\n      steps: []\n",
        ["a main 4:14+4"],
    ),
    (
        "bound of a range",
        "- a:\n    for:\n      value: v\n      range: [1, '${1 / 0}']\n      steps: []\n",
        ["a main 4:19+8"],
    ),
    (
        "condition whose `not` went into the order of the branches",
        "- init: {assign: [m: {}]}\n"
        "- a:\n"
        "    switch:\n"
        "    - condition: ${not(m.k)}\n"
        "      steps: [b: {assign: [x: 1]}, c: {assign: [x: 2]}]\n"
        "      next: e\n"
        "- d: {return: 1}\n"
        "- e: {return: 2}\n",
        ["a main 4:18+11"],
    ),
]


def test_a_waiting_call_in_a_shared_assignment_is_reported_at_its_expression() -> None:
    text = """\
main:
  steps:
    - init: {assign: [total: 0]}
    - fan:
        parallel:
          shared: [total]
          for:
            value: v
            in: [1]
            steps:
              - add:
                  assign:
                    - total: ${total + slow(v)}
slow:
  params: [v]
  steps:
    - wait: {call: sys.sleep, args: {seconds: 1}}
    - fail: {raise: "${v}"}
"""
    compiled = compile_source(Source("places.yaml", text))
    assert compiled.module is not None
    with pytest.raises(wf.WorkflowError) as raised:
        asyncio.run(load(compiled.module).run(clock=VirtualClock(), env={}))
    (branch,) = raised.value.payload["branches"]
    assert branch["error"]["context"] == (
        'RuntimeError: "branch error"\n'
        'in step "fail", routine "slow", line: 18\n'
        'in step "add", routine "main", line: 13'
    )


@pytest.mark.parametrize("accounting", [False, True], ids=["plain", "accounting"])
@pytest.mark.parametrize(
    ("text", "expected"), [pytest.param(text, where, id=what) for what, text, where in PLACES]
)
def test_an_error_is_reported_at_the_expression_or_the_first_key_of_the_step(
    text: str, expected: list[str], accounting: bool
) -> None:
    assert places(text, accounting) == expected
