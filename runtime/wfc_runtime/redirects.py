"""Redirects: in goes a request and the answer to it, out comes the request that follows (OQ-58)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import SplitResult, urljoin, urlsplit

from wfc_runtime.redact import is_secret
from wfc_runtime.request import Request

CODES = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}


def redirected(sent: Request, code: int, location: str | None) -> Request | None:
    """The request that a GET or HEAD is redirected to; None where the answer is the result.

    Only 307 and 308 keep a body.  Another host, port or scheme sees no credentials: no `auth`, and
    no header that holds any; only from `http` to `https` of the same host they go along.
    """
    if code not in CODES or sent.method not in ("GET", "HEAD") or not location:
        return None
    try:
        url = urljoin(sent.url, location)
        here, there = urlsplit(sent.url), urlsplit(url)
        known = _same_place(here, there)
    except ValueError:
        return None
    if there.scheme not in _PORTS or not there.hostname:
        return None
    headers = sent.headers
    body = sent.body if code in (307, 308) else None
    if body is None and sent.body is not None:
        headers = {name: headers[name] for name in headers if name.lower() != "content-type"}
    if known:
        return replace(sent, url=url, headers=headers, body=body)
    headers = {
        name: value
        for name, value in headers.items()
        if not is_secret(name) and name.lower() not in ("host", *sent.private)
    }
    return replace(sent, url=url, headers=headers, body=body, auth=None)


def _same_place(here: SplitResult, there: SplitResult) -> bool:
    if here.hostname != there.hostname:
        return False
    ports = [parts.port or _PORTS.get(parts.scheme) for parts in (here, there)]
    if (here.scheme, there.scheme, *ports) == ("http", "https", 80, 443):
        return True
    return here.scheme == there.scheme and ports[0] == ports[1]
