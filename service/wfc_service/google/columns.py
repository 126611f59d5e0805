"""What can be filtered and sorted by: fields of a resource as SQL over the table that keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["text", "enum", "bool", "integer", "timestamp", "duration", "labels"]


@dataclass(frozen=True, slots=True)
class Column:
    """A field of a resource.

    sql      its value; times and durations are integers of nanoseconds
    inside   SQL of a JSON array or map, over whose members `sql` is then taken by `json_each`
    values   the names that an enum has
    unset    whether it may be NULL
    """

    sql: str
    kind: Kind = "text"
    inside: str = ""
    values: tuple[str, ...] = ()
    unset: bool = False

    @property
    def sort(self) -> str:
        """SQL that is never NULL, so that rows can be compared with the last one of a page."""
        if not self.unset:
            return self.sql
        least = "''" if self.kind in ("text", "enum") else "-1"
        return f"ifnull({self.sql}, {least})"


Columns: TypeAlias = Mapping[str, Column]
"""By the name of the field, `workflowRevisionId`."""


def find(columns: Columns, name: str) -> str | None:
    """The name of a column, also from `workflow_revision_id` and `workflowRevisionID`."""
    if name in columns:
        return name
    plain = _plain(name)
    return next((one for one in columns if _plain(one) == plain), None)


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
