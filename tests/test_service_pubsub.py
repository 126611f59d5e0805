"""Executions that Pub/Sub messages start."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from tests.service_calls import PARENT, Client, Served

PUSH = {
    "subscription": "projects/my-project/subscriptions/orders",
    "message": {
        "data": base64.b64encode(b"hello").decode(),
        "attributes": {"a": "b"},
        "messageId": "42",
        "publishTime": "2023-01-01T00:00:00Z",
    },
    "GCPCloudEventsMode": "CUSTOM_PUBSUB_projects%2Fmy-project%2Ftopics%2Forders",
}


TRIGGER = f"{PARENT}/workflows/echo:triggerPubsubExecution"


def test_a_pubsub_message_becomes_a_cloud_event(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy("echo", "main: {params: [e], steps: [{a: {return: '${e}'}}]}")
        created = await client.ok("POST", TRIGGER, PUSH)
        await client.engine.ended(created["name"])
        done = await client.ok("GET", created["name"])
        assert json.loads(done["result"]) == {
            "data": {"message": PUSH["message"], "subscription": PUSH["subscription"]},
            "datacontenttype": "application/json",
            "id": "42",
            "source": "//pubsub.googleapis.com/projects/my-project/topics/orders",
            "specversion": "1.0",
            "time": "2023-01-01T00:00:00Z",
            "type": "google.cloud.pubsub.topic.v1.messagePublished",
        }

    served(check)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"subscription": ""}, "subscription: it is required"),
        (
            {"message": None, "GCPCloudEventsMode": ""},
            "message: it is required\nGCPCloudEventsMode",
        ),
        ({"message": {"messageId": "1"}}, "message: it needs data or at least one attribute"),
        ({"message": {"data": "a" * 40_000}}, "message: the event of"),
        ({"message": {"data": "?"}}, "Invalid value at 'message.data' (TYPE_BYTES)"),
        ({"messages": []}, 'Invalid JSON payload received. Unknown name "messages": Cannot find'),
    ],
)
def test_what_is_no_push(served: Served, changes: dict[str, Any], message: str) -> None:
    async def check(client: Client) -> None:
        await client.deploy("echo")
        error = await client.error("POST", TRIGGER, {**PUSH, **changes})
        assert error["status"] == "INVALID_ARGUMENT"
        assert error["message"].startswith(message)

    served(check)
