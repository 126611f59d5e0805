"""What a client can take of a connection: requests that do not come to their end."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from wfc_service.front import http_connection
from wfc_service.front.http_connection import LEAST_RATE, LONGEST_HEAD, PATIENCE, HttpConnection

GET = b"GET /v1/x HTTP/1.1\r\nhost: x\r\n\r\n"
POST = b"POST %s HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n"
LARGE = 2 * 1024 * 1024


class Loop:
    """The event loop with a clock that a test moves."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._now = 0.0
        self._timers: list[tuple[float, Callable[[], None], asyncio.Handle]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    def time(self) -> float:
        return self._now

    def call_later(self, delay: float, callback: Callable[[], None]) -> asyncio.Handle:
        handle = asyncio.Handle(callback, (), self._loop)
        self._timers.append((self._now + delay, callback, handle))
        return handle

    def move(self, seconds: float) -> None:
        self._now += seconds
        due = [one for one in self._timers if one[0] <= self._now]
        self._timers = [one for one in self._timers if one[0] > self._now]
        for _, callback, handle in due:
            if not handle.cancelled():
                callback()


class Transport(asyncio.Transport):
    """The client's side: what has been sent, and whether the connection is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.sent = b""
        self.closed = ""

    def write(self, data: Any) -> None:
        assert not self.closed
        self.sent += data

    def is_closing(self) -> bool:
        return bool(self.closed)

    def close(self) -> None:
        self.closed = self.closed or "closed"

    def abort(self) -> None:
        self.closed = self.closed or "aborted"

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Application:
    """Answers with the length of a body once it may; `/early` before it reads one."""

    def __init__(self) -> None:
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.gone = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length, more = 0, scope["path"] != "/early"
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.gone += 1
                return
            length, more = length + len(message["body"]), message.get("more_body", False)
        await self.may_answer.wait()
        body = str(length).encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class Connection:
    def __init__(self) -> None:
        self.app = Application()
        self.loop = Loop()
        config = uvicorn.Config(self.app, http=HttpConnection, lifespan="off", log_config=None)
        loop: Any = self.loop
        self._protocol = HttpConnection(config, ServerState(), {}, loop)
        self.transport = Transport()
        self._protocol.connection_made(self.transport)

    async def send(self, data: bytes) -> None:
        self._protocol.data_received(data)
        await self.settle()

    async def settle(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    @property
    def answers(self) -> list[str]:
        return [code.decode() for code in re.findall(rb"HTTP/1.1 (\d+)", self.transport.sent)]


def check(test: Callable[[Connection], Any]) -> None:
    async def main() -> None:
        await test(Connection())

    asyncio.run(main())


@pytest.mark.parametrize(
    ("sent", "status", "error"),
    [
        ([b"G"], "408", "error"),
        ([GET[:-2]], "408", "error"),
        ([POST % (b"/v1/x", 5) + b"abc"], "408", "error"),
        ([POST % (b"/workflows/api/v1/workflows", 5) + b"abc"], "408", "detail"),
        ([GET, b"G"], "200 408", "error"),
    ],
    ids=["a letter", "a head", "a body", "a body for Peak", "a second head"],
)
def test_a_request_that_does_not_come_to_its_end_is_refused(
    sent: list[bytes], status: str, error: str
) -> None:
    async def test(connection: Connection) -> None:
        for part in sent:
            await connection.send(part)
        connection.loop.move(PATIENCE - 1)
        assert not connection.transport.closed
        connection.loop.move(1)
        await connection.settle()
        assert (connection.transport.closed, " ".join(connection.answers)) == ("closed", status)
        said = json.loads(connection.transport.sent.rpartition(b"\r\n\r\n")[2])
        assert list(said) == [error]
        assert "has not arrived as a whole in 60 seconds" in str(said)
        assert connection.app.gone == sent[0].startswith(b"POST")

    check(test)


@pytest.mark.parametrize(
    "begun", [GET[:-2] + b"x-a: ", POST % (b"/v1/x", LARGE)], ids=["head", "body"]
)
def test_a_trickle_is_not_waited_for(begun: bytes) -> None:
    async def test(connection: Connection) -> None:
        await connection.send(begun)
        for at in range(61):
            assert not connection.transport.closed
            await connection.send(b"a")
            connection.loop.move(1.0 if at < 60 else 0.1)
        assert connection.answers == ["408"]

    check(test)


def test_what_is_large_may_take_its_time() -> None:
    async def test(connection: Connection) -> None:
        await connection.send(POST % (b"/v1/x", LARGE))
        for _ in range(LARGE // LEAST_RATE):
            await connection.send(b"a" * LEAST_RATE)
            connection.loop.move(1.2)
        assert (connection.transport.closed, connection.answers) == ("", ["200"])

    check(test)


def test_a_body_that_comes_with_the_rest_of_its_head_is_no_part_of_it() -> None:
    """A head longer than a packet is read in pieces, and what follows with its last one."""

    async def test(connection: Connection) -> None:
        sent = POST % (b"/v1/x", 2 * LONGEST_HEAD) + b"a" * (2 * LONGEST_HEAD)
        await connection.send(sent[:20])
        await connection.send(sent[20:])
        assert (connection.transport.closed, connection.answers) == ("", ["200"])

    check(test)


def test_a_head_without_an_end_is_refused() -> None:
    async def test(connection: Connection) -> None:
        await connection.send(GET[:-2])
        while not connection.transport.closed:
            await connection.send(b"x-a: " + b"a" * 8192 + b"\r\n")
        assert connection.answers == ["400"]
        assert "headers exceed the limit" in str(connection.transport.sent)

    check(test)


def test_a_request_has_its_time_from_its_own_beginning_on() -> None:
    async def test(connection: Connection) -> None:
        connection.loop.move(PATIENCE - 1)
        await connection.send(GET[:5])
        connection.loop.move(PATIENCE - 1)
        await connection.send(GET[5:])
        assert (connection.transport.closed, connection.answers) == ("", ["200"])

    check(test)


def test_an_answer_may_take_any_time() -> None:
    """Also where the next request has begun already, which nobody reads meanwhile."""

    async def test(connection: Connection) -> None:
        connection.app.may_answer.clear()
        await connection.send(GET)
        connection.loop.move(PATIENCE * 10)
        await connection.send(GET + (POST % (b"/v1/x", 5)))
        connection.loop.move(PATIENCE * 10)
        assert (connection.transport.closed, connection.answers) == ("", [])
        connection.app.may_answer.set()
        await connection.settle()
        assert connection.answers == ["200", "200"]
        connection.loop.move(PATIENCE)
        assert connection.transport.closed

    check(test)


@pytest.mark.parametrize(
    "sent",
    [b"", b"\r\n" * 3, POST % (b"/early", 100)],
    ids=["nothing", "line ends", "a body that has its answer"],
)
def test_who_has_nothing_to_be_told_is_closed_without_a_word(sent: bytes) -> None:
    async def test(connection: Connection) -> None:
        if sent:
            await connection.send(sent)
        before = connection.transport.sent
        for _ in range(16):
            if not connection.transport.closed and sent:
                await connection.send(sent[:2] if sent.startswith(b"\r") else b"a")
            connection.loop.move(4)  # less than a connection is kept that is idle
        assert (connection.transport.closed, connection.transport.sent) == ("aborted", before)

    check(test)


def test_a_real_client_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_connection, "PATIENCE", 0.05)

    async def main() -> bytes:
        config = uvicorn.Config(Application(), lifespan="off", log_config=None)
        state = ServerState()
        server = await asyncio.get_running_loop().create_server(
            lambda: HttpConnection(config, state, {}), "127.0.0.1", 0
        )
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            writer.write(POST % (b"/v1/x", 5) + b"abc")
            answer = await asyncio.wait_for(reader.read(), 30)
            writer.close()
            return answer

    assert asyncio.run(main()).startswith(b"HTTP/1.1 408 Request Timeout\r\n")
