"""Problems as text for people: in, the problems of each file; out, what `wfc check` prints.

error[WFC203]: no step is named `documnet_not_found`
  --> order.yaml:14:19
   |
14 |             next: documnet_not_found
   |                   ^^^^^^^^^^^^^^^^^^ jumps here
   = hint: did you mean `document_not_found`?
"""

from __future__ import annotations

from collections.abc import Sequence

from wfc.excerpt import Paint, excerpt, plain
from wfc.problems import Problem, Severity
from wfc.source import Source
from wfc.visible import visible

_COLOURS = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "gutter": "\x1b[1;34m",
    "other": "\x1b[1;34m",
    "strong": "\x1b[1m",
}


def render_text(files: Sequence[tuple[Source, Sequence[Problem]]], *, colour: bool = False) -> str:
    """Every problem with its place and lines; after several, a line that counts them."""
    paint = colours if colour else plain
    blocks = ["\n".join(_block(source, p, paint)) for source, problems in files for p in problems]
    found = [problem for _, problems in files for problem in problems]
    if len(found) > 1:
        blocks.append(count(found, sum(1 for _, problems in files if problems)))
    return "\n\n".join(blocks) + "\n" if blocks else ""


def colours(style: str, text: str) -> str:
    """The `Paint` for a terminal."""
    return f"{_COLOURS[style]}{text}\x1b[0m" if text else ""


def count(problems: Sequence[Problem], files: int) -> str:
    """`2 errors and 1 warning in 3 files`; the files only when there are several."""
    kinds: tuple[Severity, ...] = ("error", "warning")
    parts = []
    for kind in kinds:
        number = sum(problem.severity == kind for problem in problems)
        if number:
            parts.append(_plural(number, kind))
    return " and ".join(parts) + (f" in {_plural(files, 'file')}" if files > 1 else "")


def aside(word: str, text: str, width: int, paint: Paint) -> str:
    """A `= hint: …` line below an excerpt; further lines of the text stand below the first."""
    first, *rest = [visible(line) for line in text.splitlines()] or [""]
    lead = " " * width + " = "
    under = "\n" + " " * (width + len(word) + 5)
    return f"{paint('gutter', lead)}{paint('strong', word + ':')} {under.join((first, *rest))}"


def _block(source: Source, problem: Problem, paint: Paint) -> list[str]:
    kind = problem.severity
    title = paint(kind, f"{kind}[{problem.code}]") + paint(
        "strong", f": {visible(problem.message)}"
    )
    lines, width = excerpt(source, problem.label, problem.others, style=kind, paint=paint)
    if problem.hint:
        lines.append(aside("hint", problem.hint, width, paint))
    if problem.note:
        lines.append(aside("note", problem.note, width, paint))
    return [title, *lines]


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
