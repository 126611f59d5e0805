"""Text that was meant as an expression, but is that very text (spec 03 §1, OQ-21).

text: Hello ${name}!         warning: write ${"Hello " + name + "!"}
return: $name                warning: write ${name}
return: {name}               warning: write ${name}
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
_NAME = re.compile(r"\w+")
_BRACELESS = re.compile(r"\$(\w+(?:[.\[].*)?)|\$?\{\{ *(\w+(?:[.\[].*)?) *\}\}")
_FLOW_MAP = re.compile(r"\{ *(\w+(?:[.\[][^{}:,]*)?) *\}")
_SHORT = 100  # characters of a text that a hint repeats


def text(source: Source, workflow: syntax.Workflow, names: Names, problems: Problems) -> None:
    variables = variable_names(names)
    for found in _values(workflow):
        if isinstance(found, syntax.MapLiteral):
            meant = _named(_FLOW_MAP, source.slice(found.span), variables)
        else:
            value = str(found.value)
            meant = braceless(value, variables)
            if parts := interpolated(value, variables):
                problems.add(
                    "WFC664",
                    "`${…}` in the middle of a text is not evaluated",
                    _place(source, found, parts),
                    "stays as it is",
                    hint=_hint(value),
                )
        if meant:
            variable = _NAME.match(meant)
            assert variable is not None
            what = "a map" if isinstance(found, syntax.MapLiteral) else "text"
            problems.add(
                "WFC665",
                f"this is {what}, not the value of `{variable[0]}`",
                found.span,
                hint=f"write `${{{meant}}}`",
            )


def variable_names(names: Names) -> set[str]:
    """The names of all variables of a workflow."""
    return {name for scope in names.scopes.values() for name in scope.bindings}


def interpolated(value: str, variables: set[str]) -> list[str]:
    """The `${…}` in the middle of a text that are meant to be evaluated; `""` where they nest."""
    if not mixed(value):
        return []
    parts = _PART.findall(value)
    return [part for part in parts if not _for_a_shell(part, variables)] if parts else [""]


def braceless(value: str, variables: set[str]) -> str:
    """The expression in `$name.key` and `{{name}}`, if it begins with a variable."""
    return _named(_BRACELESS, value, variables)


def _named(form: re.Pattern[str], value: str, variables: set[str]) -> str:
    found = form.fullmatch(value)
    meant = next((part.strip() for part in found.groups() if part), "") if found else ""
    name = _NAME.match(meant)
    return meant if name and name[0] in variables else ""


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


def _values(workflow: syntax.Workflow) -> Iterator[syntax.Constant | syntax.MapLiteral]:
    """The texts and maps written in YAML, not those inside expressions."""
    for root in expressions(workflow):
        stack = [root]
        while stack:
            match stack.pop():
                case syntax.Constant(str()) as constant:
                    yield constant
                case syntax.ListLiteral(items):
                    stack += items
                case syntax.MapLiteral(entries) as mapping:
                    yield mapping
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
