"""A name that is no connector's -> what is wrong with it, in words."""

from __future__ import annotations

from typing import assert_never

from wfc.discovery import Unknown
from wfc.frozen import frozen_value
from wfc.similar import Speller

_MOST = 12
"""Names that are listed."""


@frozen_value
class Advice:
    """What a problem says: `label` are the words at its place."""

    code: str
    message: str
    label: str
    hint: str
    note: str = ""


def advice(unknown: Unknown, speller: Speller) -> Advice:
    """What to say of a name."""
    cutoff = 0.85 if unknown.kind == "service" else 0.7  # there are hundreds of them
    meant = speller.similar(unknown.part, unknown.near, cutoff) or unknown.elsewhere
    hint = f"did you mean `{meant}`?" if meant else ""
    match unknown.kind:
        case "package":
            message = "the package that describes connectors is not installed"
            install = 'write `pip install "wfc-compiler[gcp]"` in a shell'
            return Advice("WFC503", message, "a connector", install)
        case "service":
            message = f"no connector is for an API called `{unknown.part}`"
            rest = "call its REST API: `call: http.request` with `auth: {type: OAuth2}`"
            return Advice("WFC210", message, "unknown API", hint or rest)
        case "version":
            message = f"the API `{unknown.there}` has no version `{unknown.part}`"
            note = f"its versions are {', '.join(unknown.near)}"
            return Advice("WFC210", message, "unknown", hint, note)
        case "method":
            message = f"`{unknown.there}` has no method or resource `{unknown.part}`"
            return Advice("WFC211", message, "unknown", hint, f"it has {_listed(unknown.near)}")
        case _:
            assert_never(unknown.kind)


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:_MOST])
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"{shown}{more}" if names else "none"
