"""`http.*` over aiohttp; all that is needed for it is imported with the first request (spec 06)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache, partial
from typing import TYPE_CHECKING

from wfc_runtime.errors import http_error
from wfc_runtime.retry import Policy
from wfc_runtime.stdlib.http_retry import (
    default_retry_predicate as default_retry_predicate,
)
from wfc_runtime.stdlib.http_retry import (
    default_retry_predicate_non_idempotent as default_retry_predicate_non_idempotent,
)
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from wfc_runtime.request import Request
    from wfc_runtime.run import Run

default_retry = Policy(default_retry_predicate)
default_retry_non_idempotent = Policy(default_retry_predicate_non_idempotent)


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
    made, _ = _client()
    sent = made(
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
    """Sends a request and returns the response, whatever its status; connectors use it too."""
    _, exchange = _client()
    return await run.outside(sent.summary, partial(exchange, run.execution, sent))


@cache
def _client() -> tuple[Callable[..., Request], Callable[..., Awaitable[Value]]]:
    """What makes a request and what sends it; an import in each call would cost it 6 %."""
    from wfc_runtime.exchange import exchange
    from wfc_runtime.request import request

    return request, exchange
