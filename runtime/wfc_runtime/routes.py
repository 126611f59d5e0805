"""Where calls go: in goes a URL that a workflow calls, out comes the one that is called instead.

    {"https://orders.example.com": "http://127.0.0.1:9000"}

A route is for the URLs of its scheme, host and port whose path begins with its own path, at a `/`;
of several the longest serves.  What follows that path is kept, with the query.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from wfc_runtime.redact import redacted_url

_PORTS = {"http": 80, "https": 443}


class Routed(NamedTuple):
    """`url` is called, with `headers` that say what was asked for; `route` as it is shown."""

    url: str
    headers: dict[str, str]
    route: str


@dataclass(frozen=True, slots=True)
class _Route:
    origin: tuple[str, str, int]
    path: str
    target: str
    shown: str


class Routes:
    """Raises ValueError for routes that are no pairs of `http://` or `https://` URLs."""

    __slots__ = ("_routes", "_told")

    def __init__(self, routes: Mapping[str, str]) -> None:
        made: dict[tuple[tuple[str, str, int], str], _Route] = {}
        for source, target in routes.items():
            route = _route(source, target)
            one = made.setdefault((route.origin, route.path), route)
            if one is not route:
                raise ValueError(f"two routes lead from the same place: {one.shown}, {route.shown}")
        self._told: set[str] = set()
        self._routes = sorted(made.values(), key=lambda route: len(route.path), reverse=True)

    def routed(self, url: str) -> Routed | None:
        """Where a request for `url` goes instead; None where no route is for it."""
        try:
            parts = urlsplit(url)
            origin = _origin(parts)
        except ValueError:
            return None  # what is no URL is refused where it is sent
        for route in self._routes:
            if route.origin == origin and _within(parts.path, route.path):
                rest = parts._replace(scheme="", netloc="", path=parts.path[len(route.path) :])
                host = parts.netloc.rpartition("@")[2]
                headers = {"X-Forwarded-Host": host, "X-Forwarded-Proto": parts.scheme}
                return Routed(route.target + rest.geturl(), headers, route.shown)
        return None

    def is_news(self, routed: Routed) -> bool:
        """Whether this route has not been used before."""
        news = routed.route not in self._told
        self._told.add(routed.route)
        return news


def _route(source: str, target: str) -> _Route:
    parts, there = _parsed(source), _parsed(target)
    path = parts.path.rstrip("/")
    shown = f"{source} goes to {target}"
    return _Route(_origin(parts), path, there.geturl().rstrip("/"), shown)


def _parsed(text: str) -> SplitResult:
    """A URL of a route; what is shown of it, when it is wrong, is without its secrets."""
    shown = redacted_url(text)
    try:
        parts = urlsplit(text)
        _origin(parts)
    except ValueError as exc:
        raise ValueError(f"`{shown}` is not a URL: {exc}") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"`{shown}` must be `http://` or `https://` and a host")
    if "@" in parts.netloc:
        raise ValueError(f"`{shown}` must not have a user or password")
    if parts.query or parts.fragment:
        raise ValueError(f"`{shown}` must not have a query or fragment")
    return parts


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    port = parts.port if parts.port is not None else _PORTS.get(parts.scheme, 0)
    return parts.scheme, parts.hostname or "", port


def _within(path: str, prefix: str) -> bool:
    return path.startswith(prefix) and path[len(prefix) : len(prefix) + 1] in ("", "/")
