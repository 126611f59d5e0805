"""The tables of messages and methods say what Google's descriptions of both APIs say."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from google.cloud.workflows.executions_v1.types import executions
from google.cloud.workflows_v1.types import workflows
from googleapiclient.discovery_cache import get_static_doc

from wfc_service.google.messages import MESSAGES, Field
from wfc_service.google.methods import METHODS

APIS = ("workflows", "workflowexecutions")
OURS = {("executions.create", "requestId")}
"""Parameters that only this service has."""

OUR_METHODS = {"logs.list"}

NAMES = {"Status": "ExecutionStatus"}
"""Where the two APIs call different messages by one name: those of the second."""


@cache
def description(api: str, version: str = "v1") -> dict[str, Any]:
    import json

    document: dict[str, Any] = json.loads(get_static_doc(api, version))
    return document


def described_methods(version: str) -> dict[str, dict[str, Any]]:
    """By `workflows.create`."""
    found: dict[str, dict[str, Any]] = {}

    def walk(name: str, resource: dict[str, Any]) -> None:
        for method, described in resource.get("methods", {}).items():
            found[f"{name}.{method}"] = described
        for inner, below in resource.get("resources", {}).items():
            walk(inner, below)

    for api in APIS:
        walk("", description(api, version))
    return found


def schemas() -> list[Any]:
    return [
        pytest.param(NAMES.get(name, name) if api == APIS[1] else name, schema, id=f"{api}-{name}")
        for api in APIS
        for name, schema in description(api)["schemas"].items()
        if name != "OperationMetadata"  # only ever written
    ]


def kind(described: dict[str, Any]) -> tuple[str, str]:
    """Shape and kind of a field that Google describes."""
    if "$ref" in described:
        return "one", "message"
    if "enum" in described:
        return "one", "enum"
    if described["type"] == "array":
        return "list", kind(described["items"])[1]
    if described["type"] == "object":
        inner = described["additionalProperties"]
        if inner["type"] == "any":
            return "one", "any" if "@type" in inner.get("description", "") else "struct"
        return "map", kind(inner)[1]
    formats = {
        "google-datetime": "timestamp",
        "google-duration": "duration",
        "google-fieldmask": "mask",
        "byte": "bytes",
        "int32": "int32",
        "int64": "int64",
    }
    plain = {"string": "string", "boolean": "bool", "integer": "int32"}
    return "one", formats.get(described.get("format", ""), plain[described["type"]])


@pytest.mark.parametrize(("name", "schema"), schemas())
def test_messages_are_those_of_the_descriptions(name: str, schema: dict[str, Any]) -> None:
    described = schema.get("properties", {})
    message = MESSAGES[name]
    assert sorted(described) == sorted(field.name for field in message.rows)
    for field in message.rows:
        one = described[field.name]
        assert (field.shape, field.kind) == kind(one), field.name
        assert list(field.values) == one.get("enum", []), field.name
        if field.output:
            assert one.get("readOnly"), field.name


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_methods_are_those_of_the_descriptions(version: str) -> None:
    described = described_methods(version)
    ours = {
        method.id: method
        for method in METHODS
        if version in method.versions and method.id not in OUR_METHODS
    }
    assert sorted(ours) == sorted(described)
    for id, method in ours.items():
        one = described[id]
        assert method.verb == one["httpMethod"]
        verb = method.template.rpartition("}")[2]
        argument = "name" if method.argument == "workflow.name" else method.argument
        assert one["path"] == f"{version}/{{+{argument}}}{verb}"
        pattern = one["parameters"][argument]["pattern"].strip("^$").replace("[^/]+", "*")
        assert method.path == pattern + verb
        named = {field.name: field for field in method.parameters.values()}
        query = {name: p for name, p in one["parameters"].items() if p["location"] == "query"}
        if version == "v1":
            assert {(id, name) for name in set(named) - set(query)} <= OURS
            assert set(query) <= set(named)
        for name, parameter in query.items():
            assert named[name].kind == kind(parameter)[1]
            assert list(named[name].values) == parameter.get("enum", [])
        assert method.reply == one["response"]["$ref"]
        assert (method.body or None) == one.get("request", {}).get("$ref")


@pytest.mark.parametrize(
    ("module", "names"),
    [(workflows, ("Workflow",)), (executions, ("Execution",))],
    ids=["workflows", "executions"],
)
def test_enums_are_numbered_and_names_spelled_as_in_protobuf(
    module: Any, names: tuple[str, ...]
) -> None:
    for name in names:
        descriptor = getattr(module, name).pb().DESCRIPTOR
        fields: dict[str, Field] = MESSAGES[name].fields
        assert descriptor.full_name == MESSAGES[name].name
        for published in descriptor.fields:
            field = fields[published.name]
            assert (field.name, field.proto) == (published.json_name, published.name)
            if published.enum_type is not None:
                numbered = {value.number: value.name for value in published.enum_type.values}
                known = dict(enumerate(field.values))
                assert numbered == {number: known[number] for number in numbered}
