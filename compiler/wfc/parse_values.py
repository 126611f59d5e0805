"""YAML values -> expressions: literals, `${…}`, and trees of both (spec 01 §6, 03 §1)."""

from __future__ import annotations

import math
import re

from wfc import syntax
from wfc.expressions import embedded
from wfc.nodes import Entry, Mapping, Node, Scalar, Sequence
from wfc.parse_shapes import describe, is_expression, is_number, is_text, place, short
from wfc.problems import Problems
from wfc.source import Span

_WRAPPED = re.compile(r"\$\((.*)\)|\{\{(.*)\}\}|\$([A-Za-z_].*)")
"""What stands for an expression in other languages."""


def value(node: Node, problems: Problems) -> syntax.Expression:
    """Any value; an expression that cannot be read (reported) counts as null."""
    match node:
        case Scalar():
            return scalar(node, problems)
        case Sequence(items):
            return syntax.ListLiteral(tuple(value(item, problems) for item in items), node.span)
        case Mapping(entries):
            made = tuple(
                syntax.MapEntry(_key(entry.key, problems), value(entry.value, problems))
                for entry in entries
            )
            return syntax.MapLiteral(made, node.span)


def scalar(node: Scalar, problems: Problems) -> syntax.Constant | syntax.Embedded:
    """A literal or a whole `${…}`; text around a `${…}` is only text (OQ-21)."""
    if is_expression(node):
        return embedded(node, problems) or syntax.Constant(None, node.span)
    if isinstance(node.value, float) and not math.isfinite(node.value):
        message = f"`{short(node.text)}` is not a number that a workflow can hold"
        problems.add("WFC141", message, node.span, hint=f'write `"{node.text}"` if it is text')
    return syntax.Constant(node.value, node.span)


def _key(key: Scalar, problems: Problems) -> syntax.Constant | syntax.Embedded:
    """A key is text, an integer (OQ-13) or an expression."""
    if isinstance(key.value, str):
        return scalar(key, problems)
    if not isinstance(key.value, int) or isinstance(key.value, bool):
        text = short(key.text) or "null"
        message = f"the key `{text}` is {_kind(key)}, but a key must be text or an integer"
        problems.add("WFC107", message, key.span, hint=f'write `"{text}":`')
    return syntax.Constant(key.value, key.span)


def _kind(key: Scalar) -> str:
    return "null" if key.value is None else describe(key)


def expression(entry: Entry, needed: str, problems: Problems) -> syntax.Expression | None:
    """A value that only an expression can give; `needed` says what, for the message."""
    node = entry.value
    if is_expression(node):
        return scalar(node, problems)
    key = entry.key.text
    hint = f"write `{key}: {meant}`" if (meant := braced(node)) else ""
    message = f"`{key}` must be {needed}, not {describe(node)}"
    problems.add("WFC105", message, place(entry), hint=hint)
    return None


def number(entry: Entry, problems: Problems) -> syntax.Expression | None:
    """A literal number or an expression (spec 01 §8)."""
    node = entry.value
    if is_number(node) or is_expression(node):
        return scalar(node, problems)
    key = entry.key.text
    hint = ""
    if is_text(node) and short(node.text).replace(".", "", 1).isdecimal():
        hint = f"write `{key}: {node.text.strip()}`"
    message = f"`{key}` must be a number or an expression, not {describe(node)}"
    problems.add("WFC105", message, place(entry), hint=hint)
    return None


def condition(entry: Entry, problems: Problems) -> syntax.Expression:
    """`condition:` is a whole expression or a boolean (spec 04 §3)."""
    node = entry.value
    if is_expression(node) or (isinstance(node, Scalar) and isinstance(node.value, bool)):
        return scalar(node, problems)
    meant = braced(node)
    if is_text(node) and node.text.strip().lower() in ("true", "false"):
        meant = node.text.strip().lower()
    hint = f"write `condition: {meant}`" if meant else ""
    message = f"a condition must be an expression or a boolean, not {describe(node)}"
    problems.add("WFC127", message, place(entry), hint=hint)
    return syntax.Constant(True, node.span)


def braced(node: Node) -> str:
    """`${…}` for what was meant by `a == 1`, `$a`, `$(a)`, `{{a}}` or YAML's map `{a}`.

    Nothing where a hint cannot repeat it on its line.
    """
    match node:
        case Mapping(entries=(Entry(Scalar(text=text), Scalar(value=None, text="")),)):
            pass
        case Scalar(value=str(text)):
            pass
        case _:
            return ""
    if not text.strip() or len(text) > 80 or "\n" in text:
        return ""
    inner = text.strip()
    if wrapped := _WRAPPED.fullmatch(inner):
        inner = next(part for part in wrapped.groups() if part is not None).strip()
    elif "${" in inner:
        inner = inner.replace("${", "").replace("}", "")
    whole = f"${{{inner}}}"
    if ": " in whole or " #" in whole:
        whole = "'" + whole.replace("'", "''") + "'"  # spec 01 §6
    return whole


def is_literal(found: syntax.Expression) -> bool:
    """Whether a value holds no expression at any depth."""
    match found:
        case syntax.Embedded():
            return False
        case syntax.ListLiteral(items):
            return all(map(is_literal, items))
        case syntax.MapLiteral(entries):
            return all(
                isinstance(entry.key, syntax.Constant) and is_literal(entry.value)
                for entry in entries
            )
        case _:
            return True


def first_key(mapping: Mapping) -> Span:
    """The first key of a body as written, without quotes: `Step.position` (spec 05 §3)."""
    key = mapping.entries[0].key
    return key.within(0, len(key.text))
