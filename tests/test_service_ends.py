"""Ends that no worker tells of: cancelled, given up, too old, deleted with their workflow.

A full disk delays that they are written, and undoes nothing.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.engine_world import World
from tests.service_runs import serving, until

from wfc_service.engine.admission import Bounds
from wfc_service.engine.interface import CallbackRequest
from wfc_service.errors import ApiError

NAP = """
main:
  steps:
  - nap: {call: sys.sleep, args: {seconds: 31536000}}
"""
YEAR = 31_536_000
SECOND = 10**9


@contextmanager
def world(active: int = 1) -> Iterator[World]:
    made = World(Bounds(active))
    try:
        made.deploy("w")
        yield made
    finally:
        made.close()


@pytest.mark.parametrize("state", ["ACTIVE", "QUEUED"])
def test_a_cancel_that_cannot_be_written_is_written_when_it_can_be(state: str) -> None:
    with world() as there:
        first = there.do(there.create("w"))
        second = there.do(there.create("w"))
        execution = first if state == "ACTIVE" else second
        assert execution.state == state
        waiting = there.ask(there.runs.wait(execution.id))
        cancelling = there.ask(there.runs.cancel(execution))
        for pauses in ([0.1], [0.1, 0.2], [0.1, 0.2, 0.4], [0.1, 0.2, 0.4, 0.8]):
            there.refuse()
            assert there.pauses == pauses
            assert there.get(execution.id).state == state
        with pytest.raises(ApiError, match="cannot write its data"):
            cancelling.result()
        there.commit()
        assert there.get(execution.id).state == "CANCELLED"
        assert waiting.result() == there.get(execution.id)
        if state == "ACTIVE":
            there.end(1, "CANCELLED")
        there.settle()
        assert (there.runs.active, there.runs.queued) == (1, 0)


def test_a_cancel_that_could_not_be_written_can_be_asked_for_again() -> None:
    with world() as there:
        execution = there.do(there.create("w"))
        for _ in range(2):
            cancelling = there.ask(there.runs.cancel(execution))
            there.refuse()
            assert isinstance(cancelling.exception(), ApiError)
        assert there.get(execution.id).state == "ACTIVE"
        assert there.do(there.runs.cancel(execution)).state == "CANCELLED"
        assert there.get(execution.id).state == "CANCELLED"
        entries = [json.loads(row["entry"]) for row in there.disk.read("SELECT entry FROM logs")]
        assert [entry["jsonPayload"]["state"] for entry in entries] == ["ACTIVE", "CANCELLED"]
        with pytest.raises(ApiError, match="in state CANCELLED is not allowed"):
            there.do(there.runs.cancel(execution))


def test_one_whose_end_could_not_be_written_can_be_cancelled_meanwhile() -> None:
    with world() as there:
        execution = there.do(there.create("w"))
        there.end(1)
        cancelling = there.ask(there.runs.cancel(execution))
        there.disk.refuse(1)
        there.settle()
        assert cancelling.result().state == there.get(execution.id).state == "CANCELLED"
        assert there.runs.active == 0


def test_a_frame_that_cannot_be_understood_leaves_no_request_without_an_answer() -> None:
    with world() as there:
        execution = there.do(there.create("w"))
        [worker] = there.workers.there
        request = CallbackRequest("POST", [], [], b"")
        waiting = there.ask(there.runs.receive(execution.id, "hook", request))
        entry = ["entry", 1, [1, 0.0, "callback", "hook", "", ""]]
        unknown = ["refused", 1, 99, "NOT_FOUND", 404, ""]
        with pytest.raises(KeyError):
            there.now_do(there.runs._hosting.received, worker, [entry, unknown])
        there.rest()
        with pytest.raises(ApiError, match="could not be written"):
            waiting.result()


def test_what_is_left_to_be_written_is_when_the_service_closes() -> None:
    with world() as there:
        execution = there.do(there.create("w"))
        there.ask(there.runs.cancel(execution)).add_done_callback(lambda task: task.exception())
        there.refuse()
        there.disk.refuse(1)
        there.do(there.runs.close())
        assert there.get(execution.id).state == "CANCELLED"


def test_that_no_worker_can_run_one_is_written_when_it_can_be() -> None:
    """However many wait for the seats of those."""
    with world() as there:
        first = there.do(there.create("w"))
        many = [there.do(there.create("w")) for _ in range(300)]
        there.disk.connection.execute("DELETE FROM revisions")
        there.runs._modules.forget("w")
        there.end(1)
        there.disk.commit(1)
        there.refuse()
        there.commit()
        assert there.get(first.id).state == "SUCCEEDED"
        ended = [there.get(one.id) for one in many]
        assert {one.state for one in ended} == {"FAILED"}
        assert "has no revision" in (ended[0].error or {})["context"]
        assert (there.runs.active, there.runs.queued) == (0, 0)


def test_executions_of_a_deleted_workflow_go_when_they_can_and_no_later_ones() -> None:
    with world(active=2) as there:
        gone = there.do(there.create("w"))
        waiting = there.ask(there.runs.wait(gone.id))
        forgetting = there.ask(there.forget("w"))
        there.refuse()
        assert isinstance(forgetting.exception(), ApiError)
        there.deploy("w")
        later = there.do(there.create("w"))
        assert waiting.result().state == "CANCELLED"
        assert [row["id"] for row in there.disk.read("SELECT id FROM executions")] == [later.id]


def test_who_waits_for_one_that_was_deleted_while_it_was_created_is_told() -> None:
    with world() as there:
        creating = there.ask(there.create("w"))
        there.ask(there.forget("w"))
        there.disk.commit(1)
        there.rest()
        waiting = there.ask(there.runs.wait(creating.result().id))
        there.commit()
        assert waiting.result().state == "CANCELLED"
        assert there.runs.active == 0


def test_one_whose_end_is_refused_while_it_is_deleted_is_told_as_cancelled() -> None:
    with world() as there:
        execution = there.do(there.create("w"))
        waiting = there.ask(there.runs.wait(execution.id))
        there.end(1)
        there.ask(there.forget("w")).add_done_callback(lambda task: task.exception())
        there.refuse()
        there.settle()
        assert waiting.result().state == "CANCELLED"
        assert there.order == [1]
        assert there.runs.active == 0


def test_who_waits_for_a_worker_leaves_its_seat_when_it_is_cancelled() -> None:
    with world() as there:
        there.lose(there.workers.there[0])
        execution = there.do(there.create("w"))
        waiting = there.do(there.create("w"))
        there.do(there.runs.cancel(execution))
        assert (there.runs.active, there.runs.queued) == (1, 0)
        assert dict(there.runs.stopping) == {}
        there.join()
        there.end(2)
        there.settle()
        assert there.get(waiting.id).state == "SUCCEEDED"


def test_a_new_execution_never_has_the_number_of_one_that_is_being_ended() -> None:
    """It would be ended in its place, and the seat of the other be taken for good."""
    with world(active=2) as there:
        there.do(there.create("w"))
        there.do(there.forget("w"))
        there.deploy("w")
        new = there.do(there.create("w"))
        there.end(there.order[0], "CANCELLED")
        there.commit()
        assert there.get(new.id).state == "ACTIVE"
        there.end(there.order[1])
        there.commit()
        assert there.get(new.id).state == "SUCCEEDED"
        assert there.runs.active == 0


def test_one_that_has_begun_goes_on_though_that_could_not_be_written() -> None:
    """Its journal says so: what it has done is not done again after a restart."""
    with world() as there:
        there.do(there.create("w"))
        execution = there.do(there.create("w"))
        there.end(1)
        there.disk.commit(1)
        there.rest()
        assert there.order == [1, 2]
        there.disk.jobs.clear()  # it is tried again until the service ends
        [worker] = there.workers.there
        there.say(worker, "entry", 2, [1, 0.0, "done", "ask#1", "", ""])
        there.commit()
        assert there.get(execution.id).state == "QUEUED"
        there.crash()
        there.commit()
        assert there.get(execution.id).state == "ACTIVE"
        assert [row["key"] for row in there.disk.read("SELECT key FROM journal")] == ["ask#1"]


def test_after_a_year_an_execution_fails_though_it_sleeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wfc_service.engine.runs.PAUSE", 0)
    shift = looks = 0

    def now() -> int:
        nonlocal looks
        looks += 1
        return time.time_ns() + shift

    async def main() -> None:
        nonlocal shift
        bounds = Bounds(active=1)
        async with serving(tmp_path, now, bounds=bounds) as service:
            await service.deploy("long", NAP)
            old, queued = [await service.create("long") for _ in range(2)]
            await until(lambda: bool(service.runs.current_steps(old.id)))
            shift, before = (YEAR - 100) * SECOND, looks
            await until(lambda: looks > before + 5)
            assert service.get(old.id).state == "ACTIVE"
            shift = (YEAR + 100) * SECOND
            ended = await service.runs.wait(old.id)
            assert (ended.state, ended.steps) == ("FAILED", ({"routine": "main", "step": "nap"},))
            assert ended.error is not None
            assert json.loads(ended.error["payload"])["tags"] == ["ResourceLimitError"]
            assert "where the limit is 31,536,000 (Limits.duration)" in ended.error["context"]
            await until(lambda: service.get(queued.id).state == "ACTIVE")
            assert service.runs.active == 1

    asyncio.run(asyncio.wait_for(main(), 60))


@pytest.mark.parametrize(("limits", "state"), [("google", "FAILED"), ("local", "ACTIVE")])
def test_one_that_is_over_a_year_old_after_a_restart_does_nothing_more(
    limits: str, state: str
) -> None:
    there = World(Bounds(1), limits=limits)
    try:
        there.deploy("w")
        old = there.do(there.create("w"))
        there.shift = (YEAR + 1) * SECOND
        there.crash()
        there.commit()
        assert there.get(old.id).state == state
        assert there.order == ([1] if state == "FAILED" else [1, 1])
        assert there.runs.active == len(there.numbers("ACTIVE"))
    finally:
        there.close()
