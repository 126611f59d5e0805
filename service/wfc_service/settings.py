"""How a service runs executions: what its owner may choose, and what workers are told."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from wfc_service.admission import Bounds
from wfc_service.reach import Reach
from wfc_service.retention import Retention


@dataclass(frozen=True, slots=True)
class Settings:
    """Who has a service chooses these.

    address          where its executions reach the service, `http://127.0.0.1:8787`
    public_url       where others do, if that is elsewhere: what the URLs of callbacks begin with
    workers          how many worker processes there are
    variables        environment variables of all executions; those of a workflow go before them
    routes           where calls go instead, as of `wfc_runtime.routes`
    auth             where tokens come from, "none" for nowhere
    allowed_hosts    hosts that workflows can reach, None for all
    limits           the profile that executions are held to
    token            what requests to the service itself must bear, if anything
    """

    address: str = "http://127.0.0.1:8787"
    public_url: str = ""
    workers: int = field(default_factory=lambda: os.cpu_count() or 1)
    bounds: Bounds = field(default_factory=Bounds)
    variables: Mapping[str, str] = field(default_factory=dict)
    routes: Mapping[str, str] = field(default_factory=dict)
    auth: Literal["default", "none"] = "default"
    allowed_hosts: tuple[str, ...] | None = None
    limits: Literal["google", "local"] = "google"
    token: str = ""
    retention: Retention = field(default_factory=Retention)

    def check(self) -> None:
        """Raises ValueError for an address or a route that is none, or without any worker."""
        Reach(self.routes, self.address, self.token, self.allowed_hosts)
        if self.workers < 1:
            raise ValueError(f"there must be at least one worker, not {self.workers}")

    def for_workers(self) -> dict[str, Any]:
        return {
            "routes": dict(self.routes),
            "auth": self.auth,
            "allowed_hosts": self.allowed_hosts,
            "limits": self.limits,
            "address": self.address,
            "token": self.token,
        }
