"""Who may talk to the service: whoever has its token, where it has one."""

from __future__ import annotations

import hmac
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from wfc_service.errors import ApiError
from wfc_service.rest import json_bytes

OPEN_PATHS: Final = ("/healthz",)
"""What anybody may ask."""

_REFUSED: Final = ApiError(
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected the service's token in the header"
    " `Authorization: Bearer TOKEN`.",
)


def is_authorized(header: str, token: str) -> bool:
    """Whether an Authorization header bears the token; it takes as long whether or not it does."""
    scheme, _, given = header.partition(" ")
    same = hmac.compare_digest(given.strip().encode(), token.encode())
    return same and scheme.lower() == "bearer"


class TokenGuard:
    """An ASGI application in front of another one."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in OPEN_PATHS:
            header = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
            if not is_authorized(header, self._token):
                await _refuse(send)
                return
        await self._app(scope, receive, send)


async def _refuse(send: Send) -> None:
    body = json_bytes(_REFUSED.body())
    headers = [
        (b"content-type", b"application/json; charset=UTF-8"),
        (b"content-length", str(len(body)).encode()),
        (b"www-authenticate", b"Bearer"),
    ]
    await send({"type": "http.response.start", "status": _REFUSED.code, "headers": headers})
    await send({"type": "http.response.body", "body": body})
