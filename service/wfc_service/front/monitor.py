"""What operators ask of the service: whether it is well, and its figures for Prometheus."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wfc_service.errors import ApiError
from wfc_service.store.database import Database


class Load(Protocol):
    """What runs executions, as far as it tells its load."""

    @property
    def active(self) -> int: ...

    @property
    def queued(self) -> int: ...


_KEPT: Final = "SELECT state, count(*) FROM executions GROUP BY state ORDER BY state"


class _Figures:
    """A collector of prometheus_client: everything is counted when it is asked for.

    kept  how many executions are kept, by state: counted in another thread, before the rest
    """

    def __init__(self, database: Database, load: Load, not_started: Mapping[str, int]) -> None:
        self._database = database
        self._load = load
        self._not_started = not_started
        self.kept: Sequence[tuple[str, int]] = ()

    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily(
            "wfc_executions_active", "Executions with a seat.", self._load.active
        )
        yield GaugeMetricFamily(
            "wfc_executions_queued", "Executions that wait for a seat.", self._load.queued
        )
        kept = GaugeMetricFamily(
            "wfc_executions_kept", "Executions that are kept, by their state.", labels=["state"]
        )
        for state, number in self.kept:
            kept.add_metric([state], number)
        yield kept
        [(workflows,)] = self._database.read("SELECT count(*) FROM workflows")
        yield GaugeMetricFamily("wfc_workflows", "Workflows that are deployed.", workflows)
        what = "Runs that schedules and webhooks should have started and have not, by the reason."
        dropped = CounterMetricFamily("wfc_triggers_dropped", what, labels=["reason"])
        for reason, number in sorted(self._not_started.items()):
            dropped.add_metric([reason], number)
        yield dropped


def _touch(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT OR REPLACE INTO service VALUES ('touched', datetime('now'))")


def monitor_routes(
    database: Database,
    load: Load,
    not_started: Mapping[str, int],
    version: str,
    is_stopping: Callable[[], bool],
) -> list[Route]:
    """`/healthz` and `/metrics`; `not_started` counts runs that triggers have not started."""
    registry = CollectorRegistry()
    figures = _Figures(database, load, not_started)
    registry.register(figures)
    PlatformCollector(registry)
    ProcessCollector(registry=registry)

    async def healthz(request: Request) -> Response:
        """200 while the service takes executions and can read and write its file, else 503."""
        status = "stopping" if is_stopping() else "ok"
        try:
            database.read("SELECT 1")
        except sqlite3.Error:
            status = "the database cannot be read"
        if database.is_failing:
            try:
                await database.write(_touch)
            except ApiError:
                status = "the database cannot be written"
        answer = {"status": status, "version": version}
        return JSONResponse(answer, 200 if status == "ok" else 503)

    async def metrics(request: Request) -> Response:
        figures.kept = [(state, number) for state, number in await database.scan(_KEPT)]
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return [Route("/healthz", healthz), Route("/metrics", metrics)]
