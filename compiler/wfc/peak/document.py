"""A file of Peak's -> what Peak's own command sends of it: the body as JSON, without nulls."""

from __future__ import annotations

import math
from collections.abc import Mapping as Map
from typing import Any, Literal

from wfc.frozen import frozen_value
from wfc.nodes import Mapping, Node, Sequence
from wfc.peak.recognise import Recognised, is_template, recognise
from wfc.problems import Problems
from wfc.read import read
from wfc.source import Source


@frozen_value
class Document:
    """A workflow or a block spec; `beside` is the whole file where there is a `body:` in it."""

    kind: Literal["workflow", "block"]
    body: dict[str, Any]
    beside: dict[str, Any]


def read_document(source: Source, values: Map[str, Any]) -> Document | None:
    """None for what is no file of Peak's; problems of one that is are for the compiler to tell.

    `values` are the variables of a template.
    """
    tree = read_tree(source, values)
    return None if tree is None else document(source, tree)


def read_tree(source: Source, values: Map[str, Any]) -> Node | None:
    """The tree of a source, of a template's text once it is rendered."""
    if not is_template(source.text):
        return read(source, Problems())
    from wfc.peak.template import template  # which loads jinja2

    rendered = template(source, values, Problems())
    return None if rendered is None else read(rendered.source(), Problems())


def document(source: Source, tree: Node) -> Document | None:
    found = recognise(source, tree, Problems())
    if not isinstance(found, Recognised):
        return None
    beside = {} if found.root is found.body else _plain(found.root)
    return Document(found.kind, _plain(found.body), beside)


def _plain(node: Node) -> Any:
    """A tree as JSON; what JSON has no number for is the text that was written (spec 11 §1.0)."""
    match node:
        case Mapping(entries):
            named = ((entry.key.text, _plain(entry.value)) for entry in entries)
            return {name: value for name, value in named if value is not None}
        case Sequence(items):
            return [_plain(item) for item in items]
        case _:
            value = node.value
            return node.text if isinstance(value, float) and not math.isfinite(value) else value
