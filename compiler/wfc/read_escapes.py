"""Finds out that a tree was read from a Terraform-escaped file without `--terraform`.

`$${` inside longer text can be meant (Cloud Build escapes so too); a scalar that is `$${…}` as a
whole is an expression that Terraform would have unescaped.
"""

from __future__ import annotations

from typing import assert_never

from wfc import nodes
from wfc.problems import Problems


def read_escapes(root: nodes.Node, problems: Problems) -> bool:
    """Whether any scalar is an escaped expression; one problem for all of them."""
    found: list[nodes.Scalar] = []
    left = [root]
    while left:
        match left.pop():
            case nodes.Scalar() as scalar:
                if scalar.text.startswith("$${") and scalar.text.endswith("}"):
                    found.append(scalar)
            case nodes.Sequence(items=items):
                left += items
            case nodes.Mapping(entries=entries):
                left += (part for entry in entries for part in (entry.key, entry.value))
            case unreachable:
                assert_never(unreachable)
    if found:
        first = min(found, key=lambda scalar: scalar.span)
        problems.add(
            "WFC030",
            "the expressions of this file are escaped for Terraform",
            first.span,
            f"the first of {len(found)}" if len(found) > 1 else "",
            hint="add `--terraform` to the command",
        )
    return bool(found)
