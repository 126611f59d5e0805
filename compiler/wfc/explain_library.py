"""The library on the terminal: in, a name somebody typed; out, its entry, or those of a module."""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import fill, indent
from typing import TYPE_CHECKING

from wfc.library import NAMES, module_of
from wfc.similar import Speller
from wfc.wrong_use import WrongUse

if TYPE_CHECKING:
    from wfc.reference import Entry

_WIDTH = 88
_MODULES = tuple(dict.fromkeys(map(module_of, NAMES)))


def explain_library(topic: str) -> str:
    """What is known of `text.split`, which may be written `split`, or a line for all of `text`.

    Raises WrongUse for what is neither a name nor a module.
    """
    from wfc.reference import entry  # loads the runtime, which no other explanation needs

    if topic in _MODULES:
        return _listed([entry(name) for name in NAMES if module_of(name) == topic])
    found = [name for name in NAMES if topic in (name, _last(name))]
    if topic in found or len(found) == 1:
        return _whole(entry(topic if topic in found else found[0]))
    raise WrongUse(f"nothing is named `{topic}`; {_hint(topic, found)}")


def list_library() -> str:
    """A line for each module with the names in it."""
    rows = [
        fill(
            f"{module:<9} {' '.join(_last(name) for name in NAMES if module_of(name) == module)}",
            _WIDTH,
            initial_indent="  ",
            subsequent_indent=" " * 12,
            break_on_hyphens=False,
        )
        for module in _MODULES
    ]
    return "\n".join(["the library", *rows, "", "`wfc explain NAME` shows one, or a module.", ""])


def _whole(entry: Entry) -> str:
    parts = [entry.signature, *(fill(text, _WIDTH) for text in entry.paragraphs)]
    if entry.blocking:
        parts.append("Blocking: a step of its own, not part of an expression.")
    if entry.errors:
        parts.append(fill("Errors: " + ", ".join(entry.errors), _WIDTH))
    decided = sorted(set(re.findall(r"OQ-[0-9]+", " ".join(entry.paragraphs))))
    if decided:
        parts.append(f"{', '.join(decided)}: Google's documents are silent, and wfc decided this.")
    parts += ["Example:" if len(entry.examples) == 1 else "Examples:"]
    parts += [indent(example, "    ") for example in entry.examples]
    return "\n\n".join(parts) + "\n"


def _listed(entries: Iterable[Entry]) -> str:
    """Signatures, and under them what they do."""
    parts = []
    for entry in entries:
        parts.append(fill(_on_one_line(entry.signature), _WIDTH, subsequent_indent=" " * 8))
        parts.append(fill(entry.summary, _WIDTH, initial_indent=" " * 4, subsequent_indent=" " * 4))
        parts.append("")
    return "\n".join([*parts, "`wfc explain NAME` shows errors and examples.\n"])


def _on_one_line(signature: str) -> str:
    return " ".join(signature.split()).replace("( ", "(").replace(", )", ")")


def _hint(topic: str, found: list[str]) -> str:
    if found:
        return f"did you mean {' or '.join(found)}?"
    similar = Speller().similar(topic, (*NAMES, *_MODULES, *map(_last, NAMES)))
    near = similar if similar in _MODULES else None
    near = near or next((name for name in NAMES if similar in (name, _last(name))), similar)
    return f"did you mean {near}?" if near else "`wfc explain` lists all names and codes"


def _last(name: str) -> str:
    return name.rpartition(".")[2]
