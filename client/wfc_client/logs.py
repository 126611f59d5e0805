"""`wfc logs`: in, an execution; out, its log, also as it grows."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from wfc.live import log_lines
from wfc.visible import visible
from wfc_client.errors import ServiceError
from wfc_client.find import find_execution
from wfc_client.outcome import print_json
from wfc_client.service import Resource, Service, id_of, is_finished
from wfc_client.tables import seconds

_PAUSE = 1.0
"""Seconds between two looks while nothing is written."""


async def show_logs(service: Service, words: list[str], *, follow: bool, format: str) -> int:
    """Prints all entries; with `follow` goes on until the execution has finished."""
    execution = await find_execution(service, words)
    name, after = execution["name"], ""
    while True:
        finished = is_finished(execution)  # before what is read below
        page = await service.logs(name, after, wait=follow and not finished)
        if page is None:
            raise _no_logs(service, name)
        for entry in page.get("entries", ()):
            _print(entry, format)
        after = str(page.get("nextAfter") or after)
        if page.get("entries"):
            continue
        if finished or not follow:
            return 0
        await asyncio.sleep(_PAUSE)
        execution = await service.execution(name)


def _print(entry: Resource, format: str) -> None:
    if format == "json":
        print_json(entry)
        return
    # of a workflow of Peak's the step that has printed it says more than a severity
    kind = (entry.get("labels") or {}).get("step") or entry.get("severity", "DEFAULT")
    lead = f"{seconds(entry.get('timestamp', ''))} {visible(kind):<8} "
    for line in _lines(entry.get("textPayload", entry.get("jsonPayload", {}))):
        print(lead + visible(line), flush=True)
        lead = " " * len(lead)


def _lines(payload: Any) -> list[str]:
    match payload:
        case {"@type": str(kind), "state": str(state)} if kind.endswith("ExecutionsSystemLog"):
            return [f"execution {state}"]  # its argument and result are those of the execution
        case _:
            return log_lines(payload)


def _no_logs(service: Service, name: str) -> ServiceError:
    query = f'labels."workflows.googleapis.com/execution_id"={json.dumps(id_of(name))}'
    hint = f"  = hint: Google's are in Cloud Logging: gcloud logging read '{query}'"
    return ServiceError(f"the service at `{service.url}` keeps no logs of executions", hint)
