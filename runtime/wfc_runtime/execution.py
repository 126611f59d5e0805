"""What all branches and calls of one execution share: limits, clock, log, session, routes, …"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from wfc_runtime.auth import Authorizer, Needed, authorization, default_authorizer
from wfc_runtime.clock import Clock
from wfc_runtime.errors import ResourceLimit
from wfc_runtime.limits import Limits, exceeded
from wfc_runtime.logs import LogEntry, LogSink
from wfc_runtime.observer import Observer

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from wfc_runtime.proxies import Proxies
    from wfc_runtime.routes import Routed, Routes


class Execution:
    """One execution of a workflow; `env` is everything that `sys.get_env` can see."""

    __slots__ = (
        "_routes_shown",
        "_session",
        "_unset",
        "active",
        "authorizer",
        "branch_errors",
        "clock",
        "env",
        "limits",
        "observer",
        "proxies",
        "routes",
        "sink",
        "steps",
    )

    def __init__(
        self,
        limits: Limits,
        clock: Clock,
        env: Mapping[str, str],
        sink: LogSink,
        observer: Observer | None,
        authorizer: Authorizer | None,
        routes: Routes | None,
    ) -> None:
        self.limits = limits
        self.clock = clock
        self.env = env
        self.sink = sink
        self.observer = observer
        self.authorizer = authorizer
        self.routes = routes
        self.proxies: Proxies | None = None
        """Those of the environment, once the session is open."""
        self.active = asyncio.Semaphore(limits.active)
        """The seats for active branches and iterations (spec 04 §8 rules 18 and 19)."""
        self.branch_errors = 0
        """Unhandled errors of branches recorded so far."""
        self.steps = 0
        self._routes_shown: set[str] = set()
        self._session: ClientSession | None = None
        self._unset: set[str] = set()

    def count_steps(self, count: int) -> None:
        self.steps += count
        limit = self.limits.steps
        if limit is not None and self.steps > limit:
            raise ResourceLimit(
                f"ResourceLimitError: {exceeded('steps executed', self.steps, limit, 'steps')}"
            )

    def log(self, entry: LogEntry) -> None:
        self.sink(entry)
        if self.observer is not None:
            self.observer.log(entry)

    def warn_unset(self, name: str) -> None:
        """Says once that a variable which nobody set was read as null (OQ-60)."""
        if name not in self._unset:
            self._unset.add(name)
            text = f"the environment variable {name} is not set and has no default: it is null"
            self.log(LogEntry(self.clock.time(), "WARNING", text))

    async def authorization(self, needed: Needed) -> Mapping[str, str]:
        """The headers that a request with `auth` gets; raises the workflow's AuthError."""
        if self.authorizer is None:
            self.authorizer = default_authorizer()
        return await authorization(self.authorizer, needed)

    def routed(self, url: str) -> Routed | None:
        """Where a request for `url` goes instead, if anywhere; says once a route that it is so."""
        routed = None if self.routes is None else self.routes.routed(url)
        if routed is not None and routed.route not in self._routes_shown:
            self._routes_shown.add(routed.route)
            self.log(LogEntry(self.clock.time(), "INFO", routed.route))
        return routed

    def session(self) -> ClientSession:
        """The http session of the execution, opened when first asked for."""
        if self._session is None:
            from wfc_runtime.proxies import environment_proxies
            from wfc_runtime.request import open_session

            self._session = open_session()
            self.proxies = environment_proxies()
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def built_in_env(source: str, sha256: str, execution_id: str) -> dict[str, str]:
    """The service's own variables (spec 06, sys), as a machine that is not the service has them."""
    name = source.replace("\\", "/").rpartition("/")[2].partition(".")[0]
    values = {
        "LOCATION": "local",
        "PROJECT_ID": "local-project",
        "PROJECT_NUMBER": "0",
        "SERVICE_ACCOUNT_NAME": "local@local-project.iam.gserviceaccount.com",
        "WORKFLOW_EXECUTION_ID": execution_id,
        "WORKFLOW_ID": name or "workflow",
        "WORKFLOW_REVISION_ID": f"000001-{sha256[:3]}",
    }
    return {f"GOOGLE_CLOUD_{key}": value for key, value in values.items()}
