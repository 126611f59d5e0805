"""An http response as a value: in go status, headers and bytes, out comes a map (spec 06)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from wfc_runtime.errors import WorkflowError
from wfc_runtime.jsontext import decode
from wfc_runtime.request import charset, is_json, media_type
from wfc_runtime.stdlib import text
from wfc_runtime.values import Value, clean_text

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def response(method: str, code: int, headers: Iterable[tuple[str, str]], body: bytes) -> Value:
    """`{body, code, headers}`; names in canonical case, repeated headers joined by commas."""
    merged: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = _canonical(raw_name), clean_text(raw_value)
        merged[name] = f"{merged[name]},{value}" if name in merged else value
    content_type = merged.get("Content-Type", "")
    empty = method == "HEAD" or code in (204, 304)
    return {
        "body": None if empty else _body(content_type, body),
        "code": code,
        "headers": merged,
    }


@lru_cache(maxsize=1024)
def _canonical(name: str) -> str:
    """`x-request-ID` → `X-Request-Id`, as Go's http client has it."""
    if not _TOKEN.fullmatch(name):
        return name
    return "-".join(part.capitalize() for part in name.split("-"))


def _body(content_type: str, body: bytes) -> Value:
    """JSON as its value (null when empty), text as a string, all else as bytes (OQ-56)."""
    if is_json(content_type):
        return _json(content_type, body) if body else None
    kind = media_type(content_type)
    if not kind or kind.startswith("text/") or kind == "application/x-www-form-urlencoded":
        return _text(content_type, body)
    return body


def _json(content_type: str, body: bytes) -> Value:
    """The value; of JSON that is broken its text (OQ-57).  Bytes that are not UTF-8 may say so."""
    try:
        return decode(body)
    except WorkflowError:
        raw = _text(content_type, body)
    if charset(content_type) is not None and type(raw) is str:
        try:
            return decode(raw)
        except WorkflowError:
            pass
    return raw


def _text(content_type: str, body: bytes) -> Value:
    """The text of a body, or its bytes where they are not text in its character set."""
    try:
        return text.decode(body, charset(content_type))
    except WorkflowError:
        return body
