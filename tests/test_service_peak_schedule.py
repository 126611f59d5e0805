"""Cron triggers: each moment starts its workflow once, whatever the clock and the service do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.machine_clock import MachineClock, nanoseconds, settled

from wfc.peak.cron import read_cron
from wfc_service.errors import ApiError
from wfc_service.times import timestamp
from wfc_service.triggers.alarms import Alarms
from wfc_service.triggers.schedule import Timetable, schedules_of


@dataclass
class Runs:
    """Starts runs, or refuses to: a `schedule.Starts`."""

    started: list[tuple[int, str]] = field(default_factory=list)
    refused: list[tuple[int, str, str]] = field(default_factory=list)
    gone: list[tuple[int, int]] = field(default_factory=list)
    dealt: str = ""
    refusal: Exception | None = None
    gate: asyncio.Event | None = None
    """What starts wait for, if anything."""

    async def start(self, number: int, request_id: str) -> None:
        if self.gate is not None:
            await self.gate.wait()
        if self.refusal is not None:
            raise self.refusal
        self.started.append((number, request_id.removeprefix("cron 2026-11-")))

    def dropped(self, number: int, request_id: str, error: ApiError) -> None:
        self.refused.append((number, request_id, error.status))

    def missed(self, number: int, moments: int) -> None:
        self.gone.append((number, moments))

    def dealt_with(self, until: int) -> None:
        self.dealt = timestamp(until)


@dataclass
class Scene:
    clock: MachineClock
    runs: Runs
    timetable: Timetable

    def set(self, number: int, *crons: str, since: str = "") -> None:
        schedules = [read_cron(cron) for cron in crons]
        self.timetable.set(number, schedules, nanoseconds(since) if since else self.clock())


@asynccontextmanager
async def playing() -> AsyncIterator[Scene]:
    """From ten o'clock of a Thursday on."""
    clock, runs = MachineClock("2026-11-26T10:00"), Runs()
    scene = Scene(clock, runs, Timetable(runs, clock, clock.wait))
    running = asyncio.create_task(scene.timetable.run())
    try:
        yield scene
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def play(act: Callable[[Scene], Awaitable[None]]) -> Runs:
    async def main() -> Runs:
        async with playing() as scene:
            await act(scene)
            await settled()
        return scene.runs

    return asyncio.run(asyncio.wait_for(main(), 30))


def test_each_workflow_is_started_at_its_moments() -> None:
    async def act(scene: Scene) -> None:
        scene.set(1, "*/20 * * * *")
        scene.set(2, "0 0 * * *", "50 10 * * *")
        scene.set(3, "0 0 30 2 *")
        await scene.clock.run("2026-11-26T10:59:59")

    runs = play(act)
    assert runs.started == [
        (1, "26T10:20:00Z"),
        (1, "26T10:40:00Z"),
        (2, "26T10:50:00Z"),
    ]
    assert runs.dealt == "2026-11-26T10:50:00Z"


def test_a_moment_that_several_triggers_have_is_one() -> None:
    async def act(scene: Scene) -> None:
        scene.set(1, "*/20 * * * *", "0 40 10 ? * *")
        await scene.clock.run("2026-11-26T10:59")

    assert play(act).started == [(1, "26T10:20:00Z"), (1, "26T10:40:00Z")]


def test_a_held_schedule_starts_nothing_and_makes_up_for_nothing() -> None:
    async def act(scene: Scene) -> None:
        scene.set(1, "0 * * * *")
        await scene.clock.run("2026-11-26T11:30")
        scene.timetable.remove(1)
        await scene.clock.run("2026-11-26T13:30")
        scene.set(1, "0 * * * *")
        await scene.clock.run("2026-11-26T14:30")

    runs = play(act)
    assert runs.started == [(1, "26T11:00:00Z"), (1, "26T14:00:00Z")]
    assert runs.gone == []


def test_a_changed_schedule_counts_from_now_on() -> None:
    async def act(scene: Scene) -> None:
        scene.set(1, "0 * * * *")
        await scene.clock.run("2026-11-26T10:59:59")
        scene.set(1, "30 * * * *")
        await scene.clock.run("2026-11-26T12:00")
        scene.set(1)
        await scene.clock.run("2026-11-26T14:00")

    assert play(act).started == [(1, "26T11:30:00Z")]


@pytest.mark.parametrize("status", ["RESOURCE_EXHAUSTED", "ABORTED", "UNAVAILABLE"])
def test_a_start_that_is_refused_is_told_and_not_tried_again(status: str) -> None:
    async def act(scene: Scene) -> None:
        scene.set(1, "0 * * * *")
        scene.runs.refusal = ApiError(status, "no")
        await scene.clock.run("2026-11-26T11:30")
        scene.runs.refusal = None
        await scene.clock.run("2026-11-26T12:30")

    runs = play(act)
    assert runs.refused == [(1, "cron 2026-11-26T11:00:00Z", status)]
    assert runs.started == [(1, "26T12:00:00Z")]


def test_a_bug_in_a_start_does_not_end_the_schedule(caplog: pytest.LogCaptureFixture) -> None:
    async def act(scene: Scene) -> None:
        scene.set(1, "0 * * * *")
        scene.runs.refusal = ZeroDivisionError()
        await scene.clock.run("2026-11-26T11:30")
        scene.runs.refusal = None
        await scene.clock.run("2026-11-26T12:30")

    assert play(act).started == [(1, "26T12:00:00Z")]
    assert "workflow 1 could not be started by its schedule" in caplog.text


def test_moments_while_the_service_was_down_are_said_but_not_made_up_for(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def act(scene: Scene) -> None:
        scene.set(1, "*/15 * * * *", since="2026-11-26T09:00:00")  # and at ten, just now
        scene.set(2, "0 0 * * *", since="2026-11-25T09:00")
        scene.set(3, "* * * * * *", since="2026-11-26T09:30")
        await scene.clock.run("2026-11-26T10:00")

    runs = play(act)
    assert runs.started == [(1, "26T10:00:00Z"), (3, "26T10:00:00Z")]
    assert dict(runs.gone) == {1: 3, 2: 1, 3: 1001 + 60}
    assert "workflow 1: 3 runs were not started in time since 2026-11-26T09:15:00Z" in caplog.text
    assert "workflow 2: 1 run was not started in time since 2026-11-26T00:00:00Z" in caplog.text
    assert "workflow 3: more than 1,000 runs were not started in time" in caplog.text


@pytest.mark.parametrize(("late", "started"), [("10:01:00", True), ("10:01:01", False)])
def test_a_moment_in_a_short_restart_is_not_lost(late: str, started: bool) -> None:
    async def act(scene: Scene) -> None:
        scene.clock.set(f"2026-11-26T{late}")
        scene.set(1, "0 10 * * *", since="2026-11-26T09:59:59")
        await scene.clock.run(f"2026-11-26T{late}")

    runs = play(act)
    assert runs.started == [(1, "26T10:00:00Z")] * started
    assert runs.gone == [(1, 1)] * (not started)


def test_what_is_under_way_is_not_dealt_with() -> None:
    async def act(scene: Scene) -> None:
        scene.runs.gate = asyncio.Event()
        scene.set(1, "0 * * * *")
        await scene.clock.run("2026-11-26T11:00:05")
        assert scene.runs.dealt == "2026-11-26T10:00:00Z"
        scene.set(2, "30 * * * *")
        assert scene.runs.dealt == "2026-11-26T10:00:00Z"
        scene.runs.gate.set()
        await settled()
        assert scene.runs.dealt == "2026-11-26T11:00:05Z"

    assert play(act).started == [(1, "26T11:00:00Z")]


def test_starts_under_way_come_to_their_end_when_the_service_stops() -> None:
    async def main() -> None:
        async with playing() as scene:
            scene.runs.gate = asyncio.Event()
            scene.set(1, "0 * * * *")
            await scene.clock.run("2026-11-26T11:00:05")
            asyncio.get_running_loop().call_soon(scene.runs.gate.set)
        assert scene.runs.started == [(1, "26T11:00:00Z")]

    asyncio.run(asyncio.wait_for(main(), 30))


def test_a_suspended_machine_starts_the_last_moment_if_that_is_recent() -> None:
    async def act(scene: Scene) -> None:
        scene.set(1, "* * * * *")
        scene.set(2, "0 12 * * *")
        await scene.clock.run("2026-11-26T10:02:30")
        scene.clock.set("2026-11-26T14:00:10")  # no timer has run meanwhile
        await scene.clock.run("2026-11-26T14:00:50")

    runs = play(act)
    assert runs.started == [(1, "26T10:01:00Z"), (1, "26T10:02:00Z"), (1, "26T14:00:00Z")]
    assert dict(runs.gone) == {1: 237, 2: 1}


def test_a_clock_that_is_set_back_goes_on_from_what_it_shows() -> None:
    async def act(scene: Scene) -> None:
        scene.clock.set("2031-01-01T00:00:01")  # wrong, and soon mended
        scene.set(1, "0 * * * *")
        scene.set(2, "0 0 0 1 1 ? 2030")
        await scene.clock.run("2031-01-01T00:00:20")
        scene.clock.set("2026-11-26T10:30:00")
        await scene.clock.run("2026-11-26T11:30:00")

    runs = play(act)
    assert runs.started == [(1, "26T11:00:00Z")]
    assert runs.gone == []


def test_a_moment_that_comes_twice_has_the_same_request_id() -> None:
    async def act(scene: Scene) -> None:
        scene.set(1, "0 * * * *")
        await scene.clock.run("2026-11-26T11:00:10")
        scene.clock.set("2026-11-26T10:58:00")
        await scene.clock.run("2026-11-26T11:30:00")

    assert play(act).started == [(1, "26T11:00:00Z")] * 2


STEPS = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(["set", "remove", "wait"])), max_size=25
)


@given(STEPS)
def test_what_is_started_are_the_moments_of_what_was_on(
    steps: list[tuple[int, str]],
) -> None:
    """A second passes with each step; workflow N is due every N seconds."""
    expected: list[tuple[int, str]] = []

    async def act(scene: Scene) -> None:
        on: set[int] = set()
        for second, (number, what) in enumerate(steps, 1):
            if what == "set":
                scene.set(number, f"*/{number} * * * * *")
                on.add(number)
            elif what == "remove":
                scene.timetable.remove(number)
                on.discard(number)
            await scene.clock.run(f"2026-11-26T10:00:{second:02}")
            expected.extend(
                (one, f"26T10:00:{second:02}Z") for one in sorted(on) if second % one == 0
            )

    assert sorted(play(act).started) == sorted(expected)


def test_alarms_that_were_taken_back_are_not_kept() -> None:
    rung: list[int] = []
    clock = MachineClock("2026-11-26T10:00")
    alarms: Alarms[int] = Alarms(rung.append, clock, clock.wait)

    async def main() -> None:
        for number in range(10_000):
            alarms.set(number, clock() + number)
            if number % 100:
                alarms.drop(number)
        assert len(alarms._heap) < 500
        running = asyncio.create_task(alarms.run())
        await clock.run("2026-11-26T10:01")
        running.cancel()

    asyncio.run(asyncio.wait_for(main(), 30))
    assert rung == list(range(0, 10_000, 100))


def test_the_schedules_of_a_spec(caplog: pytest.LogCaptureFixture) -> None:
    triggers = [{"cron": "0 0 * * *"}, {}, {"webhook": True}, {"cron": "@param:when"}]
    assert schedules_of({"triggers": triggers}) == (read_cron("0 0 * * *"),)
    assert "`@param:when` is no schedule" in caplog.text
    assert schedules_of({}) == schedules_of({"triggers": None}) == ()
