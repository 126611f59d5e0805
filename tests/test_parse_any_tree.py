"""Parsing whatever a file may hold: always an answer, never an exception."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from wfc.codes import CODES
from wfc.parse import parse
from wfc.parse_shapes import STEP_KEYS
from wfc.problems import Problems
from wfc.read import read
from wfc.source import Source

KEYS = (
    *STEP_KEYS, "main", "params", "steps", "condition", "value", "index", "in", "range", "branches",
    "shared", "concurrency_limit", "exception_policy", "predicate", "max_retries", "backoff", "as",
)  # fmt: skip
TEXTS = st.sampled_from(["", "a", "a.b", "${x}", "${", "a ${x}", "=", "end", "true", "continueAll"])
LEAVES = st.none() | st.booleans() | st.integers(-2, 3) | st.floats(0, 2) | TEXTS
KEY = st.sampled_from(KEYS) | TEXTS


def trees(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4)


@settings(max_examples=300, deadline=None)
@given(st.recursive(LEAVES, trees, max_leaves=30))
def test_any_tree_gives_a_workflow_or_problems_with_places(tree: Any) -> None:
    source = Source("w.json", json.dumps(tree))
    problems = Problems()
    node = read(source, problems)
    workflow = None if node is None else parse(source, node, problems)
    found = problems.sorted()
    for problem in found:
        assert problem.code in CODES
        for label in (problem.label, *problem.others):
            assert 0 <= label.span.start <= label.span.end <= len(source.text)
    if not any(problem.severity == "error" for problem in found):
        assert workflow is not None
        assert workflow.main.steps
