"""JSON and query parameters as protobuf reads them, and what is said where they cannot be read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfc_service.errors import ApiError
from wfc_service.google.fields import read_json, read_message, read_query
from wfc_service.google.masks import merge, read_mask
from wfc_service.google.messages import MESSAGES, field_of
from wfc_service.google.partial import select
from wfc_service.times import duration, read_duration, read_timestamp, timestamp

UNKNOWN = "Invalid JSON payload received. Unknown name "


@pytest.mark.parametrize(
    ("message", "sent", "read"),
    [
        ("Workflow", {}, {}),
        ("Workflow", {"sourceContents": "a", "call_log_level": "LOG_NONE"}, ...),
        ("Workflow", {"description": None}, {}),
        ("Workflow", {"callLogLevel": 1}, {"callLogLevel": "LOG_ALL_CALLS"}),
        (
            "Workflow",
            {"labels": {"a": "b"}, "state": "ACTIVE"},
            {"labels": {"a": "b"}, "state": "ACTIVE"},
        ),
        (
            "Workflow",
            {"createTime": "2023-01-01T00:00:00+01:00"},
            {"createTime": "2023-01-01T00:00:00+01:00"},
        ),
        (
            "Execution",
            {"status": {"current_steps": [{"step": "a"}]}},
            {"status": {"currentSteps": [{"step": "a"}]}},
        ),
        (
            "Execution",
            {"disable_concurrency_quota_overflow_buffering": True},
            {"disableConcurrencyQuotaOverflowBuffering": True},
        ),
        ("PubsubMessage", {"data": "_-8"}, {"data": "/+8="}),
        ("TriggerPubsubExecutionRequest", {"deliveryAttempt": "3"}, {"deliveryAttempt": 3}),
        ("TriggerPubsubExecutionRequest", {"delivery_attempt": 3.0}, {"deliveryAttempt": 3}),
    ],
)
def test_fields_are_read_by_either_name(message: str, sent: Any, read: Any) -> None:
    expected = {"sourceContents": "a", "callLogLevel": "LOG_NONE"} if read is ... else read
    assert read_message(MESSAGES[message], sent, "it") == expected


@pytest.mark.parametrize(
    ("message", "sent", "violations"),
    [
        ("Workflow", {"x": 1}, [("it", f"{UNKNOWN}\"x\" at 'it': Cannot find field.")]),
        (
            "Workflow",
            {"x": 1, "y": {}},
            [
                ("it", f"{UNKNOWN}\"x\" at 'it': Cannot find field."),
                ("it", f"{UNKNOWN}\"y\" at 'it': Cannot find field."),
            ],
        ),
        (
            "Execution",
            {"status": {"currentSteps": [{}, {"stop": "a"}]}},
            [
                (
                    "it.status.current_steps[1]",
                    f"{UNKNOWN}\"stop\" at 'it.status.current_steps[1]': Cannot find field.",
                )
            ],
        ),
        (
            "Workflow",
            {"sourceContents": 5},
            [("it.source_contents", "Invalid value at 'it.source_contents' (TYPE_STRING), 5")],
        ),
        (
            "Workflow",
            {"description": "\ud800"},
            [("it.description", "Invalid value at 'it.description' (TYPE_STRING), \"\\ud800\"")],
        ),
        (
            "Workflow",
            {"labels": {"\ud800": 1}},
            [
                ("it.labels", "Invalid value at 'it.labels' (TYPE_STRING), \"\\ud800\""),
                (
                    'it.labels["\\ud800"]',
                    "Invalid value at 'it.labels[\"\\ud800\"]' (TYPE_STRING), 1",
                ),
            ],
        ),
        (
            "Workflow",
            {"callLogLevel": "LOUD"},
            [
                (
                    "it.call_log_level",
                    "Invalid value at 'it.call_log_level' (type.googleapis.com/"
                    'google.cloud.workflows.v1.Workflow.CallLogLevel), "LOUD"',
                )
            ],
        ),
        (
            "Workflow",
            {"labels": ["a"]},
            [("it.labels", "Invalid value at 'it.labels' (TYPE_STRING), [\"a\"]")],
        ),
        (
            "Workflow",
            {"labels": {"a": 1}},
            [("it.labels[a]", "Invalid value at 'it.labels[a]' (TYPE_STRING), 1")],
        ),
        (
            "Execution",
            {"createTime": "yesterday"},
            [
                (
                    "it.create_time",
                    "Invalid value at 'it.create_time' "
                    '(type.googleapis.com/google.protobuf.Timestamp), "yesterday"',
                )
            ],
        ),
        (
            "PubsubMessage",
            {"data": "!"},
            [("it.data", "Invalid value at 'it.data' (TYPE_BYTES), \"!\"")],
        ),
        (
            "TriggerPubsubExecutionRequest",
            {"deliveryAttempt": 2**31},
            [
                (
                    "it.delivery_attempt",
                    "Invalid value at 'it.delivery_attempt' (TYPE_INT32), 2147483648",
                )
            ],
        ),
        (
            "Workflow",
            [],
            [
                (
                    "it",
                    "Invalid value at 'it' "
                    "(type.googleapis.com/google.cloud.workflows.v1.Workflow), []",
                )
            ],
        ),
    ],
)
def test_what_cannot_be_read_is_said_as_google_says_it(
    message: str, sent: Any, violations: list[tuple[str, str]]
) -> None:
    with pytest.raises(ApiError) as raised:
        read_message(MESSAGES[message], sent, "it")
    assert str(raised.value) == "\n".join(text for _, text in violations)
    (detail,) = raised.value.details
    assert detail == {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": at, "description": text} for at, text in violations],
    }


def test_at_the_root_no_place_is_named() -> None:
    with pytest.raises(ApiError) as raised:
        read_message(MESSAGES["CancelExecutionRequest"], {"name": "a"})
    assert str(raised.value) == f'{UNKNOWN}"name": Cannot find field.'
    (detail,) = raised.value.details
    assert detail["fieldViolations"] == [{"description": str(raised.value)}]
    with pytest.raises(ApiError, match="Root element must be a message"):
        read_message(MESSAGES["CancelExecutionRequest"], 1)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)."),
        (b"{'a': 1}", "Expecting property name"),
        (b'{"a": NaN}', "A number is infinite"),
        (b"\xff", "UTF-8"),
        (b"[" * 100_000, "nested"),
        (b"1" * 5000, "or too long"),
    ],
)
def test_what_is_no_json_is_refused(body: bytes, message: str) -> None:
    with pytest.raises(ApiError) as raised:
        read_json(body)
    assert raised.value.status == "INVALID_ARGUMENT"
    assert str(raised.value).startswith("Invalid JSON payload received. ")
    assert message in str(raised.value)


def test_an_empty_body_is_an_empty_message() -> None:
    assert read_json(b"") == read_json(b" \n") == read_json(b"{}") == {}


VIEW = "view enum EXECUTION_VIEW_UNSPECIFIED BASIC FULL"
QUERY = {
    name: field
    for field in map(field_of, ("pageSize int32", VIEW, "wide bool"))
    for name in (field.name, field.proto)
}


@pytest.mark.parametrize(
    ("pairs", "read"),
    [
        ([("pageSize", "5"), ("view", "FULL")], {"page_size": 5, "view": "FULL"}),
        ([("page_size", "5"), ("pageSize", "6")], {"page_size": 6}),
        ([("view", "2"), ("wide", "TRUE")], {"view": "FULL", "wide": True}),
        ([("wide", "0")], {"wide": False}),
    ],
)
def test_query_parameters_are_read(pairs: list[tuple[str, str]], read: dict[str, Any]) -> None:
    assert read_query(QUERY, pairs) == read


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        (
            ("x", "1"),
            f'{UNKNOWN}"x": Cannot bind query parameter. '
            "Field 'x' could not be found in request message.",
        ),
        (("pageSize", "many"), "Invalid value at 'page_size' (TYPE_INT32), \"many\""),
        (("pageSize", ""), "Invalid value at 'page_size' (TYPE_INT32), \"\""),
        (
            ("view", "ALL"),
            "Invalid value at 'view'"
            ' (type.googleapis.com/google.cloud.workflows.executions.v1.ExecutionView), "ALL"',
        ),
        (("wide", "yes"), "Invalid value at 'wide' (TYPE_BOOL), \"yes\""),
    ],
)
def test_query_parameters_that_cannot_be_read(pair: tuple[str, str], message: str) -> None:
    with pytest.raises(ApiError) as raised:
        read_query(QUERY, [pair])
    assert str(raised.value) == message


WORKFLOW = {
    "name": "a",
    "labels": {"env": "prod", "team": "x"},
    "steps": [{"id": 1, "at": {"line": 2, "column": 3}}, {"id": 2}],
}


@pytest.mark.parametrize(
    ("fields", "selected"),
    [
        ("name", {"name": "a"}),
        ("*", WORKFLOW),
        ("name,nothing", {"name": "a"}),
        ("labels/env", {"labels": {"env": "prod"}}),
        ("labels(env,team)", {"labels": {"env": "prod", "team": "x"}}),
        ("labels.env", {}),
        (" steps ( id , at / line ) ", {"steps": [{"id": 1, "at": {"line": 2}}, {"id": 2}]}),
        ("steps/at/line,steps/at/column", {"steps": [{"at": {"line": 2, "column": 3}}, {}]}),
        ("steps/at/line,steps", {"steps": WORKFLOW["steps"]}),
        ("steps,steps/at/line", {"steps": WORKFLOW["steps"]}),
        ("*/env", {"name": "a", "labels": {"env": "prod"}, "steps": [{}, {}]}),
    ],
)
def test_partial_answers(fields: str, selected: Any) -> None:
    assert select(WORKFLOW, fields) == selected


@pytest.mark.parametrize(
    "fields", ["", ",", "a,", "a(", "a(b", "a)", "a//b", "a/", "(a)", "a b", "é!", "a(" * 60]
)
def test_what_does_not_read_as_fields(fields: str) -> None:
    with pytest.raises(ApiError, match="fields: "):
        select(WORKFLOW, fields)


@pytest.mark.parametrize(
    ("mask", "names"),
    [
        ("", None),
        ("*", None),
        ("sourceContents", ["sourceContents"]),
        ("source_contents, labels", ["sourceContents", "labels"]),
        ("updateTime", ["updateTime"]),
    ],
)
def test_masks_are_read_by_either_name(mask: str, names: list[str] | None) -> None:
    assert read_mask(MESSAGES["Workflow"], mask) == names


@pytest.mark.parametrize("mask", ["colour", "labels.env", "*,labels", "labels,,", ","])
def test_masks_name_fields_of_a_workflow(mask: str) -> None:
    with pytest.raises(ApiError, match="update_mask: "):
        read_mask(MESSAGES["Workflow"], mask)


def test_a_mask_takes_over_what_is_named_and_clears_what_is_missing() -> None:
    before, given_ = {"a": 1, "b": 2}, {"b": 3, "c": 4}
    assert merge(before, given_, ["b"]) == {"a": 1, "b": 3}
    assert merge(before, given_, ["a"]) == {"b": 2}
    assert merge(before, given_, None) == given_


@given(st.integers(min_value=-62_135_596_800 * 10**9, max_value=253_402_300_799 * 10**9))
def test_times_are_read_as_they_are_written(time: int) -> None:
    assert read_timestamp(timestamp(time)) == time


@given(st.integers(min_value=0, max_value=10**21 - 1))
def test_durations_are_read_as_they_are_written(length: int) -> None:
    assert read_duration(duration(length)) == length
    assert read_duration(f"-{duration(length)}") == -length
