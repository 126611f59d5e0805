"""The OpenAPI document of the service, made of the tables that route and read its requests."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from wfc_service.google.messages import MESSAGES, Field, Message, field_of
from wfc_service.google.methods import METHODS, Method

_INT64_TEXT: Final = {"type": "string", "format": "int64", "pattern": "^-?[0-9]+$"}
_SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "int32": {"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1},
    "int64": _INT64_TEXT,
    "bytes": {"type": "string", "format": "byte"},
    "timestamp": {"type": "string", "format": "date-time"},
    "duration": {"type": "string", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,9})?s$"},
    "mask": {"type": "string"},
    "struct": {"type": "object"},
    "any": {"type": "object", "properties": {"@type": {"type": "string"}}},
}
_SYSTEM: Final = ("alt enum json", "fields string", "prettyPrint bool", "key string")
_ERROR: Final = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "integer"},
                "message": {"type": "string"},
                "status": {"type": "string"},
                "details": {"type": "array", "items": _SCHEMAS["any"]},
            },
            "required": ["code", "message", "status"],
            "additionalProperties": False,
        }
    },
    "required": ["error"],
    "additionalProperties": False,
}
_KEY: Final = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
_IDS: Final = {
    "projects": "project",
    "locations": "location",
    "workflows": "workflow",
    "executions": "execution",
    "operations": "operation",
    "callbacks": "callback",
    "stepEntries": "stepEntry",
}


@cache
def openapi() -> dict[str, Any]:
    """The document, version 3.1."""
    paths: dict[str, dict[str, Any]] = {}
    for method in METHODS:
        for version in method.versions:
            path = paths.setdefault(f"/{version}/{_template(method.path)}", {})
            path[method.verb.lower()] = _operation(method, version)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Workflows",
            "version": "v1",
            "description": "The Workflows API and the Workflow Executions API in one service.",
        },
        "paths": paths,
        "components": {
            "schemas": {name: _schema(message) for name, message in MESSAGES.items()}
            | {"ErrorResponse": _ERROR}
        },
    }


def _template(path: str) -> str:
    """`projects/*/locations` → `projects/{project}/locations`"""
    return re.sub(r"(\w+)/\*", lambda found: f"{found[1]}/{{{_IDS[found[1]]}}}", path)


def _operation(method: Method, version: str) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": f"{version}.{method.id}",
        "summary": method.summary,
        "tags": [method.id.partition(".")[0]],
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in re.findall(r"{(\w+)}", _template(method.path))
            ),
            *_query([*method.query, *_SYSTEM]),
            *([_KEY] if method.key else []),
        ],
        "responses": {
            "200": _content(f"#/components/schemas/{method.reply}", "The answer."),
            "4XX": _content("#/components/schemas/ErrorResponse", "An error of the request."),
        },
    }
    if method.body:
        content = _content(f"#/components/schemas/{method.body}", "")["content"]
        operation["requestBody"] = {"content": content}
    return operation


def _query(rows: Iterable[str]) -> Iterable[dict[str, Any]]:
    for row in rows:
        field = field_of(row)
        yield {"name": field.name, "in": "query", "schema": _one(field)}


def _content(schema: str, description: str) -> dict[str, Any]:
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": schema}}},
    }


def _schema(message: Message) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field.name: _field(field) for field in message.rows},
        "additionalProperties": False,
    }


def _field(field: Field) -> dict[str, Any]:
    one = _one(field)
    if field.shape == "list":
        one = {"type": "array", "items": one}
    if field.shape == "map":
        one = {"type": "object", "additionalProperties": one}
    return {**one, "readOnly": True} if field.output else one


def _one(field: Field) -> dict[str, Any]:
    if field.kind == "message":
        return {"$ref": f"#/components/schemas/{field.of}"}
    if field.kind == "enum":
        return {"type": "string", "enum": list(field.values)}
    return dict(_SCHEMAS[field.kind])
