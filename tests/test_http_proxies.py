"""HTTP_PROXY, HTTPS_PROXY and NO_PROXY; and that a `.netrc` is not looked at (spec 06, http)."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp import web
from tests.compiled import workflow
from tests.http_server import ask, asked, echo, serving, without_names

import wfc_runtime.v1 as wf
from wfc_runtime.proxies import Proxies
from wfc_runtime.stdlib import http

CA = trustme.CA()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy", "request_method"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def proxied(monkeypatch: pytest.MonkeyPatch, user: str = "", **arguments: Any) -> Any:
    """What a call gives when HTTP_PROXY is a server that shows what it is asked for."""

    async def proxy(request: web.BaseRequest) -> web.StreamResponse:
        told = request.headers.get("Proxy-Authorization", "").removeprefix("Basic ")
        return web.json_response({"asked": request.raw_path, "told": b64decode(told).decode()})

    @asynccontextmanager
    async def environment() -> AsyncIterator[str]:
        async with serving(proxy) as address:
            monkeypatch.setenv("HTTP_PROXY", address.replace("://", f"://{user}"))
            yield address

    return asked(environment(), **arguments)


def test_a_request_goes_to_the_proxy_with_its_whole_url(monkeypatch: pytest.MonkeyPatch) -> None:
    got = proxied(monkeypatch, url="http://orders.example/x?y=1")["body"]
    assert got == {"asked": "http://orders.example/x?y=1", "told": ""}


def test_user_and_password_go_to_the_proxy_with_every_request(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also with those that find a connection open."""

    async def proxy(request: web.BaseRequest) -> web.StreamResponse:
        assert "Authorization" not in request.headers
        return web.Response(text=request.headers.get("Proxy-Authorization", ""))

    async def scenario() -> Any:
        async with serving(proxy) as address:
            monkeypatch.setenv("http_proxy", address.replace("://", "://me:pw@"))

            async def main(run: wf.Run) -> Any:
                url = "http://orders.example/"
                return [(await run.call("go", http.get, url=url))["body"] for _ in range(3)]

            return await workflow(main).run()

    assert asyncio.run(scenario()) == ["Basic bWU6cHc="] * 3


@pytest.mark.parametrize(
    "url", ["http://localhost:1/", "http://127.0.0.1:1/", "http://[::1]:1/", "http://a.localhost:1"]
)
def test_this_machine_is_reached_without_the_proxy(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    assert proxied(monkeypatch, url=url)["tags"] == ["ConnectionFailedError", "OSError"]


@pytest.mark.parametrize(
    ("no_proxy", "by_proxy"),
    [("", True), ("other.example", True), ("orders.invalid", False), (".invalid", False)],
)
def test_no_proxy_names_what_is_reached_without(
    monkeypatch: pytest.MonkeyPatch, no_proxy: str, by_proxy: bool
) -> None:
    without_names(monkeypatch)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    got = proxied(monkeypatch, url="http://orders.invalid/")
    assert ("asked" in str(got)) == by_proxy


def test_a_proxy_that_is_down_is_a_connection_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://me:canary@127.0.0.1:1")
    error = ask(echo, url="http://orders.example/")
    failed = "cannot connect to the proxy 127.0.0.1:1: connection refused"
    assert error["message"] == f"ConnectionFailedError: {failed}"


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "https://127.0.0.1:1"])
def test_a_proxy_of_another_kind_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    error = ask(echo, url="https://orders.example/")
    refused = "ConnectionFailedError: the proxy in HTTPS_PROXY must be an `http://` one"
    assert error["message"] == refused


def test_a_proxy_may_lack_its_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "127.0.0.1:1")
    assert "the proxy 127.0.0.1:1: " in ask(echo, url="http://orders.example/")["message"]


def tunnelled(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> tuple[Any, list[str]]:
    """A call of https://orders.example, whose server is behind a proxy; what the proxy was told."""
    heads: list[str] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert("orders.example").configure_cert(context)

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    @asynccontextmanager
    async def tunnel() -> AsyncIterator[str]:
        async with serving(echo, context) as secure:

            async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                heads.append((await reader.readuntil(b"\r\n\r\n")).decode())
                writer.write(answer)
                there = await asyncio.open_connection("127.0.0.1", int(secure.rpartition(":")[2]))
                await asyncio.gather(
                    pipe(reader, there[1]), pipe(there[0], writer), return_exceptions=True
                )

            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            monkeypatch.setenv("HTTPS_PROXY", f"http://me:pw@127.0.0.1:{port}")
            yield ""
            server.close()

    secret = {"Authorization": "canary"}
    url, root = "https://orders.example/x", CA.cert_pem.bytes()
    return asked(tunnel(), url=url, headers=secret, ca_certificate=root), heads


def test_https_goes_through_a_tunnel_that_sees_nothing_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    got, heads = tunnelled(monkeypatch, b"HTTP/1.1 200 OK\r\n\r\n")
    assert got["body"]["headers"]["Authorization"] == "canary"
    assert "Proxy-Authorization" not in got["body"]["headers"]
    (head,) = heads
    assert head.startswith("CONNECT orders.example:443 ")
    assert "Proxy-Authorization: Basic bWU6cHc=" in head
    assert "canary" not in head


def test_a_tunnel_that_is_refused_is_a_connection_that_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error, _ = tunnelled(monkeypatch, b"HTTP/1.1 407 Who are you?\r\nContent-Length: 0\r\n\r\n")
    refused = "the proxy does not let it through: code 407"
    assert error["message"] == f"ConnectionFailedError: {refused}"


def test_a_netrc_file_is_not_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password canary\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    assert "Authorization" not in ask(echo)["body"]["headers"]
    assert proxied(monkeypatch, url="http://orders.example/")["body"]["told"] == ""


def test_what_is_no_url_has_no_proxy() -> None:
    assert Proxies({"http": "http://proxy:1"}).proxy("http://[::1") is None
