"""What `http.*` makes of responses, redirects and failures of the network (spec 06, http)."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
from typing import Any

import pytest
from aiohttp import web
from tests.compiled import workflow
from tests.http_server import Handler, ask, echo, replies, serving

import wfc_runtime.v1 as wf
from wfc_runtime.stdlib import http

pytestmark = pytest.mark.usefixtures("loop")

# -- responses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "body", "value"),
    [
        ("application/json", b'{"a": [1, 1.0]}', {"a": [1, 1.0]}),
        ("application/json; charset=utf-8", b"[]", []),
        ("application/problem+json", b'{"a": 1}', {"a": 1}),
        ("application/json", b"", None),
        ("application/json", b"{broken", "{broken"),
        ("text/plain", b'{"a": 1}', '{"a": 1}'),
        ("text/html; charset=latin-1", b"caf\xe9", "café"),
        ("text/plain; charset=unheard-of", b"a", {"bytes": "a"}),
        ("text/plain", b"\xff\xfe", {"bytes": "\xff\xfe"}),
        ("application/x-www-form-urlencoded", b"a=1", "a=1"),
        ("application/octet-stream", b"\x00\x01", {"bytes": "\x00\x01"}),
        ("image/png", b"png", {"bytes": "png"}),
        ("text/plain", b"", ""),
    ],
)
def test_the_content_type_decides_what_the_body_is(
    content_type: str, body: bytes, value: Any
) -> None:
    """OQ-56, OQ-57"""
    got = ask(replies(body=body, headers={"Content-Type": content_type}))
    assert got["body"] == value
    assert json.dumps(got["body"]) == json.dumps(value)


def test_a_body_without_a_content_type_is_text() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        return web.Response()

    got = ask(handler)
    assert got == {"body": "hello", "code": 200, "headers": {"Content-Length": "5"}}


def test_a_compressed_body_is_unpacked() -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert ask(replies(body=gzip.compress(b'{"a": 1}'), headers=headers))["body"] == {"a": 1}


@pytest.mark.parametrize("code", [201, 204, 299, 304])
def test_a_status_below_400_is_a_result(code: int) -> None:
    got = ask(replies(status=code))
    assert got["code"] == code
    assert got["body"] in (None, "", {"bytes": ""})


def test_no_content_and_head_have_a_null_body() -> None:
    assert ask(replies(status=204))["body"] is None
    got = ask(replies(text="hello"), "request", method="HEAD")
    assert (got["body"], got["code"]) == (None, 200)
    assert got["headers"]["Content-Length"] == "5"


def test_connect_gives_a_response_and_does_not_wait_for_the_tunnel_to_end() -> None:
    got = ask(replies(text=""), "request", method="CONNECT")
    assert (got["code"], got["body"]) == (200, "")


def test_header_names_are_canonical_and_repeated_headers_joined() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        answer = web.Response(text="x")
        answer.headers.add("x-request-ID", "7")
        answer.headers.add("ETag", "abc")
        answer.headers.add("Set-Cookie", "a=1")
        answer.headers.add("set-cookie", "b=2")
        return answer

    headers = ask(handler)["headers"]
    assert headers["X-Request-Id"] == "7"
    assert headers["Etag"] == "abc"
    assert headers["Set-Cookie"] == "a=1,b=2"
    assert headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("code", [400, 404, 429, 500, 503])
def test_a_status_of_400_or_more_raises_the_whole_response(code: int) -> None:
    error = ask(replies(status=code, body=b'{"error":"nope"}', content_type="application/json"))
    assert error.pop("headers")["Content-Type"] == "application/json"
    assert error == {
        "body": {"error": "nope"},
        "code": code,
        "message": f"HTTP server responded with error code {code}",
        "tags": ["HttpError"],
    }


def test_cookies_are_not_kept_from_one_request_to_the_next() -> None:
    cookies: list[str | None] = []

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        cookies.append(request.headers.get("Cookie"))
        return web.Response(headers={"Set-Cookie": "session=1"})

    async def scenario() -> None:
        async with serving(handler) as address:

            async def main(run: wf.Run) -> None:
                for _ in range(2):
                    await run.call("fetch", http.get, url=address)

            await workflow(main).run()

    asyncio.run(scenario())
    assert cookies == [None, None]


# -- redirects ------------------------------------------------------------------------------------


def redirecting(times: int) -> Handler:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        number = int(request.path.strip("/") or 0)
        if number == times:
            return web.Response(text=f"{request.method} after {number}")
        return web.Response(status=302, headers={"Location": f"/{number + 1}"})

    return handler


def test_get_follows_up_to_ten_redirects() -> None:
    """OQ-58"""
    assert ask(redirecting(10))["body"] == "GET after 10"
    assert ask(redirecting(11))["tags"] == ["ConnectionError", "OSError"]


def test_other_methods_get_the_redirect_as_their_result() -> None:
    """OQ-58"""
    got = ask(redirecting(1), "post", body={})
    assert (got["code"], got["headers"]["Location"]) == (302, "/1")


# -- failures of the network ----------------------------------------------------------------------


def test_a_refused_connection_is_one_that_failed_so_that_a_retry_is_safe() -> None:
    with socket.socket() as refusing:  # for as long as it is bound and does not listen
        refusing.bind(("127.0.0.1", 0))
        port = refusing.getsockname()[1]
        error = ask(echo, url=f"http://127.0.0.1:{port}/")
    assert error["tags"] == ["ConnectionFailedError", "OSError"]
    refused = f"cannot connect to 127.0.0.1:{port}: connection refused"
    assert error["message"] == f"ConnectionFailedError: {refused}"


def test_a_connection_that_breaks_later_is_another_error() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
        request.transport.close()
        return web.Response()

    assert ask(handler, "post")["tags"] == ["ConnectionError", "OSError"]


def test_what_is_no_http_is_a_connection_error() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(b"SMTP ready\r\n\r\n")
        request.transport.close()
        return web.Response()

    assert ask(handler)["tags"] == ["ConnectionError", "OSError"]


def test_a_server_that_does_not_answer_in_time_is_a_timeout() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        await asyncio.Event().wait()
        return web.Response()

    assert ask(handler, timeout=0.01) == {
        "message": "request timed out",
        "tags": ["TimeoutError", "OSError"],
    }


def test_a_response_beyond_2_mb_ends_the_run_under_google_limits_only() -> None:
    size = 2 * 1024 * 1024
    assert len(ask(replies(text="x" * size), limits="google")["body"]) == size
    assert len(ask(replies(text="x" * (size + 1)))["body"]) == size + 1
    with pytest.raises(wf.WorkflowError) as failed:
        ask(replies(text="x" * (size + 1)), limits="google")
    assert failed.value.payload["tags"] == ["ResourceLimitError"]
    assert "(Limits.response)" in failed.value.payload["message"]


def test_the_session_of_an_execution_is_one_and_is_closed_at_its_end() -> None:
    seen: list[Any] = []

    async def scenario() -> None:
        async with serving(echo) as address:

            async def main(run: wf.Run) -> None:
                for _ in range(3):
                    await run.call("fetch", http.get, url=address)
                    seen.append(run.execution.session())
                raise wf.WorkflowError("failed")

            with pytest.raises(wf.WorkflowError):
                await workflow(main).run()

    asyncio.run(scenario())
    assert len(set(map(id, seen))) == 1
    assert seen[0].closed
