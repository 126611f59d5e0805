"""The reference -> the page `docs/library.md`."""

from __future__ import annotations

from itertools import groupby

from wfc.library import NAMES, module_of
from wfc.reference import Entry, entry

_INTRODUCTION = """\
# The standard library

What this version of wfc runs, function by function. The page is made from what the compiler checks
calls by and from what runs them, and every example below is run by the tests:
`pytest --update-golden` writes it, nobody else does. `wfc explain text.split` shows the same on a
terminal.

Arguments are given by name in a step (`call: text.split` with `args: {source: …, separator: …}`) or
by position in an expression (`${text.split(line, ",")}`); blocking functions only in a step. An
argument with `=` may be left out. One of another type than those shown raises a TypeError, which
`wfc check` warns of where it is certain. *Errors* are the tags to look for in `e.tags`. OQ-numbers
mark what Google's documents leave open; the [README](../README.md) says what was decided.

Next to the functions below stands the operator `in`, which may be written as a call: `in(x, y)` is
`x in y`.
"""


def page() -> str:
    """The Markdown of the whole page."""
    modules = [(module, list(group)) for module, group in groupby(NAMES, module_of)]
    contents = [
        f"| [{_title(module)}](#{_anchor(_title(module))}) | {', '.join(map(_link, names))} |"
        for module, names in modules
    ]
    parts = [_INTRODUCTION, "\n".join(["| | |", "|---|---|", *contents]) + "\n"]
    for module, names in modules:
        parts.append(f"## {_title(module)}\n")
        parts += [_section(entry(name)) for name in names]
    return "\n".join(parts)


def _title(module: str) -> str:
    return "Expression helpers" if module == "helpers" else module


def _link(name: str) -> str:
    return f"[`{name.rpartition('.')[2]}`](#{_anchor(name)})"


def _anchor(heading: str) -> str:
    """As GitHub makes it of a heading."""
    return heading.lower().replace(".", "").replace(" ", "-")


def _section(entry: Entry) -> str:
    """One function."""
    parts = [f"### `{entry.name}`", f"```\n{entry.signature}\n```", *entry.paragraphs]
    if entry.blocking:
        parts.append("Blocking: a step of its own, not part of an expression.")
    if entry.errors:
        parts.append(f"*Errors:* {', '.join(entry.errors)}")
    if entry.examples:
        shown = "\n\n".join(entry.examples)
        parts.append(f"```yaml\n{shown}\n```")
    return "\n\n".join(parts) + "\n"
