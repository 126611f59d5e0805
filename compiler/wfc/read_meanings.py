"""What the complaints of libyaml and PyYAML mean to an author, as a table.

The two scanners word some of them differently; a row's pattern covers both.
"""

from __future__ import annotations

import re

from wfc.frozen import frozen_value


@frozen_value
class Meaning:
    """A complaint of libyaml's or PyYAML's, and what it means to the author.

    `around` labels the place that the scanner was in; `there` says that this is the place to show.
    """

    words: re.Pattern[str]
    message: str
    hint: str = ""
    around: str = ""
    there: bool = False


def _meaning(
    words: str, message: str, hint: str = "", around: str = "", *, there: bool = False
) -> Meaning:
    return Meaning(re.compile(words), message, hint, around, there)


MEANINGS = (
    _meaning(
        "mapping values are not allowed",
        "this `:` cannot begin a value here",
        "put the text in single quotes if the `:` belongs to it; else check the indentation",
    ),
    _meaning(
        "block sequence entries are not allowed",
        "a list entry cannot begin here",
        "begin the list on the next line; put text that begins with `- ` in single quotes",
    ),
    _meaning(
        "could not find expected ':'",
        "this line is neither `key: value` nor a list entry",
        "a key needs a colon and a blank after it",
        there=True,
    ),
    _meaning(
        "unexpected end of stream",
        "the quotes opened here are never closed",
        there=True,
    ),
    _meaning(
        "block mapping.*(expected <block end>|expected key)",
        "this line fits no map or list around it",
        "give the keys of one map the same indentation",
        "the map begins here",
    ),
    _meaning(
        "block (collection|sequence).*(expected <block end>|expected '-')",
        "this line fits no map or list around it",
        "give the `-` of one list the same indentation",
        "the list begins here",
    ),
    _meaning(
        "flow sequence",
        "a `,` or the closing `]` is missing before this",
        around="the list begins here",
    ),
    _meaning(
        "flow mapping",
        "a `,` or the closing `}` is missing before this",
        around="the map begins here",
    ),
    _meaning(
        "unknown escape character|expected escape sequence|hexadecimal|character escape code",
        "double-quoted text has no such escape",
        "put the text in single quotes, where a backslash is only a backslash",
    ),
    _meaning(
        "cannot start any token|expected alphabetic or numeric|expected alphanumeric",
        "unquoted text cannot begin like this",
        "put the text in single quotes",
    ),
    _meaning("undefined tag handle|scanning a tag|parsing a tag", "this tag means nothing here"),
    _meaning(
        "block scalar",
        "the `|` or `>` must end its line",
        "begin the text on the next line, indented",
    ),
)
