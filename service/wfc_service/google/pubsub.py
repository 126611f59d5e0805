"""Executions that a Pub/Sub push starts: its message becomes a CloudEvent, the argument.

The event is the one that Eventarc's triggers give to workflows:
https://cloud.google.com/eventarc/docs/workflows/cloudevents
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote

from wfc_service.engine.interface import NewExecution
from wfc_service.errors import bad_request, invalid
from wfc_service.google.checks import ARGUMENT_LIMIT
from wfc_service.google.executions import shown
from wfc_service.google.resources import Resource
from wfc_service.google.workflows import find_workflow
from wfc_service.service import Service
from wfc_service.times import timestamp

_MODE: Final = "CUSTOM_PUBSUB_"
"""What `GCPCloudEventsMode` begins with; the topic follows, its slashes escaped."""


async def trigger_pubsub_execution(
    service: Service,
    *,
    workflow: str,
    subscription: str = "",
    message: Mapping[str, Any] | None = None,
    GCPCloudEventsMode: str = "",
    delivery_attempt: int = 0,
) -> Resource:
    found = find_workflow(service, workflow)
    missing = [
        (field, f"{field}: it is required")
        for field, value in {
            "subscription": subscription,
            "message": message,
            "GCPCloudEventsMode": GCPCloudEventsMode,
        }.items()
        if not value
    ]
    if missing or message is None:
        raise bad_request(missing)
    if not message.get("data") and not message.get("attributes"):
        raise invalid("message", "it needs data or at least one attribute")
    topic = unquote(GCPCloudEventsMode.removeprefix(_MODE))
    data: dict[str, Any] = {"message": dict(message), "subscription": subscription}
    if delivery_attempt:
        data["deliveryAttempt"] = delivery_attempt
    event = {
        "data": data,
        "datacontenttype": "application/json",
        "id": message.get("messageId", ""),
        "source": f"//pubsub.googleapis.com/{topic}",
        "specversion": "1.0",
        "time": message.get("publishTime") or timestamp(service.now()),
        "type": "google.cloud.pubsub.topic.v1.messagePublished",
    }
    argument = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    if (size := len(argument.encode())) > ARGUMENT_LIMIT:
        raise invalid("message", f"the event of {size} bytes is larger than {ARGUMENT_LIMIT}")
    new = NewExecution(found, argument_json=argument, labels=found.labels)
    return shown(service, await service.engine.create(new))
