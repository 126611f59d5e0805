"""Triggers in the service: which runs schedules and webhooks start, and what of those it cannot."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families
from tests.http_server import serving as serving_http
from tests.machine_clock import MachineClock
from tests.peak_calls import Peak, spec
from tests.service_calls import Client, application, serving
from tests.service_runs import until

from wfc_service.deploy import Builder
from wfc_service.front.monitor import monitor_routes
from wfc_service.google.rest import create_app
from wfc_service.peak.webhooks import LIMIT
from wfc_service.triggers.triggers import Triggers
from wfc_service.worker.reach import Reach

WEBHOOKS = "/workflows/api/v1/webhooks"
CONCURRENT = {"allowConcurrentExecution": True}


@dataclass
class Scene:
    client: Client
    peak: Peak
    triggers: Triggers
    clock: MachineClock
    heard: list[tuple[str, str]] = field(default_factory=list)
    """Key and payload of each webhook that a watcher has been sent."""

    async def created(self, count: int) -> list[tuple[str, str]]:
        """Workflow and request id of all executions, once there are so many."""
        query = "SELECT workflow, request_id FROM executions ORDER BY workflow, number"

        def rows() -> list[tuple[str, str]]:
            return [tuple(row) for row in self.client.service.database.read(query)]

        await until(lambda: len(rows()) >= count)
        return rows()

    async def argument(self, execution: str) -> Any:
        query = "SELECT argument FROM executions WHERE id = ?"
        return json.loads(self.client.service.database.read(query, execution)[0]["argument"])


@asynccontextmanager
async def triggering(
    folder: Path, builder: Builder, clock: MachineClock | None = None
) -> AsyncIterator[Scene]:
    """A service with its triggers, at ten o'clock unless it has a clock."""
    clock, heard = clock or MachineClock("2026-11-26T10:00"), list[tuple[str, str]]()

    async def hear(request: web.BaseRequest) -> web.StreamResponse:
        heard.append((request.headers["Idempotency-Key"], await request.text()))
        return web.Response()

    async with serving_http(hear) as address, serving(folder, builder, clock) as client:
        reach = Reach({"https://alerts.example.com": address}, "http://127.0.0.1:1", "", None)
        triggers = Triggers(client.service, reach, clock.wait)
        client.app = application(client.service, triggers)
        client.service.listeners.append(triggers.changed)
        triggers.open()
        try:
            yield Scene(client, Peak(client), triggers, clock, heard)
        finally:
            await triggers.close()


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 60))


def scheduled(*crons: str, **fields: Any) -> dict[str, Any]:
    return spec(triggers=[{"cron": cron} for cron in crons], metadata=CONCURRENT, **fields)


def watcher(payload: str, **events: bool) -> dict[str, Any]:
    url = "https://alerts.example.com/hook"
    return {"events": events, "webhook": {"name": "w", "url": url, "payload": payload}}


def test_a_schedule_starts_runs_from_when_it_is_made_until_it_is_gone(
    tmp_path: Path, builder: Builder
) -> None:
    async def main() -> None:
        async with triggering(tmp_path, builder) as scene:
            peak, clock = scene.peak, scene.clock
            one = await peak.create(scheduled("0 * * * *"))
            await clock.run("2026-11-26T11:10")
            await scene.created(1)
            await peak.ok("POST", f"{one}/pause")
            await clock.run("2026-11-26T12:10")
            await peak.ok("POST", f"{one}/resume")
            await clock.run("2026-11-26T13:10")
            await scene.created(2)
            await peak.ok("PUT", f"{one}", scheduled("30 * * * *"))
            await clock.run("2026-11-26T14:10")
            created = await scene.created(3)
            await peak.ok("DELETE", f"{one}")
            two = await peak.create(scheduled("0 15 * * *"))
            await clock.run("2026-11-26T16:00")
            moments = ["11:00", "13:00", "13:30"]
            assert created == [("peak/1", f"cron 2026-11-26T{time}:00Z") for time in moments]
            assert await scene.created(1) == [(f"peak/{two}", "cron 2026-11-26T15:00:00Z")]
            assert scene.triggers.not_started == {}

    run(main())


def test_a_moment_is_one_run_over_restarts_and_what_was_missed_is_said(
    tmp_path: Path, builder: Builder, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        clock = MachineClock("2026-11-26T10:00")
        async with triggering(tmp_path, builder, clock) as scene:
            await scene.peak.create(scheduled("*/10 * * * *"))
            await scene.peak.create(scheduled("0 0 * * *"))
            await clock.run("2026-11-26T10:10")
            await scene.created(1)
        async with triggering(tmp_path, builder, clock) as scene:  # the same moment
            await clock.run("2026-11-26T10:10:30")
            assert len(await scene.created(1)) == 1
            assert scene.triggers.not_started == {}
        clock.set("2026-11-26T10:50:20")
        async with triggering(tmp_path, builder, clock) as scene:
            await clock.run("2026-11-26T10:50:30")
            assert await scene.created(2) == [
                ("peak/1", "cron 2026-11-26T10:10:00Z"),
                ("peak/1", "cron 2026-11-26T10:50:00Z"),
            ]
            assert scene.triggers.not_started == {"missed": 3}
        said = "workflow 1: 3 runs were not started in time since 2026-11-26T10:20:00Z"
        logged = [one.message for one in caplog.records if one.name.startswith("wfc_service")]
        assert logged == [said]

    run(main())


def test_what_was_missed_is_counted_from_when_the_schedule_was_let_go_on(
    tmp_path: Path, builder: Builder
) -> None:
    async def main() -> None:
        clock = MachineClock("2026-11-26T10:00")
        async with triggering(tmp_path, builder, clock) as scene:
            await scene.peak.create(scheduled("0 * * * *"))
            await scene.peak.ok("POST", "1/pause")
            await clock.run("2026-11-26T14:30")
            await scene.peak.ok("POST", "1/resume")
        clock.set("2026-11-26T16:30")
        async with triggering(tmp_path, builder, clock) as scene:
            await clock.run("2026-11-26T16:31")
            assert scene.triggers.not_started == {"missed": 2}

    run(main())


@pytest.mark.parametrize(
    ("metadata", "reason", "said"),
    [(CONCURRENT, "queue_full", "the queue is full"), ({}, "active", "has not ended")],
)
def test_a_run_that_cannot_be_started_is_dropped_counted_logged_and_told(
    tmp_path: Path,
    builder: Builder,
    caplog: pytest.LogCaptureFixture,
    metadata: dict[str, bool],
    reason: str,
    said: str,
) -> None:
    async def main() -> None:
        async with triggering(tmp_path, builder) as scene:
            watchers = [watcher('"bad"', fail=True), watcher('"good"', success=True)]
            made = scheduled("0 * * * *", watchers=watchers) | {"metadata": metadata}
            await scene.peak.create(made)
            scene.client.engine.refusing = bool(metadata)
            scene.client.engine.full = not metadata
            if not metadata:  # it waits for a seat
                await scene.peak.ok("POST", "1/execute")
            await scene.clock.run("2026-11-26T11:00")
            await until(lambda: len(scene.heard) == 1)
            assert scene.heard == [("peak/1/cron-2026-11-26T11:00:00Z/0", '"bad"')]
            assert scene.triggers.not_started == {reason: 1}
            assert len(await scene.created(0)) == (not metadata)
            [message] = [one for one in caplog.messages if "started no run" in one]
            assert message.startswith("workflow 1: `cron 2026-11-26T11:00:00Z` has started no run")
            assert said in message

    run(main())


def test_figures_show_what_was_not_started(tmp_path: Path, builder: Builder) -> None:
    async def main() -> None:
        async with triggering(tmp_path, builder) as scene:
            client, counts = scene.client, scene.triggers.not_started
            database, engine = client.service.database, client.engine
            routes = monitor_routes(database, engine, counts, "1", lambda: False)
            client.app = create_app(client.service, routes=routes)
            counts["active"] = 3
            text = (await client("GET", "/metrics")).body.decode()
            found = {
                sample.labels["reason"]: sample.value
                for family in text_string_to_metric_families(text)
                for sample in family.samples
                if sample.name == "wfc_triggers_dropped_total"
            }
            assert found == {"active": 3}

    run(main())


def payload(text: str) -> Any:
    return {"global": {"payload": text}}


async def hooked(peak: Peak, **fields: Any) -> str:
    """The path of a new workflow's webhook."""
    sent = spec(triggers=[{"webhook": True}], metadata=CONCURRENT, **fields)
    made = await peak.ok("POST", "", sent)
    return f"{WEBHOOKS}/{made['triggers'][0]['webhook']}"


@pytest.mark.parametrize(
    ("sent", "given"),
    [
        (b"", {}),
        (b" \n", {}),
        (b"{}", {}),
        (b'{"params": {"global": {"a": "1"}}}', {"global": {"a": "1"}}),
        (b'{"action": "opened",  "n": 1.50}', payload('{"action": "opened",  "n": 1.50}')),
        (b'{"params": {}, "other": 1}', payload('{"params": {}, "other": 1}')),
        (b"[1,\n2]", payload("[1,\n2]")),
        (b"null", payload("null")),
        ('\ufeff"é"'.encode(), payload('"é"')),
    ],
)
def test_what_a_webhook_is_sent_are_the_parameters_of_the_run(
    tmp_path: Path, builder: Builder, sent: bytes, given: Any
) -> None:
    async def main() -> None:
        async with triggering(tmp_path, builder) as scene:
            path = await hooked(scene.peak)
            answer = await scene.client("POST", path, sent)
            assert (answer.status, list(answer.json())) == (200, ["executionId"])
            argument = await scene.argument(answer.json()["executionId"])
            assert argument.get("params", {}) == given

    run(main())


def test_a_step_sees_what_a_webhook_was_sent(tmp_path: Path, builder: Builder) -> None:
    async def main() -> None:
        async with triggering(tmp_path, builder) as scene:
            steps = {"a": {"imageId": 1, "command": 'printf %s "$payload"'}}
            path = await hooked(scene.peak, steps=steps)
            largest = json.dumps("x" * (LIMIT - 2)).encode()
            assert len(largest) == LIMIT
            answer = await scene.client("POST", path, largest)
            id = answer.json()["executionId"]
            await scene.client.engine.ended(id)
            details = await scene.peak.ok("GET", f"1/executions/{id}")
            assert details["status"] == "Success"
            too_large = await scene.client("POST", path, largest + b" ")
            assert too_large.status == 413

    run(main())


def test_webhooks_that_start_nothing(tmp_path: Path, builder: Builder) -> None:
    async def main() -> None:
        async with triggering(tmp_path, builder) as scene:
            path = await hooked(scene.peak)

            async def refused(sent: bytes, to: str = path, verb: str = "POST") -> tuple[int, str]:
                answer = await scene.client(verb, to, sent)
                return answer.status, answer.json()["detail"]

            assert await refused(b"", f"{WEBHOOKS}/x") == (404, "there is no such webhook")
            assert (await refused(b"payload=%7B%7D"))[0] == 400
            assert await refused(b"\xff") == (400, "the body is not UTF-8")
            assert (await refused(b'{"params": 5}'))[0] == 400
            assert await refused(b'"\\ud800"') == (400, "the body has half a character")
            assert (await refused(b"", verb="GET"))[0] == 405
            scene.client.engine.refusing = True
            assert await refused(b"{}") == (429, "the queue is full")
            assert scene.triggers.not_started == {"queue_full": 1}
            scene.client.engine.refusing = False
            await scene.peak.ok("DELETE", "1")
            assert (await refused(b""))[0] == 404
            assert await scene.created(0) == []

    run(main())


def test_runs_that_are_not_started_are_said_once_until_one_is(
    tmp_path: Path, builder: Builder, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with triggering(tmp_path, builder) as scene:
            paths = [await hooked(scene.peak), await hooked(scene.peak)]

            async def asked(path: str, code: int, times: int) -> None:
                scene.client.engine.refusing = code == 429
                for _ in range(times):
                    assert (await scene.client("POST", path, b"{}")).status == code

            for path in paths:
                await asked(path, 429, 3)
            await asked(paths[0], 200, 2)
            await asked(paths[0], 429, 2)
            assert scene.triggers.not_started == {"queue_full": 8}
            said = [re.sub("`.*`", "…", one) for one in caplog.messages if "workflow" in one]
            assert said == [
                "workflow 1: … has started no run: the queue is full",
                "workflow 2: … has started no run: the queue is full",
                "workflow 1: a run has started again, after 2 more that have not",
                "workflow 1: … has started no run: the queue is full",
            ]

    run(main())


def test_a_webhook_starts_runs_while_the_schedule_is_held_and_one_for_one_request(
    tmp_path: Path, builder: Builder
) -> None:
    async def main() -> None:
        async with triggering(tmp_path, builder) as scene:
            path = await hooked(scene.peak)
            await scene.peak.ok("POST", "1/pause")
            first, again = [await scene.peak("POST", path, {}, request="r") for _ in range(2)]
            assert first == again
            assert await scene.created(1) == [("peak/1", "r")]

    run(main())
