"""A `${…}` in the raw text of a file, before YAML has been read: where it ends, how to quote it."""

from __future__ import annotations

import re

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}]|[^"{}]+|"')
_LONGEST = 4000  # ten times what the service allows (spec 07 §1)


def expression_end(text: str, start: int) -> int | None:
    """The offset after the `}` that closes the `${` at `start`; None when nothing does.

    Braces inside double-quoted text do not count.
    """
    depth = 0
    for token in _TOKEN.finditer(text, start + 1, start + _LONGEST):
        match token.group():
            case "{":
                depth += 1
            case "}":
                depth -= 1
                if depth == 0:
                    return token.end()
            case '"':
                return None
    return None


def quoted(text: str) -> str:
    """`text` as a single-quoted YAML scalar."""
    return "'" + text.replace("'", "''") + "'"
