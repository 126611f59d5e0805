"""What operators see: health and figures."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.service_calls import PARENT, Client, serving

from wfc_service.deploy import Builder
from wfc_service.front.monitor import monitor_routes
from wfc_service.google.rest import create_app


def watched(client: Client, *, stopping: bool = False) -> None:
    database, counts = client.service.database, client.triggers.not_started
    routes = monitor_routes(database, client.engine, counts, "1.2.3", lambda: stopping)
    client.app = create_app(client.service, routes=routes)


def test_the_figures_are_those_of_the_executions_that_are_there(
    tmp_path: Path, builder: Builder
) -> None:
    async def main() -> None:
        async with serving(tmp_path, builder) as client:
            watched(client)
            await client.deploy()
            for _ in range(3):
                await client.run()
            answer = await client("GET", "/metrics")
            assert answer.headers["content-type"].startswith("text/plain")
            samples = {
                (sample.name, sample.labels.get("state")): sample.value
                for family in text_string_to_metric_families(answer.body.decode())
                for sample in family.samples
            }
            assert samples["wfc_workflows", None] == 1
            assert samples["wfc_executions_kept", "SUCCEEDED"] == 3
            assert samples["wfc_executions_active", None] == 0
            assert samples["wfc_executions_queued", None] == 0
            assert samples["process_resident_memory_bytes", None] > 0

    asyncio.run(main())


def test_nobody_waits_while_executions_are_counted(
    tmp_path: Path, builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        async with serving(tmp_path, builder) as client:
            watched(client)
            database = client.service.database
            read, asked = database.read, list[str]()

            def noted(query: str, *values: Any) -> list[sqlite3.Row]:
                asked.append(query)
                return read(query, *values)

            monkeypatch.setattr(database, "read", noted)
            await client("GET", "/metrics")
            assert asked
            assert not [query for query in asked if "FROM executions" in query]

    asyncio.run(main())


def test_health_says_whether_executions_are_taken(tmp_path: Path, builder: Builder) -> None:
    async def main() -> None:
        async with serving(tmp_path, builder) as client:
            watched(client)
            well = await client("GET", "/healthz")
            assert (well.status, well.json()) == (200, {"status": "ok", "version": "1.2.3"})
            watched(client, stopping=True)
            ending = await client("GET", "/healthz")
            assert (ending.status, ending.json()["status"]) == (503, "stopping")

    asyncio.run(main())


def test_health_says_when_nothing_can_be_written(tmp_path: Path, builder: Builder) -> None:
    def same(connection: sqlite3.Connection) -> sqlite3.Connection:
        return connection

    async def main() -> None:
        async with serving(tmp_path, builder) as client:
            watched(client)
            await client.deploy()
            writer = await client.service.database.write(same)
            writer.execute("PRAGMA query_only = ON")
            error = await client.error("POST", f"{PARENT}/workflows/hello/executions", {})
            assert (error["code"], error["status"]) == (503, "UNAVAILABLE")
            ill = await client("GET", "/healthz")
            assert (ill.status, ill.json()["status"]) == (503, "the database cannot be written")
            writer.execute("PRAGMA query_only = OFF")
            assert (await client("GET", "/healthz")).status == 200
            assert (await client.run())["result"] == '"Hello world"'

    asyncio.run(main())
