"""Which redirects are followed, and what goes along (OQ-58)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web
from tests.compiled import workflow
from tests.http_server import Handler, ask, echo, serving

import wfc_runtime.v1 as wf
from wfc_runtime.redirects import redirected
from wfc_runtime.request import Request
from wfc_runtime.stdlib import http

SECRETS = {"Authorization": "s1", "Cookie": "s2", "Proxy-Authorization": "s3"}
SECRETS |= {"X-Goog-Api-Key": "s4", "x-api-key": "s5"}


def to(location: str, code: int = 302) -> Handler:
    """Redirects `/` and shows what arrives elsewhere."""

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/":
            return web.Response(status=code, headers={"Location": location}, text="elsewhere")
        return await echo(request)

    return handler


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_get_and_head_follow_every_kind_of_redirect(code: int) -> None:
    got = ask(to("/there?x=a%20b", code))["body"]
    assert (got["method"], got["path"], got["query"]) == ("GET", "/there", [["x", "a b"]])
    assert ask(to("/there", code), "request", method="HEAD")["code"] == 200


@pytest.mark.parametrize("code", [300, 304, 305])
def test_other_codes_are_results(code: int) -> None:
    assert ask(to("/there", code))["code"] == code


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_other_methods_have_the_redirect_as_their_result(verb: str, code: int) -> None:
    got = ask(to("/there", code), verb)
    assert (got["code"], got["body"]) == (code, "elsewhere")


@pytest.mark.parametrize("location", ["", "app://open", "mailto:a@b.example", "https://", "//[::1"])
def test_a_redirect_that_leads_nowhere_is_a_result(location: str) -> None:
    got = ask(to(location))
    assert (got["code"], got["body"]) == (302, "elsewhere")


@pytest.mark.parametrize(
    ("code", "body"), [(301, ""), (302, ""), (303, ""), (307, "text"), (308, "text")]
)
def test_only_307_and_308_keep_a_body(code: int, body: str) -> None:
    headers = {"Content-Type": "text/plain", "X-Kept": "1"}
    got = ask(to("/there", code), "request", method="GET", body="text", headers=headers)["body"]
    assert got["body"] == body
    assert got["headers"].get("Content-Type", "") == ("text/plain" if body else "")
    assert got["headers"]["X-Kept"] == "1"


def test_headers_go_along_to_the_same_host() -> None:
    got = ask(to("/there"), headers={**SECRETS, "X-Kept": "1"})["body"]
    sent = {name.lower(): value for name, value in got["headers"].items()}
    assert {name.lower(): value for name, value in SECRETS.items()}.items() <= sent.items()


def test_no_secret_goes_along_to_another_host() -> None:
    """Another port is another host: someone else's server may be there."""

    async def scenario() -> Any:
        async with serving(echo) as other, serving(to(f"{other}/there")) as address:

            async def main(run: wf.Run) -> Any:
                headers = {**SECRETS, "X-Kept": "1", "Host": "first.example"}
                return await run.call("go", http.get, url=address, headers=headers)

            return (await workflow(main).run())["body"], other

    got, other = asyncio.run(scenario())
    assert got["headers"]["X-Kept"] == "1"
    assert got["headers"]["Host"] == other.removeprefix("http://")
    assert not set(SECRETS.values()) & set(got["headers"].values())


@pytest.mark.parametrize(
    ("start", "location", "kept"),
    [
        ("http://a.example/x", "/y", True),
        ("http://a.example/x", "http://A.example:80/y", True),
        ("http://a.example/x", "https://a.example/y", True),
        ("http://a.example:8080/x", "https://a.example/y", False),
        ("https://a.example/x", "http://a.example/y", False),
        ("https://a.example/x", "https://www.a.example/y", False),
        ("https://a.example/x", "https://a.example.evil/y", False),
        ("https://a.example/x", "//b.example/y", False),
        ("https://a.example/x", "https://a.example@b.example/y", False),
    ],
)
def test_credentials_stay_with_host_port_and_scheme(start: str, location: str, kept: bool) -> None:
    sent = Request("GET", start, {"Authorization": "s"}, None, 1, None)
    following = redirected(sent, 302, location)
    assert following is not None
    assert (following.headers == {"Authorization": "s"}) == kept


def test_a_loop_of_redirects_ends() -> None:
    error = ask(to("/"))
    assert error["message"] == "ConnectionError: more than 10 redirects"


def test_the_timeout_is_for_all_hops_together() -> None:
    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/":
            return web.Response(status=302, headers={"Location": "/slow"})
        await asyncio.Event().wait()
        return web.Response()

    assert ask(handler, timeout=0.05)["tags"] == ["TimeoutError", "OSError"]
    assert ask(to("/"), timeout=0.000_001)["tags"] == ["TimeoutError", "OSError"]


def test_one_redirect_does_not_read_the_body_of_the_first_answer() -> None:
    """It may be endless."""

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/there":
            return web.Response(text="arrived")
        answer = web.StreamResponse(status=302, headers={"Location": "/there"})
        await answer.prepare(request)
        while True:
            await answer.write(b"x" * 65_536)

    assert ask(handler)["body"] == "arrived"
