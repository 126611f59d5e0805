"""Text with `${…}` in the middle: no interpolation, but that very text (spec 03 §1, OQ-21).

text: Hello ${name}!         warning: write ${"Hello " + name + "!"}
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from wfc import syntax
from wfc.checks.types import expressions
from wfc.expressions import mixed
from wfc.names import Names
from wfc.problems import Problems
from wfc.source import Source, Span

_PART = re.compile(r"\$\{([^{}]*)\}")
_SIMPLE = re.compile(r"[\w .\[\]()+*\"/-]+")
_ENVIRONMENT = re.compile(r"[A-Z_][A-Z0-9_]*([:#%/^,].*)?")  # `${BUCKET}`, `${BUCKET:-none}`
_SHORT = 100  # characters of a text that a hint repeats


def text(source: Source, workflow: syntax.Workflow, names: Names, problems: Problems) -> None:
    variables = {name for scope in names.scopes.values() for name in scope.bindings}
    for constant in _texts(workflow):
        value = str(constant.value)
        if mixed(value):
            parts = _PART.findall(value)
            meant = [part for part in parts if not _for_a_shell(part, variables)]
            if meant or not parts:
                problems.add(
                    "WFC664",
                    "`${…}` in the middle of a text is not evaluated",
                    _place(source, constant, meant),
                    "stays as it is",
                    hint=_hint(value),
                )


def _for_a_shell(inner: str, variables: set[str]) -> bool:
    """Whether `${…}` is for the reader of the text: an environment variable, a substitution."""
    return inner not in variables and _ENVIRONMENT.fullmatch(inner) is not None


def _place(source: Source, constant: syntax.Constant, parts: list[str]) -> Span:
    for part in parts:
        written = f"${{{part}}}"
        start = source.text.find(written, constant.span.start, constant.span.end)
        if start >= 0:
            return Span(start, start + len(written))
    return constant.span  # broken over lines, or escaped


def _texts(workflow: syntax.Workflow) -> Iterator[syntax.Constant]:
    """The texts written in YAML, not those inside expressions."""
    for root in expressions(workflow):
        stack = [root]
        while stack:
            match stack.pop():
                case syntax.Constant(str()) as constant:
                    yield constant
                case syntax.ListLiteral(items):
                    stack += items
                case syntax.MapLiteral(entries):
                    stack += [part for entry in entries for part in (entry.key, entry.value)]


def _hint(value: str) -> str:
    """`Hello ${name}!` → `${"Hello " + name + "!"}`"""
    pieces = _PART.split(value)  # text, expression, text, …, text
    inner = pieces[1::2]
    if len(value) > _SHORT or "\n" in value or not all(map(_SIMPLE.fullmatch, inner)):
        return ""
    written = [
        piece.strip() if number % 2 else json.dumps(piece, ensure_ascii=False)
        for number, piece in enumerate(pieces)
        if piece
    ]
    whole = f"${{{' + '.join(written)}}}"
    return f"write `'{whole}'`" if ": " in whole or " #" in whole else f"write `{whole}`"
