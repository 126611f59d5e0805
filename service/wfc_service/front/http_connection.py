"""A connection of the REST APIs: uvicorn's, with bounds on what a client can take of it.

uvicorn keeps headers of any number and length, and waits for the rest of a request as long as its
client likes; both before anybody asks for a token.
"""

from __future__ import annotations

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from wfc_service.errors import ApiError
from wfc_service.google.rest import json_bytes
from wfc_service.peak.errors import body_of
from wfc_service.peak.rest import is_peak_path

LONGEST_HEAD: Final = 64 * 1024
"""Bytes of a request before its body that are waited for; what came in one piece is read."""

PATIENCE: Final = 60.0
"""Seconds in which a request has to arrive as a whole."""

LEAST_RATE: Final = 8 * 1024
"""Bytes for which it has a second more: what is large may take its time, a trickle may not."""


class HttpConnection(HttpToolsProtocol):
    """Answers in the form of the APIs: 400 what is no request, or has too long a head, and 408 what
    does not come to its end.
    """

    _head: int | None = None
    """How much more has come of a head that has begun; None outside of one."""
    _received = 0
    """How much has come of what is waited for."""
    _begun = 0.0
    _timer: asyncio.TimerHandle | None = None
    """Is there while something is waited for."""

    # uvicorn, too, narrows the transport that asyncio's protocol declares
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._timer is None:
            self._expect()
        self._received += len(data)
        if self._head is not None:
            self._head += len(data)
        super().data_received(data)
        # only now it is known whether the head has come to its end, with a body behind it
        if self._head is not None and self._head > LONGEST_HEAD and not self.transport.is_closing():
            self.send_400_response(f"Request headers exceed the limit: {LONGEST_HEAD} bytes.")

    def on_message_begin(self) -> None:
        self._head = 0
        self._expect()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head = None
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._expect_nothing()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse("400 Bad Request", json_bytes(ApiError("INVALID_ARGUMENT", msg).body()))

    def _expect(self) -> None:
        """From now on a request has its time to arrive."""
        self._expect_nothing()
        self._received, self._begun = 0, self.loop.time()
        self._timer = self.loop.call_later(PATIENCE, self._look)

    def _expect_nothing(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        """The time of a request is over, unless more of it has come than a trickle."""
        left = self._begun + PATIENCE + self._received / LEAST_RATE - self.loop.time()
        answering = self._answering()
        if self.flow.read_paused or self.pipeline or (answering and not answering.more_body):
            left = PATIENCE  # it is we who let it wait: an earlier one is being answered
        if left > 0:
            self._timer = self.loop.call_later(left, self._look)
        elif self._head is not None or (answering and not answering.response_started):
            self._give_up(answering)
        else:
            self.transport.abort()  # nothing has come, or what comes has its answer already

    def _answering(self) -> RequestResponseCycle | None:
        """The request that the application has and has not answered yet, if any."""
        cycle: RequestResponseCycle | None = self.cycle
        return None if cycle is None or cycle.response_complete else cycle

    def _give_up(self, answering: RequestResponseCycle | None) -> None:
        seconds = self.loop.time() - self._begun
        error = ApiError(
            "DEADLINE_EXCEEDED",
            f"The request has not arrived as a whole in {seconds:.0f} seconds.",
            code=408,
        )
        is_peak = answering is not None and is_peak_path(self.scope["path"])
        if answering is not None:  # whoever reads the rest of it is told that nobody is there
            answering.disconnected = True
            answering.message_event.set()
        self._refuse("408 Request Timeout", json_bytes(body_of(error) if is_peak else error.body()))

    def _refuse(self, status: str, body: bytes) -> None:
        head = (
            f"HTTP/1.1 {status}\r\n"
            "content-type: application/json; charset=UTF-8\r\n"
            f"content-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
