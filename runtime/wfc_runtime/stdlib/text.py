"""`text.*` (spec 06); positions count code points."""

from __future__ import annotations

from wfc_runtime.accelerator import accelerated
from wfc_runtime.errors import quoted, value_error
from wfc_runtime.stdlib import arguments
from wfc_runtime.stdlib.regex import matches, replaced, search
from wfc_runtime.values import Value, clean_text

_NOT_CHARSETS = frozenset(
    {"charmap", "idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"}
)
"""Codecs of Python's that are no character set."""


def decode(data: Value, charset: Value = None) -> str:
    """Bytes as text (default charset UTF-8); ValueError for wrong bytes or an unknown charset."""
    octets = arguments.octets("text.decode", "data", data)
    codec = _codec("text.decode", charset)
    try:
        return clean_text(octets.decode(codec))
    except ValueError:
        raise value_error(f"text.decode(): `data` is not text in {codec}") from None


def encode(text: Value, charset: Value = None) -> bytes:
    """Text as bytes (default charset UTF-8); ValueError for a character the charset lacks."""
    string = arguments.text("text.encode", "text", text)
    codec = _codec("text.encode", charset)
    try:
        return string.encode(codec)
    except ValueError:
        raise value_error(f"text.encode(): `text` has characters that {codec} lacks") from None


@accelerated
def find_all(source: Value, substr: Value) -> list[int]:
    """The positions of `substr`, counted from 0, from the left and not overlapping.

    Raises ValueError for half a surrogate pair in `substr`, which is not UTF-8.
    """
    text = arguments.text("text.find_all", "source", source)
    wanted = arguments.text("text.find_all", "substr", substr)
    if clean_text(wanted) != wanted:
        raise value_error("text.find_all(): `substr` is not UTF-8")
    found = []
    position = text.find(wanted)
    while position >= 0:
        found.append(position)
        position = text.find(wanted, position + (len(wanted) or 1))
    return found


def find_all_regex(source: Value, regexp: Value) -> list[dict[str, Value]]:
    """A list of `{"index": …, "match": …}`, one for each match of an RE2 expression.

    Of the matches at a place the longest counts; an empty one behind another does not.
    Raises ValueError for what is no RE2 expression.
    """
    text = arguments.text("text.find_all_regex", "source", source)
    pattern = arguments.text("text.find_all_regex", "regexp", regexp)
    spans = matches("text.find_all_regex", pattern, text)
    return [{"index": start, "match": text[start:end]} for start, end in spans]


def match_regex(source: Value, regexp: Value) -> bool:
    """Whether an RE2 expression matches anywhere; ValueError for what is no RE2 expression."""
    text = arguments.text("text.match_regex", "source", source)
    return search("text.match_regex", arguments.text("text.match_regex", "regexp", regexp), text)


@accelerated
def replace_all(source: Value, substr: Value, repl: Value) -> str:
    """`source` with `repl` for each `substr`; the empty one is found around every character."""
    text = arguments.text("text.replace_all", "source", source)
    wanted = arguments.text("text.replace_all", "substr", substr)
    return text.replace(wanted, arguments.text("text.replace_all", "repl", repl))


def replace_all_regex(source: Value, regexp: Value, repl: Value) -> str:
    """`source` with `repl`, which is plain text, for each match of an RE2 expression.

    The matches are those of `text.find_all_regex`.
    Raises ValueError for what is no RE2 expression.
    """
    text = arguments.text("text.replace_all_regex", "source", source)
    pattern = arguments.text("text.replace_all_regex", "regexp", regexp)
    replacement = arguments.text("text.replace_all_regex", "repl", repl)
    return replaced("text.replace_all_regex", pattern, text, replacement)


@accelerated
def split(source: Value, separator: Value) -> list[str]:
    """The pieces between separators; ValueError for an empty separator (OQ-62)."""
    text = arguments.text("text.split", "source", source)
    between = arguments.text("text.split", "separator", separator)
    if not between:
        raise value_error("text.split(): `separator` is empty")
    return text.split(between)


@accelerated
def substring(source: Value, start: Value, end: Value) -> str:
    """The characters from `start` to `end` - 1, counted from 0, as far as there are any (OQ-63)."""
    text = arguments.text("text.substring", "source", source)
    first = arguments.integer("text.substring", "start", start)
    last = arguments.integer("text.substring", "end", end)
    return text[max(first, 0) : max(last, 0)]


@accelerated
def to_lower(source: Value) -> str:
    """`source` in small letters, one letter for one, as Unicode maps them."""
    text = arguments.text("text.to_lower", "source", source)
    if text.isascii():
        return text.lower()
    return "".join([letter.lower()[0] for letter in text])  # only `İ` has two


@accelerated
def to_upper(source: Value) -> str:
    """`source` in capitals, one letter for one, as Unicode maps them: `ß` stays as it is."""
    text = arguments.text("text.to_upper", "source", source)
    capitals = text.upper()
    if len(capitals) == len(text):  # Python's mapping of a letter is never shorter than the letter
        return capitals
    return "".join([_capital(letter) for letter in text])


def _capital(letter: str) -> str:
    """The letter's simple mapping; where the full one has more letters, `title` may know it."""
    for capital in (letter.upper(), letter.title()):
        if len(capital) == 1:
            return capital
    return letter


def url_decode(source: Value) -> str:
    """`source` with `+` as a blank and `%xx` as UTF-8; ValueError for other `%` and other bytes."""
    import re
    from urllib.parse import unquote_to_bytes

    text = arguments.text("text.url_decode", "source", source)
    if re.search("%(?![0-9A-Fa-f]{2})", text):
        raise value_error("text.url_decode(): a `%` is not followed by two hexadecimal digits")
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode()
    except ValueError:
        raise value_error("text.url_decode(): the escapes are not UTF-8") from None


def url_encode(source: Value) -> str:
    """`source` with all but ASCII letters, digits and `.-_` as `%xx` of its UTF-8."""
    return _quote("text.url_encode", source)


def url_encode_plus(source: Value) -> str:
    """Like `text.url_encode`, but a blank becomes `+`."""
    return _quote("text.url_encode_plus", source).replace("%20", "+")


def _quote(function: str, source: Value) -> str:
    from urllib.parse import quote

    text = clean_text(arguments.text(function, "source", source))
    return quote(text, safe="").replace("~", "%7E")


def _codec(function: str, charset: Value) -> str:
    """Python's name for a character set; null counts as left out."""
    import codecs

    if charset is None:
        return "utf-8"
    name = arguments.text(function, "charset", charset)
    try:
        codec = codecs.lookup(name)
        "".encode(codec.name)  # refuses codecs that are not from text to bytes
    except (LookupError, ValueError):
        codec = None
    if codec is None or codec.name in _NOT_CHARSETS:
        raise value_error(f"{function}(): no charset is named {quoted(name)}")
    return codec.name
