"""Everything that is kept of an execution as one JSON text."""

from __future__ import annotations

import json

from wfc_service.google.executions import find_execution, shown
from wfc_service.google.resources import Resource
from wfc_service.service import Service


async def export_data(service: Service, *, name: str) -> Resource:
    """`{"data": …}`: the text of the execution, its step entries and its log."""
    execution = find_execution(service, name)
    scan = service.database.scan
    entries = "SELECT entry FROM step_entries WHERE execution = ? ORDER BY id"
    logs = "SELECT entry FROM logs WHERE execution = ? ORDER BY number"
    data = {
        "execution": shown(service, execution),
        "stepEntries": [json.loads(row["entry"]) for row in await scan(entries, execution.id)],
        "logs": [json.loads(row["entry"]) for row in await scan(logs, execution.id)],
    }
    return {"data": json.dumps(data, ensure_ascii=False)}
