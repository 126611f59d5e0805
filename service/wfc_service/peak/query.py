"""Queries and pages of Peak's API: in goes what a URL says, out come its values, checked.

A list is told which page it is asked for by number and answers how many there are (spec 11 §4.3).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs

from wfc_service.peak.errors import bad
from wfc_service.times import Nanoseconds

SCOPES: Final = ("private", "public", "shared")
_WORKFLOW_STATUSES: Final = ("Draft", "Running", "Available", "Paused")
_STATUSES: Final = ("Success", "Running", "Stopped", "Stopping", "Failed")


def _texts(*allowed: str) -> dict[str, Any]:
    one = {"type": "string", "enum": list(allowed)} if allowed else {"type": "string"}
    return {"type": "array", "items": one}


_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer", "minimum": 1}
_SWITCH: Final = {"type": "boolean"}
_TIME: Final = {"type": "string", "format": "date-time"}

PARAMETERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "count": _NUMBER,
    "dateFrom": _TIME,
    "dateTo": _TIME,
    "featured": _SWITCH,
    "lastExecutionStatus": _texts(*_STATUSES),
    "lastModifiedBy": _texts(),
    "name": _TEXT,
    "nextToken": _TEXT,
    "pageNumber": _NUMBER,
    "pageSize": _NUMBER,
    "scope": _texts(*SCOPES),
    "searchTerm": _TEXT,
    "sort": _texts(),
    "status": _texts(),
    "statuses": _texts(*_STATUSES),
    "stepName": _TEXT,
    "title": _TEXT,
    "validate": _SWITCH,
    "wait": _SWITCH,
    "workflowStatus": _texts(*_WORKFLOW_STATUSES),
}
"""The parameters of queries as JSON Schema: what is taken, and what `openapi` tells."""

_USUAL_PAGE: Final = 25
_LARGEST_PAGE: Final = 1000
_MOST_DIGITS: Final = 9
_DIGITS_OF_A_ROW: Final = 18
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FARTHEST: Final = 2**62
"""Nanoseconds from 1970 to 2116: what is beyond is as good, and has room in a table's integer."""


def row_number(text: str) -> int | None:
    """A number that a row of a table can have; None for a text that is none."""
    return int(text) if _is_number(text, _DIGITS_OF_A_ROW) else None


class Query:
    """The parameters of a URL; each method raises ApiError 400 for a value that is none.

    names  those that the call reads, as its row says; it may read no other one
    """

    def __init__(self, text: bytes, names: Collection[str]) -> None:
        self._schemas = {name: PARAMETERS[name] for name in names}
        try:
            self._values: Mapping[str, Sequence[str]] = parse_qs(
                text.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=1000
            )
        except ValueError:
            raise bad("the query has more than 1,000 parameters") from None

    def text(self, name: str) -> str:
        """The last value; "" where there is none."""
        assert name in self._schemas, f"the row of the call does not say that it reads {name}"
        return self._values.get(name, [""])[-1]

    def texts(self, name: str) -> Sequence[str]:
        """All values, also of `name[]`; each is one of those allowed."""
        allowed = self._schemas[name]["items"].get("enum")
        found = [*self._values.get(name, ()), *self._values.get(f"{name}[]", ())]
        for value in found:
            if allowed and value not in allowed:
                raise bad(f"{name}: `{value}` is none of {', '.join(allowed)}")
        return found

    def integer(self, name: str, usual: int) -> int:
        """A number from 1 on."""
        text = self.text(name)
        if not text:
            return usual
        if not (_is_number(text, _MOST_DIGITS) and int(text)):
            raise bad(f"{name}: `{text[:40]}` is no number from 1 on")
        return int(text)

    def switch(self, name: str) -> bool | None:
        text = self.text(name).lower()
        if text not in ("", "true", "false"):
            raise bad(f"{name}: `{text[:40]}` is neither true nor false")
        return None if not text else text == "true"

    def time(self, name: str) -> Nanoseconds | None:
        """A date or a time in ISO format; without a zone it is in UTC."""
        text = self.text(name).strip()
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise bad(f"{name}: `{text[:40]}` is no date or time in ISO format") from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        elapsed = (moment - _EPOCH) // timedelta(microseconds=1) * 1000
        return max(-_FARTHEST, min(elapsed, _FARTHEST))

    def page(self) -> Page:
        size = min(self.integer("pageSize", _USUAL_PAGE), _LARGEST_PAGE)
        return Page(size, self.integer("pageNumber", 1))


@dataclass(frozen=True, slots=True)
class Page:
    size: int
    number: int

    @property
    def offset(self) -> int:
        return self.size * (self.number - 1)

    def shown(self, name: str, items: Sequence[Any], count: int, counted: str) -> dict[str, Any]:
        """`{NAME: items, "pageCount": …}`; `counted` is what the number of all is called."""
        return {
            name: list(items),
            "pageSize": self.size,
            "pageNumber": self.number,
            "pageCount": -(-count // self.size),
            counted: count,
        }


def _is_number(text: str, most_digits: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= most_digits
