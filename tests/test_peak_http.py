"""Http steps of Peak workflows against a real server on this machine (spec 11 §1.7)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from tests.http_server import serving
from tests.peak_steps import workflow

import wfc_runtime.peak.v1 as wf

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

SECRETS = {"token": "canary-1", "user-id": "canary-2", "pw": "canary-3"}


class Server:
    """Answers as the test says and keeps what came."""

    def __init__(self, *answers: tuple[int, str]) -> None:
        self.answers = list(answers) or [(200, "fine")]
        self.came: list[tuple[str, str, dict[str, str], str]] = []

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.came.append((request.method, request.path, headers, await request.text()))
        code, text = self.answers[min(len(self.came), len(self.answers)) - 1]
        return web.Response(status=code, text=text)


def ask(
    server: Handler,
    method: str,
    *,
    retry: wf.Retry | None = None,
    secret_headers: dict[str, str] | None = None,
    auth: Callable[[str, wf.StepRun], Any] | None = None,
    params: object = None,
    log: Callable[[wf.LogEntry], None] = lambda entry: None,
    **options: Any,
) -> wf.StepResult:
    async def run() -> wf.StepResult:
        async with serving(server) as url:

            async def call(step: wf.StepRun) -> None:
                hidden = {name: step.secret(key) for name, key in (secret_headers or {}).items()}
                headers = {**options.pop("headers", {}), **hidden}
                how = None if auth is None else auth(url, step)
                await step.http(method, f"{url}/x?key=k", headers=headers, auth=how, **options)

            made = workflow(wf.Step("call", call, retry=retry))
            settings = wf.Settings(SECRETS)
            result = await made.run(params, settings=settings, log=log)
            return result.steps["call"]

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        (None, {}),
        (
            lambda url, step: wf.Basic("ada", step.secret("pw")),
            {"authorization": "Basic YWRhOmNhbmFyeS0z"},
        ),
        (lambda url, step: wf.ApiKey(step.secret("token")), {"x-api-key": "canary-1"}),
        (
            lambda url, step: wf.BearerToken(step.secret("token")),
            {"authorization": "Bearer canary-1"},
        ),
    ],
    ids=["no-auth", "basic", "api-key", "bearer-token"],
)
def test_how_a_request_says_who_it_is_from(auth: Any, header: dict[str, str]) -> None:
    server = Server()
    log: list[wf.LogEntry] = []
    result = ask(server, "get", auth=auth, outputs=["answer"], log=log.append)
    ((method, path, headers, body),) = server.came
    assert (method, path, body) == ("GET", "/x", "")
    names = ("authorization", "x-api-key")
    assert {name: headers[name] for name in names if name in headers} == header
    assert (result.status, result.outputs) == ("Success", {"answer": "fine"})
    assert "canary" not in str(log)
    assert "key=k" not in str(log)


def test_oauth_fetches_a_token_that_nobody_sees() -> None:
    server = Server((200, '{"access_token": "canary-4"}'), (500, "no: canary-4"))
    result = ask(
        server,
        "post",
        payload="{}",
        auth=lambda url, step: wf.OAuth(f"{url}/token", step.secret("user-id"), step.secret("pw")),
    )
    (token, call) = server.came
    assert token[:2] == ("POST", "/token")
    assert token[3] == "grant_type=client_credentials&client_id=canary-2&client_secret=canary-3"
    assert call[2]["authorization"] == "Bearer canary-4"
    assert result.reason.endswith("500: no: [redacted]")


@pytest.mark.parametrize("answer", [(200, "no JSON"), (200, "[]"), (401, '{"access_token": "x"}')])
def test_oauth_without_a_token_fails(answer: tuple[int, str]) -> None:
    auth = lambda url, step: wf.OAuth(f"{url}/token", "id", "secret")  # noqa: E731
    result = ask(Server(answer), "get", auth=auth)
    assert "no access token from http://127.0.0.1" in result.reason


@pytest.mark.parametrize(
    ("payload", "inputs", "sent"),
    [
        ('{"day": "{{day}}"}', {"day": "1"}, {"day": "1"}),
        ('{"day": "{{ day }}"}', {"day": 'a "b"\nc'}, {"day": 'a "b"\nc'}),
        ('{"n": {{n}}}', {"n": 7}, {"n": 7}),
        ('{"a\\"{{n}}": [{{n}}]}', {"n": 7}, {'a"7': [7]}),
        ("{{payload}}", {"payload": '{"a": [1]}'}, {"a": [1]}),
        ('{"s": "{{TOKEN_CUSTOM}}"}', {}, {"s": "canary-1"}),
    ],
)
def test_payloads_take_inputs(payload: str, inputs: dict[str, Any], sent: Any) -> None:
    server = Server()
    result = ask(server, "post", payload=payload, secrets=["token"], params={"global": inputs})
    assert result.status == "Success", result.reason
    (came,) = server.came
    assert json.loads(came[3]) == sent
    assert came[2]["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ('{"day": "{{nobody}}"}', "`{{nobody}}` is no input of the step"),
        ('{"day": {{day}}}', "the payload is no JSON once its placeholders are filled in (line 1"),
    ],
)
def test_payloads_that_cannot_be_sent(payload: str, said: str) -> None:
    server = Server()
    result = ask(server, "post", payload=payload, params={"global": {"day": "x"}}, retry=wf.Retry())
    assert said in result.reason
    assert (server.came, result.attempts) == ([], 1)


def test_only_2xx_is_success_and_a_failure_is_tried_again() -> None:
    server = Server((503, "busy"), (302, ""), (201, "made"))
    result = ask(server, "put", payload="{}", outputs=["made"], retry=wf.Retry(2, 0))
    assert (result.status, result.attempts, result.outputs) == ("Success", 3, {"made": "made"})


@pytest.mark.parametrize("headers", [{"a b": "x"}, {"a": "x\r\nX-Other: y"}, {"": "x"}])
def test_headers_that_cannot_be_sent(headers: dict[str, str]) -> None:
    server = Server()
    result = ask(server, "get", headers=headers)
    assert "cannot be sent as a header" in result.reason
    assert server.came == []


def test_an_answer_without_end_is_given_up() -> None:
    result = ask(Server((200, "x" * 17_000_000)), "get", retry=wf.Retry())
    assert "bytes of an http response" in result.reason
    assert result.attempts == 1


def test_what_is_not_there_fails_with_exit_code_1() -> None:
    async def call(step: wf.StepRun) -> None:
        await step.http("get", "http://127.0.0.1:1/")

    result = asyncio.run(workflow(wf.Step("call", call)).run(log=lambda entry: None))
    assert result.steps["call"].exit_code == 1
    assert result.steps["call"].reason.startswith("GET http://127.0.0.1:1/: ConnectionFailedError")


def test_secret_headers_do_not_follow_a_redirect_to_another_host() -> None:
    elsewhere = Server()

    async def run() -> None:
        async with serving(elsewhere) as other:

            async def redirect(request: web.BaseRequest) -> web.StreamResponse:
                assert request.headers["X-Own"] == "canary-1"
                return web.Response(status=307, headers={"Location": f"{other}/there"})

            async with serving(redirect) as url:

                async def call(step: wf.StepRun) -> None:
                    headers = {"X-Own": step.secret("token"), "X-Plain": "seen"}
                    await step.http("get", url, headers=headers)

                made = workflow(wf.Step("call", call))
                await made.run(settings=wf.Settings(SECRETS), log=lambda entry: None)

    asyncio.run(run())
    ((_, path, headers, _),) = elsewhere.came
    assert (path, headers["x-plain"]) == ("/there", "seen")
    assert "x-own" not in headers
