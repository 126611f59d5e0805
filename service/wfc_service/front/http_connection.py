"""A connection of the REST API: uvicorn's, with a bound on what stands before a body.

uvicorn keeps headers of any number and length, and does so before anybody asks for a token.
"""

from __future__ import annotations

from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from wfc_service.errors import ApiError
from wfc_service.google.rest import json_bytes

LONGEST_HEAD: Final = 64 * 1024
"""Bytes of a request before its body that are waited for; what came in one piece is read."""


class HttpConnection(HttpToolsProtocol):
    """Answers what is no request, or has too long a head, 400 in the form of the APIs."""

    _head: int | None = None
    """How much more has come of a head that has begun; None outside of one."""

    def data_received(self, data: bytes) -> None:
        if self._head is not None:
            self._head += len(data)
            if self._head > LONGEST_HEAD:
                self.send_400_response(f"Request headers exceed the limit: {LONGEST_HEAD} bytes.")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._head = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._head = None
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        body = json_bytes(ApiError("INVALID_ARGUMENT", msg).body())
        head = (
            "HTTP/1.1 400 Bad Request\r\n"
            "content-type: application/json; charset=UTF-8\r\n"
            f"content-length: {len(body)}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
