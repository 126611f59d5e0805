"""`updateMask`: which fields of a workflow a change is about (AIP-134, AIP-161)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wfc_service.errors import invalid
from wfc_service.google.messages import Message


def read_mask(message: Message, mask: str) -> list[str] | None:
    """The names in JSON of the fields of a mask, None for all: no mask, or `*`.

    Fields that only the service sets may be named (AIP-203).  Raises ApiError INVALID_ARGUMENT.
    """
    paths = [path.strip() for path in mask.split(",")] if mask.strip() else []
    if not paths or paths == ["*"]:
        return None
    for path in paths:
        if path not in message.fields:
            raise invalid("update_mask", f"{path!r} is no field of a workflow")
    return [message.fields[path].name for path in paths]


def merge(
    before: Mapping[str, Any], given: Mapping[str, Any], names: list[str] | None
) -> dict[str, Any]:
    """`before` with the fields `names` as they are in `given`, where they may be missing."""
    if names is None:
        return dict(given)
    kept = {name: value for name, value in before.items() if name not in names}
    return kept | {name: value for name, value in given.items() if name in names}
