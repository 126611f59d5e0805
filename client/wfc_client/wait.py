"""Waiting for an execution: in, its name; out, the execution when it has finished."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final

from wfc_client.backoff import delay
from wfc_client.errors import ServiceError
from wfc_client.service import Resource, Service, is_finished

_FIRST: Final = 0.05
"""Seconds until an execution is looked at for the first time; the pauses grow by half each."""

_MOST: Final = 5.0
"""Seconds between two looks at most."""

PATIENCE: Final = 10
"""Failures in a row after which a service counts as gone: with the pauses, some two minutes."""

Pause = Callable[[float], Awaitable[None]]
"""Waits that many seconds: `asyncio.sleep`, or what ends earlier."""


async def wait_until_finished(
    service: Service,
    name: str,
    *,
    pause: Pause = asyncio.sleep,
    seen: Callable[[Resource], None] = lambda execution: None,
) -> Resource:
    """Looks again and again, also past requests that fail; `seen` is told what it saw.

    Raises ServiceError for a refusal, or when the service has been gone for long.
    """
    between, failures = _FIRST, 0
    while True:
        await pause(between)
        try:
            execution = await service.execution(name)
        except ServiceError as error:
            failures += 1
            if not error.temporary or failures >= PATIENCE:
                raise
            between = delay(failures, error.retry_after, random.uniform)
            continue
        seen(execution)
        if is_finished(execution):
            return execution
        between = min(between * 1.5, _MOST) if not failures else _FIRST
        failures = 0
