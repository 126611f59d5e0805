"""How a service runs executions: what its owner may choose, and what workers are told."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from wfc_service.engine.admission import Bounds
from wfc_service.store.retention import Retention
from wfc_service.store.working_folders import WorkingFolders
from wfc_service.worker.machine import Machine, machine_json
from wfc_service.worker.reach import Reach

_WORKING_FOLDERS: Final = "peak"
"""The folder in the data folder with those of Peak's executions that are active."""


@dataclass(frozen=True, slots=True)
class PeakSettings:
    """What Peak's workflows have here instead of Peak's platform.

    machine         secrets, images, folders and warehouse; without a `workdir`, working folders
                    are in the data folder, and only while their executions are active
    queue_full_400  whether the last try of a client that meets a full queue is answered 400
    """

    machine: Machine = field(default_factory=Machine)
    queue_full_400: bool = False

    def working_folders(self, data: Path) -> WorkingFolders:
        """Those of a service that has its database in `data`."""
        workdir = self.machine.workdir
        return WorkingFolders(workdir or data / _WORKING_FOLDERS, is_kept=workdir is not None)

    def for_workers(self, data: Path) -> dict[str, Any]:
        folders = self.working_folders(data)
        return machine_json(replace(self.machine, workdir=folders.root, keep=folders.is_kept))


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
    peak: PeakSettings = field(default_factory=PeakSettings)

    def check(self) -> None:
        """Raises ValueError for an address or a route that is none, or without any worker."""
        Reach(self.routes, self.address, self.token, self.allowed_hosts)
        if self.workers < 1:
            raise ValueError(f"there must be at least one worker, not {self.workers}")

    def for_workers(self, data: Path) -> dict[str, Any]:
        """What workers are told; `data` is the folder of the database."""
        return {
            "peak": self.peak.for_workers(data),
            "routes": dict(self.routes),
            "auth": self.auth,
            "allowed_hosts": self.allowed_hosts,
            "limits": self.limits,
            "address": self.address,
            "token": self.token,
        }
