"""The request of a connector: in go its description and a call's arguments (spec 06, Connectors).

Nulls count as left out.  A wrong type raises the workflow's TypeError, a bad value its ValueError.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from wfc_runtime.auth import OAuth2
from wfc_runtime.conversions import string
from wfc_runtime.errors import type_error, value_error
from wfc_runtime.request import Request, request
from wfc_runtime.values import Value, word

if TYPE_CHECKING:
    from wfc_runtime.connectors import Connector

_PLACE = re.compile(r"\{\+?([\w.]+)\}")
_PATH_SAFE = "/%:@!$&'()*+,;=~"
_REGION = re.compile(r"[a-z0-9-]+")
_OF_EVERY_METHOD = ("alt", "fields", "prettyPrint", "quotaUser", "uploadType")


def connector_request(
    connector: Connector, arguments: dict[str, Value], scopes: tuple[str, ...]
) -> Request:
    """What is sent for the arguments of a call, with the credentials that it needs."""
    given = {name: value for name, value in arguments.items() if value is not None}
    body = given.pop("body", None) if connector.body else None
    headers = {}
    if connector.upload and "uploadType" in given:
        if given["uploadType"] != "media":
            raise value_error(f"{connector.name}(): `uploadType` can only be `media`")
        url = connector.upload
        if type(body) is str:  # the object's text, not JSON
            headers["Content-Type"] = "text/plain; charset=utf-8"
    else:
        url = _host(connector, given.pop(connector.region, None))
    parts = {name: given.pop(name, None) for name in _PLACE.findall(url)}
    query = _query(connector, given)
    url = _PLACE.sub(lambda place: _part(connector, place[1], parts[place[1]]), url)
    made = request(connector.method, url, None, body, headers, query or None, None, None, None)
    return replace(made, auth=OAuth2(scopes))


def _host(connector: Connector, region: Value) -> str:
    """The address on the host of a region, where one is given."""
    if region is None:
        return connector.url
    called = f"{connector.name}(): `{connector.region}`"
    if type(region) is not str:
        raise type_error(f"{called} must be a string, not {word(region)}")
    if not _REGION.fullmatch(region):
        raise value_error(f"{called} must be the name of a region")
    return connector.url.replace("https://", f"https://{region}-", 1)


def _part(connector: Connector, name: str, value: Value) -> str:
    """A path parameter as it stands in the address.

    It goes in as it is: a `/` in the name of a storage object has to be encoded in the workflow, as
    on the service (spec 06).  Only what no path can hold is encoded.
    """
    if value is None:
        raise type_error(f"{connector.name}(): the argument `{name}` is missing")
    if type(value) is not str and type(value) is not int:
        raise type_error(f"{connector.name}(): `{name}` must be a string, not {word(value)}")
    if value == "":
        raise value_error(f"{connector.name}(): `{name}` must not be empty")
    return quote(string(value), safe=_PATH_SAFE)


def _query(connector: Connector, given: dict[str, Value]) -> dict[str, Value]:
    """Query parameters: by name, as a map of the parts of a name, or all in a map `query`."""
    query: dict[str, Value] = {}
    for name, value in given.items():
        if name in connector.query or name in _OF_EVERY_METHOD:
            query[name] = value
        elif name == "query" or any(known.startswith(f"{name}.") for known in connector.query):
            if type(value) is not dict:
                raise type_error(f"{connector.name}(): `{name}` must be a dict, not {word(value)}")
            inside = value if name == "query" else {f"{name}.{k}": v for k, v in value.items()}
            query |= {key: one for key, one in inside.items() if one is not None}
        else:
            raise type_error(f"{connector.name}(): no parameter is named `{name}`")
    return query
