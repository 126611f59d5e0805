"""A connector on the terminal: in, its name or the first parts of one; out, its arguments."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wfc.discovery import Unknown, connector
from wfc.library import Connector, Parameter
from wfc.similar import Speller
from wfc.terminal import fill
from wfc.unknown_connector import advice
from wfc.wrong_use import WrongUse

_COLUMN = 24
"""Where the words about an argument begin."""

_LINK = re.compile(r"\[([^]]+)\]\([^)]+\)")
_STATUS = re.compile(r"^(?:(?:Required|Optional|Output only|Identifier|Immutable)\. ?)+")
_HEADING = re.compile(r"\s#+ ")
_END = re.compile(r"(?<=\.) (?=[A-Z])|\n")


def explain_connector(name: str) -> str:
    """What Google's description of its API says of a method, a resource, a version or an API.

    Raises WrongUse for a name that is none of these, and where the descriptions are missing.
    """
    name = name.rstrip(".")
    found = connector(name)
    if isinstance(found, Connector):
        return _method(found)
    inside = connector(f"{name}.")  # the part that is missing has no name, and others near it
    if isinstance(inside, Unknown) and inside.kind != "package" and not inside.part:
        return f"{name}.…\n\n{fill('  ' + ' '.join(inside.near), subsequent=2)}\n"
    said = advice(found, Speller())
    raise WrongUse(f"{said.message}; {said.hint or said.note}")


def _method(found: Connector) -> str:
    needed = [each for each in found.parameters if each.required]
    optional = [each for each in found.parameters if not each.required and each.about]
    others = [each for each in found.parameters if not each.required and not each.about]
    parts = [f"{found.name}\n{found.method} {found.url}"]
    if about := _HEADING.split(_plain(found.about))[0]:
        parts.append(fill(about))
    if needed:
        parts.append(f"Arguments:\n\n{_rows(needed)}")
    if optional:
        parts.append(f"Arguments that may be left out:\n\n{_rows(optional)}")
    parts.append(fill(f"Also {', '.join(f'`{each.name}`' for each in others)}."))
    if found.operation:
        parts.append("A call waits until the work that it begins has ended.")
    parts.append("`wfc explain connectors` says what all methods have in common.")
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    """The text without the addresses of its links, `[words](address)`."""
    return _LINK.sub(r"\1", text.strip())


def _rows(parameters: Iterable[Parameter]) -> str:
    """A line or more for each, with the first sentence about it."""
    rows = []
    for each in parameters:
        about = _END.split(_STATUS.sub("", _plain(each.about)))[0]
        label = f"  {each.name}  "
        if len(label) > _COLUMN:
            rows.append(label.rstrip())
            label = ""
        rows.append(fill(label.ljust(_COLUMN) + about, subsequent=_COLUMN))
    return "\n".join(rows)
