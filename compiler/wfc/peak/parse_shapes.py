"""Which keys a map of a Peak workflow may have, and values of the kinds that its fields take.

The helpers that every part of `peak.parse` shares; each reports what is wrong and gives back what
can still be used.  A key whose value is null counts as not written (spec 11 §1.0).  A reference
`@param:name` to a build parameter may stand for a value of any kind (spec 11 §2).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import TypeVar

from wfc.nodes import Entry, Mapping, Node, Scalar, Sequence
from wfc.parse_shapes import describe, head, is_null, is_text, place, short
from wfc.peak import syntax
from wfc.peak.meant import (
    meant_map,
    meant_seconds,
    meant_switch,
    meant_text,
    other_key,
    other_place,
    other_value,
)
from wfc.problems import Problems
from wfc.similar import Speller
from wfc.source import Span

T = TypeVar("T")
Fields = dict[str, Entry]

_REFERENCE = re.compile(r"@param:(.*)", re.DOTALL)


def reference(node: Node) -> str | None:
    """The name of the build parameter that stands for this value, or None."""
    found = _REFERENCE.fullmatch(node.text) if is_text(node) else None
    return found[1] if found else None


def fields(
    node: Mapping,
    allowed: tuple[str, ...],
    what: str,
    problems: Problems,
    *,
    elsewhere: frozenset[str] = frozenset(),
) -> Fields:
    """The entries of a map with fixed keys; what is plainly misspelt counts as what was meant.

    A key that maps have `elsewhere` is not misspelt.
    """
    found: Fields = {}
    unknown = []
    for entry in node.entries:
        if entry.key.text not in allowed:
            unknown.append(entry)
        elif not is_null(entry.value):
            found[entry.key.text] = entry
    for entry in unknown:
        key = entry.key.text
        hint = other_place(key, allowed)
        meant = "" if hint or key in elsewhere else _similar(key, allowed)
        if meant := meant or other_key(key, allowed):
            found.setdefault(meant, entry)
            hint = f"did you mean `{meant}`?"
        note = "" if hint else f"the keys of {what} are {listed(allowed)}"
        message = f"{what} has no key `{short(key)}`"
        problems.add("WFC702", message, entry.key.span, hint=hint, note=note)
    return found


@lru_cache(1000)
def _similar(name: str, allowed: tuple[str, ...]) -> str:
    """A slip is often repeated, and comparing is slow."""
    return Speller().similar(name, allowed)


def inside(entry: Entry, allowed: tuple[str, ...], what: str, problems: Problems) -> Fields:
    """The entries of the map that is the value of `entry`; none where it is no map."""
    found = mapping(entry, problems)
    return fields(found, allowed, what, problems) if found is not None else {}


def listed(words: Collection[str], last: str = ", ") -> str:
    quoted = [f"`{word}`" for word in words]
    return last.join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


def require(
    found: Fields, needed: tuple[str, ...], what: str, span: Span, problems: Problems
) -> None:
    """Reports the keys that are missing, as one problem at `span`, which lacks them."""
    missing = [key for key in needed if key not in found]
    if missing:
        names = listed(missing, last=" and no ")
        hint = f"add {listed([f'{key}:' for key in missing], last=' and ')}"
        problems.add("WFC703", f"{what} has no {names}", span, hint=hint)


def wrong_kind(
    name: str, needed: str, node: Node, span: Span, problems: Problems, hint: str = ""
) -> None:
    problems.add(
        "WFC704", f"`{short(name)}` must be {needed}, not {describe(node)}", span, hint=hint
    )


def mapping(entry: Entry, problems: Problems) -> Mapping | None:
    """The map; anything else is reported at its key, so that what it lacks is not reported too."""
    if isinstance(entry.value, Mapping):
        return entry.value
    if reference(entry.value) is None:
        key, node = entry.key, entry.value
        wrong_kind(key.text, "a map", node, key.span, problems, meant_map(key.text, node))
    return None


def items(entry: Entry, problems: Problems, hint: str = "") -> tuple[Node, ...]:
    """The items of a list; of anything else (reported) none."""
    if isinstance(entry.value, Sequence):
        return entry.value.items
    if reference(entry.value) is None:
        wrong_kind(entry.key.text, "a list", entry.value, place(entry), problems, hint)
    return ()


def maps(
    entry: Entry, read: Callable[[Mapping, Problems], T | None], problems: Problems
) -> tuple[T, ...]:
    """What `read` makes of the items of a list of maps, without what it gives up."""
    made = []
    for item in items(entry, problems, "begin each item with a dash: `- …`"):
        if not isinstance(item, Mapping):
            wrong_kind(f"an item of {entry.key.text}", "a map", item, head(item), problems)
        elif (one := read(item, problems)) is not None:
            made.append(one)
    return tuple(made)


def word(entry: Entry, problems: Problems) -> syntax.Word:
    """A text; anything else (reported) is read as its characters."""
    node = entry.value
    if is_text(node):
        return syntax.Word(node.text, node.span)
    hint = meant_text(entry.key.text, node)
    if isinstance(node, Scalar):
        hint = f'put it in quotes: `{short(entry.key.text)}: "{short(node.text)}"`'
    wrong_kind(entry.key.text, "text", node, place(entry), problems, hint)
    return syntax.Word(node.text if isinstance(node, Scalar) else "", place(entry))


def optional_word(found: Fields, key: str, problems: Problems) -> syntax.Word | None:
    return word(found[key], problems) if key in found else None


def needed_word(found: Fields, key: str, span: Span, problems: Problems) -> syntax.Word:
    """The text under `key`; where it is missing, which `require` has reported, an empty one."""
    return word(found[key], problems) if key in found else syntax.Word("", span)


def words(
    entry: Entry, problems: Problems, allowed: tuple[str, ...] = ()
) -> tuple[syntax.Word, ...]:
    """A list of texts; of those `allowed` one is what is suggested."""
    hint = ""
    if is_text(entry.value):
        text = entry.value.text
        hint = f"write `{entry.key.text}: [{other_value(text, allowed) or short(text)}]`"
    found = []
    for item in items(entry, problems, hint):
        if is_text(item):
            found.append(syntax.Word(item.text, item.span))
        else:
            wrong_kind(f"an item of {entry.key.text}", "text", item, head(item), problems)
    return tuple(found)


def optional_words(found: Fields, key: str, problems: Problems) -> tuple[syntax.Word, ...]:
    return words(found[key], problems) if key in found else ()


def variables(entry: Entry, problems: Problems) -> tuple[syntax.Variable, ...]:
    """A map from names to texts, where numbers and booleans are taken as their JSON text."""
    node = mapping(entry, problems)
    found = []
    for item in node.entries if node is not None else ():
        match item.value:
            case Scalar(value=None):
                continue
            case Scalar(value=bool() as value):
                text = "true" if value else "false"
            case Scalar(value=int() as value):
                text = str(value)
            case Scalar():
                text = item.value.text
            case _:
                wrong_kind(item.key.text, "text", item.value, place(item), problems)
                continue
        name = syntax.Word(item.key.text, item.key.span)
        found.append(syntax.Variable(name, syntax.Word(text, item.value.span)))
    return tuple(found)


def switch(found: Fields, key: str, problems: Problems, default: bool = False) -> bool:
    """A boolean."""
    entry = found.get(key)
    match entry:
        case None:
            return default
        case Entry(value=Scalar(value=bool() as value)):
            return value
    if reference(entry.value) is None:
        meant = meant_switch(entry.value.text) if is_text(entry.value) else ""
        hint = f"write `{key}: {meant}`" if meant else ""
        wrong_kind(key, "`true` or `false`", entry.value, place(entry), problems, hint)
    return default


def integer(
    node: Node, name: str, span: Span, problems: Problems, most: int | None = None, unit: str = ""
) -> int | None:
    """An integer; `name` is what the message calls it."""
    if isinstance(node, Scalar) and type(node.value) is int:
        return node.value
    if reference(node) is None:
        digits = is_text(node) and node.text.strip().isdecimal() and short(node.text) == node.text
        hint = f"write it without quotes: `{node.text}`" if is_text(node) and digits else ""
        if unit.startswith(" second") and is_text(node):
            time = meant_seconds(node.text, most)
            hint = hint if time is None else f"it is in seconds: write `{name}: {time}`"
        wrong_kind(name, "an integer", node, span, problems, hint)
    return None


def whole(
    found: Fields,
    key: str,
    problems: Problems,
    *,
    least: int | None = None,
    most: int | None = None,
    unit: str = "",
) -> int | None:
    """The integer under `key`; one out of range (reported) counts as not written."""
    entry = found.get(key)
    if entry is None:
        return None
    value = integer(entry.value, key, place(entry), problems, most, unit)
    if value is None:
        return None
    if (least is not None and value < least) or (most is not None and value > most):
        between = f"from {least} to {most}" if most is not None else f"at least {least}"
        message = f"`{key}` is {value}, but must be {between}{unit}"
        near = most if most is not None and value > most else least
        problems.add("WFC711", message, place(entry), hint=f"write `{key}: {near}`")
        return None
    return value


def choice(entry: Entry, allowed: tuple[str, ...], problems: Problems) -> str | None:
    """One of a few texts."""
    node = entry.value
    if is_text(node) and node.text in allowed:
        return node.text
    if reference(node) is None:
        not_one_of(entry.key.text, node, place(entry), allowed, problems)
    return None


def not_one_of(
    name: str, node: Node, span: Span, allowed: tuple[str, ...], problems: Problems
) -> None:
    shown = f"`{short(node.text)}`" if is_text(node) else describe(node)
    meant = ""
    if is_text(node):
        meant = other_value(node.text, allowed) or _similar(node.text, allowed)
    hint = f"did you mean `{meant}`?" if meant else ""
    problems.add("WFC705", f"`{name}` is one of {listed(allowed)}, not {shown}", span, hint=hint)
