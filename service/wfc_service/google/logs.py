"""The log of an execution, which Google's service keeps in another API: an extension of ours."""

from __future__ import annotations

import json
from typing import Final

from wfc_service.google.checks import page_size_of
from wfc_service.google.executions import find_execution
from wfc_service.google.resources import Resource
from wfc_service.service import Service

_LARGEST_PAGE: Final = 1000


async def list_log_entries(
    service: Service, *, parent: str, after: int = 0, page_size: int = 0
) -> Resource:
    """`{entries, nextAfter}`: the entries behind `after`, in the order in which they were written.

    What is written later comes behind `nextAfter`.
    """
    execution = find_execution(service, parent)
    rows = service.database.read(
        "SELECT number, entry FROM logs WHERE execution = ? AND number > ? ORDER BY number LIMIT ?",
        execution.id,
        after,
        page_size_of(page_size, _LARGEST_PAGE, _LARGEST_PAGE),
    )
    page: Resource = {"nextAfter": str(rows[-1]["number"] if rows else after)}
    if rows:
        page["entries"] = [json.loads(row["entry"]) for row in rows]
    return page
