"""Watchers: who is told of which end of a run, however the service and the receivers fare."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from tests.http_server import serving as serving_http
from tests.machine_clock import MachineClock
from tests.peak_service import command, deploy_spec, ended, execute
from tests.service_runs import Service, serving, until

from wfc_service.store.retention import Retention, delete_old
from wfc_service.triggers.delivery import PAUSES, Delivery, NotDelivered
from wfc_service.triggers.watch import Watch
from wfc_service.triggers.watchers import Mail, Watcher, Webhook, watchers_of
from wfc_service.worker.reach import Reach

HOOK = "https://alerts.example.com/hook"


@dataclass
class Receiver:
    """Takes webhooks; answers with the codes that it was given, then with 200."""

    codes: list[int] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    """The payloads."""
    keys: list[str] = field(default_factory=list)
    types: set[str] = field(default_factory=set)
    silent: bool = False

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        self.heard.append(await request.text())
        self.keys.append(request.headers["Idempotency-Key"])
        self.types.add(f"{request.method} {request.path} {request.headers['Content-Type']}")
        if self.silent:
            await asyncio.Event().wait()
        return web.Response(status=self.codes.pop(0) if self.codes else 200)


@dataclass
class Scene:
    service: Service
    watch: Watch
    clock: MachineClock
    receiver: Receiver
    slept: list[float]

    async def logged(self, execution: str, lines: int = 1) -> list[str]:
        """What the execution's log says of watchers, once there are so many lines of it."""
        query = "SELECT entry FROM logs WHERE execution = ? ORDER BY number"

        def said() -> list[str]:
            rows = self.service.database.read(query, execution)
            entries = [json.loads(row["entry"]) for row in rows]
            return [
                f"{entry['severity']} {entry['textPayload']}"
                for entry in entries
                if entry.get("textPayload", "").startswith("the execution has ")
            ]

        await until(lambda: len(said()) >= lines)
        return said()


@asynccontextmanager
async def watching(
    folder: Path,
    receiver: Receiver | None = None,
    clock: MachineClock | None = None,
    allowed: Sequence[str] | None = None,
) -> AsyncIterator[Scene]:
    """A service whose watchers' webhooks go to a receiver, unless it has none."""
    heard, clock, slept = receiver or Receiver(), clock or MachineClock(), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with (
        serving_http(heard.handle) as address,
        serving(folder, clock) as service,
    ):
        routes = {} if receiver is None else {"https://alerts.example.com": address}
        reach = Reach(routes, "http://127.0.0.1:1", "", allowed)
        watch = Watch(service.database, Delivery(reach, sleep), clock, clock.wait)
        service.runs.followers.append(watch)  # before anything had its turn
        watch.open()
        running = asyncio.create_task(watch.run())
        try:
            yield Scene(service, watch, clock, heard, slept)
        finally:
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
            await watch.close()


def run(main: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(main, 60))


def hook(payload: str, **events: Any) -> Any:
    return {"events": events, "webhook": {"name": "alerts", "url": HOOK, "payload": payload}}


async def deploy(service: Service, text: str, *watchers: Any) -> None:
    spec = {"name": "seven", "watchers": list(watchers), "steps": {"a": command(text)}}
    await deploy_spec(service, 7, spec)


@pytest.mark.parametrize(
    ("text", "heard"),
    [("true", ['{"how": "well"}', '"both"']), ("exit 1", ['{"how": "badly"}', '"both"'])],
)
def test_watchers_hear_of_the_end_that_they_asked_for(
    tmp_path: Path, text: str, heard: list[str]
) -> None:
    async def main() -> None:
        async with watching(tmp_path, Receiver()) as scene:
            watchers = [
                hook('{"how": "well"}', success=True),
                hook('{"how": "badly"}', fail=True, success=False),
                hook('"both"', success=True, fail=True),
                hook('"neither"'),
            ]
            await deploy(scene.service, text, *watchers)
            execution = await execute(scene.service, 7)
            end = "succeeded" if text == "true" else "failed"
            said = f"INFO the execution has {end}, of which watcher `alerts` is told: "
            assert await scene.logged(execution.id, 2) == [f"{said}POST {HOOK}: 200"] * 2
            assert sorted(scene.receiver.heard) == sorted(heard)
            assert scene.receiver.types == {"POST /hook application/json"}
            assert sorted(scene.receiver.keys) == [f"{execution.id}/ended/{n}" for n in (0, 1)]

    run(main())


def test_people_get_no_mail_and_the_log_says_so(tmp_path: Path) -> None:
    async def main() -> None:
        async with watching(tmp_path) as scene:
            user = {"events": {"fail": True}, "user": "ada@example.com"}
            to = {"recipients": {"to": ["b@example.com", "c@example.com"]}}
            await deploy(scene.service, "exit 1", user, {"events": {"fail": True}, "email": to})
            execution = await execute(scene.service, 7)
            said = "INFO the execution has failed, of which no mail is sent from here to "
            assert await scene.logged(execution.id, 2) == [
                f"{said}ada@example.com",
                f"{said}b@example.com, c@example.com",
            ]

    run(main())


def test_nobody_is_told_of_a_run_that_was_stopped(tmp_path: Path) -> None:
    async def main() -> None:
        async with watching(tmp_path, Receiver()) as scene:
            await deploy(scene.service, "sleep 1000", hook("1", success=True, fail=True))
            execution = await execute(scene.service, 7)
            await scene.service.runs.cancel(execution)
            await until(lambda: not scene.service.runs.active)
            await scene.service.database.write(lambda connection: None)
            assert scene.service.database.read("SELECT * FROM peak_notices") == []
            assert scene.receiver.heard == []

    run(main())


def test_a_workflow_without_watchers_leaves_no_notice(tmp_path: Path) -> None:
    async def main() -> None:
        async with watching(tmp_path) as scene:
            await deploy(scene.service, "true")
            await ended(scene.service, await execute(scene.service, 7))
            assert scene.service.database.read("SELECT * FROM peak_notices") == []

    run(main())


def test_who_does_not_take_it_gets_it_again_with_the_same_key(tmp_path: Path) -> None:
    async def main() -> None:
        async with watching(tmp_path, Receiver([503, 429])) as scene:
            await deploy(scene.service, "true", hook("{}", success=True))
            execution = await execute(scene.service, 7)
            [line] = await scene.logged(execution.id)
            assert line.endswith(f"POST {HOOK}: 200")
            assert scene.receiver.keys == [f"{execution.id}/ended/0"] * 3
            assert scene.slept == [1, 5]

    run(main())


@pytest.mark.parametrize(
    ("codes", "tries", "why"),
    [([500] * 9, 4, "500"), ([404], 1, "404"), ([400, 200], 1, "400")],
)
def test_who_refuses_it_is_named_in_the_log(
    tmp_path: Path, codes: list[int], tries: int, why: str
) -> None:
    async def main() -> None:
        async with watching(tmp_path, Receiver(list(codes))) as scene:
            await deploy(scene.service, "true", hook("{}", success=True))
            execution = await execute(scene.service, 7)
            said = "WARNING the execution has succeeded, which watcher `alerts` does not know: "
            assert await scene.logged(execution.id) == [f"{said}POST {HOOK}: {why}"]
            assert len(scene.receiver.heard) == tries
            assert scene.slept == list(PAUSES)[: tries - 1]

    run(main())


def test_a_run_that_takes_too_long_is_told_once(tmp_path: Path) -> None:
    async def main() -> None:
        clock, receiver = MachineClock("2026-11-26T10:00"), Receiver()
        async with watching(tmp_path, receiver, clock) as scene:
            quick = hook('"half"', runtimeExceeded=0.5)
            slow = hook('"two"', runtimeExceeded=2)
            await deploy(scene.service, "sleep 1000", quick, slow)
            execution = await execute(scene.service, 7)
            await clock.run("2026-11-26T10:00:29")
            assert receiver.heard == []
            await clock.run("2026-11-26T10:00:31")
            [line] = await scene.logged(execution.id)
            assert line.startswith("INFO the execution has exceeded 0.5 minutes, of which")
        # the next life has the timers of those that go on, and does not tell again
        async with watching(tmp_path, receiver, clock) as scene:
            await clock.run("2026-11-26T10:01:59")
            assert receiver.heard == ['"half"']
            await clock.run("2026-11-26T10:02:01")
            await scene.logged(execution.id, 2)
            assert receiver.heard == ['"half"', '"two"']
            assert receiver.keys[1] == f"{execution.id}/exceeded-2/0"
        # nor does one that begins when the time has gone by
        async with watching(tmp_path, receiver, clock) as scene:
            await clock.run("2026-11-26T10:05")
            await scene.service.runs.cancel(scene.service.get(execution.id))
            assert len(await scene.logged(execution.id, 2)) == 2
            assert receiver.heard == ['"half"', '"two"']

    run(main())


def test_time_that_goes_by_while_the_service_is_down_counts(tmp_path: Path) -> None:
    async def main() -> None:
        clock, receiver = MachineClock("2026-11-26T10:00"), Receiver()
        async with watching(tmp_path, receiver, clock) as scene:
            await deploy(scene.service, "sleep 1000", hook("1", runtimeExceeded=30))
            execution = await execute(scene.service, 7)
        clock.set("2026-11-26T10:45")
        async with watching(tmp_path, receiver, clock) as scene:
            await scene.logged(execution.id)
            assert receiver.heard == ["1"]

    run(main())


@pytest.mark.parametrize("minutes", [1e300, -1e300])
def test_minutes_that_no_run_takes_hold_up_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, minutes: float
) -> None:
    async def main() -> None:
        async with watching(tmp_path, Receiver()) as scene:
            watchers = hook('"long"', runtimeExceeded=minutes), hook('"done"', success=True)
            await deploy(scene.service, "true", *watchers)
            execution = await ended(scene.service, await execute(scene.service, 7))
            assert execution.state == "SUCCEEDED"
            await until(lambda: '"done"' in scene.receiver.heard)
        assert [one.message for one in caplog.records if one.levelname == "ERROR"] == []

    run(main())


def test_what_ends_while_the_service_is_stopped_is_left_to_its_next_life(tmp_path: Path) -> None:
    async def main() -> None:
        receiver = Receiver()
        async with watching(tmp_path, receiver) as scene:
            await deploy(scene.service, "true", hook("1", success=True))
            await scene.watch.close()
            execution = await ended(scene.service, await execute(scene.service, 7))
            assert receiver.heard == []
            assert scene.watch._tasks == set()
        async with watching(tmp_path, receiver) as scene:
            await scene.logged(execution.id)
            assert receiver.heard == ["1"]

    run(main())


def test_a_run_that_ends_in_time_has_no_timer_any_more(tmp_path: Path) -> None:
    async def main() -> None:
        clock = MachineClock("2026-11-26T10:00")
        async with watching(tmp_path, Receiver(), clock) as scene:
            watchers = hook("1", runtimeExceeded=30), hook("2", success=True)
            await deploy(scene.service, "true", *watchers)
            execution = await execute(scene.service, 7)
            await scene.logged(execution.id)
            await clock.run("2026-11-26T11:00")
            await scene.service.database.write(lambda connection: None)
            rows = scene.service.database.read("SELECT event, told FROM peak_notices")
            assert [tuple(row) for row in rows] == [("ended", 1)]

    run(main())


def test_what_was_not_told_before_the_service_ended_is_told_by_its_next_life(
    tmp_path: Path,
) -> None:
    async def main() -> None:
        silent, hearing = Receiver(silent=True), Receiver()
        async with watching(tmp_path, silent) as scene:
            await deploy(scene.service, "true", hook("1", success=True))
            execution = await execute(scene.service, 7)
            await until(lambda: bool(silent.heard))
        async with watching(tmp_path, hearing) as scene:
            assert len(await scene.logged(execution.id)) == 1
            assert hearing.keys == silent.keys
        async with watching(tmp_path, hearing) as scene:
            assert len(await scene.logged(execution.id)) == 1
            assert len(hearing.heard) == 1

    run(main())


def test_an_end_that_nobody_followed_is_told(tmp_path: Path) -> None:
    """The database notes it in the write that ends the execution: nothing can come between."""

    async def main() -> None:
        async with serving(tmp_path) as service:
            await deploy(service, "true", hook("1", success=True))
            execution = await ended(service, await execute(service, 7))
        async with watching(tmp_path, Receiver()) as scene:
            await scene.logged(execution.id)
            assert scene.receiver.heard == ["1"]

    run(main())


def test_the_notices_of_an_execution_go_with_it(tmp_path: Path) -> None:
    async def main() -> None:
        async with watching(tmp_path, Receiver()) as scene:
            await deploy(scene.service, "true", hook("1", success=True))
            execution = await execute(scene.service, 7)
            await scene.logged(execution.id)
            delete = partial(delete_old, Retention(count=0), scene.clock())
            assert await scene.service.database.write(delete) == ([execution.id], True)
            assert scene.service.database.read("SELECT * FROM peak_notices") == []

    run(main())


def test_a_run_keeps_the_watchers_of_its_revision(tmp_path: Path) -> None:
    async def main() -> None:
        async with watching(tmp_path, Receiver()) as scene:
            gate = tmp_path / "gate"
            waits = f"until test -e {gate}; do sleep 0.01; done"
            await deploy(scene.service, waits, hook('"old"', success=True))
            execution = await execute(scene.service, 7)
            spec = {"name": "seven", "steps": {"a": command("true")}}
            await deploy_spec(scene.service, 7, spec, revision=2)
            gate.touch()
            await scene.logged(execution.id)
            assert scene.receiver.heard == ['"old"']

    run(main())


def test_a_workflow_whose_source_is_no_json_ends_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with watching(tmp_path) as scene:
            await deploy(scene.service, "true", hook("1", success=True))

            def spoil(connection: sqlite3.Connection) -> None:
                connection.execute("UPDATE revisions SET source = 'main: {}'")

            await scene.service.database.write(spoil)
            done = await ended(scene.service, await execute(scene.service, 7))
            assert done.state == "SUCCEEDED"
        assert [one for one in caplog.messages if "exception" in one.lower()] == []

    run(main())


def test_many_runs_that_are_not_started_are_told_one_after_the_other(tmp_path: Path) -> None:
    async def main() -> None:
        async with watching(tmp_path, Receiver()) as scene:
            watchers = watchers_of({"watchers": [hook('"bad"', fail=True)]})
            for number in range(100):
                scene.watch.not_started(7, watchers, f"a{number}")
                scene.watch.not_started(8, watchers, f"b{number}")
            await until(lambda: len(scene.receiver.heard) == 2)
            assert sorted(scene.receiver.keys) == ["a0/0", "b0/0"]

    run(main())


def deliver(url: str, allowed: Sequence[str] | None = None) -> tuple[str, list[float]]:
    """Why a webhook is not delivered, and the pauses between the tries."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def main() -> str:
        delivery = Delivery(Reach({}, "http://127.0.0.1:1", "", allowed), sleep)
        try:
            with pytest.raises(NotDelivered) as raised:
                await delivery.post(Webhook("w", url, "{}"), "key")
        finally:
            await delivery.close()
        return str(raised.value)

    return asyncio.run(asyncio.wait_for(main(), 30)), slept


def test_webhooks_go_where_workflows_may_go() -> None:
    said, slept = deliver("https://alerts.example.com/x?key=1", ["other.example.com"])
    assert said.endswith("this service lets no workflow reach `alerts.example.com`")
    assert (slept, "key=1" in said) == ([], False)


@pytest.mark.parametrize(
    ("url", "why", "tries"),
    [
        ("alerts", "`alerts` is no URL", 1),
        ("file:///etc/passwd", "is no URL", 1),
        ("http://[", "is not a URL", 1),
        ("http://127.0.0.1:1/", "cannot connect to 127.0.0.1:1: connection refused", 4),
    ],
)
def test_what_cannot_be_sent(url: str, why: str, tries: int) -> None:
    said, slept = deliver(url)
    assert why in said
    assert len(slept) == tries - 1


def test_the_watchers_of_a_spec() -> None:
    spec = {
        "watchers": [
            {"events": {"success": True}, "user": "ada@example.com"},
            {"events": {"fail": True, "runtimeExceeded": 10}, "webhook": hook("1")["webhook"]},
            {"events": {}, "email": {"name": "x", "recipients": {"to": ["a@b", "c@d"]}}},
            {"events": {"runtimeExceeded": "@param:minutes"}, "user": "@param:who"},
            {"events": "@param:events", "user": "ada@example.com"},
            "@param:watcher",
        ]
    }
    assert watchers_of(spec) == (
        Watcher(True, False, None, Mail(("ada@example.com",))),
        Watcher(False, True, 10, Webhook("alerts", HOOK, "1")),
        Watcher(False, False, None, Mail(("a@b", "c@d"))),
        Watcher(False, False, None, Mail(("@param:who",))),
    )
    assert watchers_of({}) == watchers_of({"watchers": None}) == ()
