"""The values of string and number literals in expressions (spec 03 §2).

In: a literal as written.  Out: its value, or `BadLiteral` with the part of it that is wrong.
"""

from __future__ import annotations

import math
import re

LARGEST_INTEGER = 2**63 - 1
SMALLEST_INTEGER = -(2**63)
TOO_LARGE = "this integer does not fit in 64 bits"
LARGEST_HINT = f"the largest is `{LARGEST_INTEGER}`; with `.0` at its end a number is a double"

# The JSON set (OQ-24), without `\u`.
_ESCAPES = {
    '"': '"',
    "\\": "\\",
    "/": "/",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
}
_ESCAPE = re.compile(
    r"\\(?:u(?P<high>[dD][89abAB][0-9a-fA-F]{2})\\u(?P<low>[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|u(?P<unit>[0-9a-fA-F]{4})"
    r"|(?P<letter>[\s\S]))"
)


class BadLiteral(Exception):
    """A literal without a value: what is wrong with its characters `start` to `end`."""

    def __init__(self, message: str, start: int, end: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end
        self.hint = hint


def string(written: str) -> str:
    """The value of a string literal, given with its quotes; raises `BadLiteral`."""
    content = written[1:-1]
    return _ESCAPE.sub(_unescaped, content) if "\\" in content else content


def _unescaped(match: re.Match[str]) -> str:
    start, end = match.start() + 1, match.end() + 1  # the opening quote counts
    if match["letter"] is not None:
        value = _ESCAPES.get(match["letter"])
        if value is not None:
            return value
        if match["letter"] == "u":
            raise BadLiteral("`\\u` needs four hexadecimal digits", start, end)
        raise BadLiteral(
            f"`{match[0]}` is not an escape",
            start,
            end,
            f"write `\\\\{match['letter']}` for a backslash and `{match['letter']}`",
        )
    if match["unit"] is None:
        high, low = int(match["high"], 16), int(match["low"], 16)
        return chr(0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00)
    unit = int(match["unit"], 16)
    if 0xD800 <= unit <= 0xDFFF:
        raise BadLiteral(f"`{match[0]}` is half of a surrogate pair", start, end)
    return chr(unit)


def integer(written: str) -> int:
    """The value of an integer literal, which must fit in 64 bits; raises `BadLiteral`."""
    digits = written.lstrip("0")
    # Python refuses to convert thousands of digits, so count them first.
    if len(digits) > 19 or int(digits or "0") > LARGEST_INTEGER:
        raise BadLiteral(TOO_LARGE, 0, len(written), LARGEST_HINT)
    return int(digits or "0")


def double(written: str) -> float:
    """The value of a double literal, which must be finite; raises `BadLiteral`."""
    value = float(written)
    if math.isinf(value):
        raise BadLiteral("this number does not fit in a double", 0, len(written))
    return value
