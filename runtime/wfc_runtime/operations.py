"""Long-running operations: in goes what an API replied, out comes how the work it began stands.

The kinds, by what says that the work has ended:

    longrunning  `done`, then `error` or `response`; asked for by `name`       most APIs
    status       `status: DONE`, with `error` where it failed                  Compute, GKE, SQL
    state        `state`, `currentState` or `status.state`, with `error`       jobs of many APIs
    execution    `state`                                                       Workflows
    bigquery     `status.state: DONE`, with `status.errorResult`               BigQuery jobs
    knative      the condition `Completed` or `Ready` of `status.conditions`   Cloud Run v1

A finished operation is the result of the call as it is (spec 06: the body of the last reply).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from wfc_runtime.errors import (
    NOT_SUCCEEDED,
    WorkflowError,
    operation_error,
    response_type_error,
)
from wfc_runtime.values import Value

_FIELD = re.compile(r"\{\+?(\w+)\}")
_PREFIX = re.compile(r"^(JOB|PIPELINE)_STATE_")
_WON = ("SUCCEEDED", "PARTIALLY_SUCCEEDED", "DONE", "UPDATED", "DRAINED")
_LOST = ("FAILED", "CANCELLED", "EXPIRED", "UNAVAILABLE", "DELETION_IN_PROGRESS")


def finished(kind: str, operation: Value) -> bool:
    """Whether the work has ended well.

    Raises OperationError where it failed, and ResponseTypeError for what is no such operation.
    """
    if type(operation) is not dict:
        raise response_type_error()
    return _KINDS[kind](operation)


def address(operation: Value, poll: str, base: str) -> str:
    """Where to ask for an operation: its fields put into the path `poll`, or its own link.

    It is asked for on the host of the call, whatever host the link names: that of the same region,
    and credentials go nowhere else.  Raises ResponseTypeError where the operation does not say.
    """
    host = urlsplit(base)
    if poll:
        path = _FIELD.sub(lambda field: _text(operation.get(field[1])), poll)
        return host._replace(path=path, query="").geturl()
    metadata = operation.get("metadata")
    own = operation.get("selfLink") or (metadata.get("selfLink") if type(metadata) is dict else "")
    try:
        link = urlsplit(_text(own))
    except ValueError:  # such as half an IPv6 address
        raise response_type_error() from None
    return host._replace(path=link.path, query=link.query).geturl()


def _text(value: Value) -> str:
    if type(value) is not str or not value:
        raise response_type_error()
    return value


def _failed(error: Value, operation: Value) -> WorkflowError:
    """The error with the message that the API gave, wherever it stands."""
    errors = error.get("errors") if type(error) is dict else None
    for place in (error, *(errors if type(errors) is list else [])):
        if type(place) is dict and type(place.get("message")) is str and place["message"]:
            return operation_error(f"OperationError: {place['message']}", operation)
    said = error if type(error) is str and error else "the operation failed"
    return operation_error(f"OperationError: {said}", operation)


def _longrunning(operation: dict[str, Value]) -> bool:
    if operation.get("done") is not True:
        _text(operation.get("name"))
        return False
    if operation.get("error"):
        raise _failed(operation["error"], operation)
    return True


def _status(operation: dict[str, Value]) -> bool:
    if _text(operation.get("status")) != "DONE":
        return False
    if operation.get("error"):
        raise _failed(operation["error"], operation)
    return True


def _bigquery(job: dict[str, Value]) -> bool:
    status = _inner(job, "status")
    if _text(status.get("state")) != "DONE":
        return False
    if status.get("errorResult"):
        raise _failed(status["errorResult"], job)
    return True


def _state(job: dict[str, Value]) -> bool:
    """A job that has just begun may have no state yet."""
    status = job.get("status")
    inner = status.get("state") if type(status) is dict else None
    state = job.get("state") or job.get("currentState") or inner
    word = _PREFIX.sub("", _text(state)) if state else ""
    if word in _LOST:
        raise _failed(job.get("error") or f"it ended as {state}", job)
    return word in _WON


def _execution(execution: dict[str, Value]) -> bool:
    """The service's text bears no tag (spec 05 §5)."""
    state = _text(execution.get("state"))
    if state in _LOST:
        raise operation_error(NOT_SUCCEEDED, execution)
    return state in _WON


def _knative(resource: dict[str, Value]) -> bool:
    """Conditions are missing while the resource is new."""
    status = resource.get("status")
    conditions = status.get("conditions") if type(status) is dict else None
    for condition in conditions if type(conditions) is list else []:
        if type(condition) is dict and condition.get("type") in ("Completed", "Ready"):
            if condition.get("status") == "False":
                raise _failed(condition, resource)
            return condition.get("status") == "True"
    return False


def _inner(operation: dict[str, Value], field: str) -> dict[str, Value]:
    inner = operation.get(field)
    if type(inner) is not dict:
        raise response_type_error()
    return inner


_KINDS: dict[str, Callable[[dict[str, Value]], bool]] = {
    "longrunning": _longrunning,
    "status": _status,
    "state": _state,
    "execution": _execution,
    "bigquery": _bigquery,
    "knative": _knative,
}
