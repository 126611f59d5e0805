"""Many steps of one kind: the module grows with the workflow, not faster, and nests no deeper."""

from __future__ import annotations

import pytest

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


@pytest.mark.parametrize("kind", _KINDS)
def test_a_module_is_as_long_as_its_workflow(kind: str) -> None:
    steps = [
        "- start: {assign: [{x0: null}]}",
        *(
            _KINDS[kind].format(n=n, next=n + 1, after=n + 2, back=max(0, n - 1))
            for n in range(_STEPS)
        ),
        f"- s{_STEPS}: {{call: sys.log, args: {{text: a}}}}",
        f"- s{_STEPS + 1}: {{call: sys.log, args: {{text: b}}}}",
        "- last: {return: 1}",
    ]
    text = "main:\n  params: [args]\n  steps:\n" + "".join(f"    {step}\n" for step in steps)
    compiled = compile_source(Source("long.yaml", text))
    assert compiled.module is not None, compiled.problems[:3]
    assert len(compiled.module.splitlines()) < _LINES * _STEPS
