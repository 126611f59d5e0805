"""Proxies from the environment: HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case of letters.

In goes a URL, out comes the proxy to reach it by.  What urllib finds counts, so on macOS and
Windows also the system's settings.  This machine itself is never reached by a proxy, as with Go's
client, which the service's resembles: stand-ins of `--route` are there.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from wfc_runtime.errors import connection_failed_error


class Proxies:
    """The proxy of each scheme; `_hosts` remembers which proxy a host has."""

    __slots__ = ("_by_scheme", "_hosts")

    def __init__(self, by_scheme: dict[str, str]) -> None:
        self._by_scheme = by_scheme
        self._hosts: dict[tuple[str, str], str | None] = {}

    def proxy(self, url: str) -> str | None:
        """Raises the workflow's ConnectionFailedError for a proxy that is no http proxy."""
        try:
            parts = urlsplit(url)
            key = parts.scheme, parts.netloc.rpartition("@")[2]
        except ValueError:
            return None  # what is no URL is refused where it is sent
        if key not in self._hosts:
            direct = _here(parts.hostname or "") or proxy_bypass(key[1])
            self._hosts[key] = None if direct else self._by_scheme.get(parts.scheme)
        found = self._hosts[key]
        if found is not None and not found.startswith("http://"):
            name = f"{parts.scheme.upper()}_PROXY"
            raise connection_failed_error(f"the proxy in {name} must be an `http://` one")
        return found


def environment_proxies() -> Proxies | None:
    """None where no proxy is set, as nearly everywhere."""
    found = {
        scheme: proxy if "://" in proxy else f"http://{proxy}"
        for scheme, proxy in getproxies().items()
        if scheme in ("http", "https") and proxy
    }
    return Proxies(found) if found else None


def _here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
