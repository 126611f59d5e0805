"""What Google's published schema rejects is rejected here too, whatever is done to a real file."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.corpus import files, needs_corpus
from tests.schema_view import schema_view

from wfc import nodes
from wfc.check import check
from wfc.parse import parse
from wfc.problems import Problem, Problems
from wfc.read import read
from wfc.resolve import resolve
from wfc.source import Source

SCHEMA = Path(__file__).parents[2] / "shared" / "spec" / "official-workflows.schema.json"
LARGEST = 5_000  # characters of a file to mutate

needs_schema = pytest.mark.skipif(
    not SCHEMA.exists(), reason="Google's schema is not beside the repository"
)

KEYWORDS = [
    "args", "as", "assign", "auth", "backoff", "branches", "call", "concurrency_limit", "condition",
    "except", "exception_policy", "foo", "for", "in", "index", "initial_delay", "main", "max_delay",
    "max_retries", "method", "multiplier", "next", "parallel", "params", "predicate", "raise",
    "range", "result", "retry", "return", "shared", "steps", "switch", "try", "type", "value",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, 0, -1, 1.5, "", "text", "true", "end", "${x}", "a ${x} b", "${[1, 2]}",
    [], {}, [1], ["x"], ["x", "x"], [{}], [[]], [None], {"a": 1}, [{"a": {"return": 1}}],
    [{"a": {}}], [{"a": {"return": 1}, "b": {"return": 2}}], {"steps": []}, {"call": "f"},
    {"as": 1}, {"type": "Basic"}, "FETCH",
]  # fmt: skip

Path_ = tuple[str | int, ...]


@cache
def validator() -> Any:
    return jsonschema.Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def front(text: str, *, whole: bool) -> tuple[list[Problem], Any]:
    """The errors of a source, and its tree; those of `parse` only, or of the `whole` front half."""
    source = Source("w.json", text)
    problems = Problems()
    node = read(source, problems)
    if node is None:
        return problems.sorted(), None
    workflow = parse(source, node, problems)
    if whole and workflow is not None:
        check(source, workflow, resolve(workflow, problems), problems)
    return [found for found in problems.sorted() if found.severity == "error"], plain(node)


def plain(node: nodes.Node) -> Any:
    match node:
        case nodes.Scalar(value=value):
            return value
        case nodes.Sequence(items):
            return [plain(item) for item in items]
        case nodes.Mapping(entries):
            return {entry.key.text: plain(entry.value) for entry in entries}


@cache
def accepted() -> list[Any]:
    """The trees of the real files that parse without an error."""
    fronts = [front(file.source().text, whole=False) for file in files() if file.parses]
    return [tree for errors, tree in fronts if not errors]


@cache
def small() -> list[Any]:
    return [tree for tree in accepted() if len(json.dumps(tree)) <= LARGEST]


@needs_schema
@needs_corpus
def test_what_is_accepted_of_the_corpus_the_schema_accepts() -> None:
    """Else `schema_view` would hide too little, or we would accept too much."""
    assert len(accepted()) > 300
    for tree in accepted():
        assert [error.message[:200] for error in validator().iter_errors(schema_view(tree))] == []


def places(tree: Any, path: Path_ = ()) -> list[Path_]:
    """The paths of everything in the tree, but for the inside of literal values."""
    found = [path] if path else []
    if path[-2:-1] in (("return",), ("raise",)) or path[-3:-2] == ("args",):
        return found
    if len(path) > 3 and path[-3] == "assign":
        return found
    inside: Any = ()
    if isinstance(tree, dict):
        inside = tree.items()
    elif isinstance(tree, list):
        inside = enumerate(tree)
    for key, value in inside:
        found += places(value, (*path, key))
    return found


def at(tree: Any, path: Path_) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def renamed(holder: dict[str, Any], old: str, new: str) -> None:
    """The key renamed in place, as an edit of the file would do it."""
    entries = [(new if key == old else key, value) for key, value in holder.items()]
    holder.clear()
    holder.update(entries)


@st.composite
def mutations(draw: st.DrawFn) -> Any:
    """A real file's tree with one to three edits."""
    tree = deepcopy(draw(st.sampled_from(small())))
    for _ in range(draw(st.sampled_from([1, 1, 1, 2, 3]))):
        where = places(tree)
        if not where:
            break
        path = draw(st.sampled_from(where))
        holder, key = at(tree, path[:-1]), path[-1]
        match draw(st.sampled_from(["delete", "replace", "rename", "copy", "wrap", "unwrap"])):
            case "delete":
                del holder[key]
            case "replace":
                holder[key] = deepcopy(draw(st.sampled_from(VALUES)))
            case "rename" if isinstance(holder, dict):
                renamed(holder, str(key), draw(st.sampled_from(KEYWORDS)))
            case "copy" | "rename":
                if isinstance(holder, dict):
                    holder[draw(st.sampled_from(KEYWORDS))] = deepcopy(holder[key])
                else:
                    holder.append(deepcopy(holder[key]))
            case "wrap":
                word = draw(st.sampled_from(["steps", "a", "call"]))
                as_list = draw(st.booleans())
                holder[key] = [holder[key]] if as_list else {word: holder[key]}
            case "unwrap":
                inner = holder[key]
                if isinstance(inner, dict) and inner:
                    holder[key] = next(iter(inner.values()))
                elif isinstance(inner, list) and inner:
                    holder[key] = inner[0]
    return tree


@needs_schema
@needs_corpus
@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(tree=st.deferred(mutations))
def test_what_the_schema_rejects_is_rejected(tree: Any) -> None:
    text = json.dumps(tree, indent=1)
    errors, read_back = front(text, whole=False)
    if errors:
        return
    assert read_back == tree
    complaints = [error.message[:200] for error in validator().iter_errors(schema_view(tree))]
    if complaints:  # what `parse` lets through, `check` finds: methods and authentication
        assert front(text, whole=True)[0], (complaints, text)


@needs_schema
@pytest.mark.parametrize(
    "body",
    [
        {"call": "http.request", "args": {"url": "https://a", "method": "FETCH"}},
        {"call": "http.get", "args": {"url": "https://a", "auth": {"type": "Basic"}}},
        {"call": "http.get", "args": {"url": "https://a", "auth": {"user": "me"}}},
        {"for": {"value": "v", "in": [], "range": [1, 2], "steps": [{"b": {"next": "end"}}]}},
        {"parallel": {"branches": [], "for": {}}},
        {"try": {"call": "http.get"}, "retry": "http.default_retry"},
        {"switch": [{"next": "end"}]},
    ],
)
def test_the_comparison_is_not_empty(body: dict[str, Any]) -> None:
    """Mistakes of the kinds the property is about: both sides see them."""
    tree = [{"a": body}]
    assert not validator().is_valid(schema_view(tree))
    assert front(json.dumps(tree), whole=True)[0]
