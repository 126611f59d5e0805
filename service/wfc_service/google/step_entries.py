"""The history of an execution, step by step (spec 08 §2)."""

from __future__ import annotations

import json
import sqlite3
from typing import Final

from wfc_service.errors import ApiError, invalid, not_found
from wfc_service.google.checks import page_size_of
from wfc_service.google.columns import Column
from wfc_service.google.executions import find_execution
from wfc_service.google.listing import Listing, Query, count, read_page
from wfc_service.google.messages import MESSAGES
from wfc_service.google.resources import Resource, page_resource
from wfc_service.service import Service
from wfc_service.store.records import FINISHED


def _time(field: str) -> str:
    return f"nanoseconds(json_extract(entry, '$.{field}'))"


_ENTRY: Final = MESSAGES["StepEntry"].fields
LISTING: Final = Listing(
    source="step_entries",
    key="id",
    columns={
        "entryId": Column("id", "integer"),
        "createTime": Column(_time("createTime"), "timestamp", unset=True),
        "updateTime": Column(_time("updateTime"), "timestamp", unset=True),
        "routine": Column("json_extract(entry, '$.routine')"),
        "step": Column("json_extract(entry, '$.step')"),
        "stepType": Column(
            "json_extract(entry, '$.stepType')", "enum", values=_ENTRY["stepType"].values
        ),
        "parent": Column(
            "CAST(json_extract(entry, '$.navigationInfo.parent') AS INTEGER)",
            "integer",
            unset=True,
        ),
        "state": Column("json_extract(entry, '$.state')", "enum", values=_ENTRY["state"].values),
    },
    sorts=("entryId", "createTime", "updateTime", "routine", "step", "stepType", "state"),
    usual="entryId",
)
_LARGEST_PAGE: Final = 1000


async def list_step_entries(
    service: Service,
    *,
    parent: str,
    page_size: int = 0,
    page_token: str = "",
    skip: int = 0,
    filter: str = "",
    order_by: str = "",
    view: str = "",
) -> Resource:
    """By their ids, where no order is asked for; `view` no longer means anything."""
    execution = find_execution(service, parent)
    if skip < 0:
        raise invalid("skip", "it must not be negative")
    size = page_size_of(page_size, _LARGEST_PAGE, _LARGEST_PAGE)
    query = Query(size, page_token, filter, order_by)
    whose = ("execution = ?", (execution.id,))
    rows, token = await read_page(service.database, LISTING, "*", *whose, query, skip=skip)
    name = service.place.execution(execution.workflow, execution.id)
    page = page_resource("stepEntries", [_resource(name, row) for row in rows], token)
    if total := await count(service.database, LISTING, *whose, query):
        page["totalSize"] = total
    return page


async def get_step_entry(service: Service, *, name: str, view: str = "") -> Resource:
    parent, _, number = name.partition("/stepEntries/")
    execution = find_execution(service, parent)
    rows = service.database.read(
        "SELECT * FROM step_entries WHERE execution = ? AND id = ?", execution.id, number
    )
    if not rows:
        raise not_found(name)
    return _resource(service.place.execution(execution.workflow, execution.id), rows[0])


async def delete_execution_history(service: Service, *, name: str) -> Resource:
    """Deletes all step entries of an execution, which must have finished."""
    execution = find_execution(service, name)
    if execution.state not in FINISHED:
        reason = f"deleting the history of an execution in state {execution.state} is not allowed"
        raise ApiError("FAILED_PRECONDITION", reason)
    await service.database.write(
        lambda connection: connection.execute(
            "DELETE FROM step_entries WHERE execution = ?", (execution.id,)
        )
    )
    return {}


def _resource(execution: str, row: sqlite3.Row) -> Resource:
    number = str(row["id"])
    name = f"{execution}/stepEntries/{number}"
    return {**json.loads(row["entry"]), "name": name, "entryId": number}
