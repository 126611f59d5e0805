"""Messages between the service and a worker: lists that JSON can hold, many in one frame.

A frame is four bytes of length and a JSON array of messages.  JSON, since the standard library
reads and writes it at the speed of C, a worker that went wrong cannot make the service execute
anything, and what stands in a message mostly is JSON text already.  What is sent within one cycle
of the event loop goes out as one frame.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from typing import Any, Final, TypeAlias, cast

Message: TypeAlias = list[Any]
"""Its kind first."""

_LENGTH: Final = 4
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class Pipe(asyncio.Protocol):
    """One end; `received` gets the messages of each frame, `lost` is called once, when the other
    end is gone.
    """

    def __init__(self, received: Callable[[list[Message]], None], lost: Callable[[], None]) -> None:
        self._received = received
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._unread = bytearray()
        self._unsent: list[Message] = []

    async def connect(self, end: socket.socket) -> None:
        """Takes one end of a connected pair of sockets, which it closes in the end.

        Messages may be received before this returns.
        """
        await self._loop.create_connection(lambda: self, sock=end)

    def send(self, *message: Any) -> None:
        """Sends a message; to an end that is gone, it goes nowhere."""
        if not self._unsent:
            self._loop.call_soon(self.flush)
        self._unsent.append(list(message))

    def flush(self) -> None:
        """Sends now what waits for the end of this cycle.

        Raises TypeError for what JSON cannot hold, and ends the pipe: one that lost messages would
        be worse than none.
        """
        messages, self._unsent = self._unsent, []
        if messages and self._transport is not None:
            try:
                frame = _encode(messages).encode("utf-8", "surrogatepass")
            except (TypeError, ValueError):
                self._transport.abort()
                raise
            self._transport.write(len(frame).to_bytes(_LENGTH, "big") + frame)

    def close(self) -> None:
        """Sends what is left and closes this end; `lost` is called."""
        self.flush()
        if self._transport is not None:
            self._transport.close()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are of no class of asyncio

    def data_received(self, data: bytes) -> None:
        unread = self._unread
        unread += data
        start, end = 0, len(unread)
        while end - start >= _LENGTH:
            first = start + _LENGTH
            last = first + int.from_bytes(unread[start:first], "big")
            if end < last:
                break
            start = last
            self._received(json.loads(unread[first:last].decode("utf-8", "surrogatepass")))
        del unread[:start]

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._lost()
