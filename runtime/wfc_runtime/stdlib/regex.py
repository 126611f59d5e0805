"""RE2 for `text.*_regex`: in go an expression and a text, out come the places that match.

RE2 is imported when the first expression is used.  Leftmost-longest, as the service documents it;
an empty match right after another match does not count (as in Go).
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import Any

from wfc_runtime.errors import WorkflowError, quoted, value_error
from wfc_runtime.values import clean_text


def search(function: str, expression: str, text: str) -> bool:
    """Whether the expression matches anywhere."""
    subject = _subject(text)
    return _compiled(function, expression, type(subject)).search(subject) is not None


def matches(function: str, expression: str, text: str) -> list[tuple[int, int]]:
    """Start and end of each match, counted in code points."""
    spans = []
    last = -1
    subject = _subject(text)
    for match in _compiled(function, expression, type(subject)).finditer(subject):
        start, end = match.span()
        if start < end or start != last:
            spans.append((start, end))
        last = end
    return spans


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
