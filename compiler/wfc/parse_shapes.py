"""What a node is, where to point at it, and which keys a map may have.

The helpers that every part of `parse` shares; each reports what is wrong and gives back what can
still be used, so that one mistake does not hide the next.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeGuard

from wfc.expressions import is_embedded
from wfc.nodes import Entry, Mapping, Node, Scalar, Sequence
from wfc.problems import Problems
from wfc.similar import Speller
from wfc.source import Span

ACTIONS = ("assign", "call", "switch", "for", "parallel", "try", "raise", "return", "steps")
BELONGS_TO = {"args": "call", "result": "call", "retry": "try", "except": "try"}
STEP_KEYS = (*ACTIONS, *BELONGS_TO, "next")

_OTHER_WORDS = {
    "args": "params",
    "arguments": "args",
    "case": "switch",
    "catch": "except",
    "each": "for",
    "foreach": "for",
    "function": "call",
    "goto": "next",
    "if": "switch",
    "invoke": "call",
    "item": "value",
    "items": "in",
    "loop": "for",
    "output": "result",
    "parameters": "params",
    "throw": "raise",
    "when": "condition",
}
"""What people bring along from other languages."""

_UNDER = {
    "args": "auth body data headers json method query severity text timeout url",
    "backoff": "initial_delay max_delay multiplier",
    "except": "as",
    "for": "in index range value",
    "parallel": "branches concurrency_limit exception_policy shared",
    "retry": "backoff max_retries predicate",
    "switch": "condition",
}
_HOME = {key: home for home, keys in _UNDER.items() for key in keys.split()}
"""Under which key another one belongs that stands too far out."""


def describe(node: Node) -> str:
    """A node in a word or two."""
    match node:
        case Mapping(entries=entries):
            return "a map" if entries else "an empty map"
        case Sequence(items=items):
            return "a list" if items else "an empty list"
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=bool()):
            return "a boolean"
        case Scalar(value=int() | float()):
            return "a number"
        case Scalar():
            return "an expression" if is_embedded(node.text) else "text"


def short(text: str) -> str:
    """The text of a message's one line: a name may be as long as the file."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"


def head(node: Node) -> Span:
    """Where a node begins to speak: its first key or item, however many lines it has."""
    match node:
        case Mapping(entries=(first, *_)):
            return first.key.span
        case Sequence(items=(first_item, *_)):
            return head(first_item)
        case _:
            return node.span


def place(entry: Entry) -> Span:
    """The value where one caret line can show it, otherwise its key."""
    match entry.value:
        case Scalar(value=value) if value is not None:
            return entry.value.span
        case _:
            return entry.key.span


def is_null(node: Node) -> bool:
    """`null`, `~` or nothing at all."""
    return isinstance(node, Scalar) and node.value is None


def is_text(node: Node) -> TypeGuard[Scalar]:
    return isinstance(node, Scalar) and isinstance(node.value, str)


def is_number(node: Node) -> TypeGuard[Scalar]:
    return isinstance(node, Scalar) and type(node.value) in (int, float)


def is_expression(node: Node) -> TypeGuard[Scalar]:
    """A scalar that is one whole `${…}`."""
    return is_text(node) and is_embedded(node.text)


def not_empty(entry: Entry, inside: str, problems: Problems) -> None:
    """Reports a list in which nothing is; `inside` are the things that it lacks."""
    match entry.value:
        case Sequence(items=()) | Mapping(entries=()):
            problems.add("WFC106", f"`{entry.key.text}` has no {inside}", entry.value.span)


def wrong_kind(
    what: str, needed: str, node: Node, span: Span, problems: Problems, hint: str = ""
) -> None:
    """Reports a list where a map belongs, and the like."""
    but = "but nothing is there" if is_null(node) else f"not {describe(node)}"
    problems.add("WFC105", f"{what} must be {needed}, {but}", span, hint=hint)


def fields(
    mapping: Mapping, allowed: tuple[str, ...], what: str, problems: Problems
) -> dict[str, Entry]:
    """The entries of a map with fixed keys, in source order.

    Keys not in `allowed` are reported; one that is plainly misspelt counts as what was meant.
    """
    found: dict[str, Entry] = {}
    unknown = []
    for entry in mapping.entries:
        if entry.key.text in allowed:
            found[entry.key.text] = entry
        else:
            unknown.append(entry)
    for entry in unknown:
        key = entry.key.text
        meant = _OTHER_WORDS.get(key, "")
        if meant not in allowed:
            meant = _similar(key, allowed)
        home = _HOME.get(key, "")
        hint = ""
        if home in allowed:
            hint = f"indent it below `{home}:`"
        elif key in STEP_KEYS and "steps" in allowed and _OTHER_WORDS.get(key) not in allowed:
            hint = f"put it into a step:\nsteps:\n- some_name:\n    {key}: …"
        elif meant:
            hint = f"did you mean `{meant}`?"
            found.setdefault(meant, entry)
        keys = ", ".join(f"`{name}`" for name in allowed)
        note = "" if hint else f"the keys of {what} are {keys}"
        message = f"{what} has no key `{short(key)}`"
        problems.add("WFC103", message, entry.key.span, hint=hint, note=note)
    return found


@lru_cache(1000)
def _similar(key: str, allowed: tuple[str, ...]) -> str:
    """A slip is often repeated, and comparing is slow."""
    return Speller().similar(key, allowed)


def required(
    found: dict[str, Entry], key: str, what: str, span: Span, problems: Problems, hint: str = ""
) -> Entry | None:
    """The entry under `key`, which must be there."""
    entry = found.get(key)
    if entry is None:
        problems.add("WFC104", f"{what} has no `{key}`", span, hint=hint)
    return entry
