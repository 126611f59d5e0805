"""How a reply says that the work it began has ended, failed, or goes on."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import wfc_runtime.v1 as wf
from wfc_runtime.operations import address, finished


def condition(kind: str, status: str, **more: str) -> dict[str, Any]:
    return {"status": {"conditions": [{"type": kind, "status": status, **more}]}}


@pytest.mark.parametrize(
    ("kind", "operation", "ended"),
    [
        ("longrunning", {"name": "o"}, False),
        ("longrunning", {"name": "o", "done": False}, False),
        ("longrunning", {"name": "o", "done": True}, True),
        ("longrunning", {"done": True, "response": {}}, True),
        ("longrunning", {"done": True, "error": {}}, True),
        ("status", {"status": "PENDING"}, False),
        ("status", {"status": "DONE"}, True),
        ("bigquery", {"status": {"state": "PENDING"}}, False),
        ("bigquery", {"status": {"state": "DONE"}}, True),
        ("bigquery", {"status": {"state": "DONE", "errors": [{"message": "a row"}]}}, True),
        ("state", {"id": "1"}, False),
        ("state", {"currentState": "JOB_STATE_RUNNING"}, False),
        ("state", {"currentState": "JOB_STATE_DONE"}, True),
        ("state", {"currentState": "JOB_STATE_DRAINED"}, True),
        ("state", {"status": {"state": "QUEUED"}}, False),
        ("state", {"status": {"state": "SUCCEEDED"}}, True),
        ("state", {"state": "PENDING"}, False),
        ("state", {"state": "SUCCEEDED"}, True),
        ("state", {"state": "PIPELINE_STATE_SUCCEEDED"}, True),
        ("execution", {"state": "ACTIVE"}, False),
        ("execution", {"state": "SUCCEEDED"}, True),
        ("knative", {}, False),
        ("knative", {"status": {}}, False),
        ("knative", condition("Ready", "Unknown"), False),
        ("knative", condition("Ready", "True"), True),
        ("knative", condition("Completed", "True"), True),
        ("knative", condition("Started", "True"), False),
    ],
)
def test_what_has_ended_well_and_what_goes_on(kind: str, operation: Any, ended: bool) -> None:
    assert finished(kind, operation) is ended


@pytest.mark.parametrize(
    ("kind", "operation", "message"),
    [
        ("longrunning", {"done": True, "error": {"code": 3, "message": "bad"}}, "bad"),
        ("longrunning", {"done": True, "error": {"code": 3}}, "the operation failed"),
        ("status", {"status": "DONE", "error": {"errors": [{"message": "quota"}]}}, "quota"),
        ("status", {"status": "DONE", "error": {"message": "denied"}}, "denied"),
        ("bigquery", {"status": {"state": "DONE", "errorResult": {"message": "syntax"}}}, "syntax"),
        (
            "state",
            {"currentState": "JOB_STATE_FAILED"},
            "it ended as JOB_STATE_FAILED",
        ),
        ("state", {"status": {"state": "FAILED"}}, "it ended as FAILED"),
        ("state", {"state": "FAILED", "error": {"code": 3, "message": "bad input"}}, "bad input"),
        ("knative", condition("Completed", "False", message="exit code 1"), "exit code 1"),
    ],
)
def test_what_failed_says_why_and_is_part_of_the_error(
    kind: str, operation: Any, message: str
) -> None:
    with pytest.raises(wf.WorkflowError) as raised:
        finished(kind, operation)
    assert raised.value.payload == {
        "message": f"OperationError: {message}",
        "operation": operation,
        "tags": ["OperationError"],
    }


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED", "UNAVAILABLE"])
def test_a_failed_execution_has_the_services_own_text(state: str) -> None:
    execution = {"name": "e", "state": state}
    with pytest.raises(wf.WorkflowError) as raised:
        finished("execution", execution)
    assert raised.value.payload == {
        "message": "Execution failed or cancelled.",
        "operation": execution,
        "tags": ["OperationError"],
    }


@pytest.mark.parametrize(
    ("kind", "operation"),
    [
        ("longrunning", None),
        ("longrunning", []),
        ("longrunning", {}),
        ("longrunning", {"name": ""}),
        ("status", {"status": None}),
        ("bigquery", {"status": "DONE"}),
        ("bigquery", {"status": {}}),
        ("state", {"currentState": 1}),
        ("state", []),
        ("execution", {}),
        ("knative", "ready"),
    ],
)
def test_what_is_no_operation_is_a_response_type_error(kind: str, operation: Any) -> None:
    with pytest.raises(wf.WorkflowError) as raised:
        finished(kind, operation)
    assert raised.value.payload["tags"] == ["ResponseTypeError"]


BASE = "https://run.googleapis.com/v2/jobs/j:run?a=1"


@pytest.mark.parametrize(
    ("operation", "poll", "expected"),
    [
        (
            {"name": "operations/1"},
            "/v2/{+name}",
            "https://run.googleapis.com/v2/operations/1",
        ),
        (
            {"projectId": "p", "location": "l", "id": "i"},
            "/v1b3/projects/{projectId}/locations/{location}/jobs/{id}",
            "https://run.googleapis.com/v1b3/projects/p/locations/l/jobs/i",
        ),
        (
            {"selfLink": "https://elsewhere.example/v1/o?location=EU#x"},
            "",
            "https://run.googleapis.com/v1/o?location=EU",
        ),
        (
            {"metadata": {"selfLink": "/apis/run.googleapis.com/v1/executions/e"}},
            "",
            "https://run.googleapis.com/apis/run.googleapis.com/v1/executions/e",
        ),
    ],
)
def test_an_operation_is_asked_for_on_the_host_of_the_call(
    operation: Any, poll: str, expected: str
) -> None:
    assert address(operation, poll, BASE) == expected


@pytest.mark.parametrize(
    ("operation", "poll"),
    [
        ({}, "/v2/{+name}"),
        ({}, ""),
        ({"selfLink": 1}, ""),
        ({"selfLink": "https://["}, ""),
    ],
)
def test_an_operation_that_cannot_be_asked_for_is_a_response_type_error(
    operation: Any, poll: str
) -> None:
    with pytest.raises(wf.WorkflowError) as raised:
        address(operation, poll, BASE)
    assert raised.value.payload["tags"] == ["ResponseTypeError"]


FIELDS = ("name", "done", "error", "status", "state", "conditions", "selfLink", "metadata", "type")
REPLIES = st.recursive(
    st.none() | st.booleans() | st.sampled_from(["DONE", "FAILED", "https://[", "Ready", ""]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), inner),
    max_leaves=8,
)


KINDS = ("longrunning", "status", "state", "execution", "bigquery", "knative")


@pytest.mark.parametrize("kind", KINDS)
@given(reply=REPLIES, poll=st.sampled_from(["", "/v1/{+name}"]))
def test_no_reply_raises_anything_of_pythons(kind: str, reply: Any, poll: str) -> None:
    with suppress(wf.WorkflowError):
        if not finished(kind, reply):
            assert address(reply, poll, BASE).startswith("https://run.googleapis.com")
