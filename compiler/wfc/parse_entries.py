"""A list of `- name: body` entries, as of steps and branches -> names and bodies.

The typical slips of indentation are recognised, explained, and read as they were meant:

    - fetch:                                  - fetch:
      call: http.get        is read as            call: http.get
"""

from __future__ import annotations

from wfc.frozen import frozen
from wfc.nodes import Entry, Mapping, Node, Scalar, Sequence
from wfc.parse_names import step_name
from wfc.parse_shapes import STEP_KEYS, describe, head, short
from wfc.problems import Label, Problems
from wfc.source import Span


@frozen
class Named:
    """One entry; an entry without a name of its own (reported) has an empty one."""

    name: str
    span: Span
    body: Node


def named_entries(node: Sequence | Mapping, kind: str, problems: Problems) -> list[Named]:
    """The entries of a list of steps or branches; `kind` is the word for one of them.

    A map in place of the list is reported, and read as the list that was meant.
    """
    if isinstance(node, Mapping):
        first = node.entries[0].key.text if node.entries else "name"
        message = f"{kind}es" if kind == "branch" else f"{kind}s"
        problems.add(
            "WFC102",
            f"{message} are written as a list, not as a map",
            head(node),
            hint=f"begin each {kind} with a dash:\n- {first}:",
        )
        return [_single(entry, kind, problems) for entry in node.entries]
    return [named for item in node.items for named in _item(item, kind, problems)]


def _item(item: Node, kind: str, problems: Problems) -> list[Named]:
    if not isinstance(item, Mapping) or not item.entries:
        name = item.text if isinstance(item, Scalar) and short(item.text) == item.text else ""
        hint = f"write the {kind} as\n- {name or 'some_name'}:"
        message = f"a {kind} must be a map of its name to its body, not {describe(item)}"
        problems.add("WFC115", message, head(item), hint=hint)
        return []
    first, *rest = item.entries
    if not rest:
        return [_single(first, kind, problems)]
    named = _beside(item, first, rest, kind, problems)
    if named is not None:
        return [named]
    message = f"one list entry holds {len(item.entries)} {kind}s"
    second = rest[0].key
    problems.add(
        "WFC115",
        message,
        second.span,
        "a second name",
        others=[Label(first.key.span, "the first name")],
        hint=f"begin it with a dash of its own:\n- {second.text}:",
    )
    return [_single(entry, kind, problems) for entry in item.entries]


def _beside(
    item: Mapping, first: Entry, rest: list[Entry], kind: str, problems: Problems
) -> Named | None:
    """Keys of a body that stand beside its name, or that have no name."""
    known = [entry for entry in rest if entry.key.text in STEP_KEYS]
    empty = isinstance(first.value, Scalar) and first.value.value is None
    if first.key.text in STEP_KEYS and known and not empty:
        return _nameless(item, kind, problems)
    if not empty and (not isinstance(first.value, Mapping) or len(known) < len(rest)):
        return None
    if not known:
        return None
    inside = first.value.entries if isinstance(first.value, Mapping) else ()
    name = first.key.text
    stray = known[0].key
    problems.add(
        "WFC116",
        f"`{stray.text}` stands beside the name of the {kind} `{short(name)}`, not below it",
        stray.span,
        "has the indentation of the name",
        others=[Label(first.key.span, "the name")],
        hint=f"indent it further:\n- {name}:\n    {stray.text}: …",
    )
    body = Mapping((*inside, *rest), item.span)
    return Named(step_name(first.key, problems), first.key.span, body)


def _single(entry: Entry, kind: str, problems: Problems) -> Named:
    if entry.key.text in STEP_KEYS and _is_action(entry):
        return _nameless(Mapping((entry,), entry.key.span), kind, problems)
    return Named(step_name(entry.key, problems), entry.key.span, entry.value)


def _is_action(entry: Entry) -> bool:
    """Whether `- call: http.get` is an action in the place of a named step.

    Steps may well be named `call` (spec 01 §5); then the value is the body of a step.
    """
    match entry.value:
        case Mapping(entries=inside):
            known = {inner.key.text in STEP_KEYS for inner in inside if inner.key.text != "steps"}
            return known == {False}  # `steps` is a key of a step and of a loop
        case Scalar(value=None):
            return False
        case _:
            return True


def _nameless(item: Mapping, kind: str, problems: Problems) -> Named:
    first = item.entries[0].key
    problems.add(
        "WFC117",
        f"this {kind} has no name: `{first.text}` stands in its place",
        first.span,
        hint=f"name the {kind} and indent its body:\n- some_name:\n    {first.text}: …",
    )
    return Named("", first.span, item)
