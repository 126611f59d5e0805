"""The standard streams: who sees them, in which encoding they are written, and how wide."""

from __future__ import annotations

import io
import os
import sys
import textwrap
from typing import TextIO

_WIDTH = 80


def prepare_streams() -> None:
    """UTF-8 for results whatever the machine's setting, and no text that cannot be written.

    A lone surrogate, which only an escape in JSON can make, is written as that escape.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            encoding = "utf-8" if stream is sys.stdout else stream.encoding
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def wants_colour(stream: TextIO) -> bool:
    """Colours are for terminals, and not for who sets NO_COLOR (no-color.org)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


def tell(text: str) -> None:
    """A line for the person at the terminal: stdout is only for results."""
    print(text, file=sys.stderr)


def fill(text: str, *, subsequent: int = 0) -> str:
    """A paragraph on lines of 80 columns; those after the first are indented by `subsequent`."""
    return textwrap.fill(
        text,
        _WIDTH,
        subsequent_indent=" " * subsequent,
        break_long_words=False,
        break_on_hyphens=False,
    )
