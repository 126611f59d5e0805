"""Callbacks: endpoints, what they take and refuse, and that nothing of them is left behind."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.compiled import execute, failure, workflow
from tests.values import DEEP, ODD

import wfc_runtime.v1 as wf
from wfc_runtime.callbacks import Endpoint, Refused
from wfc_runtime.stdlib import events
from wfc_runtime.testing import CallbackRequest, ScriptedCallbacks, VirtualClock

NO_LOG = {"log": lambda entry: None}
Sender = Callable[[aiohttp.ClientSession, str], Awaitable[Any]]


def run_with(main: Any, outside: Sender | None = None, **options: Any) -> Any:
    """The result of a run with a real endpoint; `outside` does what other programs do."""

    async def scenario() -> Any:
        before = asyncio.all_tasks()
        urls: asyncio.Queue[str] = asyncio.Queue()

        def log(entry: wf.LogEntry) -> None:
            urls.put_nowait(str(entry.payload).rpartition(" ")[2])

        options.setdefault("env", {})
        running = asyncio.create_task(workflow(main).run(log=log, **options))
        said = None
        if outside is not None:
            async with aiohttp.ClientSession() as session:
                said = await outside(session, await urls.get())
        result = await running
        await asyncio.sleep(0)  # connections that were closed say so in the next cycle
        assert asyncio.all_tasks() == before
        return result if outside is None else (said, result)

    return asyncio.run(scenario())


async def one_callback(run: wf.Run) -> Any:
    endpoint = run.create_callback_endpoint()
    return await run.call("wait", events.await_callback, callback=endpoint, timeout=30)


# -- arguments ------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", events.METHODS)
def test_every_documented_method_can_be_asked_for(method: str) -> None:
    async def main(run: wf.Run) -> Any:
        endpoint = run.create_callback_endpoint(method)
        got = await run.call("wait", events.await_callback, callback=endpoint)
        return got["http_request"]["method"]

    async def outside(session: aiohttp.ClientSession, url: str) -> Any:
        async with session.request(method, url) as answer:
            return answer.status, await answer.read()

    assert run_with(main, outside) == ((200, b""), method)


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        ("post", "ValueError"),
        ("TRACE", "ValueError"),
        ("", "ValueError"),
        (1, "TypeError"),
        (["POST"], "TypeError"),
    ],
)
def test_another_method_is_an_error(given: Any, tag: str) -> None:
    async def main(run: wf.Run) -> None:
        run.create_callback_endpoint(given)

    assert failure(main).payload["tags"] == [tag]


@pytest.mark.parametrize(
    ("arguments", "tags"),
    [
        ({"callback": "https://callbacks.example/1"}, ["TypeError"]),
        ({"callback": None}, ["TypeError"]),
        ({"callback": {}}, ["TypeError"]),
        ({"callback": {"url": 1}}, ["TypeError"]),
        ({"callback": {"url": "https://callbacks.example/2"}}, ["ValueError"]),
        ({"timeout": "60"}, ["TypeError"]),
        ({"timeout": True}, ["TypeError"]),
        ({"timeout": -1}, ["ValueError"]),
        ({"timeout": 31_536_001}, ["ValueError"]),
        ({"timeout": float("nan")}, ["ValueError"]),
        ({"timeout": 0}, ["TimeoutError", "OSError"]),
        ({}, ["TimeoutError", "OSError"]),
    ],
)
def test_awaiting_checks_its_arguments(arguments: dict[str, Any], tags: list[str]) -> None:
    async def main(run: wf.Run) -> None:
        endpoint = run.create_callback_endpoint()
        await run.call("wait", events.await_callback, **{"callback": endpoint, **arguments})

    clock = VirtualClock()
    error = failure(main, clock=clock, callbacks=ScriptedCallbacks(clock), **NO_LOG)
    assert error.payload["tags"] == tags


@pytest.mark.parametrize("parameter", ["callback", "timeout"])
def test_odd_arguments_never_raise_anything_of_pythons(parameter: str) -> None:
    async def main(run: wf.Run) -> Any:
        endpoint = run.create_callback_endpoint()
        for value in (*ODD, *DEEP, {"url": "\ud800"}, {"url": []}):
            given = {"callback": endpoint, "timeout": 1, parameter: value}
            with pytest.raises(wf.WorkflowError) as raised:
                await run.call("wait", events.await_callback, **given)
            tags.add(raised.value.payload["tags"][0])

    tags: set[str] = set()
    clock = VirtualClock()
    execute(main, clock=clock, callbacks=ScriptedCallbacks(clock), **NO_LOG)
    assert tags == {"TypeError", "ValueError"} | ({"TimeoutError"} & tags)


def test_waiting_ends_after_twelve_hours_or_after_the_timeout() -> None:
    async def main(run: wf.Run, timeout: Any) -> Any:
        endpoint = run.create_callback_endpoint()
        try:
            await run.call("wait", events.await_callback, callback=endpoint, timeout=timeout)
        except Exception as exc:
            return [run.now(), wf.caught(exc)]

    for timeout, seconds in ((None, 43_200), (2.5, 2.5)):
        clock = VirtualClock()
        options = {"clock": clock, "callbacks": ScriptedCallbacks(clock), "parameters": 1, **NO_LOG}
        assert execute(main, timeout, **options) == [
            seconds,
            {
                "message": f"TimeoutError: no callback arrived within {seconds} seconds",
                "tags": ["TimeoutError", "OSError"],
            },
        ]


# -- what a request becomes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("application/json", b'{"a": [1, 2.5, null]}', {"a": [1, 2.5, None]}),
        ("application/cloudevents+json; charset=utf-8", b'"x"', "x"),
        ("application/json", b"{broken", "{broken"),
        ("application/json", b"", None),
        ("text/plain; charset=latin-1", b"gr\xfc\xdf", "grüß"),
        ("text/html", "grüß".encode(), "grüß"),
        ("application/x-www-form-urlencoded", b"a=1&b=2", "a=1&b=2"),
        ("application/octet-stream", b"\x00\xff", {"bytes": [0, 255]}),
        ("image/png", b"\x89PNG", {"bytes": [0x89, 0x50, 0x4E, 0x47]}),
        (None, b"", None),
    ],
)
def test_bodies_are_decoded_by_their_type(kind: str | None, body: bytes, expected: Any) -> None:
    async def main(run: wf.Run) -> Any:
        found = (await one_callback(run))["http_request"]["body"]
        return {"bytes": list(found)} if isinstance(found, bytes) else found

    async def outside(session: aiohttp.ClientSession, url: str) -> Any:
        headers = {} if kind is None else {"Content-Type": kind}
        async with session.post(url, data=body, headers=headers) as answer:
            return answer.status

    assert run_with(main, outside) == (200, expected)


def test_a_request_arrives_with_headers_query_path_and_time() -> None:
    async def main(run: wf.Run) -> Any:
        return [run.now(), await one_callback(run)]

    async def outside(session: aiohttp.ClientSession, url: str) -> Any:
        query = [("by", "ann & bob"), ("tag", "a"), ("tag", "b"), ("empty", "")]
        headers = {"x-request-ID": "7", "User-Agent": "test"}
        async with session.post(url, params=query, headers=headers) as answer:
            return answer.url.path

    path, (began, got) = run_with(main, outside)
    request = got["http_request"]
    assert got.keys() == {"http_request", "received_time", "type"}
    assert request.keys() == {"body", "headers", "method", "query", "url"}
    assert got["type"] == "HTTP"
    assert abs(wf.time.parse(got["received_time"]) - began) < 60
    assert request["query"] == {"by": "ann & bob", "tag": ["a", "b"], "empty": ""}
    assert request["url"] == f"{path}?by=ann+%26+bob&tag=a&tag=b&empty="
    assert path.startswith("/v1/projects/local-project/locations/local/workflows/order/executions/")
    assert request["headers"]["X-Request-Id"] == "7"
    assert request["headers"]["User-Agent"] == "test"


def test_an_endpoint_is_found_whatever_its_project_is_called() -> None:
    async def outside(session: aiohttp.ClientSession, url: str) -> Any:
        async with session.post(url, data=b"x") as answer:
            return answer.status

    async def main(run: wf.Run) -> Any:
        return (await one_callback(run))["http_request"]["url"].split("/")[3]

    env = {"GOOGLE_CLOUD_PROJECT_ID": "example.com:größe 1%"}
    expected = (200, "example.com:gr%C3%B6%C3%9Fe%201%25")
    assert run_with(main, outside, env=env) == expected


# -- what is refused ------------------------------------------------------------------------------


def test_requests_are_refused_as_googles_apis_refuse_them() -> None:
    """Another method (OQ-54), a second one too early (429), an unknown endpoint, a huge body."""

    async def outside(session: aiohttp.ClientSession, url: str) -> Any:
        async def ask(method: str, to: str, body: bytes = b"") -> Any:
            async with session.request(method, to, data=body) as answer:
                error = await answer.json() if answer.status not in (200, 413) else None
                return answer.status, error and error["error"]["code"], error and error["error"]

        return [
            (await ask("PUT", url))[:2],
            (await ask("GET", url))[2]["status"],
            (await ask("POST", f"{url}x"))[:2],
            (await ask("POST", url.partition("/v1")[0]))[2]["status"],
            (await ask("POST", url, b"x" * 2_100_000))[0],
            (await ask("POST", url, b"x" * 2_000_000))[0],
            (await ask("POST", url))[:2],
            (await ask("POST", url))[2]["status"],
        ]

    async def main(run: wf.Run) -> Any:
        endpoint = run.create_callback_endpoint()
        await released.wait()
        got = await run.call("wait", events.await_callback, callback=endpoint)
        return len(got["http_request"]["body"])

    released = asyncio.Event()

    async def all_before(session: aiohttp.ClientSession, url: str) -> Any:
        answers = await outside(session, url)
        released.set()
        return answers

    answers, length = run_with(main, all_before)
    assert answers == [
        (405, 405),
        "INVALID_ARGUMENT",
        (404, 404),
        "NOT_FOUND",
        413,
        200,
        (429, 429),
        "RESOURCE_EXHAUSTED",
    ]
    assert length == 2_000_000


def test_after_one_is_processed_the_next_is_taken() -> None:
    async def main(run: wf.Run) -> Any:
        endpoint = run.create_callback_endpoint()
        return [
            (await run.call("wait", events.await_callback, callback=endpoint))["http_request"]
            for _ in range(3)
        ]

    async def outside(session: aiohttp.ClientSession, url: str) -> Any:
        found = []
        for number in range(3):
            async with session.post(url, json=number) as answer:
                found.append(answer.status)
        return found

    statuses, requests = run_with(main, outside)
    assert statuses == [200, 200, 200]
    assert [request["body"] for request in requests] == [0, 1, 2]


# -- who may wait, and how long it lives ----------------------------------------------------------


def test_only_the_execution_that_made_an_endpoint_may_await_it() -> None:
    async def scenario() -> Any:
        clock = VirtualClock()
        callbacks = ScriptedCallbacks(clock, CallbackRequest(5))
        made: list[Any] = []

        async def maker(run: wf.Run) -> Any:
            made.append(run.create_callback_endpoint())
            await run.call("wait", events.await_callback, callback=made[0])
            return "got it"

        async def other(run: wf.Run) -> Any:
            await run.call("wait", events.await_callback, callback=made[0])

        options: Any = {"clock": clock, "callbacks": callbacks, "env": {}, **NO_LOG}
        return await asyncio.gather(
            workflow(maker).run(**options), workflow(other).run(**options), return_exceptions=True
        )

    got, refused = asyncio.run(scenario())
    assert got == "got it"
    assert refused.payload["tags"] == ["ValueError"]
    assert "this execution has no callback endpoint" in str(refused)


def test_requests_go_to_the_waiting_branches_in_the_order_in_which_they_wait() -> None:
    async def main(run: wf.Run) -> Any:
        endpoint = run.create_callback_endpoint()
        got: list[Any] = []

        async def branch(run: wf.Run) -> None:
            found = await run.call("wait", events.await_callback, callback=endpoint)
            got.append([run.branch[0][1], found["http_request"]["body"]])

        await run.parallel("fan", [branch, branch, branch])
        return got

    clock = VirtualClock()
    sent = [CallbackRequest(after, body) for after, body in ((1, "a"), (2, "b"), (3, "c"))]
    callbacks = ScriptedCallbacks(clock, *sent)
    result = execute(main, clock=clock, callbacks=callbacks, **NO_LOG)
    assert result == [[0, "a"], [1, "b"], [2, "c"]]
    assert callbacks.answers == [200, 200, 200]


def test_who_gave_up_waiting_takes_no_request_away() -> None:
    async def main(run: wf.Run) -> Any:
        endpoint = run.create_callback_endpoint()
        with suppress(wf.WorkflowError):
            await run.call("wait", events.await_callback, callback=endpoint, timeout=1)
        return (await run.call("wait", events.await_callback, callback=endpoint))["http_request"]

    clock = VirtualClock()
    callbacks = ScriptedCallbacks(clock, CallbackRequest(2, "late"))
    assert execute(main, clock=clock, callbacks=callbacks, **NO_LOG)["body"] == "late"


@pytest.mark.parametrize("ending", ["return", "raise", "cancel"])
def test_neither_task_nor_socket_is_left_when_the_run_ends(ending: str) -> None:
    async def main(run: wf.Run) -> Any:
        url = run.create_callback_endpoint()["url"]
        ports.append(int(url.split(":")[2].partition("/")[0]))
        run.create_callback_endpoint("PUT")
        if ending == "raise":
            raise wf.WorkflowError("enough")
        if ending == "cancel":
            waiting.set()
            await run.call("wait", events.await_callback, callback={"url": url})
        return "done"

    async def scenario() -> None:
        before = asyncio.all_tasks()
        running = asyncio.create_task(workflow(main).run(env={}, log=lambda entry: None))
        if ending == "cancel":
            await waiting.wait()
            running.cancel()
        with suppress(wf.WorkflowError, asyncio.CancelledError):
            await running
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before

    ports: list[int] = []
    waiting = asyncio.Event()
    asyncio.run(scenario())
    with closing(socket.socket()) as client:
        assert client.connect_ex(("127.0.0.1", ports[0])) != 0


def test_an_endpoint_of_ones_own_service_is_closed_with_its_execution() -> None:
    class Service:
        """Keeps the endpoints of all executions, and lives longer than they do."""

        def __init__(self) -> None:
            self.open_ones: set[str] = set()

        def open(self, endpoint: Endpoint) -> str:
            self.open_ones.add(endpoint.path)
            return f"https://workflows.example{endpoint.path}"

        def close(self, endpoint: Endpoint) -> None:
            self.open_ones.discard(endpoint.path)

    async def main(run: wf.Run) -> Any:
        return [run.create_callback_endpoint()["url"], len(service.open_ones)]

    service = Service()
    url, count = execute(main, callbacks=service, **NO_LOG)
    assert url.startswith("https://workflows.example/v1/projects/")
    assert (count, service.open_ones) == (1, set())


def test_the_url_is_logged_when_it_is_made() -> None:
    entries: list[wf.LogEntry] = []

    async def main(run: wf.Run) -> Any:
        return run.create_callback_endpoint("PUT")["url"]

    url = execute(main, log=entries.append)
    assert [entry[1:3] for entry in entries] == [("INFO", f"callback endpoint: PUT {url}")]


@given(st.lists(st.sampled_from(["request", "wait", "give up"]), max_size=30))
def test_every_accepted_request_is_delivered_once_and_in_order(happenings: list[str]) -> None:
    """Against a model: a queue of waiters, and at most one request that none of them has."""

    async def scenario() -> None:
        endpoint = Endpoint("e", "POST", VirtualClock())
        waiters: list[asyncio.Future[Any]] = []
        waiting: list[asyncio.Future[Any]] = []
        kept = accepted = 0
        for happening in happenings:
            if happening == "request":
                body = str(accepted).encode()
                if kept:
                    with pytest.raises(Refused, match="has not been processed yet"):
                        endpoint.receive("POST", [], [], body)
                    continue
                endpoint.receive("POST", [], [], body)
                accepted += 1
                if waiting:
                    assert waiting.pop(0).done()
                else:
                    kept += 1
            elif happening == "wait":
                waiters.append(endpoint.next())
                assert waiters[-1].done() == bool(kept)
                if kept:
                    kept -= 1
                else:
                    waiting.append(waiters[-1])
            elif waiting:
                waiting.pop(0).cancel()
        assert not any(waiter.done() for waiter in waiting)
        delivered = [
            waiter.result()["http_request"]["body"]
            for waiter in waiters
            if waiter.done() and not waiter.cancelled()
        ]
        assert delivered == [str(number) for number in range(accepted - kept)]

    asyncio.run(scenario())
