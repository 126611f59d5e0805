"""The parts of `for`, `parallel` and `try` without steps inside.

value, index, in or range   of a `for`          shared, concurrency_limit   of a `parallel`
retry                       of a `try`
"""

from __future__ import annotations

import re

from wfc import syntax
from wfc.nodes import Entry, Mapping, Node, Scalar, Sequence
from wfc.parse_names import variable
from wfc.parse_shapes import (
    describe,
    fields,
    head,
    is_expression,
    is_number,
    is_text,
    place,
    required,
    short,
    wrong_kind,
)
from wfc.parse_values import braced, expression, number, scalar, value
from wfc.problems import Label, Problems

_NAME = re.compile(r"[A-Za-z_]\w*")


def loop_variable(found: dict[str, Entry], entry: Entry, problems: Problems) -> syntax.Variable:
    """`value:` of a `for`.

    When there is none (reported), a name that nobody can write stands in for it, so that the steps
    inside are still seen as those of a loop.
    """
    name = None
    given = required(found, "value", "a `for` loop", entry.key.span, problems, "add `value: item`")
    if given is not None:
        name = variable(given.value, "`value`", place(given), problems)
    return name or syntax.Variable(f"?{entry.key.span.start}", entry.key.span)


def loop_items(
    found: dict[str, Entry], entry: Entry, problems: Problems
) -> syntax.Expression | syntax.Range:
    """Exactly one of `in` and `range` (spec 04 §5)."""
    items, span = found.get("in"), found.get("range")
    if items is not None and span is not None:
        first, second = (items, span) if items.key.span < span.key.span else (span, items)
        problems.add(
            "WFC130",
            "a `for` loop has both `in` and `range`",
            second.key.span,
            others=[Label(first.key.span, "the other")],
            hint="keep one of them",
        )
    if items is not None:
        return _in(items, problems)
    if span is not None:
        return _range(span, problems)
    problems.add(
        "WFC131",
        "a `for` loop has neither `in` nor `range`",
        entry.key.span,
        hint="add `in: ${some_list}` or `range: [1, 10]`",
    )
    return syntax.ListLiteral((), entry.key.span)


def _in(entry: Entry, problems: Problems) -> syntax.Expression:
    node = entry.value
    match node:
        case Sequence():
            return value(node, problems)
        case Scalar() if is_expression(node):
            return scalar(node, problems)
    hint = ""
    if meant := braced(node):
        hint = f"write `in: {meant}`"
    elif isinstance(node, Mapping):
        hint = "to go through a map, write `in: ${keys(some_map)}`"
    message = f"`in` must be a list or an expression, not {describe(node)}"
    problems.add("WFC132", message, place(entry), hint=hint)
    return syntax.ListLiteral((), node.span)


def _range(entry: Entry, problems: Problems) -> syntax.Range:
    node = entry.value
    match node:
        case Sequence(items=(begin, end)):
            return syntax.Range(_bound(begin, problems), _bound(end, problems), None, node.span)
        case Scalar() if is_expression(node):
            whole = scalar(node, problems)
            match whole:
                case syntax.Embedded(syntax.ListLiteral(parts)) if len(parts) != 2:
                    _not_a_pair(f"a list of {len(parts)}", entry, problems)
            return syntax.Range(None, None, whole, node.span)
        case Sequence(items):
            _not_a_pair(f"a list of {len(items)}", entry, problems)
        case _:
            _not_a_pair(describe(node), entry, problems)
    return syntax.Range(None, None, None, node.span)


def _bound(node: Node, problems: Problems) -> syntax.Expression | None:
    if is_number(node) or is_expression(node):
        return scalar(node, problems)
    message = f"a bound of `range` must be a number or an expression, not {describe(node)}"
    problems.add("WFC133", message, head(node))
    return None


def _not_a_pair(what: str, entry: Entry, problems: Problems) -> None:
    problems.add(
        "WFC133",
        f"`range` must be a first and a last number, not {what}",
        place(entry),
        hint="write `range: [1, 10]` or `range: ${[first, last]}`; both ends are included",
    )


def shared_variables(entry: Entry, problems: Problems) -> tuple[syntax.Variable, ...]:
    """`shared:` is a list of plain names, each once (spec 04 §8 rule 7)."""
    node = entry.value
    if not isinstance(node, Sequence):
        hint = f"write `shared: [{node.text}]`" if is_text(node) else ""
        wrong_kind("`shared`", "a list of names", node, place(entry), problems, hint)
        if not is_text(node):
            return ()
        names = _NAME.finditer(node.text)
        return tuple(syntax.Variable(name[0], node.within(*name.span())) for name in names)
    found: dict[str, syntax.Variable] = {}
    for item in node.items:
        name = variable(item, "a `shared` name", head(item), problems)
        if name is None:
            continue
        first = found.setdefault(name.name, name)
        if first is not name:
            message = f"`{short(name.name)}` is shared twice"
            problems.add("WFC137", message, name.span, others=[Label(first.span, "already here")])
    return tuple(found.values())


def concurrency_limit(entry: Entry, problems: Problems) -> syntax.Expression | None:
    """A literal must be a positive integer (OQ-42); an expression is looked at when it runs."""
    node = entry.value
    if is_expression(node):
        return scalar(node, problems)
    if is_number(node) and isinstance(node.value, int) and node.value > 0:
        return scalar(node, problems)
    shown = f"`{short(node.text)}`" if is_number(node) else describe(node)
    message = f"`concurrency_limit` must be a positive integer or an expression, not {shown}"
    hint = "leave it out to set no limit of your own"
    if is_text(node) and node.text.isdecimal() and short(node.text) == node.text:
        hint = f"write `concurrency_limit: {node.text}`"
    problems.add("WFC138", message, place(entry), hint=hint)
    return None


def exception_policy(entry: Entry, problems: Problems) -> None:
    """`continueAll` is the only policy and the default (spec 04 §8)."""
    node = entry.value
    if not isinstance(node, Scalar) or node.value != "continueAll":
        shown = f"`{short(node.text)}`" if is_text(node) else describe(node)
        message = f"{shown} is not an exception policy"
        hint = "write `exception_policy: continueAll`, the only one there is"
        problems.add("WFC136", message, place(entry), hint=hint)


def retry(entry: Entry, problems: Problems) -> syntax.Retry:
    """A policy expression, or a map of which any part may be missing (spec 04 §9, OQ-43)."""
    node = entry.value
    if not isinstance(node, Mapping):
        policy = expression(entry, "a retry policy or a map", problems)
        return syntax.Retry(policy, None, None, None, None, None, None, entry.key.span)
    found = fields(node, ("predicate", "max_retries", "backoff"), "`retry`", problems)
    timing: dict[str, Entry] = {}
    backoff = None
    if "backoff" in found:
        if isinstance(delays := found["backoff"].value, Mapping):
            keys = ("initial_delay", "max_delay", "multiplier")
            timing = fields(delays, keys, "`backoff`", problems)
        else:
            backoff = expression(found["backoff"], "a map or an expression", problems)
    predicate = None
    if "predicate" in found:
        predicate = expression(found["predicate"], "an expression that names one", problems)
    return syntax.Retry(
        None,
        predicate,
        _number(found.get("max_retries"), problems),
        backoff,
        _number(timing.get("initial_delay"), problems),
        _number(timing.get("max_delay"), problems),
        _number(timing.get("multiplier"), problems),
        entry.key.span,
    )


def _number(entry: Entry | None, problems: Problems) -> syntax.Expression | None:
    return None if entry is None else number(entry, problems)
