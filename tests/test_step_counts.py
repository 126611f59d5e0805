"""What counts as an executed step, to the step (spec 04 §11)."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from tests.compiled import load

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.limits import GOOGLE
from wfc_runtime.testing import VirtualClock

_FAILS = "{raise: x}"
_RETRY = "{predicate: '${retry.always}', max_retries: 2, backoff: '${retry.default_backoff}'}"

CASES = {
    "an assign step": (1, "[{a: {assign: [{x: 1}, {y: 2}]}}]"),
    "a return": (1, "[{a: {return: 1}}]"),
    "a call is a step and a call": (2, "[{a: {call: text.to_upper, args: {source: x}}}]"),
    "calls in expressions count, operators and len do not": (
        2,
        "[{a: {return: '${len(text.to_upper(\"x\")) + 1}'}}]",
    ),
    "a step that only jumps": (
        3,
        "[{a: {next: c}}, {b: {return: 1}}, {c: {assign: [{x: 1}]}}, {d: {return: 1}}]",
    ),
    "a jump after an action": (3, "[{a: {assign: [{x: 1}], next: c}}, {c: {return: 1}}]"),
    "a switch and the jump it takes": (
        3,
        "[{a: {switch: [{condition: true, next: c}]}}, {c: {return: 1}}]",
    ),
    "a switch whose jump is not taken": (
        3,
        "[{n: {assign: [{x: 1}]}}, {a: {switch: [{condition: '${x == 2}', next: c}]}},"
        " {c: {return: 1}}]",
    ),
    "an action in a switch entry": (
        3,
        "[{a: {switch: [{condition: true, assign: [{x: 1}]}]}}, {c: {return: 1}}]",
    ),
    "a loop, its start and each iteration": (
        8,
        "[{a: {for: {value: i, range: [1, 3], steps: [{b: {assign: [{x: 1}]}}]}}},"
        " {c: {return: 1}}]",
    ),
    "a try with a call is three": (
        4,
        "[{a: {try: {call: text.to_upper, args: {source: x}}, except: {as: e, steps: []}}},"
        " {c: {return: 1}}]",
    ),
    "a failed try, its raise and its except": (
        4 + 1,
        f"[{{a: {{try: {_FAILS}, except: {{as: e, steps: []}}}}}}, {{c: {{return: 1}}}}]",
    ),
    "every retry adds three": (
        3 + 3 + 3 + 1 + 1,
        f"[{{a: {{try: {_FAILS}, retry: {_RETRY}, except: {{as: e, steps: []}}}}}},"
        " {c: {return: 1}}]",
    ),
    "a parallel step and each branch": (
        6,
        "[{a: {parallel: {branches: [{p: {steps: [{b: {assign: [{x: 1}]}}]}},"
        " {q: {steps: [{z: {assign: [{y: 1}]}}]}}]}}}, {c: {return: 1}}]",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_steps_are_counted(case: str) -> None:
    steps, text = CASES[case]
    compiled = compile_source(Source("count.yaml", text), accounting=True)
    assert compiled.module is not None, compiled.problems
    workflow = load(compiled.module).workflow
    asyncio.run(workflow.run(limits=replace(GOOGLE, steps=steps), clock=VirtualClock()))
    with pytest.raises(wf.WorkflowError, match="step"):
        asyncio.run(workflow.run(limits=replace(GOOGLE, steps=steps - 1), clock=VirtualClock()))
