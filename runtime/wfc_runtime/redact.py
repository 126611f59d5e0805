"""What people may see of a call: secrets in headers, URLs and foreign messages are left out."""

from __future__ import annotations

import re

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

_USER_INFO = re.compile(r"(?<=://)[^/?#]*@")
_LONG_RUN = re.compile(r"[\w.~+=-]{40,}")


def is_secret(header: object) -> bool:
    """Whether a header of this name holds credentials."""
    return str(header).lower() in _SECRET


def redacted(headers: Value) -> Value:
    """A copy of a map of headers without the values of secret ones; anything else as it is."""
    if type(headers) is not dict:
        return headers
    return {name: REDACTED if is_secret(name) else value for name, value in headers.items()}


def redacted_url(url: str) -> str:
    """The URL without user, password and query, where keys and signatures stand."""
    base, question_mark, _ = url.partition("?")
    return _USER_INFO.sub(f"{REDACTED}@", base) + (f"?{REDACTED}" if question_mark else "")


def without_user(url: str) -> str:
    """The URL without `user:password@`."""
    return _USER_INFO.sub("", url)


def first_line(text: str) -> str:
    """The first line of a foreign message, without what is long enough to be a token."""
    lines = text.strip().splitlines()
    return _LONG_RUN.sub(REDACTED, lines[0])[:300] if lines else ""
