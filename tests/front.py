"""The front half of the compiler over YAML text: what a test of a rule needs."""

from __future__ import annotations

from textwrap import dedent

from wfc.pipeline import check_source
from wfc.problems import Problem
from wfc.source import Source


def problems_of(text: str, name: str = "test.yaml") -> list[Problem]:
    """All problems of a workflow's text; common indentation is taken off first."""
    return problems_in(Source(name, dedent(text)))


def problems_in(source: Source) -> list[Problem]:
    """All problems of a source, in the order in which they are shown."""
    return check_source(source)


def codes_of(text: str) -> list[str]:
    """The codes of `problems_of`, sorted by place."""
    return [problem.code for problem in problems_of(text)]


def errors_of(text: str) -> list[str]:
    """The codes of the errors alone."""
    return [problem.code for problem in problems_of(text) if problem.severity == "error"]
