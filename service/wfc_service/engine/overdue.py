"""Executions that have lasted as long as one may, whatever they wait for (spec 07 §2)."""

from __future__ import annotations

from typing import Any, Final

from wfc_runtime.limits import exceeded
from wfc_service.errors import execution_error
from wfc_service.names import PEAK
from wfc_service.store.records import Execution
from wfc_service.times import Nanoseconds

PAUSE: Final = 30.0
"""Seconds between two looks at the clock, which may be set, or go on while the machine sleeps."""

_SECOND: Final = 1_000_000_000


def overdue(execution: Execution, longest: int | None, now: Nanoseconds) -> dict[str, Any] | None:
    """The error that an execution ends with if it has lasted longer than `longest` seconds.

    Peak's may last for any time.
    """
    if longest is None or execution.workflow.startswith(PEAK):
        return None
    lasted = (now - (execution.start_time or execution.create_time)) // _SECOND
    if lasted <= longest:
        return None
    reached = exceeded("seconds since the execution began", lasted, longest, "duration")
    message = f"ResourceLimitError: {reached}"
    return execution_error(message, {"message": message, "tags": ["ResourceLimitError"]})
