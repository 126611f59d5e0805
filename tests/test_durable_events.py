"""What reaches a durable execution from outside, and when: cancellation, callbacks, restarts."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.compiled import workflow
from tests.durable import Kept, MemoryJournal, StillClock
from tests.http_server import echo, serving

import wfc_runtime.v1 as wf
from wfc_runtime.callbacks import Refused
from wfc_runtime.durable import (
    Client,
    DivergenceError,
    DurableExecution,
    ExecutionCancelled,
    Recorded,
    outcome_of,
    resume,
    run_durably,
    start,
)
from wfc_runtime.durable.visits import idempotency_key

ID = "e"
PLACE = "https://callbacks.example"


class Lives:
    """Lives of one execution with one journal and one clock."""

    def __init__(self, main: Callable[..., Awaitable[Any]]) -> None:
        self.made = workflow(main)
        self.journal = MemoryJournal()
        self.clock = StillClock(100.0)
        self.log: list[str] = []
        began = start(self.made, None, "local", {}, self.clock, PLACE, "LOG_NONE")
        self.journal.runs[ID] = Kept(began)

    @property
    def kept(self) -> Kept:
        return self.journal.runs[ID]

    def begin(self) -> DurableExecution:
        kept = self.kept
        durable = resume(
            self.made,
            ID,
            Recorded(kept.started, tuple(kept.entries), dict(kept.wakes)),
            self.journal,
            Client(),
            clock=self.clock,
            log=lambda entry: self.log.append(str(entry.payload)),
        )
        durable.start()
        return durable

    async def settle(self, durable: DurableExecution) -> None:
        """Until it waits for the world."""
        still = 0
        while still < 5:  # what it has started takes a moment to begin
            await asyncio.sleep(0)
            still = still + 1 if durable.is_idle else 0


class Stopped(StillClock):
    """Time that only a test moves."""

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        pass

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        while self._sleeping and self._sleeping[0][0] <= self.now:
            _, _, _, woken = heapq.heappop(self._sleeping)
            if not woken.done():
                woken.set_result(None)


def lives(main: Callable[..., Awaitable[Any]]) -> Lives:
    made = Lives(main)
    made.clock = Stopped(100.0)
    return made


async def long_and_short(run: wf.Run) -> Any:
    """Logs, sleeps 10 and 4 seconds side by side, logs, sleeps 5 more."""
    run.log("begun")

    async def nap(run: wf.Run, seconds: int, index: int) -> None:
        await run.sleep("nap", seconds)
        run.log(f"slept {seconds}")

    await run.parallel_for("naps", [10, 4], nap)
    await run.sleep("rest", 5)
    return "done"


@pytest.mark.parametrize("noted", [True, False])
def test_after_a_restart_only_the_rest_is_slept(noted: bool) -> None:
    """Also where the journal does not know that the sleeps had begun."""

    async def scenario() -> None:
        world = lives(long_and_short)
        assert isinstance(world.clock, Stopped)
        first = world.begin()
        await world.settle(first)
        world.clock.pass_by(3)
        await first.stop()
        world.clock.pass_by(2)  # nobody is there when the short one ends
        world.clock.slept.clear()
        if not noted:
            world.kept.wakes.clear()
        second = world.begin()
        await world.settle(second)
        assert world.clock.slept == [5.0, 0.0]
        world.clock.pass_by(0)
        await world.settle(second)
        world.clock.pass_by(5)
        await world.settle(second)
        world.clock.pass_by(5)
        outcome = await second.start()
        assert (outcome.result, outcome.time) == ("done", 115.0)
        assert [(entry.key, entry.time) for entry in world.kept.entries] == [
            ("naps#1[1]/nap#1", 105.0),
            ("naps#1[0]/nap#1", 110.0),
            ("rest#1", 115.0),
            ("", 115.0),
        ]

    asyncio.run(scenario())


@pytest.mark.parametrize("noted", [True, False])
def test_a_replay_logs_at_most_what_follows_the_last_entry(noted: bool) -> None:
    """Nothing, where the journal also knows of the sleep that came next."""

    async def scenario() -> list[str]:
        world = lives(long_and_short)
        assert isinstance(world.clock, Stopped)
        durable = world.begin()
        for seconds in (4, 6):
            await world.settle(durable)
            world.clock.pass_by(seconds)
        await world.settle(durable)
        await durable.stop()
        world.log.append("-- a new life")
        if not noted:
            del world.kept.wakes["rest#1"]
        durable = world.begin()
        await world.settle(durable)
        await durable.stop()
        return world.log

    assert asyncio.run(scenario()) == [
        "begun",
        "slept 4",
        "slept 10",
        "-- a new life",
        *([] if noted else ["slept 10"]),
    ]


@pytest.mark.parametrize("restart", [False, True])
@pytest.mark.parametrize("ended", range(3))
def test_cancelled_at_any_point_it_starts_nothing_more(ended: int, restart: bool) -> None:
    """Before the sleep with each number has ended."""

    async def scenario() -> None:
        world = lives(long_and_short)
        assert isinstance(world.clock, Stopped)
        durable = world.begin()
        for seconds in (4, 6)[:ended]:
            await world.settle(durable)
            world.clock.pass_by(seconds)
        await world.settle(durable)
        world.clock.slept.clear()
        durable.cancel()
        if restart:
            await asyncio.sleep(0)  # it is durable, and not delivered yet
            await durable.stop()
            durable = world.begin()
        outcome = await durable.start()
        assert outcome.state == "CANCELLED"
        assert world.clock.slept == []
        kinds = [entry.kind for entry in world.kept.entries]
        assert kinds == ["slept"] * ended + ["cancel", "ended"]
        with pytest.raises(ExecutionCancelled):
            outcome.value()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(scenario())


async def awaiting(run: wf.Run) -> Any:
    """Opens an endpoint, naps, then takes two callbacks, each within 10 seconds."""
    endpoint = run.create_callback_endpoint("POST")
    await run.sleep("nap", 5)
    bodies = []
    for _ in range(2):
        try:
            got = await run.call("wait", wf.events.await_callback, callback=endpoint, timeout=10)
        except wf.WorkflowError:
            bodies.append("late")
        else:
            bodies.append(got["http_request"]["body"])
    return bodies


async def post(durable: DurableExecution, text: str, method: str = "POST", id: str = "") -> int:
    """The status that a callback request is answered with."""
    id = id or next(iter(durable.endpoints), "none")
    headers = [("Content-Type", "text/plain")]
    try:
        await durable.receive(id, method, headers, [("by", "ann")], text.encode())
    except Refused as refused:
        return refused.code
    return 200


def test_callbacks_are_kept_refused_and_delivered_across_lives() -> None:
    async def scenario() -> None:
        world = lives(awaiting)
        assert isinstance(world.clock, Stopped)
        durable = world.begin()
        await world.settle(durable)
        [id] = durable.endpoints
        assert await post(durable, "x", "PUT") == 405
        assert await post(durable, "x", id="unknown") == 404
        together = await asyncio.gather(post(durable, "one"), post(durable, "two"))
        assert list(together) == [200, 429], "the first is accepted though it is not delivered yet"
        await durable.stop()
        durable = world.begin()
        assert await post(durable, "three", id=id) == 429, "it is kept, and its id is the same"
        world.clock.pass_by(5)
        await world.settle(durable)
        world.clock.pass_by(0)
        await world.settle(durable)
        assert await post(durable, "four", id=id) == 200
        outcome = await durable.start()
        assert outcome.result == ["one", "four"]
        assert await post(durable, "five", id=id) == 404
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(scenario())


def test_an_accepted_callback_is_not_lost_when_who_waited_gives_up() -> None:
    """It is accepted while the end of the wait is on its way to the workflow."""

    async def scenario() -> None:
        world = lives(awaiting)
        assert isinstance(world.clock, Stopped)
        durable = world.begin()
        await world.settle(durable)
        world.clock.pass_by(5)
        await world.settle(durable)
        world.clock.pass_by(10)
        statuses = await asyncio.gather(post(durable, "one"), post(durable, "two"))
        assert statuses[0] == 200
        await world.settle(durable)
        if statuses[1] == 429:
            assert await post(durable, "two") == 200
        world.clock.pass_by(20)
        outcome = await durable.start()
        assert outcome.result in (["late", "one"], ["one", "two"])

    asyncio.run(scenario())


def test_a_module_that_asks_for_something_else_is_stopped() -> None:
    async def scenario(main: Callable[..., Awaitable[Any]], message: str) -> None:
        world = lives(long_and_short)
        assert isinstance(world.clock, Stopped)
        durable = world.begin()
        await world.settle(durable)
        world.clock.pass_by(4)
        await world.settle(durable)
        await durable.stop()
        entries = list(world.kept.entries)
        world.made = workflow(main)
        with pytest.raises(DivergenceError, match=message):
            await world.begin().start()
        assert world.kept.entries == entries, "the journal stays as it is"
        assert asyncio.all_tasks() == {asyncio.current_task()}

    async def another_key(run: wf.Run) -> Any:
        await run.sleep("other", 10)

    async def another_call(run: wf.Run) -> Any:
        async def work(key: str | None) -> Any:
            raise AssertionError("it is not started")

        async def call(run: wf.Run, item: int, index: int) -> None:
            async def ask(run: wf.Run) -> Any:
                return await run.outside(lambda: "GET https://example.com", work)

            await run.call("nap", ask)

        await run.parallel_for("naps", [10, 4], call)

    async def nothing(run: wf.Run) -> Any:
        return 1

    recorded = r"entry 1 of its journal is for 'naps#1\[1\]/nap#1' \(sleep\), but "
    asyncio.run(scenario(another_key, recorded + r"it waits for 'other#1' \(sleep\)"))
    asyncio.run(
        scenario(another_call, recorded + "under this key it now asks for GET https://example.com")
    )
    asyncio.run(scenario(nothing, recorded + "it has ended"))


def test_a_bug_during_a_call_is_not_recorded() -> None:
    async def buggy(run: wf.Run) -> Any:
        async def work(key: str | None) -> Any:
            raise ZeroDivisionError

        async def ask(run: wf.Run) -> Any:
            return await run.outside(lambda: "a call", work)

        try:
            await run.call("ask", ask)
        except Exception as exc:
            return str(wf.caught(exc))

    async def scenario() -> None:
        world = lives(buggy)
        with pytest.raises(ZeroDivisionError):
            await world.begin().start()
        assert world.kept.entries == []

    asyncio.run(scenario())


def test_requests_have_a_key_unless_the_workflow_or_the_caller_says_otherwise() -> None:
    async def asking(run: wf.Run, given: Any) -> Any:
        answer = await run.call("ask it", wf.http.post, **given)
        headers = {name.lower(): text for name, text in answer["body"]["headers"].items()}
        return headers.get("idempotency-key")

    async def scenario() -> list[Any]:
        made = workflow(asking, parameters=1)
        found = []
        async with serving(echo) as address:
            for n, (headers, on) in enumerate(
                [({}, True), ({"idempotency-key": "mine"}, True), ({}, False)]
            ):
                given = {"url": address, "headers": headers}
                found.append(
                    await run_durably(
                        made,
                        given,
                        execution=f"e{n}",
                        journal=MemoryJournal(),
                        idempotency_keys=on,
                    )
                )
        return found

    assert asyncio.run(scenario()) == ["e0/ask%20it#1", "mine", None]


def test_a_long_key_is_shortened_and_stays_one_of_its_own() -> None:
    keys = [idempotency_key("e", f"{'step' * 100}#{n}") for n in range(2)]
    assert len(set(keys)) == 2
    assert all(len(key) <= 255 and key.startswith("e/") for key in keys)


def test_the_outcome_of_a_failed_run_is_raised_again_as_it_was() -> None:
    async def failing(run: wf.Run) -> Any:
        await run.sleep("nap", 1)
        raise wf.WorkflowError({"tags": ["Odd"], 3: b"bytes", "nan": float("nan")})

    async def scenario() -> None:
        journal = MemoryJournal()
        options: dict[str, Any] = {"execution": ID, "journal": journal}
        errors = []
        for _ in range(2):
            with pytest.raises(wf.WorkflowError) as caught:
                await run_durably(workflow(failing), clock=StillClock(), **options)
            error = caught.value
            errors.append((repr(error.payload), error.context, error.stack_trace))
        assert errors[0] == errors[1]
        ended = outcome_of(journal.runs[ID].entries)
        assert ended is not None
        assert ended.state == "FAILED"

    asyncio.run(scenario())


def test_what_raises_outside_of_the_workflow_ends_that_life_and_says_so() -> None:
    """A listener, and a journal."""

    async def scenario(listens: bool) -> None:
        world = lives(long_and_short)
        if listens:
            world.log = None  # type: ignore[assignment]  # which has no `append`
        else:
            world.journal.start_sleep = None  # type: ignore[assignment, method-assign]
        with pytest.raises((AttributeError, TypeError)):
            await world.begin().start()
        assert world.kept.entries == []
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(scenario(listens=True))
    asyncio.run(scenario(listens=False))
