"""Who may talk to the service: whoever has its token, where it has one."""

from __future__ import annotations

import hmac
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from wfc_service.errors import ApiError
from wfc_service.google.rest import json_bytes

OPEN_PATHS: Final = ("/healthz",)
"""What anybody may ask."""

_REFUSED: Final = ApiError(
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected the service's token in the header"
    " `Authorization: Bearer TOKEN`.",
)


def is_authorized(header: str, token: str, *, bare: bool = False) -> bool:
    """Whether an Authorization header bears the token; it takes as long whether or not it does.

    With `bare` it may be the token alone, which is what Peak's SDK sends (spec 11 §4.1).
    """
    scheme, _, given = header.strip().rpartition(" ")
    same = hmac.compare_digest(given.encode(), token.encode())
    return same and (scheme.strip().lower() == "bearer" or (bare and not scheme))


class TokenGuard:
    """An ASGI application in front of another one.

    peak  how Peak's paths begin, where the token may stand alone
    open  how paths begin that anybody may ask who knows them
    """

    def __init__(
        self, app: ASGIApp, token: str, *, peak: tuple[str, ...] = (), open: tuple[str, ...] = ()
    ) -> None:
        self._app = app
        self._token = token
        self._peak = peak
        self._open = open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            is_open = path in OPEN_PATHS or path.startswith(self._open)
            is_peak = path.startswith(self._peak)
            header = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
            if not is_open and not is_authorized(header, self._token, bare=is_peak):
                await _refuse(send, {"detail": str(_REFUSED)} if is_peak else _REFUSED.body())
                return
        await self._app(scope, receive, send)


async def _refuse(send: Send, refusal: dict[str, Any]) -> None:
    body = json_bytes(refusal)
    headers = [
        (b"content-type", b"application/json; charset=UTF-8"),
        (b"content-length", str(len(body)).encode()),
        (b"www-authenticate", b"Bearer"),
    ]
    await send({"type": "http.response.start", "status": _REFUSED.code, "headers": headers})
    await send({"type": "http.response.body", "body": body})
