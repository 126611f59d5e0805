"""What Peak calls the states of executions (spec 11 §3.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from wfc_service.service import Service
from wfc_service.store.records import Execution

_STATES: Final[Mapping[str, str]] = {
    "QUEUED": "Running",  # Peak has no word for what waits
    "ACTIVE": "Running",
    "SUCCEEDED": "Success",
    "FAILED": "Failed",
    "CANCELLED": "Stopped",
}


def status_of(service: Service, execution: Execution) -> str:
    """`Stopping` while commands of an execution that was stopped have not ended."""
    is_stopping = execution.state == "CANCELLED" and execution.id in service.engine.stopping
    return "Stopping" if is_stopping else _STATES[execution.state]


def status_column(table: str = "") -> str:
    """The same as an SQL expression; `table` is the prefix of the columns, with its dot."""
    cases = " ".join(f"WHEN '{state}' THEN '{status}'" for state, status in _STATES.items())
    return (
        f"CASE WHEN {table}state = 'CANCELLED' AND is_stopping({table}id) THEN 'Stopping'"
        f" ELSE CASE {table}state {cases} END END"
    )


def is_one_of(expression: str, wanted: Sequence[str]) -> str:
    """The condition that an SQL expression is one of some texts, which are its values."""
    return f"{expression} IN ({', '.join('?' * len(wanted))})"
