"""Parsing a text up to its syntax tree: what tests of `parse` need."""

from __future__ import annotations

from textwrap import dedent, indent

from wfc import syntax
from wfc.parse import parse
from wfc.problems import Problem, Problems
from wfc.read import read
from wfc.source import Source, Span


def parsed(text: str) -> tuple[syntax.Workflow | None, list[Problem]]:
    """The tree and the problems of a workflow's text; common indentation is taken off first."""
    source = Source("w.yaml", dedent(text))
    problems = Problems()
    node = read(source, problems)
    assert node is not None, problems.sorted()
    return parse(source, node, problems), problems.sorted()


def codes(text: str) -> list[str]:
    return [problem.code for problem in parsed(text)[1]]


def clean(text: str) -> syntax.Workflow:
    workflow, problems = parsed(text)
    assert problems == []
    assert workflow is not None
    return workflow


def only_problem(text: str) -> Problem:
    _, problems = parsed(text)
    assert len(problems) == 1, problems
    return problems[0]


def step(body: str) -> str:
    """A workflow of one step `a` with the body that is given."""
    return "- a:\n" + indent(dedent(body).strip("\n"), "    ") + "\n"


def only_step(text: str) -> syntax.Step:
    (found,) = clean(text).main.steps
    return found


def written(text: str, span: Span) -> str:
    return dedent(text)[span.start : span.end]
