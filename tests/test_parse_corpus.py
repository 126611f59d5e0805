"""Parsing every real file of the corpus."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from tests.corpus import files, needs_corpus

from wfc import syntax
from wfc.parse import parse
from wfc.problems import Problems
from wfc.read import read
from wfc.source import Span

DOES_NOT_PARSE = {
    "GoogleCloudPlatform__workflows-samples__src_error_retry_predicate.cloudworkflows.json": (
        ["WFC127"],
        "its condition is the plain text `df`, which Google's schema rejects too",
    ),
    "alphagov__govuk-knowledge-graph-gcp__terraform-dev_workflow-page-views.yaml": (
        ["WFC140"],
        "a `for` directly inside `try`: Google's known issue (spec 09 §2)",
    ),
    "alphagov__govuk-knowledge-graph-gcp__terraform-dev_workflows_workflow-page-views.yaml": (
        ["WFC140"],
        "a `for` directly inside `try`: Google's known issue (spec 09 §2)",
    ),
    "google__ads-api-report-fetcher__gcp_workflow_workflows.yaml": (
        ["WFC413"],
        "a subworkflow with 15 parameters; spec 07 §1 and Google's schema allow 10",
    ),
}
"""Files without known faults that are refused all the same, and why."""


@needs_corpus
def test_the_corpus_parses_except_for_what_is_listed() -> None:
    refused = {}
    for file in files():
        if file.lint or not file.parses:
            continue
        source = file.source()
        problems = Problems()
        node = read(source, problems)
        assert node is not None, file.name
        parse(source, node, problems)
        errors = [problem.code for problem in problems.sorted() if problem.severity == "error"]
        if errors:
            refused[file.name] = errors
    assert refused == {file: expected for file, (expected, _) in DOES_NOT_PARSE.items()}


@needs_corpus
def test_every_span_lies_in_the_file_and_an_expressions_runs_from_dollar_to_brace() -> None:
    seen = 0
    for file in files()[::8]:
        source = file.source()
        problems = Problems()
        node = read(source, problems)
        workflow = None if node is None else parse(source, node, problems)
        for owner, span in spans_of(workflow):
            assert 0 <= span.start <= span.end <= len(source.text)
            if isinstance(owner, syntax.Embedded):
                assert source.slice(span).startswith("${")
                assert source.slice(span).endswith("}")
                seen += 1
    assert seen > 100


def spans_of(node: Any) -> Iterator[tuple[Any, Span]]:
    """Every span in a tree with the node that it belongs to."""
    if isinstance(node, tuple):
        for item in node:
            yield from spans_of(item)
    elif is_dataclass(node):
        for field in fields(node):
            value = getattr(node, field.name)
            if isinstance(value, Span):
                yield node, value
            else:
                yield from spans_of(value)
