"""The tokens of any text at all, right or wrong, for finding the words for a mistake in it.

In: the text of an expression, and where the parser stopped.  Out: a `Spot`.  The parser has its
own tokens; these also know what other languages have and this one has not, such as `&&` and `'a'`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from wfc.frozen import frozen_value

_TOKEN = re.compile(
    r"""
    (?P<blank>      [ \t\r\n]+)
  | (?P<string>     "[^"\\]*(?:\\[\s\S][^"\\]*)*")
  | (?P<unclosed>   ")
  | (?P<quoted>     '[^'\\]*(?:\\[\s\S][^'\\]*)*' | `[^`]*` | [“”„][^“”"]*[“”])
  | (?P<number>     [0-9](?:[eE][+-]?[0-9]|[0-9A-Za-z_]|\.[0-9])*)
  | (?P<name>       [^\W\d]\w*)
  | (?P<operator>   [=!]==? | <> | [<>=]= | =[<>] | -> | [:+\-*]= | && | \|\| | \*\* | /\* | <<
                  | >> | \?\? | \?\. | \?: | // | [+\-*/%<>=!?:&|^~;] )
  | (?P<open>       \$\{ | [(\[{])
  | (?P<close>      [)\]}])
  | (?P<comma>      ,)
  | (?P<dot>        \.)
  | (?P<other>      \\" | [\s\S])
    """,
    re.VERBOSE,
)
_WORDS = {"and", "AND", "or", "OR", "not", "NOT", "in"}
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")

# How tightly an operator binds (spec 03 §3); what is not here separates whole expressions.
_TIGHTNESS = (
    {"or": 1, "||": 1, "and": 2, "&&": 2, "in": 3, "+": 4, "-": 4, "not": 6}
    | dict.fromkeys(("<", "<=", ">", ">=", "==", "!=", "===", "!==", "<>", "=<", "=>"), 3)
    | dict.fromkeys(("*", "/", "//", "%"), 5)
)
COMPARISON = 3
PREFIX = 6


class Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int

    @property
    def is_value(self) -> bool:
        """Whether a value can end with this token."""
        return self.kind in ("string", "quoted", "number", "name", "close")

    @property
    def is_number(self) -> bool:
        """Whether this is a number as the grammar has it, not `0x1f` or `1_000`."""
        return self.kind == "number" and _NUMBER.fullmatch(self.text) is not None

    @property
    def tightness(self) -> int:
        if self.kind not in ("operator", "word", "comma"):
            return PREFIX + 1
        return _TIGHTNESS.get(self.text.lower(), 0)


def tokens(text: str) -> list[Token]:
    """All tokens of `text`, without blanks.  After a dot every word is a `name`."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "blank":
            continue
        if kind == "unclosed":  # the rest of the text is inside it
            found.append(Token(kind, text[match.start() :], match.start(), len(text)))
            break
        if match[0] in _WORDS and not (found and found[-1].kind == "dot"):
            kind = "word"
        found.append(Token(kind, match[0], match.start(), match.end()))
    return found


@frozen_value
class Mistake:
    """A problem whose places are offsets into the text of an expression."""

    code: str
    message: str
    start: int
    end: int
    label: str = ""
    others: tuple[tuple[int, int, str], ...] = ()
    hint: str = ""
    note: str = ""


@frozen_value
class Spot:
    """A text and the token that cannot stand where it does, `tokens[index]`; it may be the end."""

    text: str
    tokens: list[Token]
    index: int

    @staticmethod
    def at(text: str, offset: int) -> Spot:
        found = tokens(text)
        index = next((i for i, token in enumerate(found) if token.end > offset), len(found))
        return Spot(text, found, index)

    def token(self, index: int) -> Token:
        """`tokens[index]`; a token of kind `end` outside the text."""
        if 0 <= index < len(self.tokens):
            return self.tokens[index]
        offset = 0 if index < 0 else len(self.text)
        return Token("end", "", offset, offset)

    @property
    def here(self) -> Token:
        return self.token(self.index)

    @property
    def before(self) -> Token:
        return self.token(self.index - 1)

    @property
    def after(self) -> Token:
        return self.token(self.index + 1)

    @property
    def opener(self) -> int | None:
        """The index of the innermost bracket that is open before the wrong token."""
        open_ones: list[int] = []
        for index, token in enumerate(self.tokens[: self.index]):
            if token.kind == "open":
                open_ones.append(index)
            elif token.kind == "close" and open_ones:
                open_ones.pop()
        return open_ones[-1] if open_ones else None

    def operand_before(self, index: int, loosest: int) -> str:
        """What stands before `tokens[index]`, back to an operator that binds like `loosest`."""
        first = self._edge(range(index - 1, -1, -1), "close", "open", loosest)
        return self.written(first + 1, index)

    def operand_after(self, index: int, loosest: int) -> str:
        """What stands after `tokens[index]`, up to an operator that binds like `loosest`."""
        return self.written(index + 1, self.end_after(index, loosest))

    def end_after(self, index: int, loosest: int = 0) -> int:
        """The index of the token that ends what stands after `tokens[index]`."""
        return self._edge(range(index + 1, len(self.tokens)), "open", "close", loosest)

    def closing(self, index: int) -> int:
        """The index of the bracket that closes `tokens[index]`; the number of tokens if none."""
        return self.end_after(index, -1)

    def find(self, word: str, index: int) -> int:
        """The index of `word` after `tokens[index]`; the number of tokens if it is not there."""
        following = range(index + 1, len(self.tokens))
        return next((i for i in following if self.tokens[i].text == word), following.stop)

    def _edge(self, indices: range, deeper: str, shallower: str, loosest: int) -> int:
        """The first of `indices` that is beyond an operand; brackets inside it are skipped."""
        depth = 0
        for index in indices:
            token = self.tokens[index]
            if token.kind == deeper:
                depth += 1
            elif token.kind == shallower:
                depth -= 1
                if depth < 0:
                    return index
            elif depth == 0 and token.tightness <= loosest:
                return index
        return indices.stop

    def written(self, first: int, end: int, instead: str = "…") -> str:
        """The text of `tokens[first:end]` on one line; `instead` when there is none."""
        if first >= end:
            return instead
        written = self.text[self.tokens[first].start : self.tokens[end - 1].end]
        return re.sub(r"\s*\n\s*", " ", written)
