"""Lists of Press: filtered, sorted and cut into pages.

There are as many blocks and deployments as people have made, so all of them are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from wfc_service.peak.errors import bad
from wfc_service.peak.query import Query

_SORTS: Final = ("createdAt", "createdBy", "name", "title")
_ORDERS: Final = ("asc", "desc")


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
    """A page of a list, which is called `name`; `counted` is what the number of all is called."""
    wanted = query.page()
    cut = items[wanted.offset : wanted.offset + wanted.size]
    return wanted.shown(name, cut, len(items), counted)


def _sorts(query: Query) -> list[str]:
    return [one for text in query.texts("sort") for one in text.split(",") if one]


def _field(item: Mapping[str, Any], name: str) -> Any:
    return item.get(name, item.get("metadata", {}).get(name, ""))
