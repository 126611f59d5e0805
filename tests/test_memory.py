"""Memory accounting (spec 02 §6): the documented sums, and who is charged for what."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from tests.compiled import execute, failure
from tests.values import json_values

import wfc_runtime.v1 as wf
from wfc_runtime.limits import GOOGLE, LOCAL
from wfc_runtime.memory import Ledger, measure

MEMORY = 512 * 1024


def chunks(bytes_: int) -> list[str]:
    """A list that weighs exactly so many bytes, without a string that is too long."""
    made: list[str] = []
    left = bytes_ - 8
    while left:
        size = min(left, 100_000)
        made.append("x" * (size - 8))
        left -= size
    return made


@pytest.mark.parametrize(
    ("value", "size"),
    [
        (None, 8),
        (True, 8),
        (7, 8),
        (2.5, 8),
        ("", 8),
        ("x" * 28, 36),
        ("é€", 8 + 5),
        (b"abc", 11),
        ([], 8),
        ([1, "ab"], 8 + 8 + 10),
        ({}, 8),
        ({"ab": 1}, 8 + 10 + 8),
        ({"a": {"b": [None]}}, 8 + 9 + 8 + 9 + 8 + 8),
        ({1: 2}, 8 + 8 + 8),
    ],
)
def test_sizes_are_the_documented_sums(value: Any, size: int) -> None:
    assert measure(value) == size


@given(json_values)
def test_a_list_of_two_weighs_both_and_eight(value: Any) -> None:
    assert measure([value, value]) == 8 + 2 * measure(value)


def test_a_value_nested_deeper_than_pythons_stack_is_measured() -> None:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    assert measure(value) == 8 * 100_001


def run_google(main: Any) -> wf.WorkflowError:
    return failure(main, limits="google", accounting=True)


def test_memory_up_to_the_limit_is_fine_and_one_byte_more_ends_the_run() -> None:
    async def fits(run: wf.Run) -> str:
        run.hold("big", chunks(MEMORY - 8))
        run.hold("small", 1)
        return "done"

    async def too_much(run: wf.Run) -> str:
        run.hold("big", chunks(MEMORY - 8))
        try:
            run.hold("text", "x")
        except Exception:
            return "caught"
        return "done"

    assert execute(fits, limits="google", accounting=True) == "done"
    error = run_google(too_much)
    assert error.payload == {
        "message": "ResourceLimitError: Memory usage limit exceeded",
        "tags": ["ResourceLimitError"],
    }
    assert (error.context, error.stack_trace) == (None, {})
    assert error.__notes__ == [
        "bytes of variables: 524,289, where the limit is 524,288 (Limits.memory)"
    ]


def test_a_variable_weighs_what_it_holds_now() -> None:
    async def main(run: wf.Run) -> str:
        for _ in range(10):
            run.hold("big", chunks(MEMORY - 100))
            run.hold("big", None)
            run.hold("other", chunks(MEMORY - 100))
            run.release("other", "never held")
        return "done"

    assert execute(main, limits="google", accounting=True) == "done"


def test_a_string_beyond_256_kb_ends_the_run_wherever_it_stands() -> None:
    limit = 256 * 1024

    async def fits(run: wf.Run) -> str:
        run.hold("text", "x" * limit)
        return "done"

    async def too_long(run: wf.Run) -> None:
        run.hold("text", {"deep": ["x" * (limit + 1)]})

    assert execute(fits, limits="google", accounting=True) == "done"
    error = run_google(too_long)
    assert error.payload["tags"] == ["ResourceLimitError"]
    assert "262,145, where the limit is 262,144 (Limits.string)" in error.payload["message"]


def test_local_limits_and_modules_without_accounting_hold_anything() -> None:
    async def main(run: wf.Run) -> str:
        run.hold("text", "x" * (MEMORY + 1))
        run.release("text")
        return "done"

    assert execute(main, limits="local", accounting=True) == "done"
    assert execute(main) == "done"


def test_a_called_routine_adds_to_its_callers_until_it_returns() -> None:
    async def calls(run: wf.Run, size: int) -> str:
        run.hold("x", chunks(MEMORY // 2))
        for _ in range(3):
            run.nested().hold("x", chunks(size))
        return "done"

    async def fits(run: wf.Run) -> str:
        return await calls(run, MEMORY // 2)

    async def too_much(run: wf.Run) -> str:
        return await calls(run, MEMORY // 2 + 1)

    assert execute(fits, limits="google", accounting=True) == "done"
    assert run_google(too_much).payload["tags"] == ["ResourceLimitError"]


def test_a_branch_sees_its_parents_variables_and_not_its_siblings() -> None:
    """spec 04 §8 rule 28"""

    async def main(run: wf.Run, share: int) -> str:
        run.hold("parent", chunks(MEMORY // 4))

        async def branch(run: wf.Run) -> None:
            run.hold("local", chunks(share))
            await run.sleep("together", 1)

        await run.parallel("fan", [branch] * 10)
        return "done"

    async def fits(run: wf.Run) -> str:
        return await main(run, MEMORY // 4 * 3)

    async def too_much(run: wf.Run) -> str:
        return await main(run, MEMORY // 4 * 3 + 1)

    assert execute(fits, limits="google", accounting=True) == "done"
    assert run_google(too_much).payload["tags"] == ["ResourceLimitError"]


def test_a_shared_variable_is_charged_where_it_lives() -> None:
    ledger = Ledger(GOOGLE)
    ledger.hold("total", 1)
    first, second = ledger.branch(), ledger.branch()
    first.hold("total", "x" * 100)
    first.hold("local", "x" * 50)
    assert ledger.used() == 108
    assert first.used() == 108 + 58
    assert second.used() == 108


def test_names_in_a_called_routine_are_not_its_callers() -> None:
    ledger = Ledger(GOOGLE)
    ledger.hold("total", 1)
    called = ledger.routine()
    called.hold("total", "x" * 100)
    assert ledger.used() == 8
    assert called.used() == 8 + 108


def test_what_is_left_is_unknown_without_a_limit() -> None:
    assert Ledger(LOCAL).remaining() is None
    assert Ledger(GOOGLE).remaining() == MEMORY
