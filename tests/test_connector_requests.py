"""The request that a connector makes of its arguments (spec 06, Connectors)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import wfc_runtime.v1 as wf
from wfc_runtime.connector_request import connector_request
from wfc_runtime.request import Request

GET = wf.Connector(
    "googleapis.storage.v1.objects.get",
    "GET",
    "https://storage.googleapis.com/storage/v1/b/{bucket}/o/{object}",
    query=("generation", "projection"),
)
INSERT = wf.Connector(
    "googleapis.storage.v1.objects.insert",
    "POST",
    "https://storage.googleapis.com/storage/v1/b/{bucket}/o",
    query=("name",),
    body=True,
    upload="https://storage.googleapis.com/upload/storage/v1/b/{bucket}/o",
)
PATCH = wf.Connector(
    "googleapis.firestore.v1.projects.databases.documents.patch",
    "PATCH",
    "https://firestore.googleapis.com/v1/{+name}",
    query=("currentDocument.exists", "updateMask.fieldPaths"),
    body=True,
)
REGIONAL = replace(PATCH, url="https://run.googleapis.com/apis/{+name}", region="location")


def request(connector: wf.Connector, **given: Any) -> Request:
    return connector_request(connector, given, connector.scopes)


def failure(connector: wf.Connector, **given: Any) -> str:
    with pytest.raises(wf.WorkflowError) as raised:
        request(connector, **given)
    return str(raised.value)


@pytest.mark.parametrize(
    ("name", "in_path"),
    [
        ("report.csv", "report.csv"),
        ("2024%2Freport.csv", "2024%2Freport.csv"),  # encoded by the workflow, as documented
        ("2024/report.csv", "2024/report.csv"),
        ("a b", "a%20b"),
        ("é", "%C3%A9"),
        ("a?alt=media#x", "a%3Falt=media%23x"),
        ("a\nb", "a%0Ab"),
        ("(default)", "(default)"),
        (12, "12"),
    ],
)
def test_path_parameters_go_in_as_they_are(name: Any, in_path: str) -> None:
    sent = request(GET, bucket="b", object=name)
    assert sent.url == f"https://storage.googleapis.com/storage/v1/b/b/o/{in_path}"


@pytest.mark.parametrize(
    ("given", "query"),
    [
        ({}, ""),
        ({"generation": 5}, "?generation=5"),
        ({"generation": None}, ""),
        ({"alt": "media", "projection": "full"}, "?alt=media&projection=full"),
        ({"fields": "a,b(c)"}, "?fields=a%2Cb%28c%29"),
        ({"prettyPrint": False}, "?prettyPrint=false"),
        ({"query": {"generation": 5, "projection": None}}, "?generation=5"),
        ({"projection": ["a", "b"]}, "?projection=a&projection=b"),
    ],
)
def test_query_parameters_are_named_or_in_a_map(given: dict[str, Any], query: str) -> None:
    sent = request(GET, bucket="b", object="o", **given)
    assert sent.url == f"https://storage.googleapis.com/storage/v1/b/b/o/o{query}"


def test_a_map_stands_for_the_parts_of_a_parameters_name() -> None:
    by_map = request(PATCH, name="d", updateMask={"fieldPaths": ["a", "b"]})
    by_name = request(PATCH, name="d", **{"updateMask.fieldPaths": ["a", "b"]})
    assert by_map.url.endswith("/v1/d?updateMask.fieldPaths=a&updateMask.fieldPaths=b")
    assert by_map.url == by_name.url


def test_a_body_is_json() -> None:
    sent = request(PATCH, name="d", body={"b": 1, "a": [None]})
    assert sent.method == "PATCH"
    assert sent.body == b'{"a":[null],"b":1}'
    assert sent.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    ("body", "kind", "sent_body"),
    [
        ("hello world", "text/plain; charset=utf-8", b"hello world"),
        (b"\x00", "application/octet-stream", b"\x00"),
        ({"a": 1}, "application/json; charset=utf-8", b'{"a":1}'),
    ],
)
def test_an_object_is_uploaded_with_the_content_type_of_its_data(
    body: Any, kind: str, sent_body: bytes
) -> None:
    sent = request(INSERT, bucket="b", name="a/b", uploadType="media", body=body)
    assert sent.url == (
        "https://storage.googleapis.com/upload/storage/v1/b/b/o?name=a%2Fb&uploadType=media"
    )
    assert (sent.headers["Content-Type"], sent.body) == (kind, sent_body)


def test_the_region_stands_before_the_host() -> None:
    sent = request(REGIONAL, name="n", location="us-east1")
    assert sent.url == "https://us-east1-run.googleapis.com/apis/n"
    assert request(REGIONAL, name="n").url == "https://run.googleapis.com/apis/n"


@pytest.mark.parametrize(
    ("connector", "given", "message"),
    [
        (GET, {"bucket": "b"}, "TypeError: {}(): the argument `object` is missing"),
        (GET, {"bucket": "b", "object": None}, "TypeError: {}(): the argument `object` is missing"),
        (
            GET,
            {"bucket": [], "object": "o"},
            "TypeError: {}(): `bucket` must be a string, not list",
        ),
        (GET, {"bucket": "b", "object": ""}, "ValueError: {}(): `object` must not be empty"),
        (GET, {"bucket": "b", "object": "o", "x": 1}, "TypeError: {}(): no parameter is named `x`"),
        (
            GET,
            {"bucket": "b", "object": "o", "body": 1},
            "TypeError: {}(): no parameter is named `body`",
        ),
        (
            GET,
            {"bucket": "b", "object": "o", "query": "a=1"},
            "TypeError: {}(): `query` must be a dict, not string",
        ),
        (
            GET,
            {"bucket": "b", "object": "o", "projection": {"a": 1}},
            "TypeError: `query.projection` must be a string, number, boolean, or a list of these, "
            "not dict",
        ),
        (
            INSERT,
            {"bucket": "b", "uploadType": "resumable"},
            "ValueError: {}(): `uploadType` can only be `media`",
        ),
        (
            REGIONAL,
            {"name": "n", "location": "evil.example/"},
            "ValueError: {}(): `location` must be the name of a region",
        ),
        (
            REGIONAL,
            {"name": "n", "location": 1},
            "TypeError: {}(): `location` must be a string, not number",
        ),
    ],
)
def test_wrong_arguments_are_errors_of_the_workflow(
    connector: wf.Connector, given: dict[str, Any], message: str
) -> None:
    assert failure(connector, **given) == message.format(connector.name)
