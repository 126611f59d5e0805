"""What an API answers instead of a result, in the form of Google's APIs (spec 08 §3)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

STATUS: Final[dict[str, tuple[int, int]]] = {
    "CANCELLED": (499, 1),
    "UNKNOWN": (500, 2),
    "INVALID_ARGUMENT": (400, 3),
    "DEADLINE_EXCEEDED": (504, 4),
    "NOT_FOUND": (404, 5),
    "ALREADY_EXISTS": (409, 6),
    "PERMISSION_DENIED": (403, 7),
    "RESOURCE_EXHAUSTED": (429, 8),
    "FAILED_PRECONDITION": (400, 9),
    "ABORTED": (409, 10),
    "UNIMPLEMENTED": (501, 12),
    "INTERNAL": (500, 13),
    "UNAVAILABLE": (503, 14),
    "UNAUTHENTICATED": (401, 16),
}
"""The names of google.rpc.Code, each with its http status and its number."""


class ApiError(Exception):
    """An error of an API call.

    status       a name of google.rpc.Code, a key of `STATUS`
    details      maps with an `@type`, such as google.rpc.ResourceInfo
    retry_after  seconds for the header `Retry-After`, where it makes sense to try again
    code         the http status, where it is not the usual one (405 of a callback)
    """

    def __init__(
        self,
        status: str,
        message: str,
        *,
        details: Sequence[Mapping[str, Any]] = (),
        retry_after: int | None = None,
        code: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = STATUS[status][0] if code is None else code
        self.details = tuple(details)
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """`{"error": {"code", "message", "status"}}`, with `details` where there are any."""
        error: dict[str, Any] = {"code": self.code, "message": str(self), "status": self.status}
        if self.details:
            error["details"] = [dict(detail) for detail in self.details]
        return {"error": error}


def bad_request(violations: Sequence[tuple[str, str]]) -> ApiError:
    """INVALID_ARGUMENT for what is wrong with a request: `(field, description)` of each.

    The descriptions are the message, and with their fields a google.rpc.BadRequest.
    """
    listed = [
        {"field": field, "description": description} if field else {"description": description}
        for field, description in violations
    ]
    detail = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": listed}
    message = "\n".join(description for _, description in violations)
    return ApiError("INVALID_ARGUMENT", message, details=[detail])


def invalid(field: str, reason: str) -> ApiError:
    """INVALID_ARGUMENT for one field, named as in protobuf: `workflow.source_contents`."""
    return bad_request([(field, f"{field}: {reason}")])


def not_found(name: str) -> ApiError:
    """As recorded from the service (spec 08 §6)."""
    info = {"@type": "type.googleapis.com/google.rpc.ResourceInfo", "resourceName": name}
    return ApiError("NOT_FOUND", f"Resource '{name}' was not found", details=[info])


def system_error(why: str) -> dict[str, Any]:
    """The `error` of an execution that the service could not run (spec 05 §4)."""
    message = f"SystemError: {why}"
    return execution_error(message, {"message": message, "tags": ["SystemError"]})


def execution_error(message: str, payload: Any = None) -> dict[str, Any]:
    """The `error` of an execution; what it fails with is the message unless there is a payload."""
    text = json.dumps(message if payload is None else payload, ensure_ascii=False)
    return {"payload": text, "context": message, "stackTrace": {}}
