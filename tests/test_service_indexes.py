"""That no write looks at all executions, logs or operations that there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial

import pytest

from wfc_service.store.journal_rows import begin, clear_ended, end
from wfc_service.store.records import Execution
from wfc_service.store.retention import (
    Retention,
    delete_executions_of,
    delete_old,
    delete_old_operations,
)
from wfc_service.store.schema import SCHEMA
from wfc_service.store.tables import put_execution

KEPT = Retention(seconds=60.0, count=1)
QUEUED = Execution("one", "w", "000001-abc", "QUEUED", 0)
SCANS = ("SCAN executions", "SCAN logs", "SCAN operations")


@pytest.mark.parametrize(
    "write",
    [
        clear_ended,
        partial(begin, QUEUED),
        partial(end, QUEUED),
        partial(delete_old, KEPT, 10**18),
        partial(delete_old_operations, KEPT, 10**18),
        partial(delete_executions_of, "w", 1),
    ],
    ids=["start", "begin", "end", "old", "operations", "deleted"],
)
def test_a_write_finds_what_it_changes_in_an_index(
    write: Callable[[sqlite3.Connection], object],
) -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(SCHEMA)
    put_execution(connection, QUEUED)
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    write(connection)
    connection.set_trace_callback(None)
    assert statements
    for statement in statements:
        if not statement.startswith("--"):  # a trigger's
            for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {statement}"):
                assert not step.startswith(SCANS), f"{statement}: {step}"
