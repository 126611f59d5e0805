"""What the published form of Peak's format rejects is rejected here too; no tree is a traceback."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.peak_files import BLOCK, EVERYTHING, Path_, errors_of, problems_of, workflow

from wfc.render import render
from wfc.source import Source

SCHEMA = Path(__file__).parents[2] / "shared" / "spec" / "peak-workflow.schema.json"
needs_schema = pytest.mark.skipif(
    not SCHEMA.exists(), reason="the schema of Peak's format is not beside the repository"
)

KEYS = [
    "name", "metadata", "tags", "triggers", "watchers", "retryOptions", "steps", "type", "parents",
    "command", "imageId", "imageDetails", "image", "imageRef", "url", "auth", "method", "payload",
    "headers", "schema", "sortOrder", "sqlQueryPath", "repository", "parameters", "env", "inherit",
    "secrets", "outputParameters", "executionParameters", "conditional", "parentStatus", "cron",
    "webhook", "user", "email", "events", "duration", "exitCodes", "storage", "resources", "body",
    "config", "kind", "main", "foo",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, 0, -1, 1.5, 200, "", "text", "true", "5", "http", "sql", "post", "load", "@param:x",
    "@param:owner", "10GB", "0 0 * * *", "response.txt", "{{x}}", [], {}, [1], ["load"], [{}], [[]],
    [None], {"a": 1}, {"type": "basic"}, {"id": 1}, {"name": "n"}, {"webhook": True},
    {"fail": True},
]  # fmt: skip


@cache
def validator() -> Any:
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def places(tree: Any, path: Path_ = ()) -> list[Path_]:
    found = [path] if path else []
    inside: Any = ()
    if isinstance(tree, dict):
        inside = tree.items()
    elif isinstance(tree, list):
        inside = enumerate(tree)
    for key, value in inside:
        found += places(value, (*path, key))
    return found


@st.composite
def mutations(draw: st.DrawFn, tree: Any) -> Any:
    """The tree with one to three edits."""
    tree = deepcopy(tree)
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        where = places(tree)
        if not where:
            break
        *before, key = draw(st.sampled_from(where))
        holder = tree
        for one in before:
            holder = holder[one]
        match draw(st.sampled_from(["delete", "replace", "rename", "copy", "unwrap"])):
            case "delete":
                del holder[key]
            case "replace":
                holder[key] = deepcopy(draw(st.sampled_from(VALUES)))
            case "rename" if isinstance(holder, dict):
                holder[draw(st.sampled_from(KEYS))] = holder.pop(key)
            case "copy" if isinstance(holder, dict):
                holder[draw(st.sampled_from(KEYS))] = deepcopy(holder[key])
            case "unwrap":
                inner = holder[key]
                if isinstance(inner, dict) and inner:
                    holder[key] = next(iter(inner.values()))
            case _:
                holder[key] = [holder[key]]
    return tree


def without_nulls(tree: Any) -> Any:
    """As Peak's command sends it: keys whose value is null are removed (spec 11 §1.0)."""
    match tree:
        case dict():
            return {key: without_nulls(value) for key, value in tree.items() if value is not None}
        case list():
            return [without_nulls(item) for item in tree]
        case _:
            return tree


patient = settings(max_examples=300)


@needs_schema
@patient
@given(mutations(EVERYTHING))
def test_what_the_schema_rejects_is_rejected(tree: Any) -> None:
    if not errors_of({"body": tree}):
        complaints = [error.message[:200] for error in validator().iter_errors(without_nulls(tree))]
        assert complaints == []


@needs_schema
def test_the_comparison_is_not_empty() -> None:
    assert validator().is_valid(EVERYTHING)
    for step in [{}, {"type": "http"}, {"type": "sql"}, {"command": "a", "stepTimeout": 0}]:
        assert not validator().is_valid(workflow(a=step))
        assert errors_of(workflow(a=step))


@patient
@given(st.one_of(mutations(EVERYTHING), mutations({"body": EVERYTHING}), mutations(BLOCK)))
def test_no_tree_ends_in_a_traceback(tree: Any) -> None:
    text = json.dumps(tree, indent=1)
    found = problems_of(tree)
    for problem in found:
        assert 0 <= problem.label.span.start <= problem.label.span.end <= len(text)
    assert render(found, Source("w.json", text)).count("[WFC") >= len(found)
