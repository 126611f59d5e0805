"""Which character of a scalar's content stands where in the file.

In go the text, a scalar's place in it, its style and its content; out comes the content with one
offset a character and one for the end:

    "a\\u00e9 \\n b"  at 0   ->   ('aé b', offsets 1 2 8 12 13)      the fold's blank stands at 8

A blank or line break that comes from folding stands where the folded white space begins, an
escape where its backslash is.
"""

from __future__ import annotations

import re

from wfc.read_events import Style

Offsets = tuple[int, ...] | range

_BREAK = re.compile(r"\r\n?|\n")
_FOLD = r"(?P<fold>[ \t]*[\r\n][ \t\r\n]*)"
_PLAIN = re.compile(_FOLD + r"|[ \t]+|[^ \t\r\n]+")
_SINGLE = re.compile(_FOLD + r"|(?P<escape>'')|[ \t]+|[^ \t\r\n']+")
_DOUBLE = re.compile(
    _FOLD
    + r"|(?P<joined>\\[\r\n][ \t\r\n]*)"
    + r"|(?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"  # JSON
    + r"|(?P<code>\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}))"
    + r"|(?P<escape>\\.)|[ \t]+|[^ \t\r\n\\]+"
)
_ESCAPES = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f",
    "r": "\r", "e": "\x1b", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029", "'": "'",
}  # fmt: skip


def read_align(text: str, start: int, end: int, style: Style, content: str) -> tuple[str, Offsets]:
    """The content of the scalar at `text[start:end]` and the offset of each of its characters."""
    if style in ("|", ">"):
        return _block(text, start, end, style == ">", content)
    if style != "plain":
        start, end = start + 1, end - 1
    if end - start == len(content) and text.startswith(content, start):
        return content, range(start, end + 1)
    return _flow(text, start, end, style)


def _flow(text: str, start: int, end: int, style: Style) -> tuple[str, Offsets]:
    pattern = {"plain": _PLAIN, "'": _SINGLE, '"': _DOUBLE}.get(style, _PLAIN)
    pieces: list[str] = []
    offsets: list[int] = []
    for match in pattern.finditer(text, start, end):
        at = match.start()
        raw = match.group()
        match match.lastgroup:
            case None:
                pieces.append(raw)
                offsets += range(at, match.end())
            case "fold":
                blanks = len(_BREAK.findall(raw)) - 1
                pieces.append("\n" * blanks or " ")
                offsets += _fold_offsets(raw, at)
            case "joined":
                pieces.append("\n" * (len(_BREAK.findall(raw)) - 1))
                offsets += [at + found.start() for found in _BREAK.finditer(raw)][1:]
            case "pair":
                high, low = int(raw[2:6], 16), int(raw[8:12], 16)
                pieces.append(chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)))
                offsets.append(at)
            case "code":
                pieces.append(chr(int(raw[2:], 16)))
                offsets.append(at)
            case _:
                pieces.append(_ESCAPES.get(raw[1], raw[1]))
                offsets.append(at)
    offsets.append(end)
    return "".join(pieces), tuple(offsets)


def _fold_offsets(raw: str, at: int) -> list[int]:
    """One break becomes a blank, several become one break less; the first begins the run."""
    breaks = [at + found.start() for found in _BREAK.finditer(raw)]
    return [at, *breaks[2:]]


def _block(text: str, start: int, end: int, folded: bool, content: str) -> tuple[str, Offsets]:
    """A literal or folded block: lines after the block's indentation, then what chomping left.

    The indentation follows from the content: behind its leading empty lines both have the same
    line, and the blanks that the file has more there are indentation.
    """
    lines = _lines(text, start, end)
    body = content.strip("\n")
    written = len(content.rstrip("\n"))
    indent = 0
    if body:
        begin, stop, _ = lines[len(content) - len(content.lstrip("\n"))]
        indent = _blanks(text[begin:stop]) - _blanks(body)
    pieces: list[str] = []
    offsets: list[int] = []
    breaks: list[int] = []  # line breaks since the last line with anything in it
    above = " "
    last = start
    for begin, stop, after in lines:
        if len(offsets) < written:
            line = text[min(begin + indent, stop) : stop]
            if line:
                if folded and breaks and above[0] not in " \t" and line[0] not in " \t":
                    pieces.append("\n" * (len(breaks) - 1) or " ")
                    offsets += breaks[1:] or breaks
                else:
                    pieces.append("\n" * len(breaks))
                    offsets += breaks
                pieces.append(line)
                offsets += range(stop - len(line), stop)
                breaks, above, last = [], line, stop
        elif len(offsets) + len(breaks) >= len(content):
            break
        if after > stop:
            breaks.append(stop)
    chomped = breaks[: len(content) - len(offsets)]
    pieces.append("\n" * len(chomped))
    offsets += chomped
    if chomped:
        last = next(after for _, stop, after in lines if stop == chomped[-1])
    return "".join(pieces), (*offsets, last)


def _lines(text: str, start: int, end: int) -> list[tuple[int, int, int]]:
    """The lines after the block's header: begin, end, and end with the line break."""
    header = _BREAK.search(text, start, end)
    lines = []
    begin = header.end() if header else end
    while begin < end:
        found = _BREAK.search(text, begin, end)
        stop, after = (found.start(), found.end()) if found else (end, end)
        lines.append((begin, stop, after))
        begin = after
    return lines


def _blanks(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
