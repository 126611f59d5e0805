"""Long-running operations: each has ended when it is first shown (spec 08 §5)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Final

from wfc_service.errors import invalid, not_found
from wfc_service.google.checks import page_size_of
from wfc_service.google.columns import Column
from wfc_service.google.listing import Listing, Query, read_page
from wfc_service.google.resources import Resource, operation_resource, page_resource
from wfc_service.service import Service
from wfc_service.store.records import Operation
from wfc_service.store.tables import operation_of, put_operation
from wfc_service.times import Nanoseconds

_USUAL_PAGE: Final = 100
_LARGEST_PAGE: Final = 1000

LISTING: Final = Listing(
    source="operations",
    key="id",
    columns={
        "name": Column("operation_name(id)"),
        "done": Column("1", "bool"),
        "metadata.verb": Column("verb"),
        "metadata.target": Column("target"),
        "metadata.createTime": Column("create_time", "timestamp"),
        "metadata.endTime": Column("end_time", "timestamp"),
    },
    sorts=("metadata.createTime",),
    usual="metadata.createTime desc",
)


async def finish_operation(
    service: Service,
    verb: str,
    workflow: str,
    began: Nanoseconds,
    *,
    error: Mapping[str, Any] | None = None,
    response: Resource | None = None,
) -> Resource:
    """Keeps what has become of a change of a workflow, and returns it as the API shows it."""
    operation = Operation(
        _new_id(began),
        verb,
        service.place.workflow(workflow),
        began,
        service.now(),
        error,
        response,
    )
    await service.database.write(lambda connection: put_operation(connection, operation))
    return operation_resource(service.place, operation)


async def get_operation(service: Service, *, name: str) -> Resource:
    return operation_resource(service.place, _find(service, name))


async def list_operations(
    service: Service,
    *,
    name: str,
    filter: str = "",
    page_size: int = 0,
    page_token: str = "",
    return_partial_success: bool = False,
) -> Resource:
    """The newest first."""
    service.place.within(name, anywhere=True)
    if return_partial_success:
        raise invalid("return_partial_success", "it can only be set to read several locations")
    size = page_size_of(page_size, _USUAL_PAGE, _LARGEST_PAGE)
    query = Query(size, page_token, filter)
    rows, token = await read_page(service.database, LISTING, "*", "1", (), query)
    found = [operation_resource(service.place, operation_of(row)) for row in rows]
    return page_resource("operations", found, token)


async def delete_operation(service: Service, *, name: str) -> Resource:
    """Forgets an operation; what it has done stays."""
    operation = _find(service, name).id
    await service.database.write(
        lambda connection: connection.execute("DELETE FROM operations WHERE id = ?", (operation,))
    )
    return {}


def _find(service: Service, name: str) -> Operation:
    (operation,) = service.place.within(name, "operations")
    rows = service.database.read("SELECT * FROM operations WHERE id = ?", operation)
    if not rows:
        raise not_found(name)
    return operation_of(rows[0])


def _new_id(time: Nanoseconds) -> str:
    """As the service's: milliseconds, then random digits."""
    digits = secrets.token_hex(15)
    return f"operation-{time // 1_000_000}-{digits[:13]}-{digits[13:21]}-{digits[21:29]}"
