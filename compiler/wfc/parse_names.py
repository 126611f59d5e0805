"""Names of steps, variables and functions: in, the node where one is written; out, the name."""

from __future__ import annotations

import re

from wfc import syntax
from wfc.expressions import is_embedded
from wfc.nodes import Node, Scalar
from wfc.parse_shapes import describe, is_text, short
from wfc.problems import Problems
from wfc.source import Span

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DOTTED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_CALLED = re.compile(r"([A-Za-z_][\w.]*) *\(.*", re.DOTALL)
_NESTED = re.compile(r"[A-Za-z_][A-Za-z0-9_]*[.\[].*", re.DOTALL)
_FIRST = re.compile(r"[.\[]")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_]+")
_UNREADABLE = re.compile(r"and|AND|or|OR|not|NOT|in|null|true|True|TRUE|false|False|FALSE")
"""Words that an expression never reads as a variable (spec 03 §2)."""


def step_name(key: Scalar, problems: Problems) -> str:
    """The name of a step or branch: any text that is no expression (spec 01 §5, 03 §1)."""
    if isinstance(key.value, bool | float) or (key.value is None and key.text):
        message = f"the name `{short(key.text)}` is not text"
        problems.add("WFC114", message, key.span, hint=f'write `"{key.text}":`')
    elif not key.text.strip():
        problems.add("WFC114", "a name is missing before the `:`", key.span)
    elif is_embedded(key.text):
        problems.add("WFC114", "a name cannot be an expression", key.span)
    return key.text


def variable(node: Node, what: str, span: Span, problems: Problems) -> syntax.Variable | None:
    """A plain variable name; `what` says where it stands (spec 01 §5, OQ-18).

    What is text is used even if its shape is wrong, under the name that the hint proposes, so that
    uses of it are no second problem.
    """
    if not is_text(node):
        message = f"{what} must be the name of a variable, not {describe(node)}"
        problems.add("WFC122", message, span)
        return None
    text = node.text
    if _NESTED.fullmatch(text):
        message = f"{what} must be a plain variable, not a part of one"
        hint = f"write a plain name, then assign it to `{short(text)}` in an `assign` step"
        if what == "a `shared` name":
            hint = f"share the whole variable: `{_FIRST.split(text)[0]}`"
        problems.add("WFC124", message, node.span, hint=hint)
    else:
        text = _check_shape(node, what, problems)
    return syntax.Variable(text, node.span)


def routine_name(key: Scalar, problems: Problems) -> str:
    """The name of a subworkflow has the shape of a variable's (spec 01 §5)."""
    _check_shape(key, "a subworkflow", problems)
    return key.text


def _check_shape(scalar: Scalar, what: str, problems: Problems) -> str:
    """The name, or what it could be instead."""
    text, note = scalar.text, ""
    if _NAME.fullmatch(text) and not _UNREADABLE.fullmatch(text):
        return text
    if _UNREADABLE.fullmatch(text):
        message = f"{what} is named `{text}`, a word of expressions that cannot be read as a name"
        plain = f"{text}_"
    elif is_embedded(text):
        message = f"{what} cannot be an expression"
        plain = text.strip()[2:-1].strip()
    else:
        message = f"{what} cannot be named `{short(text)}`"
        note = "a name is made of letters, digits and `_`, and does not begin with a digit"
        plain = _NOT_IN_NAMES.sub("_", text.strip())
        plain = f"_{plain}" if plain[:1].isdigit() else plain
    proposed = _NAME.fullmatch(plain) and plain.strip("_") and short(plain) == plain
    hint = f"write `{plain}`" if proposed else ""
    problems.add("WFC122", message, scalar.span, hint=hint, note=note)
    return plain if proposed else text


def function_name(node: Node, span: Span, problems: Problems) -> str | None:
    """The target of `call`: a literal dotted name (OQ-9)."""
    if not is_text(node):
        message = f"`call` must be the name of a function, not {describe(node)}"
        problems.add("WFC123", message, span)
        return None
    text = node.text
    if _DOTTED.fullmatch(text):
        return text
    computed = is_embedded(text)
    inner = text.strip()[2:-1].strip() if computed else text
    called = _CALLED.fullmatch(inner)
    hint = "choose between several calls with `switch`" if computed else ""
    if called:
        hint = f"write `call: {short(called[1])}` and put the arguments under `args:`"
    elif _DOTTED.fullmatch(inner):
        hint = f"write `call: {short(inner)}`"
    message = f"`{short(text)}` is not the name of a function"
    if computed:
        message = "`call` cannot be an expression"
    problems.add("WFC123", message, node.span, hint=hint)
    return None


def jump(node: Node, span: Span, problems: Problems) -> syntax.Jump | None:
    """The target of `next`: a step's name as plain text (spec 03 §1)."""
    if not is_text(node):
        hint = ""
        if isinstance(node, Scalar) and node.value is not None:
            hint = f'write `next: "{short(node.text)}"` if the step is named so'
        message = f"`next` must be the name of a step, not {describe(node)}"
        problems.add("WFC121", message, span, hint=hint)
        return None
    if is_embedded(node.text):
        hint = "choose between several steps with `switch`"
        problems.add("WFC121", "`next` cannot be an expression", node.span, hint=hint)
        return None
    if not node.text.strip():
        problems.add("WFC121", "`next` names no step", node.span)
        return None
    return syntax.Jump(node.text, node.span)
