"""The log of calls: in goes a call of a step, out come entries of how it began and ended.

Their form is the service's own, `google.cloud.workflows.type.EngineCallLog` (spec 08 §4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wfc_runtime.errors import WorkflowError
from wfc_runtime.jsontext import encode
from wfc_runtime.logs import LogEntry
from wfc_runtime.redact import redacted, without_user
from wfc_runtime.stdlib.time import format as time_text
from wfc_runtime.trace import caught
from wfc_runtime.values import Value, word

if TYPE_CHECKING:
    from wfc_runtime.run import Run

_TYPE = "type.googleapis.com/google.cloud.workflows.type.EngineCallLog"
_LONGEST = 16_384
"""Characters of a response or an error; what is longer is cut."""


@contextmanager
def logging(
    run: Run, step: str, callee: str, given: Mapping[str, Value]
) -> Iterator[Callable[[Value], None]]:
    """Around a call, whose result the block notes; LOG_ERRORS_ONLY logs only that it failed."""
    everything = run.execution.call_log == "LOG_ALL_CALLS"
    began = run.now()
    if everything:
        arguments = {name: _shown(value) for name, value in given.items()}
        if type(given.get("url")) is str:
            arguments["url"] = without_user(given["url"])  # as good as an Authorization header
        _write(run, "DEBUG", "BEGUN", step, callee, {"begun": {"namedArgs": arguments}})
    start = {"callStartTime": time_text(began)}
    results: list[Value] = []
    try:
        yield results.append
    except Exception as exc:
        details = {**start, "exception": _text(caught(exc))}
        _write(run, "ERROR", "EXCEPTION_RAISED", step, callee, {"exceptionRaised": details})
        raise
    if everything:
        details = {**start, "response": _text(results[0])}
        _write(run, "DEBUG", "SUCCEEDED", step, callee, {"succeeded": details})


def _write(
    run: Run, severity: str, state: str, step: str, callee: str, details: dict[str, Value]
) -> None:
    now = run.now()
    payload = {
        "@type": _TYPE,
        "executionId": run.execution.id,
        "activityTime": time_text(now),
        "state": state,
        "step": step,
        "callee": callee,
        **details,
    }
    run.execution.log(LogEntry(now, severity, payload))


def _shown(value: Value) -> Value:
    """An argument as JSON can hold it, without secrets."""
    try:
        encode(value)
    except WorkflowError:
        what = "bytes that have" if type(value) is bytes else f"a {word(value)} that has"
        return f"{what} no form in JSON"
    return _without_secrets(value)


def _text(value: Value) -> str:
    """JSON text of a result or an error."""
    text = encode(_shown(value))
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _without_secrets(value: Value) -> Value:
    """A copy in which no map, at any depth, has the values of secret headers."""
    if type(value) is list:
        return [_without_secrets(item) for item in value]
    if type(value) is dict:
        return {name: _without_secrets(item) for name, item in redacted(value).items()}
    return value
