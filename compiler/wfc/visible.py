"""Text of others made safe to show: in, any text; out, text that cannot command a terminal.

visible("a\\x1b[2Jb")        ->  "a␛[2Jb"
visible_json('"a\\x9bb"')    ->  '"a\\\\u009bb"'
"""

from __future__ import annotations

import json
import re
import unicodedata

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")

_HARMFUL = (
    (0x80, 0x9F),  # C1 controls: U+009B begins an escape sequence
    (0x061C, 0x061C),
    (0x200E, 0x200F),
    (0x202A, 0x202E),
    (0x2066, 0x2069),  # what reorders the text around it
    (0x2028, 0x2029),  # line ends to some readers
    (0xFEFF, 0xFEFF),
    (0xD800, 0xDFFF),  # surrogates, which no encoding can write
)

_SHOWN = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
for _first, _last in _HARMFUL:
    _SHOWN |= dict.fromkeys(range(_first, _last + 1), 0xFFFD)

_ESCAPED = re.compile(f"[\x7f{''.join(f'{chr(a)}-{chr(b)}' for a, b in _HARMFUL)}]")


def visible(text: str) -> str:
    """`text` with every control character as one printable character, so that columns stay."""
    return text if text.isprintable() else text.translate(_SHOWN)


def visible_json(text: str) -> str:
    """JSON text of the same value, with the characters escaped that `visible` would replace."""
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def cell_width(text: str) -> int:
    """How many terminal cells `text` takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def _cells(char: str) -> int:
    if unicodedata.east_asian_width(char) in ("W", "F"):
        return 2
    return 0 if unicodedata.category(char) in ("Mn", "Me", "Cf") else 1


def named(name: str) -> str:
    """A word as it is, any other text as JSON: for tables whose columns are divided by blanks."""
    return name if _WORD.match(name) else json.dumps(name)
