"""What steps print, page by page; who follows is answered when there is more (spec 11 §4.3, §4.4).

`peak workflows get-execution-logs --follow` asks again at once, as long as the step is Running: a
request for what is not there yet waits until it is.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, NamedTuple

from wfc_service.peak.errors import bad, missing
from wfc_service.peak.executions import find_execution, known_steps, spec_of
from wfc_service.peak.query import row_number
from wfc_service.peak.shapes import iso, step_status
from wfc_service.peak.statuses import status_of
from wfc_service.service import Service
from wfc_service.store.records import Execution
from wfc_service.times import Nanoseconds

HELD: Final = 10.0
"""Seconds that a request waits for something new."""

_PAGE: Final = 500
"""Lines of an answer, each of which has at most 16 KiB."""

_LIFETIME: Final = 5 * 60 * 1_000_000_000
"""Nanoseconds for which a download can be fetched."""

_MOST_DOWNLOADS: Final = 1000


async def get_logs(
    service: Service,
    number: int,
    execution_id: str,
    step: str,
    token: str = "",
    *,
    held: float = HELD,
) -> dict[str, Any]:
    """`{stepRunStatus, logs: [{message, timestamp, stepName}], nextToken}`, of all steps where none
    is named.

    What comes later is behind `nextToken`.  Where there is nothing new of a step that runs, the
    answer is held for that many seconds at most.
    """
    execution = find_execution(service, number, execution_id)
    _check_step(service, execution, step)
    after = _read_token(token)
    news = service.engine.news
    loop = asyncio.get_running_loop()
    until = loop.time() + held
    while True:
        more = news.next(execution_id)  # before looking, so that nothing is missed
        execution = find_execution(service, number, execution_id)
        status = _status(service, execution, step)
        if status != "Running":
            await service.database.write(_nothing)  # what it has printed is to be read
        rows, after = await _read(service, execution_id, step, after)
        left = until - loop.time()
        if rows or status != "Running" or left <= 0 or news.is_closed:
            logs = [
                {
                    "message": row["text"],
                    "timestamp": row["time"] // 1_000_000,
                    "stepName": row["step"],
                }
                for row in rows
            ]
            return {"stepRunStatus": status, "logs": logs, "nextToken": str(after)}
        await asyncio.wait({more}, timeout=left)


async def text_of_logs(service: Service, execution_id: str, step: str) -> AsyncIterator[bytes]:
    """All that has been printed by now, a line each with its time."""
    after, end = 0, _last(service, execution_id)
    while after < end:
        before = after
        rows, after = await _read(service, execution_id, step, before)
        if after == before:  # the execution has been deleted
            return
        yield "".join(f"{iso(row['time'])} {row['text']}\n" for row in rows).encode()


class Downloads:
    """Links to logs that need no token, because nobody can guess them; they are good for a while.

    The SDK fetches them without what it signs in with (spec 11 §4.3).
    """

    def __init__(self) -> None:
        self._links: OrderedDict[str, _Link] = OrderedDict()

    def add(self, service: Service, number: int, execution_id: str, step: str) -> str:
        """The secret of a new link; of too many the oldest is forgotten."""
        execution = find_execution(service, number, execution_id)
        _check_step(service, execution, step)
        secret = secrets.token_urlsafe(32)
        self._links[secret] = _Link(execution_id, step, service.now() + _LIFETIME)
        if len(self._links) > _MOST_DOWNLOADS:
            self._links.popitem(last=False)
        return secret

    def fetch(self, service: Service, secret: str) -> AsyncIterator[bytes]:
        """The log that a link leads to; raises ApiError 404 for one that is none, or is too old."""
        link = self._links.get(secret)
        if link is None or link.expires < service.now():
            self._links.pop(secret, None)
            raise missing("this link is none, or it has expired")
        return text_of_logs(service, link.execution, link.step)


class _Link(NamedTuple):
    execution: str
    step: str
    expires: Nanoseconds


def _check_step(service: Service, execution: Execution, step: str) -> None:
    if step and step not in spec_of(service, execution)["steps"]:
        raise missing(f"the workflow of this execution has no step `{step}`")


def _status(service: Service, execution: Execution, step: str) -> str:
    """Of a step, or of the whole; what waits or is being stopped is Running, since followers
    would go else.
    """
    status = status_of(service, execution)
    if step:
        known = {one["name"]: one for one in known_steps(service, execution)}
        status = step_status(known.get(step, {}), status)
    return "Running" if status in ("Pending", "Stopping") else status


async def _read(
    service: Service, execution_id: str, step: str, after: int
) -> tuple[Sequence[sqlite3.Row], int]:
    """A page of what is behind a row, and the row that the next one is behind."""
    last = _last(service, execution_id)
    if last <= after:
        return (), after
    rows = await service.database.scan(
        "SELECT number, time, json_extract(entry, '$.textPayload') AS text,"
        " json_extract(entry, '$.labels.step') AS step FROM logs"
        " WHERE execution = ? AND number > ? AND number <= ? AND text IS NOT NULL"
        " AND (? = '' OR json_extract(entry, '$.labels.step') = ?) ORDER BY number LIMIT ?",
        execution_id,
        after,
        last,
        step,
        step,
        _PAGE,
    )
    return rows, rows[-1]["number"] if len(rows) == _PAGE else last


def _last(service: Service, execution_id: str) -> int:
    """The last row of an execution's log, 0 where there is none."""
    query = "SELECT ifnull(max(number), 0) FROM logs WHERE execution = ?"
    return int(service.database.read(query, execution_id)[0][0])


def _read_token(token: str) -> int:
    if not token:
        return 0
    if (row := row_number(token)) is None:
        raise bad("nextToken: it is none that this service has given")
    return row


def _nothing(connection: sqlite3.Connection) -> None:
    """A write that is done when those before it are."""
