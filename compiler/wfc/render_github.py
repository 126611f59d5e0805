"""Problems as GitHub Actions annotations: in, the problems of each file; out, workflow commands.

::error file=order.yaml,line=14,col=19,endLine=14,endColumn=37,title=WFC203::no step is named …
"""

from __future__ import annotations

from collections.abc import Sequence

from wfc.problems import Problem
from wfc.source import Source
from wfc.visible import visible


def render_github(files: Sequence[tuple[Source, Sequence[Problem]]]) -> str:
    """One command a problem; hint and note are further lines of its text."""
    return "".join(
        _command(source, problem) + "\n" for source, problems in files for problem in problems
    )


def _command(source: Source, problem: Problem) -> str:
    line, column = source.line_column(problem.label.span.start)
    end_line, end_column = source.line_column(problem.label.span.end)
    properties = {
        "file": source.name,
        "line": line,
        "col": column,
        "endLine": end_line,
        "endColumn": end_column,
        "title": problem.code,
    }
    written = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    text = problem.message
    text += f"\nhint: {problem.hint}" if problem.hint else ""
    text += f"\nnote: {problem.note}" if problem.note else ""
    return f"::{problem.severity} {written}::{_data(text)}"


def _data(text: str) -> str:
    """The text of a command: `%` and line ends are escaped, as the runner unescapes them."""
    lines = (visible(line) for line in text.replace("%", "%25").splitlines())
    return "%0A".join(lines)


def _property(text: str) -> str:
    """The value of a property: `:` and `,` would end it."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
