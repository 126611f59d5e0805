"""Locations: the one that the service stands for."""

from __future__ import annotations

from wfc_service.errors import invalid, not_found
from wfc_service.google.checks import page_size_of
from wfc_service.google.resources import Resource, location_resource
from wfc_service.service import Service


async def list_locations(
    service: Service,
    *,
    name: str,
    filter: str = "",
    page_size: int = 0,
    page_token: str = "",
    extra_location_types: str = "",
) -> Resource:
    """Never more than one page."""
    page_size_of(page_size, 1, 1)
    if filter:
        raise invalid("filter", "locations cannot be filtered")
    if page_token:
        raise invalid("page_token", "it is none that this service has given")
    project = name.removeprefix("projects/")
    if not service.place.is_here(project, service.place.location):
        raise not_found(name)
    return {"locations": [location_resource(service.place)]}


async def get_location(service: Service, *, name: str) -> Resource:
    service.place.within(name)
    return location_resource(service.place)
