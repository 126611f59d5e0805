"""`http.*` over aiohttp; all that is needed for it is imported with the first request (spec 06)."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from wfc_runtime.errors import (
    ResourceLimit,
    connection_error,
    connection_failed_error,
    http_error,
    timeout_error,
    value_error,
)
from wfc_runtime.limits import exceeded
from wfc_runtime.retry import Policy
from wfc_runtime.stdlib.http_retry import (
    default_retry_predicate as default_retry_predicate,
)
from wfc_runtime.stdlib.http_retry import (
    default_retry_predicate_non_idempotent as default_retry_predicate_non_idempotent,
)
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from aiohttp import ClientConnectorError, ClientResponse

    from wfc_runtime.request import Request
    from wfc_runtime.run import Run

default_retry = Policy(default_retry_predicate)
default_retry_non_idempotent = Policy(default_retry_predicate_non_idempotent)

_REDIRECTS = 10
"""Redirects that GET and HEAD follow (OQ-58)."""


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
    """Sends a request; the result is a map of `body`, `code` and `headers`.

    `timeout` is in seconds, at most 1800.  Raises HttpError for a status of 400 or more,
    ConnectionFailedError where there was no connection, ConnectionError where it broke,
    TimeoutError, AuthError, and ValueError for an argument that cannot be.
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
    """Sends a GET request, which has no body.

    Raises what `http.request` raises.
    """
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
    """The function of a method whose requests may have a body."""

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
    send.__doc__ = f"Sends a {method} request.\n\nRaises what `http.request` raises."
    return send


delete = _with_body("DELETE")
patch = _with_body("PATCH")
post = _with_body("POST")
put = _with_body("PUT")


async def _send(run: Run, sent: Request) -> Value:
    import aiohttp

    from wfc_runtime.request import DEFAULT_TIMEOUT
    from wfc_runtime.response import response

    options: dict[str, Any] = {}
    if sent.timeout != DEFAULT_TIMEOUT:  # the session has that one; one a request costs 7 %
        options["timeout"] = aiohttp.ClientTimeout(total=sent.timeout)
    if sent.ssl is not None:
        options["ssl"] = sent.ssl
    try:
        with run.execution.clock.outside():
            async with run.execution.session().request(
                sent.method,
                sent.url,
                headers=sent.headers,
                data=sent.body,
                allow_redirects=sent.method in ("GET", "HEAD"),
                max_redirects=_REDIRECTS + 1,  # aiohttp gives up when it has seen that many
                **options,
            ) as received:
                body = await _read(received, run.execution.limits.response)
                return response(sent.method, received.status, received.headers.items(), body)
    except TimeoutError as exc:
        raise timeout_error() from exc
    except aiohttp.InvalidURL as exc:
        raise value_error(f"`url` is not a URL: {sent.url}") from exc
    except aiohttp.TooManyRedirects as exc:
        raise connection_error(f"more than {_REDIRECTS} redirects") from exc
    except aiohttp.ClientConnectorError as exc:
        raise connection_failed_error(_not_connected(exc)) from exc
    except (aiohttp.ClientError, OSError) as exc:
        raise connection_error(str(exc) or type(exc).__name__) from exc


def _not_connected(exc: ClientConnectorError) -> str:
    """`cannot connect to localhost:80: connection refused`"""
    from ssl import SSLCertVerificationError, SSLError

    match getattr(exc, "os_error", None):
        case SSLCertVerificationError(verify_message=str(message)):
            why = f"TLS: the certificate is not trusted: {message}"
        case SSLError(reason=str(reason)):
            why = f"TLS: {reason.replace('_', ' ').lower()}"
        case OSError(errno=int(number)) if number > 0:
            why = os.strerror(number).lower()
        case OSError(strerror=str(words)):
            why = words.lower()
        case _:
            return str(exc)
    return f"cannot connect to {exc.host}:{exc.port}: {why}"


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
