"""YAML values -> expressions: literals, `${…}`, and trees of both (spec 01 §6, 03 §1)."""

from __future__ import annotations

import math

from wfc import syntax
from wfc.expressions import embedded
from wfc.nodes import Entry, Mapping, Node, Scalar, Sequence
from wfc.parse_shapes import describe, is_expression, is_number, is_text, place, short
from wfc.problems import Problems
from wfc.source import Span


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
    hint = f"write `{key}: ${{{node.text.strip()}}}`" if is_text(node) and _fits(node) else ""
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
    if is_text(node) and node.text.strip().replace(".", "", 1).isdecimal() and _fits(node):
        hint = f"write `{key}: {node.text.strip()}`"
    message = f"`{key}` must be a number or an expression, not {describe(node)}"
    problems.add("WFC105", message, place(entry), hint=hint)
    return None


def condition(entry: Entry, problems: Problems) -> syntax.Expression:
    """`condition:` is a whole expression or a boolean (spec 04 §3)."""
    node = entry.value
    if is_expression(node) or (isinstance(node, Scalar) and isinstance(node.value, bool)):
        return scalar(node, problems)
    hint = f"write `condition: {_as_condition(node.text)}`" if is_text(node) and _fits(node) else ""
    message = f"a condition must be an expression or a boolean, not {describe(node)}"
    problems.add("WFC127", message, place(entry), hint=hint)
    return syntax.Constant(True, node.span)


def _fits(node: Scalar) -> bool:
    """Whether a hint can repeat the text on its line."""
    return bool(node.text.strip()) and len(node.text) <= 80 and "\n" not in node.text


def _as_condition(text: str) -> str:
    """`${a} == 1` and `a == 1` as one expression, `"true"` as a boolean."""
    inner = text.strip()
    if inner.lower() in ("true", "false"):
        return inner.lower()
    if "${" in inner:
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
