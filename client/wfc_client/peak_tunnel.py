"""One connection to `wfc peak-proxy`: in, a CONNECT to a host of Peak's; out, bytes to the server.

The proxy ends TLS and looks at nothing inside: what a client sends, its token and its `Host` too,
is what the server gets.  Whatever does not lead to Peak is refused, and nothing leaves the machine.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from wfc.visible import visible
from wfc.wrong_use import WrongUse
from wfc_client.peak_authority import DOMAINS

LARGEST_HEAD: Final = 16 * 1024
"""Bytes of a CONNECT with its headers."""

_HEAD_SECONDS: Final = 10.0
"""In which a client has to say what it wants, and then to end its handshake."""

_IDLE_SECONDS: Final = 600.0
"""After which a connection ends in which nothing moves; a server may think that long."""

_SERVER_SECONDS: Final = 3.0
"""For which a server that is not there is waited for: as long as one takes to start again."""

_LINGER_SECONDS: Final = 2.0
"""For which what a refused client still sends is read: or it might not see the refusal."""

_PAUSE: Final = 0.2
_CHUNK: Final = 1 << 16

_CONNECT: Final = re.compile(r"CONNECT ([A-Za-z0-9_.:\[\]-]+):([0-9]+) HTTP/1\.[01]")
_HOST: Final = re.compile(rf"[a-z0-9-]+\.(?:{'|'.join(map(re.escape, DOMAINS))})\.?", re.IGNORECASE)

_DISTRUST: Final = re.compile("ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN)")
"""What clients say of a certificate that they do not accept."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Target:
    """The server behind the proxy; `tls` is None for http."""

    url: str
    host: str
    port: int
    tls: ssl.SSLContext | None = None


class Refused(Exception):
    """What the proxy does not do: a status and a sentence for the client."""

    def __init__(self, status: HTTPStatus, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said


class Tunnels:
    """The connections of one proxy, of which there are at most so many at a time."""

    def __init__(
        self, target: Target, context: Callable[[], ssl.SSLContext], tell: Tell, most: int
    ) -> None:
        self._target = target
        self._tls = context
        self._tell = tell
        self._most = most
        self._open = 0
        self._told: set[str] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """From a client's first byte to the end of its connection; raises nothing."""
        if self._open >= self._most:
            said = f"wfc peak-proxy has {self._most} connections and takes no more now"
            self._tell_once(said)
            writer.write(_refusal(Refused(HTTPStatus.SERVICE_UNAVAILABLE, said)))
            writer.close()
            return
        self._open += 1
        try:
            await self._serve(reader, writer)
        except asyncio.CancelledError:
            pass  # the proxy ends; nobody waits for this task, whose end asyncio would report
        finally:
            self._open -= 1
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._lead(reader, writer)
        except Refused as refusal:
            self._tell_once(refusal.said)
            writer.write(_refusal(refusal))
            await _lingering(reader, writer)
        except WrongUse as error:  # the certificate could not be renewed
            self._tell_once(error.message)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass  # the client has gone, or says nothing

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(_HEAD_SECONDS):
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.LimitOverrunError:
                status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                raise Refused(status, "the request is too large for wfc peak-proxy") from None
        self._check(head.partition(b"\r\n")[0].decode("latin-1"))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            await writer.start_tls(self._tls(), ssl_handshake_timeout=_HEAD_SECONDS)
        except ssl.SSLError as error:
            if _DISTRUST.search(error.reason or ""):
                self._tell_once(
                    "a client does not trust the proxy's certificate:"
                    " has it the variable REQUESTS_CA_BUNDLE?"
                )
            raise
        try:
            inner_reader, inner_writer = await self._connect()
        except OSError as error:
            said = f"no server answers at {self._target.url}: {_reason(error)}"
            self._tell_once(said)
            writer.write(_unreachable(said))
            await _lingering(reader, writer)
            return
        try:
            await _join(reader, writer, inner_reader, inner_writer)
        finally:
            inner_writer.close()

    def _check(self, line: str) -> None:
        match = _CONNECT.fullmatch(line)
        if match is None:
            said = "wfc peak-proxy takes https requests to *.peak.ai alone"
            raise Refused(HTTPStatus.FORBIDDEN, said)
        host, port = match.groups()
        if _HOST.fullmatch(host) is None or port != "443":
            said = f"wfc peak-proxy leads to *.peak.ai alone, not to {host}:{port}"
            raise Refused(HTTPStatus.FORBIDDEN, said)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """To the server; one that is just being started again is waited for."""
        target, clock = self._target, asyncio.get_running_loop().time
        gives_up = clock() + _SERVER_SECONDS
        while True:
            try:
                async with asyncio.timeout(_SERVER_SECONDS):
                    return await asyncio.open_connection(target.host, target.port, ssl=target.tls)
            except ConnectionRefusedError:
                if clock() >= gives_up:
                    raise
            await asyncio.sleep(_PAUSE)

    def _tell_once(self, said: str) -> None:
        if said not in self._told and len(self._told) < 1_000:
            self._told.add(said)
            self._tell(visible(said))


async def _join(
    outer_reader: asyncio.StreamReader,
    outer_writer: asyncio.StreamWriter,
    inner_reader: asyncio.StreamReader,
    inner_writer: asyncio.StreamWriter,
) -> None:
    """Passes bytes both ways until one side ends, or nothing moves for long."""
    loop = asyncio.get_running_loop()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                timer.reschedule(loop.time() + _IDLE_SECONDS)
                writer.write(data)
                await writer.drain()

    async with asyncio.timeout(_IDLE_SECONDS) as timer:
        ways = [
            asyncio.ensure_future(pass_on(outer_reader, inner_writer)),
            asyncio.ensure_future(pass_on(inner_reader, outer_writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()


async def _lingering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(_LINGER_SECONDS):
            await writer.drain()
            while await reader.read(_CHUNK):
                pass


def _refusal(refusal: Refused) -> bytes:
    """Clients show the reason of a proxy's status line, and not its body."""
    return _response(f"{refusal.status.value} {refusal.said}", "text/plain", f"{refusal.said}\n")


def _unreachable(said: str) -> bytes:
    """For the client inside TLS.

    The SDK asks again for 12 seconds after a 502 or a cut connection, and then says nothing of the
    reason; of a status that it does not know it shows the body at once (spec 11 §4.5, §4.6).
    """
    status = HTTPStatus.MISDIRECTED_REQUEST
    detail = f"{said}; `wfc serve` starts one, and `wfc peak-proxy --server URL` names another"
    body = json.dumps({"detail": detail})
    return _response(f"{status.value} {status.phrase}", "application/json", body)


def _response(status: str, kind: str, body: str) -> bytes:
    content = body.encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + content


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted: {error.verify_message}"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, TimeoutError):
        return "it does not answer"
    return (error.strerror or str(error) or type(error).__name__).lower()
