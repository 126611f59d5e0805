"""What the platform tells of itself: here of one machine, which every step runs on."""

from __future__ import annotations

import os
from typing import Any, Final

USER: Final = "user@wfc.invalid"
"""Who has made and changed everything: this service knows no users.

The SDK passes over blocks whose maker has no address; to one in `.invalid` no mail can be sent.
"""

_INSTANCE: Final = 1
"""The id of the only kind of instance; a workflow may name any."""


def resources() -> list[dict[str, Any]]:
    """The kinds of instances (spec 11 §4.3): memory in GB."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return [
        {
            "id": _INSTANCE,
            "cpu": os.cpu_count() or 1,
            "memory": round(memory, 1),
            "gpu": None,
            "gpuMemory": None,
        }
    ]


def default_resource() -> dict[str, Any]:
    return {"instanceTypeId": _INSTANCE, "storage": "10GB"}


def instance_options() -> dict[str, Any]:
    return {"data": [{**one, "name": "this machine"} for one in resources()]}


def tenant_metadata(project: str) -> dict[str, Any]:
    """Without `spokeDetails`: with them the SDK would read logs elsewhere (spec 11 §4.2)."""
    return {"tenantName": project, "tenantId": project}
