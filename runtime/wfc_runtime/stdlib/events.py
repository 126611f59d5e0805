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
    """`{url}` of a new endpoint, which takes requests of that method (POST) until the run ends.

    Raises the workflow's TypeError and, for a method that is none of `METHODS`, ValueError.
    """
    function = "events.create_callback_endpoint"
    method = "POST" if http_callback_method is None else http_callback_method
    if arguments.text(function, "http_callback_method", method) not in METHODS:
        choices = ", ".join(METHODS)
        raise value_error(f"{function}(): `http_callback_method` must be one of {choices}")
    url = run.execution.open_endpoint(method)
    run.execution.note("INFO", f"callback endpoint: {method} {url}")
    return {"url": url}


async def await_callback(run: Run, *, callback: Value, timeout: Value = None) -> Value:
    """The next request to an endpoint: `{http_request, received_time, type}`.

    callback  what `create_callback_endpoint` gave
    timeout   seconds (43,200)

    Raises the workflow's TimeoutError, ValueError for an endpoint that this execution has not
    created, TypeError for what is no endpoint.
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
        return await within(run.execution.clock, seconds, request)
    except TimeoutError:
        message = f"TimeoutError: no callback arrived within {seconds} seconds"
        raise timeout_error(message) from None
    finally:
        request.cancel()
