"""The runtime's error maps: tags and texts as spec 05 §4 and §5 have them."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from wfc_runtime import errors
from wfc_runtime.errors import ResourceLimit, WorkflowError


@pytest.mark.parametrize(
    ("error", "payload"),
    [
        (
            errors.key_error("qty"),
            {"message": "KeyError: key not found: qty", "tags": ["KeyError", "LookupError"]},
        ),
        (
            errors.timeout_error(),
            {"message": "request timed out", "tags": ["TimeoutError", "OSError"]},
        ),
        (
            errors.http_error(503, {"Content-Type": "text/plain"}, "down"),
            {
                "body": "down",
                "code": 503,
                "headers": {"Content-Type": "text/plain"},
                "message": "HTTP server responded with error code 503",
                "tags": ["HttpError"],
            },
        ),
        (
            errors.unhandled_branch_error([{"id": "1", "error": None}], truncated=True),
            {
                "branches": [{"id": "1", "error": None}],
                "message": "UnhandledBranchError: One or more branches or iterations "
                "encountered an unhandled runtime error",
                "tags": ["UnhandledBranchError", "RuntimeError"],
                "truncated": True,
            },
        ),
        (
            errors.connection_failed_error("refused"),
            {
                "message": "ConnectionFailedError: refused",
                "tags": ["ConnectionFailedError", "OSError"],
            },
        ),
        (
            errors.connection_error("reset"),
            {"message": "ConnectionError: reset", "tags": ["ConnectionError", "OSError"]},
        ),
        (errors.auth_error("none"), {"message": "AuthError: none", "tags": ["AuthError"]}),
        (
            errors.recursion_error("deep"),
            {"message": "RecursionError: deep", "tags": ["RecursionError", "RuntimeError"]},
        ),
        (
            errors.parallel_nesting_error("deep"),
            {
                "message": "ParallelNestingError: deep",
                "tags": ["ParallelNestingError", "RuntimeError"],
            },
        ),
    ],
)
def test_error_maps_have_the_documented_tags_and_texts_oq_49(
    error: WorkflowError, payload: Any
) -> None:
    assert error.payload == payload
    assert str(error) == payload["message"]


def test_each_error_has_tags_of_its_own() -> None:
    first = errors.key_error("a")
    first.payload["tags"].append("changed by a workflow")
    assert errors.key_error("a").payload["tags"] == ["KeyError", "LookupError"]


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (WorkflowError("how odd!"), "how odd!"),
        (WorkflowError({"code": 5}), "{'code': 5}"),
        (WorkflowError("a", 'RuntimeError: "a"\nin step "s"'), 'RuntimeError: "a"\nin step "s"'),
    ],
)
def test_an_error_prints_its_context_or_else_what_was_raised(
    error: WorkflowError, text: str
) -> None:
    assert str(error) == text


def test_an_error_keeps_all_it_says_through_pickling_and_copying() -> None:
    error = WorkflowError({"code": 5}, "context", {"elements": []})
    error.add_note("a note")
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is WorkflowError
        assert (again.payload, again.context) == ({"code": 5}, "context")
        assert again.stack_trace == {"elements": []}
        assert again.__notes__ == ["a note"]


def test_no_except_of_a_workflow_sees_a_resource_limit() -> None:
    limit = ResourceLimit("ResourceLimitError: Memory usage limit exceeded", silent=True)
    assert not isinstance(limit, Exception)
    assert limit.payload == {
        "message": "ResourceLimitError: Memory usage limit exceeded",
        "tags": ["ResourceLimitError"],
    }


def test_quoted_text_stays_on_one_line_and_short() -> None:
    assert errors.quoted('a"\n') == '"a\\"\\n"'
    assert errors.quoted("x" * 61) == '"' + "x" * 60 + '…"'
