"""Lists of Press: filtered, sorted and cut into pages.

There are as many blocks and deployments as people have made, so all of them are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from wfc_service.peak.errors import bad
from wfc_service.peak.query import Query
from wfc_service.peak.tenant import USER

_SORTS: Final = ("createdAt", "createdBy", "name", "title")
_ORDERS: Final = ("asc", "desc")
_ONLY_SHOWN: Final = ("createdBy", "status")


def matching(items: Sequence[Mapping[str, Any]], query: Query) -> list[Mapping[str, Any]]:
    """Those whose name, title and status are as the query has them, in its order.

    Else in the order of their creation, which they come in.
    """
    statuses = query.texts("status")
    found = [
        item
        for item in items
        if (not statuses or item["status"] in statuses)
        and all(str(_field(item, key)).startswith(query.text(key)) for key in ("name", "title"))
    ]
    for one in reversed(_sorts(query)):
        field, _, order = one.partition(":")
        if field not in _SORTS or order not in ("", *_ORDERS):
            wanted = f"{', '.join(_SORTS)}, each with :asc or :desc"
            raise bad(f"sort: `{one}` is none of {wanted}")
        found.sort(key=lambda item: str(_field(item, field)), reverse=order == "desc")
    return found


def page(items: Sequence[Any], query: Query, name: str, counted: str) -> dict[str, Any]:
    """A page of a list, which is called `name`; `counted` is what the number of all is called.

    The SDK has two names for some of these numbers, one in its words and one in its tables.
    """
    wanted = query.page()
    cut = items[wanted.offset : wanted.offset + wanted.size]
    shown = wanted.shown(name, cut, len(items), counted)
    return {**shown, counted.replace("sCount", "Count"): len(items)}


def without_shown(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata as they are kept: without what `with_shown` adds."""
    return {key: value for key, value in metadata.items() if key not in _ONLY_SHOWN}


def with_shown(metadata: Mapping[str, Any], status: str) -> dict[str, Any]:
    """Metadata with what the SDK looks for there: who has made something, and how it is."""
    return {**metadata, "createdBy": USER, "status": status}


def _sorts(query: Query) -> list[str]:
    return [one for text in query.texts("sort") for one in text.split(",") if one]


def _field(item: Mapping[str, Any], name: str) -> Any:
    return item.get(name, item.get("metadata", {}).get(name, ""))
