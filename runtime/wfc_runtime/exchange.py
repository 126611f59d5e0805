"""Requests on their way: in goes a `Request`, out comes the response map, or an error (spec 06).

where it goes   routes, tokens and proxies, for each hop anew
redirects       followed here, so that all of that holds for each hop
failures        those of the network as the workflow's errors
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

from aiohttp import ClientResponse, ClientTimeout

from wfc_runtime.errors import ResourceLimit, connection_error
from wfc_runtime.limits import exceeded
from wfc_runtime.network import FAILURES, network_error
from wfc_runtime.redact import without_user
from wfc_runtime.redirects import CODES, redirected
from wfc_runtime.request import DEFAULT_TIMEOUT, Request
from wfc_runtime.response import response
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from wfc_runtime.execution import Execution

_REDIRECTS = 10
"""Redirects that one call follows (OQ-58)."""

_SHORTEST = 0.001
"""Seconds left for a redirect when the time is up: it times out at once."""

Shape: TypeAlias = Callable[[str, int, Iterable[tuple[str, str]], bytes], Value]
"""Makes a value of what came back: method, status, headers, body."""


async def exchange(
    execution: Execution, sent: Request, key: str | None = None, shape: Shape = response
) -> Value:
    """Sends a request, follows its redirects, and returns the response, whatever its status.

    The timeout is for all hops together.  With `key` the request has an `Idempotency-Key`, unless
    the workflow gives it one.  Raises the workflow's ConnectionFailedError,
    ConnectionError, TimeoutError, AuthError, and ValueError for what is no URL.
    """
    if key is not None:
        sent = replace(sent, headers=_merged({"Idempotency-Key": key}, sent.headers))
    began, seconds, hop = monotonic(), sent.timeout, sent
    for _ in range(_REDIRECTS + 1):
        answer = await _hop(execution, hop, seconds, shape)
        if type(answer) is not Request:
            return answer
        hop, seconds = answer, max(sent.timeout - (monotonic() - began), _SHORTEST)
    raise connection_error(f"more than {_REDIRECTS} redirects")


async def _hop(
    execution: Execution, sent: Request, seconds: float, shape: Shape
) -> Value | Request:
    """The response to one request, or the request that it is redirected to."""
    session, proxies = execution.session(), execution.proxies
    method, url, headers = sent.method, sent.url, sent.headers
    if execution.routes is not None or sent.auth is not None or "@" in url:
        url, headers = await _addressed(execution, sent)
    options: dict[str, Any] = {}
    if seconds != DEFAULT_TIMEOUT:  # the session has that one; one a request costs 7 %
        options["timeout"] = ClientTimeout(total=seconds)
    if sent.ssl is not None:
        options["ssl"] = sent.ssl
    if proxies is not None:
        options["proxy"] = proxies.proxy(url)
    try:
        async with session.request(
            method, url, headers=headers, data=sent.body, allow_redirects=False, **options
        ) as received:
            code = received.status
            if code in CODES:
                following = redirected(sent, code, received.headers.get("Location"))
                if following is not None:
                    return following
            tunnel = method == "CONNECT" and code < 300  # it has no end to wait for
            body = b"" if tunnel else await _read(received, execution.limits.response)
            return shape(method, code, received.headers.items(), body)
    except FAILURES as exc:
        failure = network_error(exc, url)
    raise failure  # out here, where the exception, which has the headers, is no context of it


async def _addressed(execution: Execution, sent: Request) -> tuple[str, dict[str, str]]:
    """Where a request really goes, and its headers there.

    A token goes only where the workflow itself calls: what is routed elsewhere gets none.
    """
    url, headers = sent.url, sent.headers
    routed = execution.routed(url)
    if routed is not None:
        url, headers = routed.url, _merged(routed.headers, headers)
    elif sent.auth is not None:
        headers = _merged(headers, await execution.authorization(sent.auth))
    if any(name.lower() == "authorization" for name in headers):
        url = without_user(url)  # the header goes before a user and password in the URL
    return url, headers


def _merged(headers: Mapping[str, str], stronger: Mapping[str, str]) -> dict[str, str]:
    names = {name.lower() for name in stronger}
    return {name: headers[name] for name in headers if name.lower() not in names} | dict(stronger)


async def _read(received: ClientResponse, limit: int | None) -> bytes:
    """The body, unpacked; given up as soon as it is beyond the limit."""
    if limit is None:
        return await received.read()
    body = bytearray()
    async for chunk in received.content.iter_any():
        body += chunk
        if len(body) > limit:
            reached = exceeded("bytes of an http response", len(body), limit, "response")
            raise ResourceLimit(f"ResourceLimitError: {reached}")
    return bytes(body)
