"""What must not be shown or handed on: in go headers and URLs, out comes what people may see."""

from __future__ import annotations

import re
from collections.abc import Mapping

HIDDEN = "…"

_NAMES = frozenset(
    {"authorization", "cookie", "proxy-authorization", "x-api-key", "x-goog-api-key"}
)
_USER_INFO = re.compile(r"(?<=://)[^/?#]*@")
_LONG_RUN = re.compile(r"[\w.~+=-]{40,}")


def is_secret(header: str) -> bool:
    """Whether a header of a request holds credentials."""
    return header.lower() in _NAMES


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: HIDDEN if is_secret(name) else value for name, value in headers.items()}


def shown_url(url: str) -> str:
    """The URL without user, password and query, where keys and signatures stand."""
    base, question_mark, _ = url.partition("?")
    return _USER_INFO.sub(f"{HIDDEN}@", base) + (f"?{HIDDEN}" if question_mark else "")


def without_user(url: str) -> str:
    """The URL without `user:password@`."""
    return _USER_INFO.sub("", url)


def shown_text(text: str) -> str:
    """The first line of a foreign message, without what is long enough to be a token."""
    lines = text.strip().splitlines()
    return _LONG_RUN.sub(HIDDEN, lines[0])[:300] if lines else ""
