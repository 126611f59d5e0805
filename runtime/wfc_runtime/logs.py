"""What `sys.log` writes: in go its arguments, out comes a `LogEntry` (spec 06, sys)."""

from __future__ import annotations

import sys
import time as _time
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from wfc_runtime.conversions import string
from wfc_runtime.errors import type_error, value_error
from wfc_runtime.jsontext import encode
from wfc_runtime.stdlib import arguments
from wfc_runtime.values import Value, copy

SEVERITIES = (
    "DEFAULT",
    "DEBUG",
    "INFO",
    "NOTICE",
    "WARNING",
    "ERROR",
    "CRITICAL",
    "ALERT",
    "EMERGENCY",
)

CALL_LOG_LEVELS = ("LOG_ALL_CALLS", "LOG_ERRORS_ONLY", "LOG_NONE")


class LogEntry(NamedTuple):
    """One log entry; `time` is in Unix seconds.

    The payload is a map (what Cloud Logging calls jsonPayload) or a text (its textPayload).  The
    rest says where it comes from, as far as that is known: the workflow's id, its execution's, how
    many executions called one another down to it (0 for one that was not called), step and routine.
    """

    time: float
    severity: str
    payload: str | dict[str, Value]
    workflow: str = ""
    execution: str = ""
    generation: int = 0
    step: str = ""
    routine: str = ""


LogSink: TypeAlias = Callable[[LogEntry], None]


def entry(
    time: float, data: Value, severity: Value, text: Value, json: Value, timeout: Value
) -> LogEntry:
    """The entry that `sys.log` is to write; null counts as left out.

    Raises the workflow's TypeError unless exactly one of data, text and json is given.
    """
    given = [value for value in (data, text, json) if value is not None]
    if len(given) != 1:
        raise type_error("sys.log() takes exactly one of `data`, `text` and `json`")
    if severity is None:
        severity = "DEFAULT"
    if arguments.text("sys.log", "severity", severity) not in SEVERITIES:
        raise value_error(f"sys.log(): `severity` must be one of {', '.join(SEVERITIES)}")
    if timeout is not None:
        arguments.number("sys.log", "timeout", timeout)
    if json is not None:
        arguments.entries("sys.log", "json", json)
    if type(given[0]) is dict and text is None:
        encode(given[0])  # what JSON cannot hold fails here, whatever the sink does
        return LogEntry(time, severity, copy(given[0]))
    return LogEntry(time, severity, _text(given[0]))


def _text(value: Value) -> str:
    return encode(value) if type(value) is list or type(value) is dict else string(value)


def print_entry(entry: LogEntry) -> None:
    """The default sink: one line of JSON an entry on standard error."""
    moment = _time.strftime("%Y-%m-%dT%H:%M:%S", _time.gmtime(entry.time))
    kind = "textPayload" if isinstance(entry.payload, str) else "jsonPayload"
    origin = {
        "workflow": entry.workflow,
        "execution": entry.execution,
        "step": entry.step,
        "routine": entry.routine,
    }
    fields = {
        "severity": entry.severity,
        "time": f"{moment}.{int(entry.time % 1 * 1000):03d}Z",
        **{name: text for name, text in origin.items() if text},
        kind: entry.payload,
    }
    print(encode(fields), file=sys.stderr, flush=True)
