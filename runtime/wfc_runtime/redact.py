"""What people may see of a call: header values that are secrets are left out of every log."""

from __future__ import annotations

from wfc_runtime.values import Value

REDACTED = "[redacted]"

_SECRET = frozenset(
    {
        "authorization",
        "cookie",
        "proxy-authorization",
        "set-cookie",
        "x-api-key",
        "x-goog-api-key",
        "x-goog-iap-jwt-assertion",
        "x-serverless-authorization",
    }
)


def redacted(headers: Value) -> Value:
    """A copy of a map of headers without the values of secret ones; anything else as it is."""
    if type(headers) is not dict:
        return headers
    return {
        name: REDACTED if str(name).lower() in _SECRET else value for name, value in headers.items()
    }
