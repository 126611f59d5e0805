"""Peak's API over http: in go the requests of its SDK, out comes JSON (spec 11 §4).

A row of `workflow_calls` or `press_calls` says which function of a domain module a path means;
those know no http.
"""

from __future__ import annotations

import json
import logging
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wfc_service.errors import ApiError
from wfc_service.peak.bodies import is_form, read_bytes, read_form, read_json, skip
from wfc_service.peak.call import Api, Call, Row, Webhook
from wfc_service.peak.errors import RETRIED, body_of, conflict, missing, unserved
from wfc_service.peak.press_calls import PRESS_CALLS
from wfc_service.peak.query import Query
from wfc_service.peak.queue_full import QueueFull
from wfc_service.peak.webhooks import LIMIT as WEBHOOK_LIMIT
from wfc_service.peak.workflow_calls import OTHER_CALLS, TELEMETRY, WORKFLOW_CALLS, WORKFLOWS
from wfc_service.service import Service

_log = logging.getLogger(__name__)

_WEBHOOKS: Final = f"{WORKFLOWS}/webhooks/"

_SERVED: Final = (f"{WORKFLOWS}/", "/v1/blocks/", "/v1/deployments", "/v2/deployments/")
PREFIXES: Final = (
    *_SERVED,
    *("/resource-usage/api/", "/quota/api/", "/tenant-management/api/"),
    *("/v1/apps/", "/v1/specs", "/access-control/api/", "/artifacts/api/", "/webapps/api/"),
    *("/connections/api/", "/data-bridge/api/", "/notifications/api/", "/semantic-layer/api/"),
    "/image-management/api/",
)
"""How Peak's paths begin; none of Google's does.  What of them is not served is said to be so."""

OPEN_PREFIXES: Final = (_WEBHOOKS, f"{WORKFLOWS}/downloads/")
"""What needs no token: whoever knows such a URL has been told it."""

_LONGEST_ID: Final = 200
"""Characters of a request's id that count."""


class PeakApi:
    """The ASGI application of Peak's paths, in front of another one for all others.

    `webhook` and `address` are those of `call.Api`.
    """

    def __init__(
        self,
        app: ASGIApp,
        service: Service,
        webhook: Webhook,
        address: str = "",
        *,
        queue_full_400: bool = False,
    ) -> None:
        self._app = app
        self._api = Api(service, webhook, address, QueueFull(after_retries=queue_full_400))
        routes = [self._route(row) for row in (*WORKFLOW_CALLS, *OTHER_CALLS, *PRESS_CALLS)]
        self._router = Router(routes, redirect_slashes=False, default=_nowhere)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_peak_path(scope["path"]):
            await self._app(scope, receive, send)
            return
        answer = await self._answer(scope, receive, send)
        if answer is not None:
            await answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> Response | None:
        """What is answered instead of what the router has sent, if anything."""
        multipart = is_form(scope)
        scope = {**scope, "path": scope["path"].rstrip("/"), "app": self}
        has_begun = False

        async def sending(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._router(scope, receive, sending)
        except ApiError as error:
            return _refusal(error, multipart)
        except HTTPException as error:
            detail = f"{scope['method']} is nothing that this path takes"
            return _refusal(ApiError("UNIMPLEMENTED", detail, code=error.status_code), multipart)
        except Exception:  # a bug, which is logged and not shown to clients
            _log.exception("a request could not be answered")
            if has_begun:
                raise
            return _refusal(ApiError("INTERNAL", "Internal error encountered"), multipart)
        return None

    def _route(self, row: Row) -> Route:
        async def endpoint(request: Request) -> Response:
            wish = request.headers.get("x-peak-requestid", "")[:_LONGEST_ID]
            call = Call(
                self._api,
                request.path_params,
                Query(request.scope["query_string"], row.query),
                await _body(request),
                wish if row.once else "",
                "x-peak-sdkversion" in request.headers,
            )
            result = await row.handler(call)
            return result if isinstance(result, Response) else json_response(result)

        return Route(row.path, endpoint, methods=[row.verb])


def is_peak_path(path: str) -> bool:
    return path.startswith(PREFIXES)


def json_response(value: Any, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, media_type="application/json")


async def _body(request: Request) -> Any:
    scope, receive = request.scope, request.receive
    if scope["path"].startswith(_WEBHOOKS):
        return await read_bytes(scope, receive, WEBHOOK_LIMIT)
    if is_form(scope):
        return await read_form(scope, receive)
    if request.method in ("POST", "PUT", "PATCH") and scope["path"] != TELEMETRY:
        return await read_json(scope, receive)
    await skip(scope, receive)
    return {}


def _refusal(error: ApiError, multipart: bool) -> Response:
    """An error as an answer; what Peak's SDK would try again is a 409 where it sent a form.

    It cannot send its body a second time, and would wait for an answer for ever (spec 11 §2).
    """
    if multipart and error.code in RETRIED:
        error = conflict(str(error))
    return json_response(body_of(error), error.code)


async def _nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    path = scope["path"]
    if path.startswith(_SERVED):
        raise missing("the requested URL was not found on this server")
    raise unserved(f"{path} is not served here: this service has Peak's workflows and blocks")
