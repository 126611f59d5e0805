"""Rows of the table `logs`: what an execution logs, and what the service says of its state.

An entry has the fields of Cloud Logging's LogEntry, without those that are the same for a whole
workflow (`logName`, `resource`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from wfc_service.store.records import Execution
from wfc_service.times import Nanoseconds, timestamp

LogRow: TypeAlias = tuple[str, Nanoseconds, str, str]
"""execution, time, severity, entry"""

INSERT: Final = "INSERT INTO logs (execution, time, severity, entry) VALUES (?, ?, ?, ?)"

_EXECUTION: Final = "workflows.googleapis.com/execution_id"
_SYSTEM: Final = "type.googleapis.com/google.cloud.workflows.type.ExecutionsSystemLog"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def log_row(
    execution: str,
    time: Nanoseconds,
    severity: str,
    payload: Any,
    labels: Mapping[str, str] = {},
) -> LogRow:
    """The row of an entry; a text is a `textPayload`, anything else a `jsonPayload`."""
    entry = {
        "timestamp": timestamp(time),
        "severity": severity,
        "labels": {_EXECUTION: execution, **labels},
        "textPayload" if isinstance(payload, str) else "jsonPayload": payload,
    }
    return execution, time, severity, _encode(entry)


def state_row(execution: Execution) -> LogRow:
    """That an execution has come to its state; in the form of google.cloud.workflows.type."""
    started = execution.state in ("QUEUED", "ACTIVE")
    time = (execution.start_time if started else execution.end_time) or execution.create_time
    payload: dict[str, Any] = {
        "@type": _SYSTEM,
        "activityTime": timestamp(time),
        "state": execution.state,
    }
    match execution.state:
        case "ACTIVE":
            payload["start"] = {"argument": execution.argument_json}
        case "SUCCEEDED":
            payload["success"] = {"result": execution.result_json}
        case "FAILED":
            error = execution.error or {}
            said = error.get("context") or error.get("payload") or ""
            payload["failure"] = {"exception": said}
    severity = "ERROR" if execution.state == "FAILED" else "INFO"
    return log_row(execution.id, time, severity, payload)
