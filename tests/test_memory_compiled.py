"""What a compiled module accounts against the memory limit (spec 02 §6): exact to the byte."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from tests.compiled import load
from tests.frames import main

import wfc_runtime.v1 as wf
from wfc.failure import render_failure
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.limits import GOOGLE
from wfc_runtime.testing import VirtualClock

LAST = f"last: {{assign: [last: {'x' * 92}]}}"
"""A variable of 100 bytes: with it, memory is fullest at the end."""

MORE = """
failing:
  params: [p]
  steps: [a: {assign: [q: "${p}"]}, b: {raise: "${q}"}]
"""


def run(*steps: str, memory: int) -> Any:
    text = main(*steps, LAST, params="[]", more=MORE)
    compiled = compile_source(Source("memory.yaml", text), accounting=True)
    assert compiled.module is not None, compiled.problems
    running = load(compiled.module).run(
        limits=replace(GOOGLE, memory=memory), clock=VirtualClock(), env={}
    )
    return asyncio.run(running)


def loop(*steps: str) -> str:
    return f"each: {{for: {{value: v, in: [one, two], steps: [{', '.join(steps)}]}}}}"


def attempt(body: str, *handler: str) -> str:
    return f"try_{len(body)}: {{try: {body}, except: {{as: e, steps: [{', '.join(handler)}]}}}}"


ALIVE: list[tuple[str, list[str], int]] = [
    ("numbers, booleans, null", ["a: {assign: [a: 1, b: 1.5, c: true, d: null]}"], 32),
    ("text", ["a: {assign: [a: é😀]}"], 8 + 6),
    ("bytes", ["a: {assign: [a: '${text.encode(\"abc\")}']}"], 8 + 3),
    ("list", ["a: {assign: [a: [1, b]]}"], 8 + 8 + 9),
    ("map", ["a: {assign: [a: {k: 1, ll: b}]}"], 8 + 9 + 8 + 10 + 9),
    ("a copy counts again", ["a: {assign: [a: [1], b: '${a}']}"], 2 * 16),
    ("an old value is gone", ["a: {assign: [a: long text, a: 1]}"], 8),
    ("a part that is added", ["a: {assign: [a: {}, a.k: abc]}"], 8 + 9 + 11),
    ("nothing of a loop", [loop("a: {assign: [t: text]}")], 0),
    ("nothing of a loop that is left", [loop("a: {assign: [t: text], next: break}")], 0),
    ("nothing of a loop that failed", [attempt(f"{{steps: [{loop('a: {raise: x}')}]}}")], 0),
    ("nothing of an error", [attempt("{raise: some text}")], 0),
    (
        "nothing of an error that is jumped away from",
        [loop(attempt("{raise: some text}", "a: {next: continue}"), "b: {return: 1}")],
        0,
    ),
    (
        "nothing of an error during which another was raised",
        [attempt(f"{{steps: [{attempt('{raise: some text}', 'a: {raise: x}')}]}}")],
        0,
    ),
    ("nothing of a call that failed", [attempt("{call: failing, args: {p: some text}}")], 0),
    (
        "shared variables where they live",
        [
            "a: {assign: [a: 1]}",
            "fan: {parallel: {shared: [a], for: {value: v, in: [1, 2], steps: "
            "[s: {assign: [a: text, t: text]}]}}}",
        ],
        12,
    ),
]


@pytest.mark.parametrize(
    ("steps", "alive"), [pytest.param(steps, alive, id=what) for what, steps, alive in ALIVE]
)
def test_just_what_is_alive_counts(steps: list[str], alive: int) -> None:
    assert run(*steps, memory=alive + 100) is None
    with pytest.raises(wf.WorkflowError) as raised:
        run(*steps, memory=alive + 99)
    assert raised.value.payload == {
        "message": "ResourceLimitError: Memory usage limit exceeded",
        "tags": ["ResourceLimitError"],
    }


def test_variables_of_the_iteration_before_do_not_count() -> None:
    first = "a: {switch: [{condition: '${v == \"one\"}', assign: [t: some text]}]}"
    second = f"b: {{switch: [{{condition: '${{v == \"two\"}}', assign: [u: {'x' * 92}]}}]}}"
    assert run(loop(first, second), memory=100 + len("two") + 8) is None


CALLER = """\
main:
  steps:
  - first: {assign: [text: '${text.replace_all("xxxxxxxx", "x", "12345678")}']}
  - call:
      call: use
      args: {first: '${text}'}
use:
  params: [first]
  steps:
  - last: {return: 1}
"""


def failure(text: str = CALLER, **limits: int) -> tuple[Source, wf.WorkflowError]:
    source = Source("memory.yaml", text)
    compiled = compile_source(source, accounting=True)
    assert compiled.module is not None, compiled.problems
    running = load(compiled.module).run(limits=replace(GOOGLE, **limits), clock=VirtualClock())
    with pytest.raises(wf.WorkflowError) as raised:
        asyncio.run(running)
    return source, raised.value


def test_people_see_where_memory_was_used_up_though_the_services_answer_does_not_say() -> None:
    source, error = failure(memory=100)
    assert (error.context, error.stack_trace) == (None, {})
    assert render_failure(error, source).splitlines() == [
        "execution failed: ResourceLimitError: Memory usage limit exceeded",
        " --> memory.yaml:5:7",
        "  |",
        "5 |       call: use",
        "  |       ^^^^^^^^^ in step `call`, routine `main`",
        "  = tags: ResourceLimitError",
        "  = note: bytes of variables: 144, where the limit is 100 (Limits.memory)",
    ]


def test_a_parameter_that_is_too_much_is_told_of_the_call_and_of_no_other_routine() -> None:
    _, error = failure(memory=140)
    assert error.__notes__[1:] == ['in step "call", routine "main", line: 5']


@pytest.mark.parametrize("limits", [{"memory": 100}, {"string": 10}])
def test_the_place_of_a_limit_is_shown_also_where_a_name_has_a_line_break(
    limits: dict[str, int],
) -> None:
    text = CALLER.replace("first: {", '"one\\ntwo": {').replace("- call:", '- "one\\ntwo ":')
    source, error = failure(text, **limits)
    shown = render_failure(error, source)
    assert "in step `one␊two" in shown
    assert 'in step "' not in shown
