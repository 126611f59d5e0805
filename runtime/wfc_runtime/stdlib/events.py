"""`events.*`: endpoints that other programs call while a workflow waits (spec 06, events)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wfc_runtime.clock import within
from wfc_runtime.errors import timeout_error, value_error
from wfc_runtime.stdlib import arguments
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from wfc_runtime.run import Run

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
DEFAULT_TIMEOUT = 43_200
LONGEST_TIMEOUT = 31_536_000
"""Seconds: an execution lasts a year at most (spec 07 §2)."""

_AWAIT = "events.await_callback"


def create_callback_endpoint(run: Run, http_callback_method: Value = None) -> Value:
    """`{url}` of a new endpoint; see `Run.create_callback_endpoint`."""
    function = "events.create_callback_endpoint"
    method = "POST" if http_callback_method is None else http_callback_method
    if arguments.text(function, "http_callback_method", method) not in METHODS:
        choices = ", ".join(METHODS)
        raise value_error(f"{function}(): `http_callback_method` must be one of {choices}")
    url = run.execution.open_endpoint(run.uuid(), method)
    run.execution.note("INFO", f"callback endpoint: {method} {url}")
    return {"url": url}


async def await_callback(run: Run, *, callback: Value, timeout: Value = None) -> Value:
    """Waits for a request to a callback endpoint; the result is what arrived.

    `callback` is the map that `events.create_callback_endpoint` gave.  The result is a map of
    `http_request`, `received_time` and `type`; the request itself is a map of `body`, `headers`,
    `method`, `query` and `url`.  A request that came too early is kept, and each is given once.

    `timeout` is in seconds, at most a year (31,536,000).  Raises TimeoutError where no request came
    in time, ValueError for an endpoint that this execution has not created.
    """
    url = arguments.entries(_AWAIT, "callback", callback).get("url")
    endpoint = run.execution.find_endpoint(arguments.text(_AWAIT, "callback.url", url))
    if endpoint is None:
        raise value_error(f"{_AWAIT}(): this execution has no callback endpoint {url}")
    seconds = DEFAULT_TIMEOUT if timeout is None else timeout
    if not 0 <= arguments.number(_AWAIT, "timeout", seconds) <= LONGEST_TIMEOUT:
        raise value_error(f"{_AWAIT}(): `timeout` must be from 0 to {LONGEST_TIMEOUT}")
    request = endpoint.next()
    try:
        return await within(run.rest(seconds), request)
    except TimeoutError:
        message = f"TimeoutError: no callback arrived within {seconds} seconds"
        raise timeout_error(message) from None
    finally:
        request.cancel()
