"""The library on the terminal: in, a name somebody typed; out, its entry, or those of a module."""

from __future__ import annotations

import re
from collections.abc import Iterable
from textwrap import indent
from typing import TYPE_CHECKING

from wfc.library import CONNECTORS, NAMES, module_of, short
from wfc.similar import Speller
from wfc.terminal import fill
from wfc.wrong_use import WrongUse

if TYPE_CHECKING:
    from wfc.reference import Entry

_MODULES = tuple(dict.fromkeys(map(module_of, NAMES)))
_COLUMN = 13
"""Where names begin in the list of modules."""
_LONG = 40
"""A name of more characters than that has a line of its own."""
_TIED = "\N{NO-BREAK SPACE}"


def explain_library(topic: str) -> str:
    """What is known of `text.split`, which may be written `split`, or a line for all of `text`.

    Raises WrongUse for what is neither a name nor a module.
    """
    from wfc.reference import entry  # loads the runtime, which no other explanation needs

    if topic in ("connectors", "googleapis"):
        return _connectors()
    modules = [module for module in _MODULES if topic in (module, *module.split("."))]
    if modules:
        return _listed([entry(name) for name in NAMES if module_of(name) in modules])
    found = [topic] if topic in NAMES else [name for name in NAMES if _ends(name, topic)]
    if len(found) == 1:
        return _whole(entry(found[0]))
    if topic.startswith(CONNECTORS):
        from wfc.explain_connector import explain_connector

        return explain_connector(topic)
    raise _unknown(topic, found)


def list_library() -> str:
    """The names of the library, module by module."""
    rows = []
    for module in _MODULES:
        label = f"  {module}".ljust(_COLUMN)
        if len(label) > _COLUMN:
            rows.append(label)
            label = " " * _COLUMN
        names = " ".join(short(name) for name in NAMES if module_of(name) == module)
        rows.append(fill(label + names, subsequent=_COLUMN))
    return "\n".join(
        [
            "the library",
            *rows,
            "",
            "`wfc explain NAME` shows one, or a module. `wfc explain connectors` says how the",
            "methods of Google's APIs are called, which are functions too.",
            "",
        ]
    )


def _connectors() -> str:
    """What all connectors have in common, and the functions beside them."""
    from wfc.reference import connectors, entry

    beside = _listed([entry(name) for name in NAMES if module_of(name) == "googleapis"])
    how = (
        "`wfc explain` with the name of a method shows its arguments, and with the first parts of "
        "a name what may follow: `wfc explain googleapis.storage.v1`. These functions stand beside "
        "the methods:"
    )
    return f"{_whole(connectors())}\n{fill(how)}\n\n{beside}"


def _whole(entry: Entry) -> str:
    parts = [entry.signature, *(fill(text) for text in entry.paragraphs)]
    if entry.blocking:
        parts.append("Blocking: a step of its own, not part of an expression.")
    if entry.errors:
        parts.append(fill("Errors: " + ", ".join(entry.errors)))
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
        parts.append(_signature(entry))
        parts.append(fill(" " * 4 + entry.summary, subsequent=4))
        parts.append("")
    return "\n".join([*parts, "`wfc explain NAME` shows errors and examples.\n"])


def _signature(entry: Entry) -> str:
    """On one line, or broken between parameters."""
    line = " ".join(entry.signature.split()).replace("( ", "(").replace(", )", ")")
    together = line.replace(" ", _TIED).replace(f",{_TIED}", ", ")
    name, _, rest = together.partition("(")
    if len(name) > _LONG:
        return f"{name}(\n{fill(' ' * 8 + rest, subsequent=8)}".replace(_TIED, " ")
    return fill(together, subsequent=8).replace(_TIED, " ")


def _unknown(topic: str, found: list[str]) -> WrongUse:
    """The error for a name that nothing has, or that several functions have."""
    message = f"nothing is named `{topic}`"
    if any(len(name) > _LONG for name in found):
        return WrongUse(f"{message}; did you mean one of these?", indent("\n".join(found), "  "))
    if found:
        return WrongUse(f"{message}; did you mean {' or '.join(found)}?")
    similar = Speller().similar(topic, (*NAMES, *_MODULES, "connectors", *map(short, NAMES)))
    near = next((name for name in NAMES if similar and _ends(name, similar)), similar)
    if similar in _MODULES:
        near = similar
    hint = f"did you mean {near}?" if near else "`wfc explain` lists all names and codes"
    return WrongUse(f"{message}; {hint}")


def _ends(name: str, topic: str) -> bool:
    """Whether a name is, or ends with, the parts that somebody typed."""
    return bool(topic) and f".{name}".endswith(f".{topic}")
