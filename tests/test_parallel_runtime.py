"""Parallel steps at run time (spec 04 §8, 05 §6); everything runs under a virtual clock."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from tests.compiled import execute, failure, workflow

import wfc_runtime.v1 as wf
from wfc_runtime.errors import ResourceLimit
from wfc_runtime.limits import LOCAL
from wfc_runtime.ticker import LoopTicker


class Gauge:
    """How many are inside at one time, and how many have been."""

    def __init__(self) -> None:
        self.now = self.most = self.total = 0

    def __enter__(self) -> None:
        self.now += 1
        self.total += 1
        self.most = max(self.most, self.now)

    def __exit__(self, *exc: object) -> None:
        self.now -= 1


# -- results --------------------------------------------------------------------------------------


def test_branches_run_side_by_side_and_write_the_variables_around_them() -> None:
    async def main(run: wf.Run) -> Any:
        order: list[str] = []

        async def user(run: wf.Run) -> None:
            await run.sleep("ask", 3)
            order.append("user")

        async def notification(run: wf.Run) -> None:
            await run.sleep("ask", 2)
            order.append("notification")

        await run.parallel("fan", [user, notification])
        return [order, run.now()]

    assert execute(main) == [["notification", "user"], 3.0]


def test_iterations_get_their_item_and_their_index() -> None:
    async def main(run: wf.Run) -> Any:
        seen: dict[str, Any] = {}

        async def body(run: wf.Run, item: Any, index: int) -> None:
            await run.sleep("wait", 10 - index)
            seen[str(index)] = item

        await run.parallel_for("fan", wf.each(["a", "b", "c"]), body)
        await run.parallel_for("range", wf.span(1.5, 3), body)
        return seen

    assert execute(main) == {"0": 1.5, "1": 2.5, "2": "c"}


def test_iterations_start_in_order_whether_they_wait_or_not() -> None:
    """More than are active at one time, by the machine's clock: no scheduler puts them in order."""

    async def main(run: wf.Run) -> Any:
        started: list[int] = []

        async def body(run: wf.Run, item: Any, index: int) -> None:
            started.append(item)
            if item % 7 == 3:
                await run.sleep("wait", 0)
            if item % 7 == 5:
                assert isinstance(run.ticker, LoopTicker)
                run.ticker.due = True  # as if it had computed for long

        await run.parallel_for("loop", range(90), body)
        return started

    assert asyncio.run(workflow(main).run()) == list(range(90))


def test_an_empty_list_is_done_at_once() -> None:
    async def main(run: wf.Run) -> Any:
        async def body(run: wf.Run, item: Any, index: int) -> None:
            raise AssertionError("there is nothing to do")

        await run.parallel_for("fan", wf.each([]), body)
        await run.parallel_for("fan", wf.span(1, 0), body)
        await run.parallel_for("fan", wf.span(1.5, 0), body)
        return "done"

    assert execute(main) == "done"


# -- how many at once -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "items", "most", "seconds"),
    [(1, 6, 1, 6), (2, 6, 2, 3), (4, 6, 4, 2), (6, 6, 6, 1), (50, 6, 6, 1), (50, 40, 20, 2)],
)
def test_a_concurrency_limit_bounds_how_many_iterations_are_active(
    limit: int, items: int, most: int, seconds: int
) -> None:
    gauge = Gauge()

    async def main(run: wf.Run) -> float:
        async def body(run: wf.Run, item: Any, index: int) -> None:
            with gauge:
                await run.sleep("work", 1)

        await run.parallel_for("fan", wf.span(1, items), body, limit=limit)
        return run.now()

    assert execute(main) == seconds
    assert (gauge.most, gauge.total) == (most, items)


def test_without_a_limit_20_are_active_in_the_whole_execution() -> None:
    gauge = Gauge()

    async def main(run: wf.Run) -> float:
        async def body(run: wf.Run, item: Any, index: int) -> None:
            with gauge:
                await run.sleep("work", 1)

        async def inner(run: wf.Run) -> None:
            await run.parallel_for("inner", wf.span(1, 15), body)

        await run.parallel("outer", [inner, inner, inner, inner])
        return run.now()

    assert execute(main) == 3.0
    assert (gauge.most, gauge.total) == (20, 60)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (None, "TypeError"),
        ("2", "TypeError"),
        (2.0, "TypeError"),
        (True, "TypeError"),
        (0, "ValueError"),
        (-3, "ValueError"),
    ],
)
def test_a_concurrency_limit_must_be_a_positive_integer(limit: Any, expected: str) -> None:
    """OQ-42"""

    async def main(run: wf.Run) -> None:
        async def branch(run: wf.Run) -> None:
            raise AssertionError("nothing may start")

        await run.parallel("fan", [branch], limit=limit)

    assert failure(main).payload["tags"] == [expected]


def test_a_branch_that_waits_for_its_own_parallel_step_gives_its_seat_to_another() -> None:
    """The service's example: limit 2 over 3, limit 4 over 5 (spec 04 §8 rules 16 and 17)."""
    calls, waiting, children = Gauge(), Gauge(), Gauge()

    async def main(run: wf.Run) -> float:
        async def child(run: wf.Run, j: Any, index: int) -> None:
            with children:
                await run.sleep("childHttpCall", 10)

        async def parent(run: wf.Run, i: Any, index: int) -> None:
            with calls:
                await run.sleep("parentHttpCall", 1)
            with waiting:
                await run.parallel_for("nestedChild", wf.span(1, 5), child, limit=4)

        await run.parallel_for("parent", wf.span(1, 3), parent, limit=2)
        return run.now()

    # two calls, then the third while two parents wait; 5 children by fours take two rounds
    assert execute(main) == 1 + 1 + 20
    assert (calls.most, calls.total) == (2, 3)
    assert waiting.most == 3
    assert (children.most, children.total) == (12, 15)


def test_a_branch_takes_a_seat_again_when_its_parallel_step_is_done() -> None:
    after = Gauge()

    async def main(run: wf.Run) -> float:
        async def child(run: wf.Run, j: Any, index: int) -> None:
            await run.sleep("child", 1)

        async def parent(run: wf.Run, i: Any, index: int) -> None:
            await run.parallel_for("inner", wf.span(1, 1), child)
            with after:
                await run.sleep("after", 1)

        await run.parallel_for("outer", wf.span(1, 6), parent, limit=2)
        return run.now()

    assert execute(main) == 4.0
    assert (after.most, after.total) == (2, 6)


def test_a_step_that_is_done_does_not_wait_for_seats_it_no_longer_needs() -> None:
    async def main(run: wf.Run) -> Any:
        ended: dict[str, float] = {}

        async def work(run: wf.Run, seconds: Any, index: int) -> None:
            await run.sleep("work", seconds)

        async def long(run: wf.Run) -> None:
            await run.parallel_for("long", wf.each([100] * 19), work)
            ended["long"] = run.now()

        async def short(run: wf.Run) -> None:
            await run.parallel_for("short", wf.each([1] * 3), work)
            ended["short"] = run.now()

        await run.parallel("fan", [long, short])
        return ended

    assert execute(main) == {"short": 3.0, "long": 100.0}


def test_iterations_cost_no_task_each() -> None:
    most_tasks = 0

    async def main(run: wf.Run) -> int:
        done = 0

        async def body(run: wf.Run, item: Any, index: int) -> None:
            nonlocal done, most_tasks
            await run.sleep("work", 1)
            done += 1
            most_tasks = max(most_tasks, len(asyncio.all_tasks()))

        await run.parallel_for("fan", wf.span(1, 2_000), body)
        return done

    assert execute(main) == 2_000
    assert most_tasks == 20 + 1


# -- what stops everything ------------------------------------------------------------------------


class Bug(Exception):
    """An error of the runtime itself."""


def stopping(error: BaseException, ended: list[str]) -> Any:
    """A workflow, one branch of which raises what no workflow can handle."""

    async def main(run: wf.Run) -> str:
        async def breaks(run: wf.Run) -> None:
            await run.sleep("wait", 1)
            raise error

        async def inner(run: wf.Run) -> None:
            try:
                await run.sleep("long", 1000)
                ended.append("slept on")
            finally:
                ended.append("stopped")

        async def waits(run: wf.Run) -> None:
            await run.parallel("inner", [inner, inner])

        try:
            await run.parallel("fan", [waits, breaks, waits])
        except Exception as exc:
            wf.caught(exc)
        return "handled"

    return main


def test_a_bug_in_one_branch_stops_the_run_and_every_other_branch() -> None:
    ended: list[str] = []
    with pytest.raises(Bug):
        execute(stopping(Bug(), ended))
    assert ended == ["stopped"] * 4


def test_a_resource_limit_in_one_branch_stops_the_run_and_every_other_branch() -> None:
    ended: list[str] = []
    error = failure(stopping(ResourceLimit("ResourceLimitError: too much"), ended))
    assert error.payload["message"] == "ResourceLimitError: too much"
    assert ended == ["stopped"] * 4


def test_a_branch_that_cancels_itself_is_not_taken_for_one_that_succeeded() -> None:
    async def main(run: wf.Run) -> str:
        async def branch(run: wf.Run) -> None:
            raise asyncio.CancelledError

        await run.parallel("fan", [branch])
        return "done"

    with pytest.raises(asyncio.CancelledError):
        execute(main)


@pytest.mark.parametrize("cancellations", [1, 3])
def test_cancelling_an_execution_stops_every_branch_and_leaves_no_task(cancellations: int) -> None:
    async def scenario() -> list[str]:
        ended: list[str] = []
        gauge = Gauge()

        async def main(run: wf.Run) -> str:
            async def body(run: wf.Run, item: Any, index: int) -> None:
                try:
                    with gauge:
                        await asyncio.Event().wait()
                except asyncio.CancelledError:
                    await asyncio.sleep(0)  # cleaning up may take a while
                    ended.append("cleaned up")
                    raise

            async def outer(run: wf.Run) -> None:
                await run.parallel_for("inner", wf.span(1, 3), body, limit=2)

            await run.parallel("outer", [outer, outer])
            return "done"

        task = asyncio.create_task(workflow(main).run())
        while gauge.now < 4:
            await asyncio.sleep(0)
        task.cancel()
        for _ in range(cancellations - 1):
            await asyncio.sleep(0)
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return ended

    ended = asyncio.run(scenario(), debug=True)
    if cancellations == 1:
        assert ended == ["cleaned up"] * 4


def test_a_cancelled_execution_gives_no_seat_to_what_has_not_begun() -> None:
    async def scenario() -> int:
        gauge = Gauge()

        async def main(run: wf.Run) -> None:
            async def body(run: wf.Run, item: Any, index: int) -> None:
                with gauge:
                    await asyncio.Event().wait()

            await run.parallel_for("fan", wf.span(1, 50), body)

        limits = replace(LOCAL, active=7)
        task = asyncio.create_task(workflow(main).run(limits=limits))
        while gauge.total < 7:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return gauge.total

    assert asyncio.run(scenario()) == 7
