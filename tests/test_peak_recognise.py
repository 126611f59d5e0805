"""Which language a file is in is told by its content (spec 11 §1.0, §2)."""

from __future__ import annotations

import pytest
from tests.front import codes_of

from wfc.peak.recognise import is_template

STEP = "{imageId: 1, command: echo}"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (f"body: {{name: w, steps: {{a: {STEP}}}}}", []),
        (f"name: w\nsteps: {{a: {STEP}}}", []),
        (f"steps: {{a: {STEP}}}", ["WFC703"]),
        ("body: {name: w}", ["WFC703"]),
        ("name: w", ["WFC703"]),
        ("name: w\nsteps: []", ["WFC704"]),
        ("name: w\nsteps: [{a: {return: 1}}]", ["WFC704"]),
        ("kind: workflow\nversion: 1", ["WFC703"]),
        ("body: {kind: app, metadata: {}}", ["WFC701"]),
        ("body: {params: {global: {a: b}}}", ["WFC701"]),
        ("body: {spec: {id: x}, metadata: {}}", ["WFC701"]),
        ("body: {}", ["WFC701"]),
        ("host: a\nport: 5", ["WFC701"]),
        ("openapi: 3.0.0\ninfo: {title: t}\npaths: {}", ["WFC701"]),
        # Google's
        ("main: {steps: [{a: {return: 1}}]}", []),
        ("- a: {return: 1}", []),
        ("main: {steps: [{a: {call: body}}]}\nbody: {steps: [{b: {return: 1}}]}", []),
        ("body: {steps: [{b: {return: 1}}]}", ["WFC108"]),
        ("mian: {steps: [{b: {return: 1}}]}", ["WFC108"]),
        ("steps: [{b: {return: 1}}]", ["WFC109"]),
        ("main: {steps: {a: {return: 1}}}", ["WFC102"]),
        ("a text", ["WFC101"]),
        ("{}", ["WFC101"]),
    ],
)
def test_what_a_file_is(text: str, codes: list[str]) -> None:
    assert codes_of(text) == codes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("body:\n  name: {{ name }}", True),
        ("name: a\nsteps:\n{% include 'steps.yaml' %}", True),
        ("{% set a = 1 %}\nbody: {}", True),
        ("{% include 'all.yaml' %}", True),
        ("'body':\n  name: {{ name }}", True),
        ("kind: workflow\nconfig:\n  steps: {{ steps }}", True),
        ("body:\n  name: name", False),
        ('main:\n  steps:\n  - a: {return: "{{x}}"}', False),
        ('body:\n  steps:\n  - a: {return: "{{x}}"}\nmain:\n  steps: []', False),
        ('- a:\n    return: "{{x}}"', False),
        ("text: {{x}}", False),
    ],
)
def test_what_is_a_template(text: str, expected: bool) -> None:
    assert is_template(text) == expected


def test_placeholders_in_a_google_workflow_are_left_alone() -> None:
    assert codes_of('main:\n  steps:\n  - a: {return: "{{ name }} {% x %}"}') == []
