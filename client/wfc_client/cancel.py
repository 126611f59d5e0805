"""`wfc cancel`: in, an execution; out, the same, cancelled."""

from __future__ import annotations

from wfc_client.find import find_execution
from wfc_client.outcome import print_json
from wfc_client.service import Service, id_of


async def cancel(service: Service, words: list[str], *, format: str) -> int:
    """Cancels; an execution that has finished is a ServiceError, as the service says."""
    found = await find_execution(service, words)
    execution = await service.cancel(found["name"])
    if format == "json":
        print_json(execution)
    else:
        # one of Peak's may still have commands that end
        stopping = execution.get("status") == "Stopping"
        word = "stopping" if stopping else str(execution.get("state", "cancelled")).lower()
        print(f"{word}: {id_of(execution['name'])}")
    return 0
