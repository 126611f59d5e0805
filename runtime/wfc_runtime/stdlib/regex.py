"""RE2 for `text.*_regex`: in go an expression and a text, out come the places that match.

Leftmost-longest, as the service documents it; an empty match right after another match does not
count (as in Go).  Simple expressions are left to Python's `re`, which finds the same in ASCII texts
and has no wrapper; RE2 is imported for the first that is not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from wfc_runtime.errors import WorkflowError, quoted, value_error
from wfc_runtime.values import clean_text

if TYPE_CHECKING:
    from wfc_runtime.stdlib.simple_patterns import SimplePattern


class _SimplePatterns(dict[str, "SimplePattern | None"]):
    """What `re` can do in RE2's place, by expression.

    That is for the first 500 of up to 1,000 characters: where there are more, a workflow makes them
    while it runs, and to make a pattern takes ten times as long as RE2 takes for an expression that
    is used once.  Longer ones would fill the memory, which no limit of an execution accounts for.
    """

    def __missing__(self, expression: str) -> SimplePattern | None:
        if len(self) >= 500 or len(expression) > 1000:
            return None
        from wfc_runtime.stdlib.simple_patterns import simple_pattern

        pattern = self[expression] = simple_pattern(expression)
        return pattern


_SIMPLE = _SimplePatterns()


def search(function: str, expression: str, text: str) -> bool:
    """Whether the expression matches anywhere."""
    if text.isascii() and (simple := _SIMPLE[expression]):
        return simple.pattern.search(text) is not None
    subject = _subject(text)
    return _compiled(function, expression, type(subject)).search(subject) is not None


def matches(function: str, expression: str, text: str) -> list[tuple[int, int]]:
    """Start and end of each match, counted in code points."""
    spans = []
    last = -1
    if text.isascii() and (simple := _SIMPLE[expression]):
        found = simple.pattern.finditer(text)
    else:
        subject = _subject(text)
        found = _compiled(function, expression, type(subject)).finditer(subject)
    for match in found:
        start, end = match.span()
        if start < end or start != last:
            spans.append((start, end))
        last = end
    return spans


def replaced(function: str, expression: str, text: str, replacement: str) -> str:
    """The text with the replacement, as it stands, for each match."""
    if text.isascii() and (simple := _SIMPLE[expression]) and not simple.empty:
        return simple.pattern.sub(replacement.replace("\\", r"\\"), text)
    parts: list[str] = []
    position = 0
    for start, end in matches(function, expression, text):
        parts += (text[position:start], replacement)
        position = end
    return "".join(parts) + text[position:]


def _subject(text: str) -> str | bytes:
    """ASCII as bytes: re2 then counts no characters, and takes half the time."""
    return text.encode() if text.isascii() else clean_text(text)


_ESCAPE = re.compile(r"\\Q.*?(?:\\E|$)|\\(?P<letter>.)", re.DOTALL)
"""An escape of an expression, or a quoted stretch, in which there are none."""


@lru_cache(maxsize=128)
def _compiled(function: str, expression: str, kind: type[str] | type[bytes]) -> Any:
    """The expression for texts of this kind."""
    if any(escape["letter"] == "C" for escape in _ESCAPE.finditer(expression)):
        raise _not_re2(function, expression, r"\C, a single byte, can split a character")
    re2: Any = import_module("re2")  # untyped, and so no import to a type checker
    options = re2.Options()
    options.longest_match = True
    options.never_capture = True  # nobody asks for groups
    options.log_errors = False
    pattern = clean_text(expression)
    try:
        return re2.compile(pattern.encode() if kind is bytes else pattern, options)
    except re2.error as exc:
        problem = str(exc.args[0].decode() if isinstance(exc.args[0], bytes) else exc)
        raise _not_re2(function, expression, problem) from None


def _not_re2(function: str, expression: str, problem: str) -> WorkflowError:
    return value_error(f"{function}(): {quoted(expression)} is not RE2: {problem}")
