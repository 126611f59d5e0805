"""The APIs over http: in go paths, parameters and bodies, out comes JSON in Google's form.

Which method a request means is one look into a dictionary: the words of its path that are not ids.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from wfc_service.engine.interface import CallbackRequest
from wfc_service.errors import STATUS, ApiError, invalid
from wfc_service.google.callbacks import receive_callback
from wfc_service.google.fields import read_json, read_message, read_query
from wfc_service.google.messages import Message, field_of
from wfc_service.google.methods import METHODS, Method
from wfc_service.google.openapi import openapi
from wfc_service.google.partial import select
from wfc_service.google.resources import Resource
from wfc_service.service import Service

_log = logging.getLogger(__name__)

_SYSTEM: Final = {
    name: field
    for row in (
        "alt string",
        "fields string",
        "prettyPrint bool",
        "access_token string",
        "callback string",
        "key string",
        "oauth_token string",
        "quotaUser string",
        "upload_protocol string",
        "uploadType string",
        "userProject string",
        "xgafv string",
    )
    for field in (field_of(row),)
    for name in (field.name, f"${field.name}", f"$.{field.name}")
}
"""Parameters that every method of Google's APIs takes; the first three mean something here."""

_Route: TypeAlias = tuple[str, tuple[str, ...], int, str]
"""Version, the words of a path that are not ids, how many words there are, the custom verb."""

_CALLBACK: Final[_Route] = (
    "v1",
    ("projects", "locations", "workflows", "executions", "callbacks"),
    11,
    "",
)
"""Takes any verb, and has no JSON: what is sent there is the workflow's business."""

_LONG_QUERY: Final = 64 * 1024
"""Bytes of a query that Google's clients send in a body, because a URL could not hold it."""

_CALLBACK_BODY: Final = 2 * 1024 * 1024
"""Bytes, as of a response to a request of a workflow (spec 07 §2)."""


class Api:
    """The ASGI application of both APIs."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._routes: dict[_Route, dict[str, Method]] = {}
        for method in METHODS:
            for version in method.versions:
                path, _, verb = method.path.partition(":")
                route = _route(f"{version}/{path}".split("/"), verb)
                self._routes.setdefault(route, {})[method.verb] = method

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
            return
        headers: list[tuple[bytes, bytes]] = []
        status = 200
        try:
            body = await self._answer(scope, receive)
        except ApiError as error:
            status, body = error.code, json_bytes(error.body())
            if error.retry_after is not None:
                headers.append((b"retry-after", str(error.retry_after).encode()))
        except Exception:  # a bug, which is logged and not shown to clients
            _log.exception("a request could not be answered")
            internal = ApiError("INTERNAL", "Internal error encountered.")
            status, body = internal.code, json_bytes(internal.body())
        await _send(send, status, headers, body)

    async def _answer(self, scope: Scope, receive: Receive) -> bytes:
        words = scope["path"].split("/")[1:] or [""]  # `OPTIONS *` has no path
        words[-1], _, custom = words[-1].partition(":")
        route = _route(words, custom)
        if not all(words) or (route not in self._routes and route != _CALLBACK):
            raise ApiError("NOT_FOUND", "The requested URL was not found on this server.")
        if route == _CALLBACK:
            return await self._receive("/".join(words[1:]), scope, receive)
        verb, query = scope["method"], scope["query_string"]
        if verb == "POST" and (b"x-http-method-override", b"GET") in scope["headers"]:
            verb, query = "GET", await read_body(scope, receive, _LONG_QUERY)
        methods = self._routes[route]
        method = methods.get(verb)
        if method is None:
            message = f"This URL takes {' and '.join(methods)} requests, not {verb}."
            raise ApiError("UNIMPLEMENTED", message, code=405)
        arguments, system = _parameters(method, query)
        if method.message is not None:
            sent = read_json(await read_body(scope, receive, method.limit))
            _add_body(arguments, method, method.message, sent)
        if method.key and (key := _header(scope, b"idempotency-key")):
            arguments.setdefault(method.key, key)
        holder, _, argument = method.argument.rpartition(".")
        holding = arguments[holder] if holder else arguments
        holding[argument] = "/".join(words[1 : method.bound + 1])
        return _written(await method.call(self._service, **arguments), system)

    async def _receive(self, name: str, scope: Scope, receive: Receive) -> bytes:
        request = CallbackRequest(
            scope["method"],
            [(key.decode("latin-1"), value.decode("latin-1")) for key, value in scope["headers"]],
            parse_qsl(scope["query_string"].decode("ascii", "replace"), keep_blank_values=True),
            await read_body(scope, receive, _CALLBACK_BODY),
        )
        await receive_callback(self._service, name, request)
        return b""


def create_app(
    service: Service,
    *,
    routes: Sequence[BaseRoute] = (),
    middleware: Sequence[Middleware] = (),
    description: Callable[[], dict[str, Any]] = openapi,
) -> Starlette:
    """The whole application; `routes` are further ones, `middleware` is around all.

    `description` makes what `/openapi.json` answers.
    """

    async def described(request: Request) -> Response:
        return Response(json_bytes(description()), media_type="application/json")

    app = Starlette(
        routes=[*routes, Route("/openapi.json", described)],
        middleware=list(middleware),
        exception_handlers={HTTPException: _refused},
    )
    app.router.redirect_slashes = False
    app.router.default = Api(service)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    """What a further route refuses, in the form of the APIs."""
    assert isinstance(error, HTTPException)
    names = [name for name, (code, _) in STATUS.items() if code == error.status_code]
    status = names[0] if names else "UNKNOWN"
    refusal = ApiError(status, f"{error.detail}.", code=error.status_code)
    body = json_bytes(refusal.body())
    return Response(body, error.status_code, error.headers, "application/json")


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The body of a request; raises ApiError as soon as it is longer than `limit` bytes."""
    too_long = ApiError(
        "INVALID_ARGUMENT", f"Request payload size exceeds the limit: {limit} bytes."
    )
    for name, value in scope["headers"]:
        if name == b"content-length" and int(value) > limit:
            raise too_long
    parts: list[bytes] = []
    left = limit
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ApiError("CANCELLED", "The client went away.")
        part = message.get("body", b"")
        left -= len(part)
        if left < 0:
            raise too_long
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def json_bytes(value: Resource, pretty: bool = True) -> bytes:
    """As Google's services write it: keys sorted, indented by two (spec 08 §6)."""
    if not pretty:
        return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return f"{json.dumps(value, sort_keys=True, ensure_ascii=False, indent=2)}\n".encode()


def _route(words: list[str], verb: str) -> _Route:
    return words[0], tuple(words[1::2]), len(words), verb


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _parameters(method: Method, query: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments of a query, and the system parameters."""
    if not query:
        return {}, {}
    pairs = parse_qsl(query.decode("ascii", "replace"), keep_blank_values=True)
    own = [(name, text) for name, text in pairs if name not in _SYSTEM]
    system = read_query(_SYSTEM, [(name, text) for name, text in pairs if name in _SYSTEM])
    if system.get("alt", "json").partition(";")[0] != "json":
        raise invalid("alt", "only json is served here")
    if "callback" in system:
        raise invalid("callback", "JSONP is not served here")
    return read_query(method.parameters, own), system


def _add_body(arguments: dict[str, Any], method: Method, message: Message, sent: Any) -> None:
    """Makes the body, or each of its fields, an argument."""
    fields = read_message(message, sent, method.body_name)
    if method.body_name:
        arguments[method.body_name] = fields
    else:
        arguments |= {message.fields[name].proto: value for name, value in fields.items()}


def _written(reply: Resource, system: dict[str, Any]) -> bytes:
    if not system:
        return json_bytes(reply)
    if fields := system.get("fields"):
        reply = select(reply, fields)
    return json_bytes(reply, system.get("pretty_print", True))


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    headers.append((b"content-length", str(len(body)).encode()))
    if body:
        headers.append((b"content-type", b"application/json; charset=UTF-8"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
