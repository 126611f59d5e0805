"""Peak's calls in the OpenAPI document of the service, made of the tables that route them.

Of a body it has what this package checks.  What stands in a workflow's steps the compiler checks,
and says of what is wrong where it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from wfc_service.google.openapi import openapi
from wfc_service.peak.call import Row
from wfc_service.peak.press_calls import PRESS_CALLS
from wfc_service.peak.query import PARAMETERS, SCOPES
from wfc_service.peak.workflow_calls import OTHER_CALLS, WORKFLOW_CALLS

_TEXT: Final = {"type": "string"}
_MAP: Final = {"type": "object"}
_NAME: Final = {"type": "string", "minLength": 1}
_JSON: Final = {"type": "string", "contentMediaType": "application/json"}
_SWITCH: Final = {"type": "string", "enum": ["true", "false", "null"]}


def _object(*needed: str, closed: bool = False, **properties: Any) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "object", "properties": properties}
    if needed:
        shape["required"] = list(needed)
    return {**shape, "additionalProperties": False} if closed else shape


_RELEASE: Final = _object(version=_TEXT)
_VALUES: Final = _object(build=_MAP, run=_MAP)
_STEP_TO_RUN: Final = _object("stepName", closed=True, stepName=_TEXT, runDAG={"type": "boolean"})
_TEXTS: Final = {
    "type": "object",
    "additionalProperties": {"type": ["string", "number", "boolean"]},
}
_PARAMS: Final = {
    "type": "object",
    "properties": {
        "global": _TEXTS,
        "stepWise": {"type": "object", "additionalProperties": _TEXTS},
    },
}

BODIES: Final[Mapping[str, Mapping[str, Any]]] = {
    "Workflow": _object("name", "steps", name=_NAME, steps=_MAP),
    "Execute": _object(
        closed=True, params=_PARAMS, stepsToRun={"type": "array", "items": _STEP_TO_RUN}
    ),
    "Webhook": {"description": "any JSON: what is not as `Execute` is the parameter `payload`"},
    "SpecForm": _object(
        "spec",
        spec=_JSON,
        parameters=_JSON,
        featured=_SWITCH,
        scope={"type": "string", "enum": list(SCOPES)},
        tenants=_JSON,
        autoRunOnDeploy=_SWITCH,
        artifact={"type": "string", "contentMediaType": "application/zip"},
    ),
    "ReleaseForm": _object("spec", spec=_JSON, parameters=_JSON),
    "SpecChange": _object(
        closed=True,
        metadata=_MAP,
        featured={"type": "boolean"},
        scope={"type": "string", "enum": list(SCOPES)},
        tenants={"type": "array", "items": _TEXT},
    ),
    "Metadata": _object(name=_NAME, summary=_NAME),
    "Deployment": _object(
        "metadata",
        "spec",
        metadata=_object("name", "summary", name=_NAME, summary=_NAME),
        spec=_object("id", id=_NAME, release=_RELEASE),
        revision=_object(notes=_TEXT),
        parameters=_VALUES,
    ),
    "Revision": _object(release=_RELEASE, revision=_object(notes=_TEXT), parameters=_VALUES),
    "Values": _MAP,
    "ValuesOfParts": _object(closed=True, parameters=_MAP),
}
"""What is said of the body of a call; those whose names end in Form are multipart."""

_APPLICATION: Final = "application/json"
_ERROR: Final = _object("detail", closed=True, detail=_TEXT)
_KEY: Final = {"name": "x-peak-requestId", "in": "header", "schema": _TEXT}
_LISTS: Final = ("list_resources",)
_FILES: Final = ("download_log",)


@cache
def description() -> dict[str, Any]:
    """The document of Google's APIs with Peak's calls in it."""
    document = openapi()
    paths: dict[str, dict[str, Any]] = {}
    for row in (*WORKFLOW_CALLS, *OTHER_CALLS, *PRESS_CALLS):
        paths.setdefault(row.path, {})[row.verb.lower()] = _operation(row)
    components = document["components"]
    schemas = {f"Peak{name}": shape for name, shape in {**BODIES, "Error": _ERROR}.items()}
    return {
        **document,
        "paths": {**document["paths"], **paths},
        "components": {**components, "schemas": {**components["schemas"], **schemas}},
    }


def _operation(row: Row) -> dict[str, Any]:
    answer = {"type": "array", "items": _MAP} if row.name in _LISTS else _MAP
    shown = _content("text/plain", _TEXT) if row.name in _FILES else _content(_APPLICATION, answer)
    operation: dict[str, Any] = {
        "operationId": f"peak.{row.name}",
        "summary": f"{row.name.replace('_', ' ').capitalize()}.",
        "tags": ["peak"],
        "parameters": [
            *(
                {"name": name, "in": "path", "required": True, "schema": _TEXT}
                for name in re.findall(r"{(\w+)}", row.path)
            ),
            *({"name": name, "in": "query", "schema": PARAMETERS[name]} for name in row.query),
            *([_KEY] if row.once else []),
        ],
        "responses": {
            "200": {"description": "The answer.", **shown},
            "4XX": {
                "description": "An error of the request.",
                **_content(_APPLICATION, _reference("Error")),
            },
        },
    }
    if row.body:
        kind = "multipart/form-data" if row.body.endswith("Form") else _APPLICATION
        operation["requestBody"] = _content(kind, _reference(row.body))
    return operation


def _content(kind: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"content": {kind: {"schema": schema}}}


def _reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/Peak{name}"}
