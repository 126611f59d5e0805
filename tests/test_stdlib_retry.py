"""`retry.*` and the retry objects of `http.*` (spec 06, OQ-43)."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from tests.compiled import load
from tests.library_calls import Table, called, each, rows
from tests.values import anything

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.testing import VirtualClock

BUSY = {"code": 503, "headers": {}, "body": None, "message": "busy", "tags": ["HttpError"]}
STATUSES = (400, 401, 403, 404, 408, 409, 425, *range(428, 432), *range(500, 506), 511, 599)
OTHERS: tuple[Any, ...] = (None, True, 503, 503.0, "HttpError", "TimeoutError", b"x", [], [503], {})
ODD_MAPS = (
    *({"code": 503.0}, {"code": "503"}, {"code": True}, {"code": [503]}, {"tags": "TimeoutError"}),
    *({"tags": None}, {"tags": [None, ["TimeoutError"]]}, {"message": "TimeoutError"}),
    *({"tags": ["KeyError", "LookupError"]}, {"tags": ["OSError"]}, {503: "code"}),
)


def http(code: int) -> dict[str, Any]:
    return {**BUSY, "code": code}


def native(tag: str) -> dict[str, Any]:
    return {"message": tag, "tags": [tag, "OSError"]}


def answers(codes: set[int], tags: set[str]) -> list[Any]:
    """The rows of a predicate that is true for these and for nothing else."""
    every = ("ConnectionError", "ConnectionFailedError", "TimeoutError", "AuthError", "ValueError")
    return [
        *(((http(code),), code in codes) for code in STATUSES),
        *((({"code": code},), code in codes) for code in (429, 500, 502, 503, 504)),
        *(((native(tag),), tag in tags) for tag in every),
        *(((error,), False) for error in (*OTHERS, *ODD_MAPS)),
    ]


RESULTS: Table = {
    "http.default_retry_predicate": answers(
        {429, 502, 503, 504}, {"ConnectionError", "ConnectionFailedError", "TimeoutError"}
    ),
    "http.default_retry_predicate_non_idempotent": answers({429, 503}, {"ConnectionFailedError"}),
    "retry.always": each((BUSY, *OTHERS), True),
    "retry.never": each((BUSY, *OTHERS), False),
}

ERRORS: Table = {}
"""They take any value."""


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    assert repr(called(name, arguments)) == repr(result)


@given(anything)
def test_predicates_take_any_error(error: Any) -> None:
    assert wf.retry.always(error) is True
    assert wf.retry.never(error) is False
    assert type(wf.http.default_retry_predicate(error)) is bool
    assert type(wf.http.default_retry_predicate_non_idempotent(error)) is bool


# -- in a workflow ---------------------------------------------------------------------------------

_GUARDED = """
main:
  params: [errors]
  steps:
    - start: {assign: [{made: 0}]}
    - guarded:
        try:
          steps:
            - count: {assign: [{made: "${made + 1}"}]}
            - fail:
                switch:
                  - condition: ${made <= len(errors)}
                    raise: ${errors[made - 1]}
        retry: POLICY
        except:
          as: e
          steps:
            - handle: {return: ["${made}", "${e}"]}
    - done: {return: ["${made}", null]}
"""
DEFAULT = [1, 1.25, 1.5625, 1.953125, 2.44140625]
SLOW = "{initial_delay: 10, max_delay: 45, multiplier: 2}"


@cache
def guarded(policy: str) -> Any:
    compiled = compile_source(Source("retry.yaml", _GUARDED.replace("POLICY", policy)))
    assert compiled.module is not None, compiled.problems
    return load(compiled.module)


def attempts(policy: str, errors: list[Any]) -> tuple[int, Any, list[float]]:
    """How often the step was tried, what `except` saw, and the waits in between."""
    clock = VirtualClock()
    made, error = asyncio.run(guarded(policy).run(errors, clock=clock, env={}))
    return made, error, clock.slept


@pytest.mark.parametrize(
    ("policy", "predicate"),
    [
        ("${http.default_retry}", "http.default_retry_predicate"),
        ("${http.default_retry_non_idempotent}", "http.default_retry_predicate_non_idempotent"),
    ],
)
def test_a_policy_retries_what_its_predicate_is_true_for(policy: str, predicate: str) -> None:
    for (error,), worth_it in RESULTS[predicate]:
        if error is None or type(error) is bytes or error == {503: "code"}:
            continue  # arguments of a workflow come from JSON, and null cannot be raised
        made, seen, waits = attempts(policy, [error] * 10)
        assert (made, seen, waits) == ((6, error, DEFAULT) if worth_it else (1, error, [])), error


@pytest.mark.parametrize("name", ["default_retry", "default_retry_non_idempotent"])
@pytest.mark.parametrize("failures", range(6))
def test_a_step_that_succeeds_is_not_tried_again(name: str, failures: int) -> None:
    made, error, waits = attempts(f"${{http.{name}}}", [http(429)] * failures)
    assert (made, error, waits) == (failures + 1, None, DEFAULT[:failures])


@pytest.mark.parametrize(
    ("policy", "waits"),
    [
        ("{predicate: '${http.default_retry_predicate}'}", DEFAULT),  # OQ-43
        ("{predicate: '${retry.always}', max_retries: 2}", DEFAULT[:2]),
        ("{predicate: '${retry.always}', max_retries: 0}", []),
        ("{predicate: '${retry.never}', max_retries: 9}", []),
        ("{max_retries: 3, backoff: '${retry.default_backoff}'}", DEFAULT[:3]),
        (f"{{predicate: '${{retry.always}}', backoff: {SLOW}}}", [10, 20, 40, 45, 45]),
        ("{predicate: '${retry.always}', backoff: {initial_delay: 8}}", [8 * d for d in DEFAULT]),
        ("{predicate: '${retry.always}', backoff: {multiplier: 100}}", [1, 60, 60, 60, 60]),
    ],
)
def test_predicates_and_backoffs_combine_and_what_is_left_out_is_the_default(
    policy: str, waits: list[float]
) -> None:
    assert attempts(policy, [http(503)] * 20) == (len(waits) + 1, http(503), waits)


def test_the_wait_before_retry_k_of_the_default_backoff_grows_to_a_minute() -> None:
    policy = "{predicate: '${retry.always}', max_retries: 30, backoff: '${retry.default_backoff}'}"
    _, _, waits = attempts(policy, [http(503)] * 40)
    assert waits == [min(1.25 ** (k - 1), 60) for k in range(1, 31)]
    assert waits[-1] == 60


def test_each_error_is_asked_about_anew() -> None:
    errors = [http(503), native("TimeoutError"), http(404)]
    assert attempts("${http.default_retry}", errors) == (3, http(404), DEFAULT[:2])
