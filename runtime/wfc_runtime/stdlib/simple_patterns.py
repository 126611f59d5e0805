r"""Python's `re` in RE2's place: in goes an expression, out comes a pattern if it is simple.

The pattern finds what RE2 finds in ASCII texts, in time linear in the text.  Simple is `^`, items,
`$`; an item is a character, an escape, `.` or a class, and may have a quantifier.  Brackets that
are not repeated are ignored.  Two things must be proven:

It finds the same.  No character that an item of varying count takes may begin what can follow the
item.  So the item takes all it can: had it taken fewer, nothing could follow, and the match would
be longer with more.  One match is left for each start, and the pattern never steps back (`a*+`).
Behind `^` the last item that varies may overlap the rest: the more it takes, the longer the match.

It is linear.  An attempt takes up to `_LONGEST` characters besides those of items without a bound;
these are not read again from another start, because `^` leaves only one, or the match is certain
where such an item is reached, or no character of the item can begin a match.
"""

from __future__ import annotations

import re
from math import inf
from typing import NamedTuple

_LONGEST = 100
"""At the worst `re` needs 0.3 s for 500,000 characters, 100 times as long as RE2."""

_ESCAPED = r"\\(?:[afnrtv]|[^0-9A-Za-z])"
_MEMBER = rf"(?:[^][\\-]|{_ESCAPED})"
_NUMBER = "(?:0|[1-9][0-9]{0,2})"
_TOKEN = re.compile(
    rf"""
    (?P<atom> [^][\\^$.|?*+(){{}}] | {_ESCAPED} | \\[dDsSwW] | \.
        | \[ \^?+ (?!\]) (?:-(?!-))?
            (?: (?!&&|~~|\|\|)  # of these and of `--` and `[` `re` warns
                (?: {_MEMBER}-{_MEMBER} | {_MEMBER} | \\[dsw] ) )*
            -? \] )
      (?P<quantifier> [?*+]
        | \{{ (?!0(?:,0)?\}}) (?P<least>{_NUMBER}) (?:,(?P<most>{_NUMBER}?))? \}} )?
    | (?P<group> \( (?:\?:)? | \) (?![?*+{{]) )
    """,
    re.VERBOSE,
)
_COUNTS = {None: (1, 1), "?": (0, 1), "*": (0, inf), "+": (1, inf)}
_ASCII = "".join(map(chr, range(128)))


class SimplePattern(NamedTuple):
    """A pattern of `re`, and whether it can match where nothing is."""

    pattern: re.Pattern[str]
    empty: bool


class _Item(NamedTuple):
    """An atom as `re` writes it, with its quantifier; or a bracket, which takes nothing."""

    atom: str
    quantifier: str
    least: int
    most: float

    def varies(self) -> bool:
        return self.least < self.most

    def members(self) -> frozenset[str]:
        """The characters it takes."""
        if not self.most:
            return frozenset()
        if len(self.atom) == 1 and self.atom != ".":
            return frozenset(self.atom)
        return frozenset(re.findall(self.atom, _ASCII, re.ASCII))


def simple_pattern(expression: str) -> SimplePattern | None:
    """What `re` makes of it; None if the expression is not simple, or none that RE2 knows."""
    if not expression.isascii():
        return None
    start = "^" if expression.startswith("^") else ""
    position = len(start)
    items = []
    while token := _TOKEN.match(expression, position):
        items.append(_item(token))
        position = token.end()
    end = expression[position:]
    if end not in ("", "$"):
        return None
    if sum(max(1, item.least if item.most == inf else item.most) for item in items) > _LONGEST:
        return None
    try:
        written = _written(items, start, end)
        if written is None:
            return None
        pattern = re.compile(written, re.ASCII)
    except re.error:  # such as `[z-a]` or `(`
        return None
    return SimplePattern(pattern, empty=not any(item.least for item in items))


def _item(token: re.Match[str]) -> _Item:
    if token["group"]:
        return _Item(")" if token["group"] == ")" else "(?:", "", 0, 0)
    atom, quantifier = token["atom"], token["quantifier"]
    if atom in (r"\s", r"\S"):
        atom = r"[\s]" if atom == r"\s" else r"[^\s]"
    atom = atom.replace(r"\\", r"\x5c").replace(r"\s", r"\t\n\f\r ")  # that of `re` has `\v`
    if quantifier in _COUNTS:
        return _Item(atom, quantifier or "", *_COUNTS[quantifier])
    least, most = int(token["least"]), token["most"]
    return _Item(atom, quantifier, least, least if most is None else float(most or inf))


def _written(items: list[_Item], start: str, end: str) -> str | None:
    """The pattern as `re` writes it; None where it would not find the same in linear time."""
    parts = [start]
    for place, item in enumerate(items):
        parts += (item.atom, item.quantifier)
        if not item.varies():
            continue
        members, rest = item.members(), items[place + 1 :]
        if members.isdisjoint(_beginnings(rest)):
            parts.append("+")  # never steps back
        elif not start or any(other.varies() for other in rest):
            return None
        certain = not end and not any(other.least for other in rest)
        if item.most == inf and not (start or certain or members.isdisjoint(_beginnings(items))):
            return None
    return "".join(parts) + end.replace("$", r"\Z")


def _beginnings(items: list[_Item]) -> frozenset[str]:
    """The characters that can begin what the items take."""
    found: frozenset[str] = frozenset()
    for item in items:
        found |= item.members()
        if item.least:
            break
    return found
