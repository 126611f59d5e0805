"""The name of a connector -> the method of a Google API that it calls (spec 06, Connectors).

Google's own descriptions of its APIs say which methods there are and what they take.  They come
with google-api-python-client, which `pip install "wfc-compiler[gcp]"` installs; only the one that
is asked for is read.

    googleapis.run.v2.projects.locations.jobs.run
               │   │  │                       └ method
               │   │  └ resources, one inside the other
               └───┴ run.v2.json
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from wfc.frozen import frozen_value
from wfc.library import CONNECTORS, FUNCTIONS, Connector, Operation, Parameter

Description: TypeAlias = dict[str, Any]
"""A part of a description: the whole, a resource, a method, a schema."""

_CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform"
_OF_EVERY_METHOD = ("alt", "fields", "prettyPrint", "quotaUser")
"""Query parameters of all methods; those that hold credentials are no argument of a connector."""

_HOST = "The region of the host that is asked, such as us-east1."
_REGIONS: dict[tuple[str, str], Parameter] = {
    ("aiplatform", "v1"): Parameter("region", about=_HOST),
    ("aiplatform", "v1beta1"): Parameter("region", about=_HOST),
    ("documentai", "v1"): Parameter("location", required=False, about=_HOST),
    ("documentai", "v1beta3"): Parameter("location", required=False, about=_HOST),
    ("integrations", "v1"): Parameter("location", required=False, about=_HOST),
    ("run", "v1"): Parameter("location", required=False, about=_HOST),
}
"""Arguments that connectors have beyond the method's own: the region of the host."""

_MORE_QUERY: dict[str, tuple[str, ...]] = {
    "translate.v2.detections.detect": ("q",),
    "translate.v2.translations.translate": ("format", "model", "q", "source", "target"),
}
"""Query parameters that an API takes and its description leaves out."""

_BY_NAME = "{version}/{+name}"
_DATAFLOW = "v1b3/projects/{projectId}/locations/{location}/jobs/{id}"
_VERTEX_JOBS = (
    *("batchPredictionJobs", "customJobs", "dataLabelingJobs", "hyperparameterTuningJobs"),
    *("nasJobs", "pipelineJobs", "trainingPipelines", "tuningJobs"),
)
_WAITED: dict[str, tuple[Operation, str]] = {
    **{f"aiplatform.{resource}.create": ("state", _BY_NAME) for resource in _VERTEX_JOBS},
    "batch.jobs.create": ("state", _BY_NAME),
    "bigquery.jobs.insert": ("bigquery", ""),
    "dataflow.jobs.create": ("state", _DATAFLOW),
    "dataflow.templates.create": ("state", _DATAFLOW),
    "run.jobs.create": ("knative", ""),
    "run.jobs.run": ("knative", ""),
    "transcoder.jobs.create": ("state", _BY_NAME),
    "workflowexecutions.executions.create": ("execution", _BY_NAME),
}
"""Methods that wait though they return no operation, and where their job's state is asked for."""


@frozen_value
class Unknown:
    """A name that is no connector: `part` of it is wrong, from the offset `start`.

    `near` are the names that the part could have, `there` is how what they belong to is called.
    `elsewhere` is a method of the API whose name ends in the same way.
    """

    kind: Literal["package", "service", "version", "method"]
    part: str
    start: int
    near: tuple[str, ...] = ()
    there: str = ""
    elsewhere: str = ""


def connector(name: str) -> Connector | Unknown:
    """What a name that begins with `googleapis.` calls, or which part of it names nothing."""
    documents = _documents()
    return Unknown("package", name, 0) if documents is None else _found(documents, name)


@cache
def _found(documents: Path, name: str) -> Connector | Unknown:
    parts = name.split(".")[1:]
    service, version = (*parts, "", "")[:2]
    *resources, last = parts[2:] or [""]
    start = len(CONNECTORS)
    apis = _apis(documents)
    if service not in apis:
        return Unknown("service", service, start, tuple(apis))
    start += len(service) + 1
    if version not in apis[service]:
        return Unknown("version", version, start, apis[service], service)
    start += len(version) + 1
    description = resource = _read(documents / f"{service}.{version}.json")
    there = f"{CONNECTORS}{service}.{version}"
    for part in resources:
        if part not in resource.get("resources", {}):
            return _no_method(name, part, start, description, resource, there)
        resource = resource["resources"][part]
        there += f".{part}"
        start += len(part) + 1
    if last not in resource.get("methods", {}):
        return _no_method(name, last, start, description, resource, there)
    return _connector(name, description, resource["methods"][last])


@cache
def _documents() -> Path | None:
    """The folder of the descriptions; None where the package is not installed."""
    try:
        import googleapiclient
    except ImportError:
        return None
    documents = Path(googleapiclient.__path__[0]) / "discovery_cache" / "documents"
    return documents if documents.is_dir() else None


@cache
def _apis(documents: Path) -> dict[str, tuple[str, ...]]:
    """The versions of each API; one with a dot cannot be part of a connector's name."""
    apis: dict[str, tuple[str, ...]] = {}
    for file in sorted(documents.glob("*.json")):
        service, _, version = file.name.removesuffix(".json").partition(".")
        if version and "." not in version:
            apis[service] = (*apis.get(service, ()), version)
    return apis


@cache
def _read(file: Path) -> Description:
    description: Description = json.loads(file.read_text(encoding="utf-8"))
    return description


def _no_method(
    name: str, part: str, start: int, description: Description, resource: Description, there: str
) -> Unknown:
    """What is known about a name whose `part` is not in the resource called `there`."""
    _, service, version, *path = name.split(".")
    ending = f".{'.'.join(path[-2:])}"
    base = f"{CONNECTORS}{service}.{version}"
    found = [f"{base}.{way}" for way, _ in _methods(description) if f".{way}".endswith(ending)]
    near = tuple(_names(resource, there))
    return Unknown("method", part, start, near, there, min(found, default=""))


def _names(resource: Description, there: str) -> Iterator[str]:
    """What may follow the name of a resource: methods, resources, and helpers of the library."""
    yield from resource.get("methods", {})
    yield from resource.get("resources", {})
    for name in FUNCTIONS:
        base, _, last = name.rpartition(".")
        if base == there:
            yield last


def _connector(name: str, description: Description, method: Description) -> Connector:
    service, version = description["name"], name.split(".")[2]
    own: Description = method.get("parameters", {})
    base = description["rootUrl"] + description["servicePath"]
    in_path = [each for each in method.get("parameterOrder", []) if own[each]["location"] == "path"]
    query = [each for each in own if own[each]["location"] == "query"]
    query += _MORE_QUERY.get(name.removeprefix(CONNECTORS), ())
    region = _REGIONS.get((service, version))
    if region is not None and region.name in own:
        region = None
    upload = method.get("mediaUpload", {}).get("protocols", {}).get("simple", {}).get("path", "")
    operation, poll = _operation(name, description, method)
    scopes = method.get("scopes", [])
    return Connector(
        name,
        tuple(_parameters(description, method, in_path, query, region)),
        "",  # `spell` finds one
        "wait",
        blocking=True,
        method=method["httpMethod"],
        url=base + method["path"],
        query=tuple(query),
        body="request" in method,
        region="" if region is None else region.name,
        upload=description["rootUrl"] + upload.removeprefix("/") if upload else "",
        operation=operation,
        poll=f"/{description['servicePath']}{poll}" if poll else "",
        scopes=() if not scopes or _CLOUD_PLATFORM in scopes else tuple(scopes),
        about=method.get("description", ""),
    )


def _parameters(
    description: Description,
    method: Description,
    in_path: list[str],
    query: list[str],
    region: Parameter | None,
) -> Iterator[Parameter]:
    """What a call may name: required ones first."""
    own = method.get("parameters", {})
    needed = [each for each in query if own.get(each, {}).get("required")]
    for name in (*in_path, *needed):
        yield Parameter(name, about=own[name].get("description", ""))
    if region is not None:
        yield region
    if "request" in method:
        yield Parameter("body", required=False, about=_body(description, method))
    yield Parameter("connector_params", required=False)
    optional = [each for each in query if each not in needed]
    maps = dict.fromkeys(each.partition(".")[0] for each in optional if "." in each)
    more = [*_OF_EVERY_METHOD, *(["uploadType"] if "mediaUpload" in method else [])]
    everywhere = [each for each in more if each in description.get("parameters", {})]
    for name in dict.fromkeys((*optional, *maps, *everywhere, "query")):
        if name not in in_path and name not in needed:
            yield Parameter(name, required=False, about=own.get(name, {}).get("description", ""))


def _body(description: Description, method: Description) -> str:
    """What the body of a method's requests is: `Job: annotations, binaryAuthorization, …`."""
    kind = method["request"].get("$ref", "")
    fields = description["schemas"].get(kind, {}).get("properties", {})
    return f"{kind}: {', '.join(fields)}" if fields else kind


def _operation(name: str, description: Description, method: Description) -> tuple[Operation, str]:
    """How the work that a method begins is followed, and the path to ask for it."""
    kind = method.get("response", {}).get("$ref", "")
    if method["httpMethod"] == "GET" or not kind:
        return "", ""
    fields = set(description["schemas"][kind].get("properties", {}))
    if {"name", "done"} <= fields:
        poll = _poll(description, kind)
        return ("longrunning", poll) if poll or "selfLink" in fields else ("", "")
    if {"operationType", "selfLink", "status"} <= fields:
        return "status", ""
    _, service, version, *path = name.split(".")
    operation, poll = _WAITED.get(".".join((service, *path[-2:])), ("", ""))
    return operation, poll.replace("{version}", version)


def _poll(description: Description, kind: str) -> str:
    """The path of the method that gets an operation by its name."""
    found = [
        method["path"]
        for _, method in _methods(description)
        if method.get("response", {}).get("$ref") == kind
        and method["httpMethod"] == "GET"
        and re.fullmatch(r"v\w+/\{\+name\}", method["path"])
    ]
    return min(found, default="")


def _methods(resource: Description) -> Iterator[tuple[str, Description]]:
    """All methods below a resource, each with the way to it: `projects.locations.jobs.run`."""
    yield from resource.get("methods", {}).items()
    for name, inner in resource.get("resources", {}).items():
        for way, method in _methods(inner):
            yield f"{name}.{way}", method
