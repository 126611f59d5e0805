"""Errors of branches (spec 05 §6): which are recorded, in what order, and what they weigh."""

from __future__ import annotations

from typing import Any

from tests.compiled import execute, failure
from tests.test_memory import chunks

import wfc_runtime.v1 as wf

MESSAGE = (
    "UnhandledBranchError: One or more branches or iterations encountered an unhandled "
    "runtime error"
)


def branches_of(main: Any, **options: Any) -> list[Any]:
    """The `branches` of the UnhandledBranchError that an execution of `main` ends with."""
    error = failure(main, **options)
    assert error.payload["tags"] == ["UnhandledBranchError", "RuntimeError"]
    assert error.payload["message"] == MESSAGE
    return list(error.payload["branches"])


def test_all_branches_run_on_and_errors_are_listed_in_the_order_they_happened() -> None:
    """The service's odd numbers, which fail in the order 3, 5, 1 (spec 05 §6)."""
    finished = []

    async def main(run: wf.Run) -> None:
        async def body(run: wf.Run, num: Any, index: int) -> None:
            await run.sleep("wait", {1: 3, 3: 1, 5: 2}.get(num, 9))
            if num % 2:
                raise wf.WorkflowError("how odd!")
            finished.append(num)

        await run.parallel_for("failOdd", wf.span(0, 5), body)

    assert branches_of(main) == [
        {
            "id": number,
            "error": {"context": 'RuntimeError: "branch error"', "payload": "how odd!"},
        }
        for number in ("3", "5", "1")
    ]
    assert sorted(finished) == [0, 2, 4]


def test_the_error_can_be_caught_and_says_that_nothing_was_truncated() -> None:
    async def main(run: wf.Run) -> Any:
        async def fine(run: wf.Run) -> None:
            return None

        async def fails(run: wf.Run) -> None:
            raise wf.WorkflowError({"code": 7})

        try:
            await run.parallel("fan", [fine, fails])
        except Exception as exc:
            return wf.caught(exc)

    assert execute(main) == {
        "branches": [
            {
                "id": "1",
                "error": {"context": 'RuntimeError: "branch error"', "payload": {"code": 7}},
            }
        ],
        "message": MESSAGE,
        "tags": ["UnhandledBranchError", "RuntimeError"],
        "truncated": False,
    }


def test_an_error_of_a_nested_parallel_step_is_the_payload_of_its_branch() -> None:
    async def main(run: wf.Run) -> None:
        async def inner(run: wf.Run) -> None:
            raise wf.WorkflowError("how odd!")

        async def outer(run: wf.Run) -> None:
            await run.parallel("inner", [inner])

        await run.parallel("outer", [outer])

    (outer,) = branches_of(main)
    assert outer["error"]["payload"]["message"] == MESSAGE
    (inner,) = outer["error"]["payload"]["branches"]
    assert inner["error"]["payload"] == "how odd!"


def test_at_most_100_errors_of_an_execution_are_recorded() -> None:
    """OQ-53: later ids are left out, nothing counts as truncated, and the execution goes on."""

    async def main(run: wf.Run) -> Any:
        async def fails(run: wf.Run, item: Any, index: int) -> None:
            raise wf.WorkflowError(item)

        seen = []
        for count in (60, 60, 5):
            try:
                await run.parallel_for("fan", wf.span(1, count), fails)
            except Exception as exc:
                error = wf.caught(exc)
                seen.append([len(error["branches"]), error["truncated"]])
        return seen

    assert execute(main) == [[60, False], [40, False], [0, False]]


def test_more_than_two_parallel_steps_inside_one_another_are_an_error() -> None:
    """OQ-41: also through the calls of subworkflows, which static checks do not see."""

    async def descend(run: wf.Run, levels: int) -> None:
        if levels:

            async def branch(run: wf.Run) -> None:
                await descend(run.nested(), levels - 1)

            await run.parallel(f"level{levels}", [branch])

    async def two(run: wf.Run) -> str:
        await descend(run, 2)
        return "done"

    async def three(run: wf.Run) -> None:
        await descend(run, 3)

    assert execute(two) == "done"
    (outer,) = branches_of(three)
    (inner,) = outer["error"]["payload"]["branches"]
    assert inner["error"]["payload"]["tags"] == ["ParallelNestingError", "RuntimeError"]
    assert "3, where the limit is 2 (Limits.nesting)" in inner["error"]["payload"]["message"]


# -- errors and memory ----------------------------------------------------------------------------


def test_an_error_beyond_90_percent_of_the_parents_remaining_memory_is_truncated() -> None:
    """Of 10,000 bytes 9,000 may go; of the 4,000 then left 3,600; and so on (OQ-52)."""
    sizes = {0: 6_000, 1: 3_601, 2: 3_600, 3: 361, 4: 360}

    async def main(run: wf.Run) -> None:
        run.hold("rest", chunks(512 * 1024 - 10_000))

        async def fails(run: wf.Run, item: Any, index: int) -> None:
            raise wf.WorkflowError("x" * (sizes[item] - 8))

        await run.parallel_for("fan", wf.span(0, 4), fails)

    error = failure(main, limits="google", accounting=True)
    assert [(each["id"], each["error"] is None) for each in error.payload["branches"]] == [
        ("0", False),
        ("1", True),
        ("2", False),
        ("3", True),
        ("4", False),
    ]
    assert error.payload["truncated"] is True


def test_what_errors_weigh_is_given_back_when_the_step_has_ended() -> None:
    async def main(run: wf.Run) -> list[bool]:
        async def fails(run: wf.Run, item: Any, index: int) -> None:
            raise wf.WorkflowError("x" * 100_000)

        truncated = []
        for _ in range(3):
            try:
                await run.parallel_for("fan", wf.span(1, 4), fails)
            except Exception as exc:
                truncated.append(wf.caught(exc)["truncated"])
        run.hold("big", chunks(512 * 1024))
        return truncated

    assert execute(main, limits="google", accounting=True) == [False] * 3


def test_without_accounting_nothing_is_truncated() -> None:
    async def main(run: wf.Run) -> None:
        async def fails(run: wf.Run, item: Any, index: int) -> None:
            raise wf.WorkflowError("x" * 1_000_000)

        await run.parallel_for("fan", wf.span(1, 3), fails)

    assert [len(each["error"]["payload"]) for each in branches_of(main)] == [1_000_000] * 3
