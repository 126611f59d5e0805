"""`orderBy` of lists (https://google.aip.dev/132): `startTime desc, state` → terms in SQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wfc_service.errors import invalid
from wfc_service.google.columns import Columns, find

_TERM: Final = re.compile(r"\s*([A-Za-z_.]+)(?:\s+(asc|desc))?\s*")


@dataclass(frozen=True, slots=True)
class Term:
    """One column of an order; `sql` is never NULL."""

    sql: str
    descending: bool


def order(columns: Columns, sorts: Sequence[str], key: str, text: str) -> list[Term]:
    """The terms of an order, the last of which is `key`, that no two rows share.

    Raises ApiError INVALID_ARGUMENT for a field that is not in `sorts`, or for one given twice.
    """
    terms: dict[str, Term] = {}
    for part in text.split(","):
        match = _TERM.fullmatch(part)
        if match is None:
            reason = f"{part.strip()!r} is not of the form `field` or `field desc`"
            raise invalid("order_by", reason)
        name = find(columns, match[1])
        if name is None or name not in sorts:
            raise invalid("order_by", f"{match[1]!r} is none of {', '.join(sorts)}")
        if name in terms:
            raise invalid("order_by", f"{name!r} stands there twice")
        terms[name] = Term(columns[name].sort, match[2] == "desc")
    descending = next(iter(terms.values())).descending
    return [*terms.values(), Term(key, descending)]
