"""Where executions of a service can go: its routes, the service itself, and no other hosts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

from wfc_runtime.errors import connection_failed_error
from wfc_runtime.routes import Routed, Routes

OWN_APIS: Final = ("workflows.googleapis.com", "workflowexecutions.googleapis.com")
"""The APIs that the service itself answers for."""


class Reach(Routes):
    """The routes of an execution; raises the workflow's ConnectionFailedError for other hosts.

    allowed  hosts that may be called where no route leads elsewhere; None for all
    """

    __slots__ = ("_allowed", "_own", "_token")

    def __init__(
        self,
        routes: Mapping[str, str],
        address: str,
        token: str,
        allowed: Iterable[str] | None,
    ) -> None:
        own = {f"https://{host}": address for host in OWN_APIS}
        super().__init__({**own, **routes})
        self._own = {f"{source} goes to {target}" for source, target in own.items()}
        self._token = token
        self._allowed = None if allowed is None else {host.lower() for host in allowed}

    def routed(self, url: str) -> Routed | None:
        routed = super().routed(url)
        if routed is None:
            self._check(url)
        elif routed.route in self._own and self._token:
            headers = {**routed.headers, "Authorization": f"Bearer {self._token}"}
            return routed._replace(headers=headers)
        return routed

    def is_news(self, routed: Routed) -> bool:
        return routed.route not in self._own and super().is_news(routed)

    def _check(self, url: str) -> None:
        if self._allowed is None:
            return
        try:
            host = (urlsplit(url).hostname or "").lower()
        except ValueError:
            return  # what is no URL is refused where it is sent
        if host not in self._allowed:
            raise connection_failed_error(f"this service lets no workflow reach `{host}`")
