"""Workflows read, parsed and resolved, without the checks that come after."""

from __future__ import annotations

from textwrap import dedent

from wfc import syntax
from wfc.names import Names
from wfc.parse import parse
from wfc.problems import Problem, Problems
from wfc.read import read
from wfc.resolve import resolve
from wfc.source import Source

ROUTINE = """
net:
  params: [gross]
  steps: [{s: {return: "${gross / 2}"}}]
len:
  params: [x]
  steps: [{s: {return: "${x}"}}]
"""


def resolved(text: str) -> tuple[Source, syntax.Workflow, Names, list[Problem]]:
    """A workflow's tree, its names, and the problems that reading, parsing and resolving found."""
    source = Source("test.yaml", dedent(text))
    problems = Problems()
    node = read(source, problems)
    assert node is not None
    workflow = parse(source, node, problems)
    assert workflow is not None
    return source, workflow, resolve(workflow, problems), problems.sorted()


def problems_of(text: str) -> list[Problem]:
    return resolved(text)[3]


def codes_of(text: str) -> list[str]:
    return [problem.code for problem in problems_of(text)]


def the_problem(text: str) -> Problem:
    [problem] = problems_of(text)
    return problem


def returning(expression: str, *before: str) -> str:
    """A workflow that returns an expression after some steps written in flow style."""
    steps = "".join(f"    - {step}\n" for step in before)
    done = f"    - done:\n        return: '${{{expression}}}'\n"
    return f"main:\n  params: [order]\n  steps:\n{steps}{done}"
