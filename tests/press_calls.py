"""Requests to Press as Peak's SDK makes them: blocks in forms, deployments in JSON."""

from __future__ import annotations

import json
from typing import Any

from tests.peak_calls import Peak
from tests.service_calls import Answer, Client

SPECS = "/v1/blocks/specs"
DEPLOYMENTS = "/v1/blocks/deployments"
PARAMETERS = {
    "build": [
        {"name": "shop", "type": "string", "required": True},
        {"name": "minutes", "type": "number", "required": False, "defaultValue": 5},
        {"name": "key", "type": "string", "required": False, "hideValue": True},
    ],
    "run": [
        {"name": "horizon", "type": "number", "required": False, "defaultValue": 7},
        {
            "name": "mode",
            "type": "string",
            "required": True,
            "options": [{"title": "All", "value": "full"}, {"title": "New", "value": "delta"}],
        },
    ],
}


def spec(name: str = "forecast", version: str = "1.0.0", **config: Any) -> dict[str, Any]:
    step = {"imageDetails": {"id": 7}, "command": "echo $PRESS_DEPLOYMENT_ID $SHOP"}
    step["parameters"] = {"env": {"SHOP": "@param:shop"}}
    watcher = {"user": "ann@example.com", "events": {"runtimeExceeded": "@param:minutes"}}
    return {
        "version": "1",
        "kind": "workflow",
        "metadata": {"name": name, "summary": "Forecasts sales"},
        "release": {"version": version, "notes": "new"},
        "config": {"steps": {"load": step}, "watchers": [watcher], **config},
    }


async def send(
    client: Client,
    path: str = f"{SPECS}/",
    *,
    request: str = "",
    charset: str = "utf-8",
    **fields: Any,
) -> Answer:
    """A form as the SDK sends it: JSON in its fields, and an artifact."""
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        f"{value if isinstance(value, str) else json.dumps(value)}\r\n"
        for name, value in fields.items()
    ]
    file = (
        '--b\r\nContent-Disposition: form-data; name="artifact"; filename="artifact.zip"\r\n'
        "Content-Type: application/zip\r\n\r\nPK\r\n--b--\r\n"
    )
    kind = f"multipart/form-data; boundary=b; charset={charset}"
    headers = {"Content-Type": kind, "x-peak-requestId": request}
    body = ("".join(parts) + file).encode("utf-8", "surrogatepass")
    return await client("POST", path, body, headers=headers)


async def publish(client: Client, name: str = "forecast", **fields: Any) -> str:
    sent = {"spec": spec(name), "featured": "true", "autoRunOnDeploy": "null", **fields}
    answer = await send(client, parameters=PARAMETERS, **sent)
    assert answer.status == 200, answer.body
    return str(answer.json()["id"])


def deployment(block: str, name: str = "north", **given: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "summary": "Of the north"},
        "spec": {"id": block},
        "revision": {"notes": "the first"},
        "parameters": {"build": {"shop": "north"}, "run": {"mode": "full"}},
        **given,
    }


async def deploy(client: Client, **given: Any) -> str:
    block = await publish(client)
    return str((await Peak(client).ok("POST", f"{DEPLOYMENTS}/", deployment(block, **given)))["id"])
