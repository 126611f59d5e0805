"""An http response as a value: in go status, headers and bytes, out comes a map (spec 06)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from wfc_runtime.errors import WorkflowError
from wfc_runtime.jsontext import decode
from wfc_runtime.request import is_json, media_type
from wfc_runtime.values import Value

_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s;"']+)""", re.IGNORECASE)
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def response(method: str, code: int, headers: Iterable[tuple[str, str]], body: bytes) -> Value:
    """`{body, code, headers}`; names in canonical case, repeated headers joined by commas."""
    merged: dict[str, str] = {}
    for raw_name, value in headers:
        name = _canonical(raw_name)
        merged[name] = f"{merged[name]},{value}" if name in merged else value
    content_type = merged.get("Content-Type", "")
    empty = method == "HEAD" or code == 204
    return {
        "body": None if empty else _body(content_type, body),
        "code": code,
        "headers": merged,
    }


def _canonical(name: str) -> str:
    """`x-request-ID` → `X-Request-Id`, as Go's http client has it."""
    if not _TOKEN.fullmatch(name):
        return name
    return "-".join(part.capitalize() for part in name.split("-"))


def _body(content_type: str, body: bytes) -> Value:
    """JSON as its value (null when empty), text as a string, all else as bytes (OQ-56)."""
    kind = media_type(content_type)
    if is_json(content_type):
        if not body:
            return None
        try:
            return decode(body)
        except WorkflowError:
            return _text(content_type, body)  # OQ-57
    if not kind or kind.startswith("text/") or kind == "application/x-www-form-urlencoded":
        return _text(content_type, body)
    return body


def _text(content_type: str, body: bytes) -> Value:
    """The text of a body, or its bytes where they are not text in its character set."""
    charset = _CHARSET.search(content_type)
    try:
        return body.decode(charset[1] if charset else "utf-8")
    except (LookupError, UnicodeError):
        return body
