"""URLs and queries against the URL libraries that read them back; and no argument escapes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.compiled import workflow
from tests.http_server import echo, replies, serving
from yarl import URL

import wfc_runtime.v1 as wf
from wfc_runtime.conversions import string
from wfc_runtime.request import Request, request
from wfc_runtime.stdlib import http

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALAR = TEXT | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.floats(allow_nan=False)
QUERY = st.dictionaries(TEXT, SCALAR | st.lists(SCALAR, max_size=3), max_size=4)
ODD: st.SearchStrategy[Any] = (
    st.none() | SCALAR | st.binary(max_size=5) | st.lists(TEXT, max_size=2)
)
ARGUMENTS = {
    "auth",
    "body",
    "ca_certificate",
    "headers",
    "private_service_name",
    "query",
    "timeout",
}
ODD |= st.dictionaries(TEXT, TEXT | st.none() | st.integers(), max_size=2)


def built(url: str, query: Any = None) -> Request:
    return request("GET", url, None, None, None, query, None, None, None)


def flat(query: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, string(single))
        for name, value in query.items()
        for single in (value if isinstance(value, list) else [value])
    ]


@given(QUERY)
def test_a_query_reads_back_as_it_was_given(query: dict[str, Any]) -> None:
    url = built("https://orders.example/a%2Fb", query).url
    assert parse_qsl(urlsplit(url).query, keep_blank_values=True) == flat(query)
    assert list(URL(url).query.items()) == flat(query)
    assert URL(url).raw_path == "/a%2Fb"


@given(QUERY, QUERY)
def test_a_query_is_added_to_that_of_the_url(first: dict[str, Any], then: dict[str, Any]) -> None:
    url = built(built("https://orders.example/#part", first).url, then).url
    assert parse_qsl(urlsplit(url).query, keep_blank_values=True) == flat(first) + flat(then)
    assert urlsplit(url).fragment == "part"


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@given(path=st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=8), query=QUERY)
@settings(max_examples=50)
def test_the_server_sees_the_query_that_was_given(
    loop: asyncio.Runner, path: str, query: dict[str, Any]
) -> None:
    async def scenario() -> Any:
        async with serving(echo) as address:

            async def main(run: wf.Run) -> Any:
                return await run.call("go", http.get, url=f"{address}/{path}", query=query)

            return (await workflow(main).run(env={}))["body"]

    got = loop.run(scenario())
    assert got["path"] == f"/{path}"
    assert got["query"] == [list(pair) for pair in flat(query)]


@given(
    st.from_regex(r"\Ahttps?://[!-~\u00e0-\u00ff]{0,12}\Z")
    | st.builds("http://orders.example{}".format, TEXT)
    | st.builds("http://{}/".format, TEXT)
)
@settings(max_examples=300)
def test_whatever_the_url_is_the_errors_are_the_workflows(loop: asyncio.Runner, url: str) -> None:
    with patch("wfc_runtime.request.open_session", no_network):
        error = loop.run(failing({"method": "GET", "url": url}))
    assert error["tags"][0] in {"ValueError", "ConnectionFailedError"}
    assert error["tags"][0] != "ValueError" or "is not a URL" in error["message"]


HEADERS = st.dictionaries(
    TEXT | st.sampled_from(["Host", "Content-Type", "content-length", "Transfer-Encoding", "TE"]),
    TEXT | st.sampled_from(["text/plain; charset=ascii", "chunked", "gzip", "-1", "100", ""]),
    max_size=3,
)
ONE_ODD_ARGUMENT = st.one_of(
    st.builds(lambda value, name: {name: value}, ODD, st.sampled_from(sorted(ARGUMENTS))),
    st.builds(lambda body, headers: {"body": body, "headers": headers}, ODD, HEADERS),
)


@given(st.sampled_from(["GET", "HEAD", "POST", "TRACE", "OPTIONS"]), ONE_ODD_ARGUMENT)
@settings(max_examples=300)
def test_whatever_an_argument_is_the_errors_are_the_workflows(
    loop: asyncio.Runner, method: str, arguments: dict[str, Any]
) -> None:
    async def scenario() -> Any:
        async with serving(replies(text="well")) as address:
            return await failing({"method": method, "url": address, "timeout": 2, **arguments})

    error = loop.run(scenario())
    possible = {"TypeError", "ValueError", "HttpError"}
    if "timeout" in arguments:
        possible.add("TimeoutError")
    assert error is None or error["tags"][0] in possible


async def failing(arguments: dict[str, Any]) -> Any:
    """The error of a request, or None."""

    async def main(run: wf.Run) -> Any:
        await run.call("go", http.request, **arguments)

    try:
        await workflow(main).run(env={}, auth=wf.NoAuth())
    except wf.WorkflowError as error:
        return error.payload


def no_network() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(connector=aiohttp.UnixConnector("/nowhere/at/all"))
