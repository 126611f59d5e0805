"""References `@param:name` in a config -> the defaults of build parameters (spec 11 §2).

A reference is a whole value and keeps the type of what it stands for.  In goes the config, out
comes the same with every reference replaced whose parameter has a default, each new value at the
place of its reference, and the references that are left.
"""

from __future__ import annotations

from wfc.nodes import Entry, Mapping, Node, Scalar, Sequence
from wfc.parse_shapes import short
from wfc.peak import syntax
from wfc.peak.parse_shapes import reference
from wfc.problems import Problems
from wfc.similar import Speller
from wfc.source import Span


def bind(
    config: Mapping, parameters: tuple[syntax.Parameter, ...], problems: Problems
) -> tuple[Mapping, tuple[syntax.Word, ...]]:
    """The config with defaults in it; a name that is no build parameter is reported."""
    binder = _Binder(parameters, problems)
    return binder.mapping(config), tuple(binder.unbound)


class _Binder:
    def __init__(self, parameters: tuple[syntax.Parameter, ...], problems: Problems) -> None:
        self.parameters = {parameter.name.text: parameter for parameter in parameters}
        self.problems = problems
        self.unbound: list[syntax.Word] = []
        self._speller = Speller()

    def mapping(self, node: Mapping) -> Mapping:
        entries = (Entry(entry.key, self._value(entry.value)) for entry in node.entries)
        return Mapping(tuple(entries), node.span)

    def _value(self, node: Node) -> Node:
        match node:
            case Mapping():
                return self.mapping(node)
            case Sequence(items):
                return Sequence(tuple(self._value(item) for item in items), node.span)
            case Scalar():
                name = reference(node)
                return node if name is None else self._reference(node, name)

    def _reference(self, node: Scalar, name: str) -> Node:
        parameter = self.parameters.get(name)
        if parameter is None:
            self._unknown(node, name)
        elif parameter.default is not None:
            return placed(parameter.default, node.span)
        self.unbound.append(syntax.Word(node.text, node.span))
        return node

    def _unknown(self, node: Scalar, name: str) -> None:
        message = f"no build parameter is named `{short(name)}`"
        if not self.parameters:
            message = f"there is no build parameter `{short(name)}`, nor any other"
        meant = self._speller.similar(name, self.parameters)
        hint = f"declare it in `parameters.build`:\nparameters:\n  build:\n  - name: {short(name)}"
        span = node.within(len("@param:"), len(node.text)) if name else node.span
        hint = f"did you mean `@param:{meant}`?" if meant else hint
        self.problems.add("WFC741", message, span, hint=hint)


def placed(node: Node, span: Span) -> Node:
    """The same value as if it had been written at `span`."""
    match node:
        case Scalar():
            offsets = (span.start,) * len(node.text) + (span.end,)
            return Scalar(node.value, node.text, span, offsets, node.plain)
        case Sequence(items):
            return Sequence(tuple(placed(item, span) for item in items), span)
        case Mapping(entries):
            made = (Entry(_key(entry.key, span), placed(entry.value, span)) for entry in entries)
            return Mapping(tuple(made), span)


def _key(key: Scalar, span: Span) -> Scalar:
    return Scalar(key.value, key.text, span, (span.start,) * len(key.text) + (span.end,), key.plain)
