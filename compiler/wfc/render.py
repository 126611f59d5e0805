"""Problems as text: in, problems, their source and a format; out, what `wfc check` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, assert_never

from wfc.problems import Problem
from wfc.source import Source

Format = Literal["text", "json", "sarif", "github"]


def render(
    problems: Sequence[Problem], source: Source, format: Format = "text", *, colour: bool = False
) -> str:
    """The problems of one file; see `render_files`."""
    return render_files([(source, problems)], format, colour=colour)


def render_files(
    files: Sequence[tuple[Source, Sequence[Problem]]],
    format: Format = "text",
    *,
    colour: bool = False,
) -> str:
    """The problems of several files as one document, ended by a line end; "" if there is nothing.

    `colour` asks for terminal colours in the `text` format.  No control character of a source
    reaches the result in any format.
    """
    match format:
        case "text":
            from wfc.render_text import render_text

            return render_text(files, colour=colour)
        case "json":
            from wfc.render_json import render_json

            return render_json(files)
        case "sarif":
            from wfc.render_sarif import render_sarif

            return render_sarif(files)
        case "github":
            from wfc.render_github import render_github

            return render_github(files)
        case _:
            assert_never(format)
