"""Many steps of one kind: module and work grow with the workflow, no faster, and nest no deeper."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from bench.orders import orders

import wfc
from wfc.pipeline import compile_source
from wfc.source import Source

_STEPS = 120  # Python takes 100 levels of indentation, and doubling shows long before
_LINES = 20  # a step, source map included

_KINDS = {
    "assignments": '- s{n}: {{assign: [{{x{n}: "${{args.a}}"}}]}}',
    "copies in a chain": '- s{n}: {{assign: [{{x{next}: "${{x{n}}}"}}, {{x{n}.k: 1}}]}}',
    "calls": '- s{n}: {{call: http.get, args: {{url: "${{args.a}}"}}, result: r{n}}}',
    "returns": '- s{n}: {{switch: [{{condition: "${{args.a == {n}}}", return: 1}}]}}',
    "jumps to the end": '- s{n}: {{switch: [{{condition: "${{args.a == {n}}}", next: last}}]}}',
    "jumps to the next": '- s{n}: {{switch: [{{condition: "${{args.a == {n}}}", next: s{next}}}]}}',
    "jumps over one": '- s{n}: {{switch: [{{condition: "${{args.a == {n}}}", next: s{after}}}]}}',
    "jumps to the start": '- s{n}: {{switch: [{{condition: "${{args.a == {n}}}", next: s0}}]}}',
    "jumps to itself": '- s{n}: {{switch: [{{condition: "${{args.a == {n}}}", next: s{n}}}]}}',
    "jumps back by one": '- s{n}: {{switch: [{{condition: "${{args.a == {n}}}", next: s{back}}}]}}',
    "loops": '- s{n}: {{for: {{value: v, in: "${{args.l}}", steps: [{{t{n}: {{next: break}}}}]}}}}',
    "attempts": "- s{n}: {{try: {{call: sys.log, args: {{text: a}}}}, "
    "except: {{as: e, steps: [{{t{n}: {{return: 1}}}}]}}}}",
    "retries": '- s{n}: {{try: {{call: http.get, args: {{url: "${{args.u}}"}}}}, '
    'retry: "${{http.default_retry}}"}}',
    "fans": '- s{n}: {{parallel: {{for: {{value: v, in: "${{args.l}}", '
    "steps: [{{t{n}: {{call: sys.log, args: {{text: a}}}}}}]}}}}}}",
}

_COMPILER = str(Path(wfc.__file__).parent)
_MORE = 1.15  # times as much work as is linear: sorting is allowed
_FEW = 500  # lines of one function, below which its growth does not matter


@pytest.mark.parametrize("kind", _KINDS)
def test_a_module_is_as_long_as_its_workflow(kind: str) -> None:
    compiled = compile_source(Source("long.yaml", _steps(kind, _STEPS)))
    assert compiled.module is not None, compiled.problems[:3]
    assert len(compiled.module.splitlines()) < _LINES * _STEPS


@pytest.mark.parametrize("kind", _KINDS)
def test_no_function_of_the_compiler_works_more_than_twice_for_twice_the_steps(kind: str) -> None:
    assert _faster_than_linear(_steps(kind, _STEPS // 3), _steps(kind, 2 * _STEPS // 3)) == {}


def test_no_function_of_the_compiler_works_more_than_twice_for_twice_the_routines() -> None:
    assert _faster_than_linear(orders(10_000), orders(20_000)) == {}


def _steps(kind: str, count: int) -> str:
    steps = [
        "- start: {assign: [{x0: null}]}",
        *(
            _KINDS[kind].format(n=n, next=n + 1, after=n + 2, back=max(0, n - 1))
            for n in range(count)
        ),
        f"- s{count}: {{call: sys.log, args: {{text: a}}}}",
        f"- s{count + 1}: {{call: sys.log, args: {{text: b}}}}",
        "- last: {return: 1}",
    ]
    return "main:\n  params: [args]\n  steps:\n" + "".join(f"    {step}\n" for step in steps)


def _faster_than_linear(short: str, long: str) -> dict[str, tuple[int, int]]:
    """The functions whose work grows more than the text does, and their lines run for both."""
    once, twice = _lines_run(short), _lines_run(long)
    allowed = _MORE * long.count("\n") / short.count("\n")
    return {
        f"{Path(code.co_filename).stem}.{code.co_qualname}": (once[code], lines)
        for code, lines in twice.items()
        if lines > _FEW and lines > allowed * once[code]
    }


def _lines_run(text: str) -> Counter[CodeType]:
    """How many lines a compilation runs of each function of the compiler: an exact clock."""
    found: Counter[CodeType] = Counter()

    def called(frame: FrameType, event: str, argument: Any) -> Any:
        return run if frame.f_code.co_filename.startswith(_COMPILER) else None

    def run(frame: FrameType, event: str, argument: Any) -> Any:
        found[frame.f_code] += 1
        return run

    before = sys.gettrace()
    sys.settrace(called)
    try:
        compiled = compile_source(Source("long.yaml", text), layout=False)
    finally:
        sys.settrace(before)
    assert compiled.module is not None, compiled.problems[:3]
    return found
