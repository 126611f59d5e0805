"""The http client that all durable executions of an event loop share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from wfc_runtime.proxies import Proxies


class Client:
    """Belongs to the event loop in which it is first used; whoever made it closes it.

    connections  how many there may be at one time, 0 for any number
    proxies      those of the environment, once the session is open
    """

    __slots__ = ("_connections", "_session", "proxies")

    def __init__(self, connections: int = 0) -> None:
        self._connections = connections
        self._session: ClientSession | None = None
        self.proxies: Proxies | None = None

    def session(self) -> ClientSession:
        """Opened when first asked for."""
        if self._session is None:
            from wfc_runtime.proxies import environment_proxies
            from wfc_runtime.request import open_session

            self._session = open_session(self._connections)
            self.proxies = environment_proxies()
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None
