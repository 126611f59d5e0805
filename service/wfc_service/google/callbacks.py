"""Callback endpoints of executions: which are open, and requests to them (spec 08 §2)."""

from __future__ import annotations

from wfc_service.engine.interface import CallbackRequest
from wfc_service.google.checks import page_size_of
from wfc_service.google.executions import find_execution
from wfc_service.google.listing import Query, page_of
from wfc_service.google.resources import Resource, callback_resource, page_resource
from wfc_service.service import Service

_PAGE = 100
"""Callbacks on a page, unless fewer are asked for."""


async def list_callbacks(
    service: Service, *, parent: str, page_size: int = 0, page_token: str = ""
) -> Resource:
    """Those that are open, by their ids."""
    execution = find_execution(service, parent)
    name = service.place.execution(execution.workflow, execution.id)
    found = {callback["id"]: callback for callback in service.engine.callbacks(execution.id)}
    query = Query(page_size_of(page_size, _PAGE, _PAGE), page_token)
    ids, token = page_of(sorted(found), query, name)
    return page_resource("callbacks", [callback_resource(name, found[id]) for id in ids], token)


async def receive_callback(service: Service, name: str, request: CallbackRequest) -> None:
    """Hands a request to the endpoint `…/executions/E/callbacks/ID`; see `Engine.receive`."""
    parent, _, callback = name.partition("/callbacks/")
    await service.engine.receive(find_execution(service, parent).id, callback, request)
