"""`http.*` over aiohttp; all that is needed for it is imported with the first request (spec 06)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from wfc_runtime.errors import ResourceLimit, connection_error, http_error
from wfc_runtime.limits import exceeded
from wfc_runtime.retry import Policy
from wfc_runtime.sensitive import without_user
from wfc_runtime.stdlib.http_retry import (
    default_retry_predicate as default_retry_predicate,
)
from wfc_runtime.stdlib.http_retry import (
    default_retry_predicate_non_idempotent as default_retry_predicate_non_idempotent,
)
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from aiohttp import ClientResponse

    from wfc_runtime.execution import Execution
    from wfc_runtime.request import Request
    from wfc_runtime.run import Run

default_retry = Policy(default_retry_predicate)
default_retry_non_idempotent = Policy(default_retry_predicate_non_idempotent)

_SHORTEST = 0.001
"""Seconds left for a redirect when the time is up: it times out at once."""


async def request(
    run: Run,
    *,
    method: Value,
    url: Value,
    timeout: Value = None,
    body: Value = None,
    headers: Value = None,
    query: Value = None,
    auth: Value = None,
    private_service_name: Value = None,
    ca_certificate: Value = None,
) -> Value:
    """Sends a request and returns `{body, code, headers}`; `timeout` is in seconds (300).

    Raises the workflow's HttpError for a status of 400 or more, ConnectionFailedError,
    ConnectionError, TimeoutError, AuthError, and TypeError or ValueError for a bad argument.
    """
    from wfc_runtime import request as requests

    sent = requests.request(
        method, url, timeout, body, headers, query, auth, private_service_name, ca_certificate
    )
    answer = await _send(run, sent)
    if answer["code"] >= 400:
        raise http_error(answer["code"], answer["headers"], answer["body"])
    return answer


async def get(
    run: Run,
    *,
    url: Value,
    timeout: Value = None,
    headers: Value = None,
    query: Value = None,
    auth: Value = None,
    private_service_name: Value = None,
    ca_certificate: Value = None,
) -> Value:
    """A GET request, which has no body; see `request`."""
    return await request(
        run,
        method="GET",
        url=url,
        timeout=timeout,
        headers=headers,
        query=query,
        auth=auth,
        private_service_name=private_service_name,
        ca_certificate=ca_certificate,
    )


def _with_body(method: str) -> Callable[..., Awaitable[Value]]:
    """The function of a method whose requests may have a body; see `request`."""

    async def send(
        run: Run,
        *,
        url: Value,
        timeout: Value = None,
        body: Value = None,
        headers: Value = None,
        query: Value = None,
        auth: Value = None,
        private_service_name: Value = None,
        ca_certificate: Value = None,
    ) -> Value:
        return await request(
            run,
            method=method,
            url=url,
            timeout=timeout,
            body=body,
            headers=headers,
            query=query,
            auth=auth,
            private_service_name=private_service_name,
            ca_certificate=ca_certificate,
        )

    send.__name__ = method.lower()
    return send


delete = _with_body("DELETE")
patch = _with_body("PATCH")
post = _with_body("POST")
put = _with_body("PUT")


async def _send(run: Run, sent: Request) -> Value:
    """Sends a request, follows its redirects, and returns the response, whatever its status.

    Connectors send theirs by it too.  The timeout is for all hops together.
    """
    from wfc_runtime.network import FAILURES, ClientTimeout, network_error
    from wfc_runtime.redirects import MOST, redirected
    from wfc_runtime.request import DEFAULT_TIMEOUT
    from wfc_runtime.response import response

    execution = run.execution
    session, proxies = execution.session(), execution.proxies
    plain = execution.routes is None
    began, seconds = monotonic(), sent.timeout
    hop, url, headers = sent, sent.url, sent.headers
    options: dict[str, Any] = {} if sent.ssl is None else {"ssl": sent.ssl}
    for _ in range(MOST + 1):
        if not plain or hop.auth is not None or "@" in hop.url:
            url, headers = await _addressed(execution, hop)
        if seconds != DEFAULT_TIMEOUT:  # the session has that one; one a request costs 7 %
            options["timeout"] = ClientTimeout(total=seconds)
        if proxies is not None:
            options["proxy"] = proxies.proxy(url)
        try:
            async with session.request(
                hop.method, url, headers=headers, data=hop.body, allow_redirects=False, **options
            ) as received:
                code = received.status
                following = redirected(hop, code, received.headers.get("Location"))
                if following is None:
                    tunnel = hop.method == "CONNECT" and code < 300  # it has no end to wait for
                    body = b"" if tunnel else await _read(received, execution.limits.response)
                    return response(hop.method, code, received.headers.items(), body)
        except FAILURES as exc:
            failure = network_error(exc, url)
        else:
            hop, url, headers = following, following.url, following.headers
            seconds = max(sent.timeout - (monotonic() - began), _SHORTEST)
            continue
        raise failure  # out here, where the exception, which has the headers, is no context of it
    raise connection_error(f"more than {MOST} redirects")


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
    if limit is None:
        return await received.read()
    body = bytearray()
    async for chunk in received.content.iter_any():
        body += chunk
        if len(body) > limit:
            reached = exceeded("bytes of an http response", len(body), limit, "response")
            raise ResourceLimit(f"ResourceLimitError: {reached}")
    return bytes(body)
