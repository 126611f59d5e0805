"""An http step: in go the request and the inputs, out comes the text of the answer (spec 11 §1.7).

The request goes the way of all requests of the runtime (exchange.py): routes, proxies, redirects.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from wfc_runtime.errors import ResourceLimit, WorkflowError
from wfc_runtime.peak.auth import ApiKey, Auth, Basic, BearerToken, OAuth
from wfc_runtime.peak.failure import StepFailed, unusable
from wfc_runtime.peak.placeholders import filled_json
from wfc_runtime.redact import redacted_url
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from wfc_runtime.execution import Execution
    from wfc_runtime.peak.secrets import Secrets

_SHOWN = 300
"""Characters of a refusal that its message quotes."""

_USER_AGENT = "wfc"


async def send(
    execution: Execution,
    secrets: Secrets,
    method: str,
    url: str,
    payload: str | None,
    headers: Mapping[str, str],
    auth: Auth | None,
    inputs: Mapping[str, str],
) -> tuple[str, str]:
    """What was done, for the log, and the body of the answer, where its status is 2xx.

    Raises StepFailed for any other status, and where there is no answer.
    """
    body = None if payload is None else filled_json(payload, inputs).encode("utf-8", "replace")
    sent = {"User-Agent": _USER_AGENT}
    if body is not None:
        sent["Content-Type"] = "application/json"
    if auth is not None:
        sent |= await _auth_headers(execution, secrets, auth)
    given = {name.lower() for name in headers}
    sent = {name: value for name, value in sent.items() if name.lower() not in given}
    sent |= headers
    private = frozenset(
        name.lower() for name, value in sent.items() if secrets.redacted(value) != value
    )
    code, answer = await _exchange(execution, method, url, sent, body, private)
    what = f"{method.upper()} {redacted_url(url)}: {code}"
    if not 200 <= code < 300:
        said = f": {answer[:_SHOWN]}" if answer.strip() else ""
        raise StepFailed(f"{what}{said}")
    return what, answer


async def _auth_headers(execution: Execution, secrets: Secrets, auth: Auth) -> dict[str, str]:
    match auth:
        case Basic(username, password):
            pair = base64.b64encode(f"{username}:{password}".encode("utf-8", "replace")).decode()
            secrets.hide(pair)
            return {"Authorization": f"Basic {pair}"}
        case ApiKey(key):
            return {"x-api-key": key}
        case BearerToken(token):
            return {"Authorization": f"Bearer {token}"}
        case OAuth():
            token = await _token(execution, auth)
            secrets.hide(token)
            return {"Authorization": f"Bearer {token}"}


async def _token(execution: Execution, auth: OAuth) -> str:
    form = {
        "grant_type": "client_credentials",
        "client_id": auth.client_id,
        "client_secret": auth.client_secret,
    }
    headers = {
        "User-Agent": _USER_AGENT,
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    code, answer = await _exchange(execution, "post", auth.url, headers, urlencode(form).encode())
    try:
        found = json.loads(answer)["access_token"] if 200 <= code < 300 else None
    except (ValueError, KeyError, TypeError, RecursionError):
        found = None
    if not isinstance(found, str):
        raise StepFailed(f"no access token from {redacted_url(auth.url)}, which answered {code}")
    return found


async def _exchange(
    execution: Execution,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    private: frozenset[str] = frozenset(),
) -> tuple[int, str]:
    from wfc_runtime.exchange import exchange  # with aiohttp: only who sends a request pays for it
    from wfc_runtime.request import DEFAULT_TIMEOUT, HEADER_NAME, HEADER_VALUE, Request

    if not url.lower().startswith(("http://", "https://")):
        raise unusable(f"`{redacted_url(url)}` is no URL", "write `https://…`")
    for name, value in headers.items():
        if not HEADER_NAME.fullmatch(name) or not HEADER_VALUE.fullmatch(value):
            hint = "names have no blanks, and values, those of secrets too, only one line"
            raise unusable(f"`{name}` cannot be sent as a header", hint)
    sent = Request(method.upper(), url, dict(headers), body, DEFAULT_TIMEOUT, None, private=private)
    try:
        with execution.clock.outside():
            answer = await exchange(execution, sent, shape=_plain)
    except WorkflowError as error:
        failure = StepFailed(f"{sent.summary()}: {error}")
    except ResourceLimit as limit:
        failure = StepFailed(f"{sent.summary()}: {limit}", again=False)
    else:
        return answer["code"], answer["body"]
    raise failure  # out here, where the error with its headers is no context of it


def _plain(method: str, code: int, headers: Iterable[tuple[str, str]], body: bytes) -> Value:
    """The answer as text, whatever it is."""
    return {"code": code, "body": body.decode("utf-8", "replace")}
