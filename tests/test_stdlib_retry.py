"""`retry.*` and the retry objects of `http.*` (spec 06, OQ-43)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from tests.library_calls import Table, called, each, rows
from tests.values import anything

import wfc_runtime.v1 as wf

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
