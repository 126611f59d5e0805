"""Retries (spec 04 §9): how often, after what waits, and whose decision it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.compiled import execute, failure, module

import wfc_runtime.v1 as wf
from wfc_runtime.errors import ResourceLimit
from wfc_runtime.retry import Policy
from wfc_runtime.testing import VirtualClock


class Attempts:
    """A step that is tried as generated code tries it; it fails as often as told, then succeeds."""

    def __init__(self, failures: float = float("inf")) -> None:
        self.failures = failures
        self.made = 0
        self.clock = VirtualClock()

    def execute(self, *policy: Any, **parts: Any) -> Any:
        """What the `try` step leaves: "ok", or what its `except` sees."""

        async def main(run: wf.Run) -> Any:
            retry = run.retry("guarded", *policy, **parts)
            while True:
                try:
                    self.made += 1
                    if self.made <= self.failures:
                        raise wf.WorkflowError(f"failure {self.made}")
                except Exception as exc:
                    error = await retry.settle(exc)
                    if error is None:
                        continue
                    return wf.caught(error)
                return "ok"

        return execute(main, clock=self.clock)


def always(error: Any) -> bool:
    return True


def tag(error: Any) -> str:
    return str(error["tags"][0])


def test_retries_do_not_count_the_first_attempt_and_the_last_error_is_handled() -> None:
    attempts = Attempts()
    assert attempts.execute(predicate=always, max_retries=3) == "failure 4"
    assert attempts.made == 4


def test_an_attempt_that_succeeds_ends_the_retries() -> None:
    attempts = Attempts(failures=2)
    assert attempts.execute(predicate=always, max_retries=3) == "ok"
    assert attempts.made == 3


@pytest.mark.parametrize(
    ("parts", "waits"),
    [
        ({"initial_delay": 1, "max_delay": 30, "multiplier": 2}, [1, 2, 4, 8, 16, 30, 30]),
        ({"initial_delay": 0.5, "max_delay": 60, "multiplier": 1}, [0.5] * 7),
        ({"initial_delay": 8, "max_delay": 60, "multiplier": 0.5}, [8, 4, 2, 1, 0.5, 0.25, 0.125]),
        ({"initial_delay": 10, "max_delay": 5, "multiplier": 3}, [5] * 7),
        ({"initial_delay": 1, "max_delay": 7, "multiplier": 1e300}, [1, 7, 7, 7, 7, 7, 7]),
        ({"initial_delay": 4}, [4, 5, 6.25, 7.8125, 9.765625, 12.20703125, 15.2587890625]),
        ({"multiplier": 60}, [1] + [60] * 6),
        ({"max_delay": 1}, [1] * 7),
    ],
)
def test_the_wait_before_retry_k_is_initial_times_multiplier_to_k_minus_1_up_to_the_maximum(
    parts: dict[str, Any], waits: list[float]
) -> None:
    attempts = Attempts()
    attempts.execute(predicate=always, max_retries=7, **parts)
    assert attempts.clock.slept == waits
    whole = Attempts()
    whole.execute(predicate=always, max_retries=7, backoff=parts)
    assert whole.clock.slept == waits


def test_parts_left_out_are_those_of_the_default_policy() -> None:
    """OQ-43: every error, 5 retries, `retry.default_backoff`; null counts as left out."""
    for parts in ({}, dict.fromkeys(("predicate", "max_retries", "initial_delay", "backoff"))):
        attempts = Attempts()
        assert attempts.execute(**parts) == "failure 6"
        assert attempts.clock.slept == [1, 1.25, 1.5625, 1.953125, 2.44140625]


def test_a_predicate_sees_the_error_as_except_would_and_decides() -> None:
    seen = []

    def only_twice(error: Any) -> bool:
        seen.append(error)
        return len(seen) < 3

    attempts = Attempts()
    assert attempts.execute(predicate=only_twice) == "failure 3"
    assert seen == ["failure 1", "failure 2", "failure 3"]


def test_a_predicate_may_wait_itself() -> None:
    """A subworkflow with blocking steps as predicate."""

    async def main(run: wf.Run) -> Any:
        async def worth_it(run: wf.Run, error: Any) -> bool:
            await run.sleep("think", 100)
            return False

        retry = run.retry("guarded", predicate=lambda error: worth_it(run, error))
        error = await retry.settle(wf.WorkflowError("x"))
        return [wf.caught(error) if error else None, run.now()]

    assert execute(main) == ["x", 100.0]


def test_without_retries_left_the_predicate_is_not_asked() -> None:
    def fail(error: Any) -> bool:
        raise AssertionError("asked")

    attempts = Attempts()
    assert attempts.execute(predicate=fail, max_retries=0) == "failure 1"


@pytest.mark.parametrize("answer", [1, "true", None, [True]])
def test_a_predicate_that_does_not_answer_with_a_boolean_is_a_type_error(answer: Any) -> None:
    assert tag(Attempts().execute(predicate=lambda error: answer)) == "TypeError"


def test_an_error_inside_the_predicate_replaces_the_original() -> None:
    """OQ-44: and it goes to `except`."""

    def fail(error: Any) -> bool:
        raise wf.WorkflowError({"of": "the predicate"})

    attempts = Attempts()
    assert attempts.execute(predicate=fail) == {"of": "the predicate"}
    assert attempts.made == 1


def test_a_native_error_in_a_predicate_of_a_module_goes_to_except_too() -> None:
    order = module(
        """
        def worth_it(run: wf.Run, e: wf.Value) -> wf.Value:
            return e["code"] == 500


        async def main(run: wf.Run) -> wf.Value:
            retry = run.retry("guarded", predicate=lambda e: worth_it(run, e))
            while True:
                try:
                    raise wf.WorkflowError({"message": "odd"})
                except Exception as exc:
                    error = await retry.settle(exc)
                    if error is None:
                        continue
                    e = wf.caught(error)
                    return e
                break
        """
    )
    assert execute(order.workflow.main)["message"] == "KeyError: key not found: code"


def test_a_bug_in_the_runtime_is_neither_retried_nor_handled() -> None:
    class Bug(Exception):
        pass

    def broken(error: Any) -> bool:
        raise Bug("in a predicate of the library")

    with pytest.raises(Bug):
        Attempts().execute(predicate=broken)

    async def main(run: wf.Run) -> None:
        await run.retry("guarded").settle(Bug("in the step"))

    with pytest.raises(Bug, match="in the step"):
        execute(main)


def test_a_resource_limit_passes_a_step_with_retry_untouched() -> None:
    async def main(run: wf.Run) -> str:
        retry = run.retry("guarded", predicate=always)
        while True:
            try:
                raise ResourceLimit("ResourceLimitError: too much")
            except Exception as exc:
                if await retry.settle(exc) is None:
                    continue
            return "handled"

    assert failure(main).payload["tags"] == ["ResourceLimitError"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"predicate": "retry.always"}, "TypeError"),
        ({"max_retries": "3"}, "TypeError"),
        ({"max_retries": 3.0}, "TypeError"),
        ({"max_retries": True}, "TypeError"),
        ({"max_retries": -1}, "ValueError"),
        ({"initial_delay": "1"}, "TypeError"),
        ({"initial_delay": True}, "TypeError"),
        ({"initial_delay": 0}, "ValueError"),
        ({"initial_delay": -1}, "ValueError"),
        ({"max_delay": 0}, "ValueError"),
        ({"multiplier": 0}, "ValueError"),
        ({"multiplier": float("nan")}, "ValueError"),
        ({"backoff": 5}, "TypeError"),
        ({"backoff": {"initial": 5}}, "ValueError"),
    ],
)
def test_a_policy_with_parts_that_cannot_be_is_refused(
    parts: dict[str, Any], expected: str
) -> None:
    async def main(run: wf.Run) -> None:
        run.retry("guarded", **parts)

    assert tag(failure(main).payload) == expected


def test_a_policy_in_place_of_a_predicate_is_called_one() -> None:
    async def main(run: wf.Run) -> None:
        run.retry("guarded", predicate=wf.http.default_retry)

    expected = "TypeError: `predicate` must be a function, not a retry policy"
    assert failure(main).payload["message"] == expected


def test_a_policy_may_be_a_map_as_a_value() -> None:
    attempts = Attempts()
    policy = {"predicate": always, "max_retries": 2, "backoff": {"initial_delay": 3}}
    assert attempts.execute(policy) == "failure 3"
    assert attempts.clock.slept == [3, 3.75]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(None, "TypeError"), ("http.default_retry", "TypeError"), ({"tries": 3}, "ValueError")],
)
def test_what_is_no_policy_is_refused(policy: Any, expected: str) -> None:
    async def main(run: wf.Run) -> None:
        run.retry("guarded", policy)

    assert tag(failure(main).payload) == expected


CODES = (400, 429, 500, 502, 503, 504)
HTTP: dict[Any, Any] = {code: {"code": code, "tags": ["HttpError"]} for code in CODES}
NATIVE = {
    tag: {"message": tag, "tags": [tag, "OSError"]}
    for tag in ("ConnectionError", "ConnectionFailedError", "TimeoutError")
}


@pytest.mark.parametrize(
    ("policy", "retried"),
    [
        (wf.http.default_retry, {429, 502, 503, 504, *NATIVE}),
        (wf.http.default_retry_non_idempotent, {429, 503, "ConnectionFailedError"}),
    ],
)
def test_the_librarys_policies_retry_what_is_documented_five_times(
    policy: Policy, retried: set[Any]
) -> None:
    async def waits(run: wf.Run, error: Any) -> list[float]:
        retry = run.retry("guarded", policy)
        waits: list[float] = []
        while True:
            before = run.now()
            if await retry.settle(wf.WorkflowError(error)) is not None:
                return waits
            waits.append(run.now() - before)

    for key, error in {**HTTP, **NATIVE, "raised": "raised"}.items():

        async def main(run: wf.Run, error: Any = error) -> Any:
            return await waits(run, error)

        expected = [1, 1.25, 1.5625, 1.953125, 2.44140625] if key in retried else []
        assert execute(main) == pytest.approx(expected), key


@pytest.mark.parametrize(("predicate", "made"), [(wf.retry.always, 6), (wf.retry.never, 1)])
def test_always_and_never(predicate: Callable[[Any], bool], made: int) -> None:
    attempts = Attempts()
    attempts.execute(predicate=predicate)
    assert attempts.made == made
