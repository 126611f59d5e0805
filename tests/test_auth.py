"""The `auth` argument, who answers it, and that no token is ever shown (spec 06, spec 05 §4)."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from aiohttp import web
from tests.compiled import workflow
from tests.http_server import Handler, ask, echo, replies, serving

import wfc_runtime.v1 as wf
from wfc_runtime.auth import CLOUD_PLATFORM, OIDC, Needed, OAuth2, needed_auth
from wfc_runtime.request import Request, request
from wfc_runtime.stdlib import http

URL = "https://orders.example/x?y=1"
CANARY = "canary0canary"


@pytest.fixture(autouse=True)
def no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WFC_AUTH_TOKEN", raising=False)


# -- the argument ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("auth", "needed"),
    [
        (None, None),
        ({"type": "OIDC"}, OIDC(URL)),
        ({"type": "OIDC", "audience": None}, OIDC(URL)),
        ({"type": "OIDC", "audience": "https://a.example"}, OIDC("https://a.example")),
        ({"type": "OAuth2"}, OAuth2(CLOUD_PLATFORM)),
        ({"type": "OAuth2", "scope": "a"}, OAuth2(("a",))),
        ({"type": "OAuth2", "scopes": "a b"}, OAuth2(("a", "b"))),
        ({"type": "OAuth2", "scopes": " a,b ,  c "}, OAuth2(("a", "b", "c"))),
        ({"type": "OAuth2", "scope": ["a", "b", "a"]}, OAuth2(("a", "b"))),
        ({"type": "OAuth2", "scope": None, "scopes": ["a"]}, OAuth2(("a",))),
        ({"type": "OAuth2", "scopes": []}, OAuth2(CLOUD_PLATFORM)),
        ({"type": "OAuth2", "scopes": " , "}, OAuth2(CLOUD_PLATFORM)),
        ({"type": "OAuth2", "audience": "ignored"}, OAuth2(CLOUD_PLATFORM)),
        ({"type": "OIDC", "scopes": ["ignored"]}, OIDC(URL)),
    ],
)
def test_what_an_auth_map_asks_for(auth: Any, needed: Needed | None) -> None:
    assert needed_auth(auth, URL) == needed


@pytest.mark.parametrize(
    ("auth", "tag", "said"),
    [
        ("OIDC", "TypeError", "`auth` must be a dict, not string"),
        ([], "TypeError", "`auth` must be a dict"),
        ({}, "ValueError", "`auth.type` must be OIDC or OAuth2"),
        ({"type": None}, "ValueError", "`auth.type` must be"),
        ({"type": "oidc"}, "ValueError", "`auth.type` must be"),
        ({"type": "Basic"}, "ValueError", "`auth.type` must be"),
        ({"type": 1}, "TypeError", "`auth.type` must be a string"),
        ({"type": "OIDC", "audiance": "a"}, "ValueError", "`auth` has no key `audiance`"),
        ({"type": "OIDC", "audience": 1}, "TypeError", "`auth.audience` must be a string"),
        ({"type": "OIDC", "audience": ""}, "ValueError", "`auth.audience` must not be empty"),
        ({"type": "OAuth2", "scope": 1}, "TypeError", "`auth.scope` must be"),
        ({"type": "OAuth2", "scopes": ["a", 1]}, "TypeError", "`auth.scopes` must be"),
        ({"type": "OAuth2", "scopes": {"a": 1}}, "TypeError", "`auth.scopes` must be"),
        ({"type": "OAuth2", "scope": "a", "scopes": "b"}, "ValueError", "not both"),
    ],
)
def test_an_auth_map_that_cannot_be_is_the_workflows_error(auth: Any, tag: str, said: str) -> None:
    error = ask(echo, auth_map=auth)
    assert error["tags"] == [tag]
    assert said in error["message"]


# -- who answers it -------------------------------------------------------------------------------


def sent(auth_map: Any, auth: wf.Authorizer | None, **arguments: Any) -> Any:
    """The headers of a request, or the error's payload."""
    got = ask(echo, auth_map=auth_map, auth=auth, **arguments)
    return got["body"]["headers"] if "body" in got else got


class Recording:
    """An authorizer as a program may have one of its own."""

    def __init__(self, answer: Mapping[str, str] | Exception) -> None:
        self.answer = answer
        self.asked: list[Needed] = []

    async def headers(self, needed: Needed) -> Mapping[str, str]:
        self.asked.append(needed)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_an_authorizer_is_asked_for_requests_with_auth_only() -> None:
    authorizer = Recording({"Authorization": "Bearer 7", "X-Goog-User-Project": "p"})
    assert "Authorization" not in sent(None, authorizer)
    assert authorizer.asked == []
    headers = sent({"type": "OAuth2", "scopes": ["a", "b"]}, authorizer)
    assert (headers["Authorization"], headers["X-Goog-User-Project"]) == ("Bearer 7", "p")
    assert authorizer.asked == [OAuth2(("a", "b"))]


def test_a_token_goes_before_a_header_and_a_password_of_the_workflow() -> None:
    """Two would be no request at all."""
    own = {"authorization": "mine"}
    headers = sent({"type": "OIDC"}, wf.FixedToken("t"), headers=own)
    assert [v for n, v in headers.items() if n.lower() == "authorization"] == ["Bearer t"]
    assert sent({"type": "OIDC"}, wf.NoAuth(), headers=own)["Authorization"] == "mine"


def test_a_header_goes_before_user_and_password_in_the_url() -> None:
    async def scenario(headers: Any) -> Any:
        async with serving(echo) as address:

            async def main(run: wf.Run) -> Any:
                url = address.replace("://", "://me:pw@")
                return (await run.call("go", http.get, url=url, headers=headers))["body"]

            return (await workflow(main).run(env={}))["headers"]["Authorization"]

    assert asyncio.run(scenario(None)) == "Basic bWU6cHc="
    assert asyncio.run(scenario({"Authorization": "Bearer t"})) == "Bearer t"


def test_no_auth_sends_the_request_without() -> None:
    assert "Authorization" not in sent({"type": "OIDC"}, wf.NoAuth())


@pytest.mark.parametrize("token", ["abc", " abc\n", "Bearer abc"])
def test_a_fixed_token_serves_every_request(token: str) -> None:
    for auth in ({"type": "OIDC"}, {"type": "OAuth2", "scopes": "a"}):
        assert sent(auth, wf.FixedToken(token))["Authorization"] == "Bearer abc"


@pytest.mark.parametrize("token", ["", "  ", f"{CANARY}\nX-Evil: 1", f"{CANARY} b", f"{CANARY}é"])
def test_a_fixed_token_that_is_none_is_an_auth_error(token: str) -> None:
    error = sent({"type": "OIDC"}, wf.FixedToken(token))
    assert error["tags"] == ["AuthError"]
    assert CANARY not in error["message"]


def test_the_token_in_the_environment_is_used_and_no_workflow_sees_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WFC_AUTH_TOKEN", CANARY)
    assert sent({"type": "OIDC"}, None)["Authorization"] == f"Bearer {CANARY}"

    async def main(run: wf.Run) -> Any:
        return run.get_env("WFC_AUTH_TOKEN", "unset")

    assert asyncio.run(workflow(main).run()) == "unset"
    assert asyncio.run(workflow(main).run(env={"WFC_AUTH_TOKEN": CANARY})) == "unset"


def test_whatever_an_authorizer_raises_is_an_auth_error_without_its_words() -> None:
    error = sent({"type": "OIDC"}, Recording(RuntimeError(f"refused {CANARY}")))
    told = "AuthError: the credentials could not be obtained: RuntimeError"
    assert error == {"message": told, "tags": ["AuthError"]}


def test_a_token_goes_along_with_a_redirect_on_the_same_host_only() -> None:
    async def scenario() -> tuple[str | None, ...]:
        async def first(request: web.BaseRequest) -> web.StreamResponse:
            if request.path == "/echo":
                return await echo(request)
            return web.Response(status=302, headers={"Location": request.query["to"]})

        async with serving(echo) as other, serving(first) as address:

            async def main(run: wf.Run) -> Any:
                got = []
                for target in ("/echo", other):
                    given = {"url": address, "query": {"to": target}, "auth": {"type": "OIDC"}}
                    answer = await run.call("go", http.get, **given)
                    got.append(answer["body"]["headers"].get("Authorization"))
                return got

            return tuple(await workflow(main).run(env={}, auth=wf.FixedToken("t")))

    assert asyncio.run(scenario()) == ("Bearer t", None)


# -- what is shown --------------------------------------------------------------------------------

SECRET_HEADERS = {
    name: f"{CANARY}-{name}"
    for name in ("Authorization", "Proxy-Authorization", "X-Goog-Api-Key", "x-api-key", "Cookie")
}


async def cuts(request: web.BaseRequest) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello")
    request.transport.close()
    return web.Response()


async def rambles(request: web.BaseRequest) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.write(b"220 mail ready\r\n\r\n")
    return web.Response()


async def stalls(request: web.BaseRequest) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


async def turns(request: web.BaseRequest) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": f"/?{CANARY}"})


def everything(error: BaseException) -> Iterator[str]:
    """All that a program, a traceback or a debugger may show of an error."""
    seen: list[BaseException] = [error]
    for one in seen:
        yield from (str(one), repr(one), *getattr(one, "__notes__", ()))
        yield "".join(traceback.format_exception(one))
        yield repr(vars(one))
        for other in (one.__cause__, one.__context__):
            if other is not None and other not in seen:
                seen.append(other)


class Watching:
    """An observer, and a sink of the log."""

    def __init__(self) -> None:
        self.heard: list[object] = []

    def step_started(self, *event: object) -> None:
        self.heard.append(event)

    def step_finished(self, *event: Any) -> None:
        self.heard.append(event[:-1])
        if isinstance(event[-1], BaseException):
            self.heard += everything(event[-1])

    def branch_started(self, *event: object) -> None:
        self.heard.append(event)

    def branch_finished(self, *event: object) -> None:
        self.heard.append(event)

    def log(self, entry: wf.LogEntry) -> None:
        self.heard.append(entry)


@pytest.mark.parametrize(
    ("handler", "arguments"),
    [
        (replies(status=403), {}),
        (cuts, {}),
        (rambles, {}),
        (stalls, {"timeout": 0.01}),
        (turns, {}),
        (echo, {"url": "http://127.0.0.1:1/"}),
        (echo, {"url": f"http://me:{CANARY}@127.0.0.1:1/?key={CANARY}"}),
        (echo, {"url": f"http://me:{CANARY}@127.0.0.1:x/?key={CANARY}"}),
        (echo, {"url": f"ftp://me:{CANARY}@127.0.0.1/"}),
        (echo, {"headers": {"Authorization": [CANARY]}}),
        (echo, {"headers": {"Authorization": f"{CANARY}\r\n"}}),
        (echo, {"headers": {f"Authorization: {CANARY}": ""}}),
        (echo, {"headers": f"Authorization: {CANARY}"}),
        (echo, {"query": {"key": [[CANARY]]}}),
        (echo, {"body": CANARY, "headers": {"Content-Type": "text/plain; charset=none"}}),
    ],
)
def test_no_secret_of_a_request_is_in_what_is_said_of_its_failure(
    handler: Handler, arguments: dict[str, Any]
) -> None:
    watching = Watching()

    async def scenario() -> None:
        async with serving(handler) as address:

            async def main(run: wf.Run) -> None:
                given = {"url": address, "headers": SECRET_HEADERS, "auth": {"type": "OIDC"}}
                await run.call("go", http.request, method="GET", **{**given, **arguments})

            token = wf.FixedToken(CANARY)
            await workflow(main).run(auth=token, observer=watching, log=watching.log)

    with pytest.raises(wf.WorkflowError) as failed:
        asyncio.run(scenario())
    said = [*everything(failed.value), *map(str, watching.heard)]
    assert [text for text in said if CANARY in text] == []


@pytest.mark.parametrize("handler", [replies(status=200), replies(status=403), cuts, turns])
def test_no_secret_header_is_in_a_logged_call(handler: Handler) -> None:
    watching = Watching()

    async def scenario() -> None:
        async with serving(handler) as address:

            async def main(run: wf.Run) -> None:
                given = {"url": address, "headers": SECRET_HEADERS, "auth": {"type": "OIDC"}}
                await run.call("go", http.get, **given)

            made = workflow(main)
            token = wf.FixedToken(CANARY)
            try:
                await made.run(auth=token, log=watching.log, call_log="LOG_ALL_CALLS")
            except wf.WorkflowError:
                pass

    asyncio.run(scenario())
    assert watching.heard
    assert [entry for entry in map(str, watching.heard) if CANARY in entry] == []


def test_the_representation_of_a_request_shows_no_secret() -> None:
    url = f"https://me:{CANARY}@orders.example/x?key={CANARY}"
    made = request(
        "POST", url, None, CANARY, {**SECRET_HEADERS, "X-Trace": "7"}, None, None, None, None
    )
    assert CANARY not in repr(made)
    assert "https://[redacted]@orders.example/x?[redacted]" in repr(made)
    assert "'X-Trace': '7'" in repr(made)


@pytest.mark.parametrize("holder", [wf.FixedToken(CANARY), wf.NoAuth()])
def test_the_representation_of_an_authorizer_shows_no_token(holder: object) -> None:
    assert CANARY not in repr(holder) + str(holder)


def test_a_request_compares_by_what_is_sent() -> None:
    plain = Request("GET", URL, {}, None, 1, None)
    assert plain == Request("GET", URL, {}, None, 1, None, None)
    assert plain != Request("GET", URL, {}, None, 1, None, OIDC(URL))
