"""What `http.*` sends for the arguments it is given (spec 06, http)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.http_server import ask, echo

AGENT = "GoogleCloudWorkflows; (+https://cloud.google.com/workflows/docs)"
NAN = float("nan")


def received(verb: str = "get", **arguments: Any) -> Any:
    return ask(echo, verb, **arguments)["body"]


@pytest.mark.parametrize("verb", ["get", "post", "put", "patch", "delete"])
def test_each_verb_sends_its_method(verb: str) -> None:
    assert received(verb)["method"] == verb.upper()


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_request_sends_the_method_it_is_given(method: str) -> None:
    assert received("request", method=method)["method"] == method


def test_the_user_agent_is_the_services_and_a_given_one_goes_before_it() -> None:
    assert received()["headers"]["User-Agent"] == AGENT
    own = received(headers={"user-agent": "mine/1"})["headers"]
    assert own["User-Agent"] == f"mine/1 {AGENT}"


def test_headers_are_sent_as_given() -> None:
    headers = received(headers={"X-Trace-Id": "7", "accept": "text/plain", 7: "seven"})["headers"]
    assert headers["X-Trace-Id"] == "7"
    assert headers["7"] == "seven"  # a key that is an integer (OQ-13)
    assert headers["Accept"] == "text/plain"


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/a", {"x": "1 & 2", "y": 3, "z": True}, [["x", "1 & 2"], ["y", "3"], ["z", "true"]]),
        ("/a", {"tag": ["a", "b", 2.0]}, [["tag", "a"], ["tag", "b"], ["tag", "2"]]),
        ("/a?k=v", {"x": 1}, [["k", "v"], ["x", "1"]]),
        ("/a?", {"x": 1}, [["x", "1"]]),
        ("/a?k=v#part", {"x": "ü+/"}, [["k", "v"], ["x", "ü+/"]]),
        ("/a?k=a%2Bb", None, [["k", "a+b"]]),
        ("/a", {"none": []}, []),
    ],
)
def test_query_values_are_encoded_and_lists_repeat_the_key(
    path: str, query: Any, expected: list[Any]
) -> None:
    got = received(path=path, query=query)
    assert (got["path"], got["query"]) == ("/a", expected)


@pytest.mark.parametrize(
    ("body", "content_type", "sent", "sent_type"),
    [
        ({"b": 1, "a": [2.0]}, None, '{"a":[2],"b":1}', "application/json; charset=utf-8"),
        ("text", None, '"text"', "application/json; charset=utf-8"),
        (False, None, "false", "application/json; charset=utf-8"),
        (b"\x01ab", None, "\x01ab", "application/octet-stream"),
        ({"a": 1}, "application/json", '{"a":1}', "application/json"),
        ("a", "Application/JSON; charset=utf-8", '"a"', "Application/JSON; charset=utf-8"),
        ({"a": 1}, "application/ld+json", '{"a":1}', "application/ld+json"),
        (b'{"raw": 1}', "application/json", '{"raw": 1}', "application/json"),
        ("a=1&b=x", "application/x-www-form-urlencoded", "a=1&b=x", None),
        ("héllo", "text/plain", "héllo", "text/plain"),
        ("<a/>", "application/xml", "<a/>", "application/xml"),
    ],
)
def test_the_content_type_decides_how_the_body_is_encoded(
    body: Any, content_type: str | None, sent: str, sent_type: str | None
) -> None:
    headers = None if content_type is None else {"content-type": content_type}
    got = received("post", body=body, headers=headers)
    assert got["body"] == sent
    types = [value for name, value in got["headers"].items() if name.lower() == "content-type"]
    assert types == [sent_type or content_type]


def test_a_request_without_a_body_has_no_content_type() -> None:
    got = received("post")
    assert got["body"] == ""
    assert "Content-Type" not in got["headers"]


@pytest.mark.parametrize(
    ("arguments", "tag"),
    [
        ({"url": 5}, "TypeError"),
        ({"url": "www.foo.com"}, "ValueError"),
        ({"url": "ftp://foo.com"}, "ValueError"),
        ({"url": "http://"}, "ValueError"),
        ({"url": "http://host:99999/"}, "ValueError"),
        ({"timeout": "5"}, "TypeError"),
        ({"timeout": True}, "TypeError"),
        ({"timeout": -1}, "ValueError"),
        ({"timeout": 0}, "ValueError"),
        ({"timeout": 1801}, "ValueError"),
        ({"timeout": NAN}, "ValueError"),
        ({"headers": ["a"]}, "TypeError"),
        ({"headers": {"a": 1}}, "TypeError"),
        ({"headers": {"a b": "1"}}, "ValueError"),
        ({"headers": {"": "1"}}, "ValueError"),
        ({"headers": {"a": "1\r\nb: 2"}}, "ValueError"),
        ({"query": "a=1"}, "TypeError"),
        ({"query": {"a": None}}, "TypeError"),
        ({"query": {"a": {"b": 1}}}, "TypeError"),
        ({"query": {"a": [[1]]}}, "TypeError"),
        ({"private_service_name": "projects/p"}, "ValueError"),
        ({"ca_certificate": 5}, "TypeError"),
        ({"ca_certificate": "no certificate"}, "ValueError"),
        ({"ca_certificate": b"no certificate"}, "ValueError"),
        ({"ca_certificate": "kein Zertifikat für uns"}, "ValueError"),
        ({"ca_certificate": ""}, "ValueError"),
    ],
)
def test_arguments_that_cannot_be_are_the_workflows_errors(
    arguments: dict[str, Any], tag: str
) -> None:
    assert ask(echo, **arguments)["tags"] == [tag]


@pytest.mark.parametrize(
    ("arguments", "tag"),
    [
        ({"method": "get"}, "ValueError"),
        ({"method": "FETCH"}, "ValueError"),
        ({"method": None}, "TypeError"),
        ({"method": "POST", "body": {"a": b"bytes"}}, "TypeError"),
        ({"method": "POST", "body": NAN}, "ValueError"),
        ({"method": "POST", "body": {}, "headers": {"Content-Type": "text/plain"}}, "TypeError"),
    ],
)
def test_methods_and_bodies_that_cannot_be_are_the_workflows_errors(
    arguments: dict[str, Any], tag: str
) -> None:
    assert ask(echo, "request", **arguments)["tags"] == [tag]
