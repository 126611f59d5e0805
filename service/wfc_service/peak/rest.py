"""Peak's API over http: in go the requests of its SDK, out comes JSON (spec 11 §4).

A row of a table says which function of a domain module a path means; those know no http.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wfc_service.errors import ApiError
from wfc_service.peak import executions, logs, tenant, workflows
from wfc_service.peak.bodies import is_form, read_bytes, read_form, read_json, skip
from wfc_service.peak.errors import RETRIED, body_of, conflict, missing, unserved
from wfc_service.peak.query import Query
from wfc_service.peak.queue_full import QueueFull
from wfc_service.peak.webhooks import LIMIT as WEBHOOK_LIMIT
from wfc_service.service import Service

_log = logging.getLogger(__name__)

_WORKFLOWS: Final = "/workflows/api/v1"
_WEBHOOKS: Final = f"{_WORKFLOWS}/webhooks/"
_TELEMETRY: Final = "/resource-usage/api/v1/telemetry"

PREFIXES: Final = (
    f"{_WORKFLOWS}/",
    "/quota/api/v1/",
    "/tenant-management/api/v1/",
    "/resource-usage/api/v1/",
    "/v1/blocks/",
    "/v1/deployments/",
    "/v2/deployments/",
    *("/v1/apps/", "/v1/specs", "/access-control/api/", "/artifacts/api/", "/webapps/api/"),
    *("/connections/api/", "/data-bridge/api/", "/notifications/api/", "/semantic-layer/api/"),
    *("/image-management/api/", "/quota/api/", "/tenant-management/api/"),
)
"""How Peak's paths begin; none of Google's does.  What of them is not served is said to be so."""

OPEN_PREFIXES: Final = (_WEBHOOKS, f"{_WORKFLOWS}/downloads/")
"""What needs no token: whoever knows such a URL has been told it."""

_MOST_DIGITS: Final = 18
_LONGEST_ID: Final = 200
"""Characters of a request's id that count."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request: what its path names, its query, and its body as JSON or the fields of a form;
    that of a webhook as it is."""

    service: Service
    ids: dict[str, str]
    query: Query
    body: Any
    request_id: str
    of_sdk: bool
    api: PeakApi

    @property
    def number(self) -> int:
        """The id of a workflow; raises ApiError NOT_FOUND for what is none."""
        text = self.ids["number"]
        if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
            raise missing(f"there is no workflow {text}")
        return int(text)


Handler: TypeAlias = Callable[[Call], Awaitable[Any]]

Webhook: TypeAlias = Callable[[str, bytes, str], Awaitable[Any]]
"""Takes the id of a webhook, what was sent there, and the request's id."""


async def _create(call: Call) -> Any:
    return await workflows.create_workflow(call.service, call.body, request_id=call.request_id)


async def _execute(call: Call) -> Any:
    try:
        return await executions.execute(
            call.service, call.number, call.body, request_id=call.request_id
        )
    except ApiError as error:
        if error.status != "RESOURCE_EXHAUSTED":
            raise
        # who asks with an id of their own and goes on asking, as `wfc batch`, is not to be told 400
        request_id = call.request_id if call.of_sdk else ""
        raise call.api.queue_full.refusal(error, request_id) from None


async def _webhook(call: Call) -> Any:
    return await call.api.webhook(call.ids["webhook"], call.body, call.request_id)


async def _logs(call: Call) -> Any:
    step, token = call.query.text("stepName"), call.query.text("nextToken")
    return await logs.get_logs(call.service, call.number, call.ids["execution"], step, token)


async def _downloadable(call: Call) -> Any:
    step = call.query.text("stepName")
    secret = call.api.downloads.add(call.service, call.number, call.ids["execution"], step)
    return {"downloadUrl": f"{call.api.address}{_WORKFLOWS}/downloads/{secret}"}


async def _download(call: Call) -> Any:
    text = call.api.downloads.fetch(call.service, call.ids["secret"])
    headers = {"content-disposition": 'attachment; filename="execution.log"'}
    return StreamingResponse(text, headers=headers, media_type="text/plain; charset=utf-8")


async def _resources(call: Call) -> Any:
    return tenant.resources()


async def _default_resource(call: Call) -> Any:
    return tenant.default_resource()


async def _instance_options(call: Call) -> Any:
    return tenant.instance_options()


async def _tenant(call: Call) -> Any:
    return tenant.tenant_metadata(call.service.place.project)


async def _telemetry(call: Call) -> Any:
    return {}


_HANDLERS: Final[Sequence[tuple[str, str, Handler]]] = (
    ("GET", "/workflows", lambda call: workflows.list_workflows(call.service, call.query)),
    ("POST", "/workflows", _create),
    (
        "GET",
        "/workflows/executions/{number}",
        lambda call: executions.list_executions(call.service, call.number, call.query),
    ),
    (
        "GET",
        "/workflows/{number}",
        lambda call: workflows.describe_workflow(call.service, call.number),
    ),
    (
        "PUT",
        "/workflows/{number}",
        lambda call: workflows.update_workflow(call.service, call.number, call.body),
    ),
    (
        "DELETE",
        "/workflows/{number}",
        lambda call: workflows.delete_workflow(call.service, call.number),
    ),
    (
        "POST",
        "/workflows/{number}/pause",
        lambda call: workflows.pause_workflow(call.service, call.number, paused=True),
    ),
    (
        "POST",
        "/workflows/{number}/resume",
        lambda call: workflows.pause_workflow(call.service, call.number, paused=False),
    ),
    ("POST", "/workflows/{number}/execute", _execute),
    (
        "GET",
        "/workflows/{number}/executions/{execution}",
        lambda call: executions.get_execution(call.service, call.number, call.ids["execution"]),
    ),
    (
        "POST",
        "/workflows/{number}/executions/{execution}/stop",
        lambda call: executions.stop_execution(call.service, call.number, call.ids["execution"]),
    ),
    ("POST", "/webhooks/{webhook}", _webhook),
    ("GET", "/workflows/{number}/executions/{execution}/logs", _logs),
    ("GET", "/workflows/{number}/executions/{execution}/logs/download", _downloadable),
    ("GET", "/downloads/{secret}", _download),
    ("GET", "/resources", _resources),
    ("GET", "/resources/defaults", _default_resource),
)
"""Below `/workflows/api/v1`."""

_ELSEWHERE: Final[Sequence[tuple[str, str, Handler]]] = (
    ("GET", "/quota/api/v1/settings/tenant-instance-options", _instance_options),
    ("GET", "/tenant-management/api/v1/external/tenants/tenant-metadata", _tenant),
    ("POST", _TELEMETRY, _telemetry),
)


class PeakApi:
    """The ASGI application of Peak's paths, in front of another one for all others.

    webhook  starts what a webhook is for
    address  where this service is reached, which the URLs of downloads begin with
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
        self.webhook = webhook
        self.service = service
        self.address = address
        self.downloads = logs.Downloads()
        self.queue_full = QueueFull(after_retries=queue_full_400)
        rows = [(verb, _WORKFLOWS + path, handler) for verb, path, handler in _HANDLERS]
        routes = [self._route(*row) for row in (*rows, *_ELSEWHERE)]
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

    def _route(self, verb: str, path: str, handler: Handler) -> Route:
        async def endpoint(request: Request) -> Response:
            call = Call(
                self.service,
                request.path_params,
                Query(request.scope["query_string"]),
                await _body(request),
                request.headers.get("x-peak-requestid", "")[:_LONGEST_ID],
                "x-peak-sdkversion" in request.headers,
                self,
            )
            result = await handler(call)
            return result if isinstance(result, Response) else json_response(result)

        return Route(path, endpoint, methods=[verb])


def is_peak_path(path: str) -> bool:
    return path.startswith(PREFIXES)


def json_response(value: Any, status: int = 200) -> Response:
    body = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, media_type="application/json")


async def _body(request: Request) -> Any:
    scope, receive = request.scope, request.receive
    if request.url.path.startswith(_WEBHOOKS):
        return await read_bytes(scope, receive, WEBHOOK_LIMIT)
    if is_form(scope):
        return await read_form(scope, receive)
    if request.method in ("POST", "PUT", "PATCH") and request.url.path != _TELEMETRY:
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
    if path.startswith(_WORKFLOWS):
        raise missing("the requested URL was not found on this server")
    raise unserved(f"{path} is not served here: this service has Peak's workflows and blocks")
