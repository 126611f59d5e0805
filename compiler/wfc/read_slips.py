"""Slips that YAML notices only at a later place -> the problem where the slip is.

- fetch:                   `args` is indented below `call`, which has a value already
  call: http.get
    args: {url: …}
"""

from __future__ import annotations

import re

from wfc.problems import Label, Problems
from wfc.read_text import Text

_KEY = re.compile(r"([ \t]*)(?:- +)*([\w.-]+) *$")
_ABOVE = re.compile(r"([ \t]*)(?:- +)*([\w.-]+)(?:: +([^\s|>&*!{\[\"'#].*?))? *(?: #.*)?$")
_AFTER_DASH = re.compile(r"-([^\s-]\S*)( +\S)?")
_BEHIND_QUOTES = re.compile(r"[:-] +('(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\") *$")
_KEY_VALUE = re.compile(
    r"[ \t]*(?:- +)*([A-Za-z_][\w-]*):(?!//)([^\s:'\"#][^\r\n:]*)$", re.MULTILINE
)
_WORD = re.compile(r"\S+")


def read_slips(text: Text, words: str, place: int, problems: Problems) -> bool:
    """Whether the complaint `words` at `place` has one of these causes, which is then reported."""
    colon = "mapping values are not allowed" in words
    return (
        _more_behind_quotes(text, place, problems)
        or _open_quotes(text, place, problems)
        or _missing_blank(text, place, problems)
        or (colon and _too_deep(text, place, problems))
    )


def _more_behind_quotes(text: Text, place: int, problems: Problems) -> bool:
    found = _BEHIND_QUOTES.search(text.content, _line_start(text.content, place), place)
    if found is None:
        return False
    hint = "put the whole value in single quotes"
    word = _WORD.match(text.content, place)
    if word and word[0].startswith("+"):
        hint = "join text and values inside of one expression: `'${\"text \" + value}'`"
    elif found[1].startswith("'") and text.content[place - 1] == "'":
        hint = "write `''` for an apostrophe inside of single quotes"
    span = text.span(place, word.end() if word else place)
    problems.add("WFC010", "more text stands behind the closing quote", span, hint=hint)
    return True


def _open_quotes(text: Text, place: int, problems: Problems) -> bool:
    """A quote that was forgotten at a line's end: the next one opens nothing but closes."""
    content = text.content
    close = len(content[:place].rstrip(" ")) - 1
    quote = content[close : close + 1]
    opened = content.rfind(quote, 0, close) if quote in ("'", '"') and quote else -1
    end = content.find("\n", opened, close)
    if opened < 0 or end < 0 or content[:opened].rstrip(" ")[-1:] not in (":", "-"):
        return False
    problems.add(
        "WFC010",
        "the quotes opened here are not closed on their line",
        text.span(opened, len(content[:end].rstrip())),
        others=[Label(text.span(close, close + 1), "this closes them")],
        hint=f"add the closing `{quote}`",
    )
    return True


def _missing_blank(text: Text, place: int, problems: Problems) -> bool:
    """`-name:`; or `key:value` on the line of `place` or the one above, which is text to YAML."""
    content = text.content
    start = _line_start(content, place)
    if not content[start:place].strip() and (word := _AFTER_DASH.match(content, place)):
        span = text.span(place, place + 1)
        hint = f"write `- {word[1]}{' …' if word[2] else ''}`"
        problems.add("WFC010", "a blank is missing after this `-`", span, hint=hint)
        return True
    above = _line_start(content, max(start - 1, 0))
    key = _KEY_VALUE.match(content, start) or _KEY_VALUE.match(content, above)
    if key is None:
        return False
    problems.add(
        "WFC010",
        f"a blank is missing after `{key[1]}:`",
        text.span(*key.span(1)),
        hint=f"write `{key[1]}: {key[2].rstrip()}`",
    )
    return True


def _too_deep(text: Text, place: int, problems: Problems) -> bool:
    """A key on its own line is part of a value above, which has less indentation."""
    content = text.content
    start = _line_start(content, place)
    key = _KEY.match(content[start:place])
    above_start = _line_start(content, max(start - 1, 0))
    above = _ABOVE.match(content[above_start : max(start - 1, 0)].rstrip("\r"))
    if key is None or above is None or len(above[1]) >= len(key[1]):
        return False
    name = text.span(start + key.start(2), start + key.end(2))
    if above[3] is None:
        problems.add(
            "WFC010",
            f"a colon is missing after `{above[2]}`",
            text.span(above_start + above.start(2), above_start + above.end(2)),
            others=[Label(name, "this cannot stand below it")],
            hint=f"write `{above[2]}:`",
        )
        return True
    value = text.span(above_start + above.start(3), above_start + above.end(3))
    problems.add(
        "WFC010",
        f"`{key[2]}` is indented below `{above[2]}`, which has a value already",
        name,
        others=[Label(value, "its value")],
        hint="give both keys the same indentation",
    )
    return True


def _line_start(content: str, place: int) -> int:
    return content.rfind("\n", 0, place) + 1
