"""What all branches and calls of one execution share: limits, clock, log, session, routes, …"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from wfc_runtime.auth import TOKEN_VARIABLE, Authorizer, Needed, authorization
from wfc_runtime.clock import Clock, RealClock
from wfc_runtime.errors import ResourceLimit
from wfc_runtime.limits import Limits, exceeded
from wfc_runtime.logs import LogEntry, LogSink
from wfc_runtime.observer import Observer
from wfc_runtime.seats import Seats
from wfc_runtime.ticker import LoopTicker, Scheduler, Ticker, loop_ticker
from wfc_runtime.trace import here

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from wfc_runtime.callbacks import Callbacks, Endpoint, Endpoints
    from wfc_runtime.children import Children, Finder
    from wfc_runtime.durable.inside import Inside
    from wfc_runtime.proxies import Proxies
    from wfc_runtime.recorder import Recorder
    from wfc_runtime.routes import Routed, Routes
    from wfc_runtime.service import Service


class Execution:
    """One execution of a workflow.

    workflow    its id
    id          of the execution, a UUID
    generation  0, or how many executions called one another down to this one
    variables   the user's environment variables, which children see too; those of the process
                as they are when first asked for, unless some were given
    env         everything that `sys.get_env` can see
    authorizer  has the tokens of requests with `auth`
    routes      where calls go instead of where the workflow sends them
    find        finds the workflows that this one calls, if it can call any
    call_log    which calls are logged, one of `CALL_LOG_LEVELS`
    inside      what it runs in on the durable driver, None on the plain one
    service     runs the workflows that this one calls, if `find` does not find them
    """

    __slots__ = (
        "_endpoints",
        "_env",
        "_session",
        "_sha256",
        "_unset",
        "_variables",
        "active",
        "authorizer",
        "branch_errors",
        "call_log",
        "callbacks",
        "children",
        "clock",
        "find",
        "generation",
        "history",
        "id",
        "inside",
        "limits",
        "observer",
        "proxies",
        "routes",
        "scheduler",
        "service",
        "sink",
        "steps",
        "ticker",
        "workflow",
    )

    def __init__(
        self,
        workflow: str,
        sha256: str,
        limits: Limits,
        clock: Clock,
        variables: Mapping[str, str] | None,
        sink: LogSink,
        observer: Observer | None,
        authorizer: Authorizer,
        routes: Routes | None,
        callbacks: Callbacks | None,
        find: Finder | None,
        call_log: str,
        generation: int = 0,
        id: str = "",
        inside: Inside | None = None,
        service: Service | None = None,
    ) -> None:
        self.workflow = workflow
        self.id = id or random_id()
        self.inside = inside
        self.generation = generation
        self.limits = limits
        self.clock = clock
        self._sha256 = sha256
        self._variables = variables
        self._env: Mapping[str, str] | None = None
        self.sink = sink
        self.observer = observer
        self.authorizer = authorizer
        self.routes = routes
        self.proxies: Proxies | None = None
        """Those of the environment, once the session is open."""
        self.callbacks = callbacks
        self.find = find
        self.service = service
        self.call_log = call_log
        self.history: Recorder | None = None
        """Records the steps, in a module that was compiled for it."""
        # asking a Protocol takes half as long as a whole trivial execution
        machines = type(clock) is RealClock or inside is not None
        self.scheduler = clock if not machines and isinstance(clock, Scheduler) else None
        self.ticker: Ticker = self.scheduler or (loop_ticker() if inside is None else inside.ticker)
        self.active = Seats(limits.active)
        """The seats for active branches and iterations (spec 04 §8 rules 18 and 19)."""
        self.branch_errors = 0
        """Unhandled errors of branches recorded so far."""
        self.steps = 0
        self.children: Children | None = None
        """The executions that this one has started, once there are any."""
        self._endpoints: Endpoints | None = None
        self._session: ClientSession | None = None
        self._unset: set[str] = set()

    @property
    def variables(self) -> Mapping[str, str]:
        if self._variables is None:  # a copy takes longer than all the rest of an execution
            self._variables = variables_of(os.environ)
        return self._variables

    @property
    def env(self) -> Mapping[str, str]:
        if self._env is None:
            own = _built_in_env(self.workflow, self._sha256, self.id)
            self._env = {**own, **self.variables}
        return self._env

    @property
    def name(self) -> str:
        """`projects/P/locations/L/workflows/W/executions/ID`"""
        project, location = (self.env[f"GOOGLE_CLOUD_{key}"] for key in ("PROJECT_ID", "LOCATION"))
        workflow = f"projects/{project}/locations/{location}/workflows/{self.workflow}"
        return f"{workflow}/executions/{self.id}"

    def child(
        self, id: str, workflow: str, sha256: str, place: Mapping[str, str], call_log: str | None
    ) -> Execution:
        """An execution that this one starts, with limits and variables of its own.

        `place` has the variables that say where it is, as far as that is elsewhere.
        """
        variables = {**self.variables, **place}
        for name in ("EXECUTION_ID", "ID", "REVISION_ID"):  # someone may have set the caller's
            variables.pop(f"GOOGLE_CLOUD_WORKFLOW_{name}", None)
        return Execution(
            workflow,
            sha256,
            self.limits,
            self.clock,
            variables,
            self.sink,
            self.observer,
            self.authorizer,
            self.routes,
            self.callbacks,
            self.find,
            call_log or self.call_log,
            self.generation + 1,
            id,
            self.inside,
            self.service,
        )

    def count_steps(self, count: int) -> None:
        self.steps += count
        limit = self.limits.steps
        if limit is not None and self.steps > limit:
            raise ResourceLimit(
                f"ResourceLimitError: {exceeded('steps executed', self.steps, limit, 'steps')}"
            )

    def log(self, entry: LogEntry) -> None:
        """Writes an entry, which gets where it comes from."""
        place = here()
        entry = entry._replace(
            workflow=self.workflow,
            execution=self.id,
            generation=self.generation,
            step="" if place is None else place.step,
            routine="" if place is None else place.routine,
        )
        self.sink(entry)
        if self.observer is not None:
            self.observer.log(entry)

    def note(self, severity: str, text: str) -> None:
        """Logs what the runtime itself has to say."""
        self.log(LogEntry(self.clock.time(), severity, text))

    def warn_unset(self, name: str) -> None:
        """Says once that a variable which nobody set was read as null (OQ-60)."""
        if name not in self._unset:
            self._unset.add(name)
            text = f"the environment variable {name} is not set and has no default: it is null"
            self.note("WARNING", text)

    def open_endpoint(self, id: str, method: str) -> str:
        """The URL of a new callback endpoint."""
        from wfc_runtime.callbacks import Endpoint, Endpoints

        if self._endpoints is None:
            self._endpoints = Endpoints(self.callbacks)
        name = f"{self.name}/callbacks/{id}"
        return self._endpoints.open(Endpoint(name, method, self.clock))

    def find_endpoint(self, url: str) -> Endpoint | None:
        return None if self._endpoints is None else self._endpoints.find(url)

    async def authorization(self, needed: Needed) -> Mapping[str, str]:
        """The headers that a request with `auth` gets; raises the workflow's AuthError."""
        return await authorization(self.authorizer, needed)

    def routed(self, url: str) -> Routed | None:
        """Where a request for `url` goes instead, if anywhere; says once a route that it is so."""
        routed = None if self.routes is None else self.routes.routed(url)
        if self.routes is not None and routed is not None and self.routes.is_news(routed):
            self.note("INFO", routed.route)
        return routed

    def session(self) -> ClientSession:
        """The http session of the execution, opened when first asked for."""
        if self.inside is not None:
            session, self.proxies = self.inside.session(), self.inside.proxies
            return session
        if self._session is None:
            from wfc_runtime.proxies import environment_proxies
            from wfc_runtime.request import open_session

            self._session = open_session()
            self.proxies = environment_proxies()
        return self._session

    def begin(self) -> None:
        """Before the workflow runs; what has begun must be closed."""
        if isinstance(self.ticker, LoopTicker):
            self.ticker.enter()

    async def close(self) -> None:
        """Ends the callback endpoints, waits for the children that go on, lets everything go."""
        try:
            if self._endpoints is not None:
                await self._endpoints.close()
        except asyncio.CancelledError:
            if self.children is not None:
                self.children.cancel()
            raise
        finally:
            try:
                if self.children is not None:
                    await self.children.finish()
            finally:
                if isinstance(self.ticker, LoopTicker):
                    self.ticker.leave()
                if self._session is not None:
                    await self._session.close()
                    self._session = None


def workflow_id(source: str) -> str:
    """`flows/order.yaml` → `order`, also of `order.workflows.yaml`"""
    return source.replace("\\", "/").rpartition("/")[2].partition(".")[0] or "workflow"


def variables_of(environment: Mapping[str, str]) -> dict[str, str]:
    """A copy without the token in it, which is no workflow's to read."""
    variables = dict(environment)
    variables.pop(TOKEN_VARIABLE, None)
    return variables


def random_id() -> str:
    """A random UUID (version 4), as text in small letters."""
    return uuid_text(os.urandom(16))


def uuid_text(random: bytes) -> str:
    """The UUID of 16 random bytes; the module uuid would have to be imported first."""
    text, variant = random.hex(), "89ab"[random[8] >> 4 & 3]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


def _built_in_env(workflow: str, sha256: str, execution_id: str) -> dict[str, str]:
    """The service's own variables (spec 06, sys), as a machine that is not the service has them."""
    return {
        "GOOGLE_CLOUD_LOCATION": "local",
        "GOOGLE_CLOUD_PROJECT_ID": "local-project",
        "GOOGLE_CLOUD_PROJECT_NUMBER": "0",
        "GOOGLE_CLOUD_SERVICE_ACCOUNT_NAME": "local@local-project.iam.gserviceaccount.com",
        "GOOGLE_CLOUD_WORKFLOW_EXECUTION_ID": execution_id,
        "GOOGLE_CLOUD_WORKFLOW_ID": workflow,
        "GOOGLE_CLOUD_WORKFLOW_REVISION_ID": f"000001-{sha256[:3]}",
    }
