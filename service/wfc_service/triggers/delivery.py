"""Sends a watcher's webhook: as workflows do, by the service's routes and to allowed hosts only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from wfc_runtime.auth import NoAuth
from wfc_runtime.clock import RealClock
from wfc_runtime.errors import ResourceLimit, WorkflowError
from wfc_runtime.execution import Execution
from wfc_runtime.limits import GOOGLE
from wfc_runtime.logs import LogEntry
from wfc_runtime.redact import redacted_url
from wfc_runtime.values import Value
from wfc_service.triggers.watchers import Webhook
from wfc_service.worker.reach import Reach

TIMEOUT: Final = 10.0
"""Seconds for one try."""

PAUSES: Final = (1.0, 5.0, 25.0)
"""Seconds before each further try."""

_AGAIN: Final = (408, 429, *range(500, 600))
"""Status codes of who may take it later."""

_PASSING: Final = ("ConnectionError", "ConnectionFailedError", "TimeoutError")

_AT_ONCE: Final = 50
"""Requests at one time, of all watchers together."""

Sleep = Callable[[float], Awaitable[None]]


class NotDelivered(Exception):
    """Says why."""


class Delivery:
    """Belongs to an event loop; `close` it in the end."""

    def __init__(self, reach: Reach, sleep: Sleep = asyncio.sleep) -> None:
        self._reach = reach
        self._sleep = sleep
        self._seats = asyncio.Semaphore(_AT_ONCE)
        # of a workflow's execution it has what requests need: session, proxies and routes
        self._sender = Execution(
            "watchers",
            "",
            GOOGLE,
            RealClock(),
            {},
            _nowhere,
            None,
            NoAuth(),
            reach,
            None,
            None,
            "LOG_NONE",
        )

    async def post(self, webhook: Webhook, key: str) -> str:
        """What was done, `POST https://example.com/hook: 200`; raises NotDelivered.

        A try that fails by the network, or is answered 408, 429 or 5xx, is repeated three times;
        all tries have the same `Idempotency-Key`.
        """
        if not webhook.url.lower().startswith(("http://", "https://")):
            raise NotDelivered(f"`{redacted_url(webhook.url)}` is no URL")
        try:
            self._reach.routed(webhook.url)
        except WorkflowError as error:
            raise NotDelivered(f"POST {redacted_url(webhook.url)}: {error}") from None
        for pause in (*PAUSES, None):
            said, is_taken = await self._try(webhook, key)
            done = f"POST {redacted_url(webhook.url)}: {said}"
            if is_taken:
                return done
            if pause is not None:
                await self._sleep(pause)
        raise NotDelivered(done)

    async def close(self) -> None:
        await self._sender.close()

    async def _try(self, webhook: Webhook, key: str) -> tuple[str, bool]:
        """What came back, and whether it was taken.

        Raises NotDelivered where another try would bring nothing else.
        """
        from wfc_runtime.exchange import exchange  # with aiohttp: only who sends pays for it
        from wfc_runtime.request import Request

        headers = {"User-Agent": "wfc", "Content-Type": "application/json"}
        body = webhook.payload.encode("utf-8", "replace")
        sent = Request("POST", webhook.url, headers, body, TIMEOUT, None)
        async with self._seats:
            try:
                code = await exchange(self._sender, sent, key, shape=_status)
            except WorkflowError as error:
                said, again = str(error), error.payload["tags"][0] in _PASSING
            except ResourceLimit as limit:
                said, again = str(limit), False
            else:
                said, again = str(code), code in _AGAIN
                if 200 <= code < 300:
                    return said, True
        if not again:
            raise NotDelivered(f"{sent.summary()}: {said}")
        return said, False


def _status(method: str, code: int, headers: Iterable[tuple[str, str]], body: bytes) -> Value:
    return code


def _nowhere(entry: LogEntry) -> None:
    """Takes what the runtime says of a route that is used."""
