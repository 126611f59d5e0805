"""`wfc check`: in, file names; out, their problems on stdout and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from wfc.exit_codes import exit_code
from wfc.load import load
from wfc.pipeline import check_source
from wfc.problems import Problem, Problems
from wfc.render import Format, render_files
from wfc.source import Source
from wfc.terminal import tell, wants_colour


def check_files(
    files: Sequence[str],
    format: Format,
    *,
    strict: bool,
    terraform: bool,
    values: Mapping[str, Any],
) -> int:
    """Prints every problem of every file, in the order of the files."""
    checked = [_check(file, terraform, values) for file in files]
    report = render_files(checked, format, colour=wants_colour(sys.stdout))
    print(report, end="")
    found = [problem for _, problems in checked for problem in problems]
    if format == "text" and not found:
        tell("no problems" + (f" in {len(files)} files" if len(files) > 1 else ""))
    return exit_code(found, strict=strict)


def _check(file: str, terraform: bool, values: Mapping[str, Any]) -> tuple[Source, list[Problem]]:
    problems = Problems()
    source = load(Path(file), problems)
    found = problems.sorted() or check_source(source, terraform=terraform, values=values)
    return source, found
