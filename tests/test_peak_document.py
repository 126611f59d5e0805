"""What `wfc deploy` sends of a file of Peak's: what Peak's own command would send of it."""

from __future__ import annotations

from typing import Any

import pytest

from wfc.peak.document import read_document
from wfc.source import Source

STEP = "{imageId: 1, command: echo}"


@pytest.mark.parametrize(
    ("text", "values", "body"),
    [
        (
            f"body:\n  name: a\n  steps: {{s: {STEP}}}\nother: 1\n",
            {},
            {"name": "a", "steps": {"s": {"imageId": 1, "command": "echo"}}},
        ),
        (
            f"name: a\nsteps: {{s: {STEP}}}\n",
            {},
            {"name": "a", "steps": {"s": {"imageId": 1, "command": "echo"}}},
        ),
        (
            '{"name": "a", "steps": {"s": {"command": "{{x}}"}}}',
            {"x": "not rendered"},
            {"name": "a", "steps": {"s": {"command": "{{x}}"}}},
        ),
        (
            "body:\n  name: '{{ title }}'\n  steps: {s: {imageId: {{ image }}, command: echo}}\n",
            {"title": "b", "image": "5"},
            {"name": "b", "steps": {"s": {"imageId": 5, "command": "echo"}}},
        ),
        (
            "name: a\ntags:\ntriggers: [~, {cron: ~}]\nsteps: {s: {command: echo, parents: ~}}\n",
            {},
            {"name": "a", "triggers": [None, {}], "steps": {"s": {"command": "echo"}}},
        ),
        (
            "name: .inf\nsteps: {s: {stepTimeout: 1.5, command: echo}}\n",
            {},
            {"name": ".inf", "steps": {"s": {"stepTimeout": 1.5, "command": "echo"}}},
        ),
    ],
    ids=["body", "bare", "json", "template", "nulls", "no JSON number"],
)
def test_a_workflow_is_its_body_without_nulls(
    text: str, values: dict[str, Any], body: dict[str, Any]
) -> None:
    found = read_document(Source("w.yaml", text), values)
    assert found is not None
    assert (found.kind, found.body) == ("workflow", body)


def test_of_a_block_spec_all_that_is_around_it_is_kept() -> None:
    text = """\
body:
  version: 1
  kind: workflow
  config: {steps: {s: {imageRef: i, command: echo}}}
parameters: {run: []}
"""
    found = read_document(Source("b.yaml", text), {})
    assert found is not None
    assert (found.kind, found.body["version"], found.beside["parameters"]) == (
        "block",
        1,
        {"run": []},
    )


@pytest.mark.parametrize(
    "text", ["main: {steps: []}", "- a: {return: 1}", "", "a: [", "body: {params: {}}", "1"]
)
def test_what_is_none_of_peaks_files_is_none(text: str) -> None:
    assert read_document(Source("w.yaml", text), {}) is None
