"""Stand-ins of what grants Google's tokens: a token endpoint, and a machine's metadata server."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

ACCOUNT = "robot@project.iam.gserviceaccount.com"
CANARY = "canary0canary"
"""In every token; it must appear nowhere but in the header of a request."""

_METADATA = "/computeMetadata/v1"


def key_file(folder: Path, token_uri: str) -> Path:
    """A service account's key, whose tokens come from `token_uri`."""
    path = folder / "key.json"
    content = {
        "type": "service_account",
        "project_id": "project",
        "private_key_id": "1",
        "private_key": _private_key(),
        "client_email": ACCOUNT,
        "token_uri": token_uri,
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@cache
def _private_key() -> str:
    key = generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def token(**claims: Any) -> str:
    """An unsigned JSON web token."""
    parts = [json.dumps(part).encode() for part in ({"alg": "none"}, {**claims, "for": CANARY})]
    return ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in (*parts, b"signed"))


def claims(text: str) -> Any:
    return json.loads(urlsafe_b64decode(text.split(".")[1] + "==="))


class TokenServer:
    """A handler that grants tokens and remembers what for; any other path shows the request.

    lifetime  seconds for which the next token is good
    refusal   what is answered instead of a token: status and body
    """

    def __init__(self, lifetime: int = 3600) -> None:
        self.lifetime = lifetime
        self.refusal: tuple[int, str] | None = None
        self.granted: list[tuple[str, str]] = []
        self.authorizations: list[str | None] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/token":
            asked = claims(str((await request.post())["assertion"]))
            if "target_audience" in asked:
                return self._grant("OIDC", asked["target_audience"])
            return self._grant("OAuth2", asked["scope"])
        if request.path.startswith(_METADATA) or "Metadata-Flavor" in request.headers:
            return self._metadata(request)
        self.authorizations.append(request.headers.get("Authorization"))
        return web.json_response({"code": 200}, status=403 if request.path == "/refused" else 200)

    def _grant(self, kind: str, purpose: str, *, bare: bool = False) -> web.Response:
        self.granted.append((kind, purpose))
        if self.refusal is not None:
            return web.Response(status=self.refusal[0], text=self.refusal[1])
        if kind == "OIDC":
            granted = token(aud=purpose, exp=int(time.time()) + self.lifetime)
            return web.Response(text=granted) if bare else web.json_response({"id_token": granted})
        granted = f"ya29.{CANARY}-{len(self.granted)}"
        return web.json_response(
            {"access_token": granted, "expires_in": self.lifetime, "token_type": "Bearer"}
        )

    def _metadata(self, request: web.BaseRequest) -> web.Response:
        path = request.path.removeprefix(_METADATA)
        if path.endswith("/token"):
            answer = self._grant("OAuth2", request.query.get("scopes", ""))
        elif path.endswith("/identity"):
            answer = self._grant("OIDC", request.query["audience"], bare=True)
        elif path.endswith("/service-accounts/default/"):
            answer = web.json_response({"email": ACCOUNT, "scopes": [], "aliases": ["default"]})
        elif path in ("/", ""):
            answer = web.Response(text="computeMetadata/")
        else:
            answer = web.Response(text="project", status=200 if "project" in path else 404)
        answer.headers["Metadata-Flavor"] = "Google"
        return answer
