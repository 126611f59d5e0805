"""What `http.*` makes of servers that break off, stall or talk nonsense (spec 05 §4, spec 06)."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
import zlib
from typing import Any

import pytest
from aiohttp import web
from tests.http_server import Handler, Talk, ask, asked, echo, replies, talking, without_names

import wfc_runtime.v1 as wf

pytestmark = pytest.mark.usefixtures("loop")

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
BROKEN = ["ConnectionError", "OSError"]
NO_ANSWER = "the server closed the connection without an answer"
CUT_OFF = "the connection broke before the whole response was there"
UNREADABLE = "the server's answer cannot be read as HTTP"
NEVER = ["ConnectionFailedError", "OSError"]
MIB = 1024 * 1024


def says(*parts: bytes) -> Talk:
    """Sends the parts and closes the connection."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()

    return talk


async def resets(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Tears the connection down in the middle of a body (RST)."""
    writer.write(HEAD + b"Content-Length: 100\r\n\r\nhalf")
    await writer.drain()
    peer = writer.get_extra_info("socket")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def stalls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def stalls_in_the_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 100\r\n\r\nhalf")
    await reader.read()


async def trickles(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Never silent for long, never done."""
    writer.write(HEAD + b"Content-Length: 1000000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b".")
        await writer.drain()
        await asyncio.wait([asyncio.ensure_future(reader.read(1))], timeout=0.01)


@pytest.mark.parametrize(
    ("talk", "message"),
    [
        (says(), NO_ANSWER),
        (says(b"HTTP/1.1 2"), NO_ANSWER),
        (
            says(HEAD + b"Content-Length: 100\r\n\r\nhalf"),
            CUT_OFF,
        ),
        (
            says(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
            CUT_OFF,
        ),
        (
            says(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n"),
            UNREADABLE,
        ),
        (
            says(HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"),
            CUT_OFF,
        ),
        (says(b"220 mail ready\r\n\r\n"), UNREADABLE),
        (says(b"HTTP/1.1 abc OK\r\n\r\n"), UNREADABLE),
        (says(HEAD + b"Content-Length: many\r\n\r\n"), UNREADABLE),
        (says(HEAD + b"X-Long: " + b"x" * 70_000 + b"\r\n\r\n"), UNREADABLE),
    ],
)
@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_transfer_that_breaks_is_a_connection_error(verb: str, talk: Talk, message: str) -> None:
    error = asked(talking(talk), verb)
    assert error == {"message": f"ConnectionError: {message}", "tags": BROKEN}


def test_a_reset_connection_is_a_connection_error() -> None:
    error = asked(talking(resets), "post")
    assert error["tags"] == BROKEN
    assert "0x" not in error["message"]
    assert "<" not in error["message"]


def test_a_body_longer_than_its_length_is_refused_and_never_cut() -> None:
    error = asked(talking(says(HEAD + b"Content-Length: 5\r\n\r\nhello, world")))
    assert error == {"message": f"ConnectionError: {UNREADABLE}", "tags": BROKEN}


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    assert asked(talking(says(HEAD + b"\r\nhel", b"lo")))["body"] == "hello"


def test_a_header_longer_than_8_kb_is_read() -> None:
    head = HEAD + b"Content-Length: 0\r\nX-Long: " + b"x" * 20_000 + b"\r\n\r\n"
    assert len(asked(talking(says(head)))["headers"]["X-Long"]) == 20_000


@pytest.mark.parametrize("talk", [stalls, stalls_in_the_body, trickles])
def test_the_timeout_is_for_the_whole_exchange(talk: Talk) -> None:
    error = asked(talking(talk), timeout=0.05)
    assert error == {"message": "request timed out", "tags": ["TimeoutError", "OSError"]}


def test_a_server_that_accepts_nothing_is_a_timeout() -> None:
    """Connecting counts too: the queue of this server is full."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        error = ask(echo, url=f"http://127.0.0.1:{server.getsockname()[1]}/", timeout=0.05)
        for filler in fillers:
            filler.close()
    assert error["tags"] == ["TimeoutError", "OSError"]


def test_an_unknown_host_is_a_connection_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    without_names(monkeypatch)
    error = ask(echo, url="http://orders.invalid/")
    failed = "cannot connect to orders.invalid:80: name or service not known"
    assert error == {"message": f"ConnectionFailedError: {failed}", "tags": NEVER}


@pytest.mark.parametrize(
    "url",
    ["http://", "http:///x", "http://host:99999/", "http://[::1", "http://a:b:c/", "http://.."],
)
def test_what_is_no_url_is_a_value_error_that_hides_its_query(url: str) -> None:
    error = ask(echo, url=f"{url}?key=canary")
    assert error["tags"] == ["ValueError"]
    assert "canary" not in error["message"]


def test_a_broken_connection_is_not_told_twice_to_a_server_that_may_have_acted() -> None:
    """A POST is sent once; whether to repeat it is for the workflow's `retry` to say."""
    seen: list[int] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(1)

    assert asked(talking(talk), "post")["tags"] == BROKEN
    assert len(seen) == 1


# -- sizes ----------------------------------------------------------------------------------------


def compressed(encoding: str, data: bytes) -> Handler:
    packed = gzip.compress(data) if encoding == "gzip" else zlib.compress(data)
    return replies(body=packed, headers={"Content-Encoding": encoding})


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_the_size_that_counts_is_that_of_the_unpacked_body(encoding: str) -> None:
    """100 MB that travel as 100 kB."""
    assert len(ask(compressed(encoding, b"x" * (2 * MIB)), limits="google")["body"]["bytes"]) == (
        2 * MIB
    )
    with pytest.raises(wf.WorkflowError) as failed:
        ask(compressed(encoding, b"x" * (100 * MIB)), limits="google")
    assert failed.value.payload["tags"] == ["ResourceLimitError"]


def test_a_body_without_end_is_cut_off_at_the_limit() -> None:
    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        while True:
            await answer.write(b"x" * 65_536)

    with pytest.raises(wf.WorkflowError) as failed:
        ask(endless, limits="google")
    assert failed.value.payload["tags"] == ["ResourceLimitError"]


# -- texts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "body", "value"),
    [
        ("application/json; charset=latin-1", '{"a":"é"}'.encode("latin-1"), {"a": "é"}),
        ("application/json; charset=utf-8", '{"a":"é"}'.encode("latin-1"), {"bytes": '{"a":"é"}'}),
        ("application/json; charset=utf-16", '{"a":"é"}'.encode("utf-16"), {"a": "é"}),
        ("application/json", b'{"a":1} trailing', '{"a":1} trailing'),
        ("application/json", b'{"a":', '{"a":'),
        ("application/json", b"NaN", "NaN"),
        ("application/vnd.api+json", b"[1]", [1]),
        ("APPLICATION/JSON", b"[1]", [1]),
        ("application/jsonp", b"[1]", {"bytes": "[1]"}),
        ("text/json", b"[1]", "[1]"),
        ("text/plain; charset=punycode", b"a-", {"bytes": "a-"}),
        ('text/plain; charset="utf-16"', "é".encode("utf-16"), "é"),
    ],
)
def test_character_sets_and_kinds_of_json(content_type: str, body: bytes, value: Any) -> None:
    got = ask(replies(body=body, headers={"Content-Type": content_type}))
    assert got["body"] == value


def test_an_error_response_is_decoded_like_any_other() -> None:
    error = ask(replies(status=500, body=b"{oops", content_type="application/json"))
    assert (error["body"], error["tags"]) == ("{oops", ["HttpError"])


def test_a_header_that_is_not_utf_8_does_not_spoil_the_result() -> None:
    got = asked(talking(says(HEAD + b"Content-Length: 0\r\nX-Name: caf\xe9\r\n\r\n")))
    assert json.dumps(got["headers"]["X-Name"], ensure_ascii=False).encode()
