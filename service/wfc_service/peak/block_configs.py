"""The `config` of a block as a workflow: in go a block's spec and the values of its build
parameters, out comes the spec of the workflow that a deployment of it is (spec 11 §2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

REFERENCE: Final = "@param:"
"""How a value begins that stands for a build parameter."""

_TAKEN: Final = ("metadata", "triggers", "watchers", "retryOptions")


def with_values(node: Any, values: Mapping[str, Any]) -> Any:
    """A config with values in place of its references; what has none is left as it is."""
    if isinstance(node, dict):
        return {key: with_values(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [with_values(item, values) for item in node]
    if isinstance(node, str) and node.startswith(REFERENCE):
        return values.get(node.removeprefix(REFERENCE), node)
    return node


def as_workflow(name: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """The workflow as Peak's API shows it: `imageDetails` of a block is a workflow's `imageId`."""
    spec = {key: config[key] for key in _TAKEN if key in config}
    steps = {step: _step(given) for step, given in config["steps"].items()}
    return {"name": name, **spec, "steps": steps}


def defaults(beside: Mapping[str, Any]) -> dict[str, Any]:
    """What build parameters are where nobody says otherwise."""
    build = (beside.get("parameters") or {}).get("build") or ()
    return defaults_of(build)


def defaults_of(declared: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The same of declared parameters; of an object without one those of its properties."""
    found = {}
    for one in declared:
        if "defaultValue" in one:
            found[one["name"]] = one["defaultValue"]
        elif one["type"] == "object" and (inside := defaults_of(one.get("properties") or ())):
            found[one["name"]] = inside
    return found


def _step(given: Mapping[str, Any]) -> dict[str, Any]:
    images = ("imageDetails", "imageRef", "image")
    step = {key: value for key, value in given.items() if key not in images}
    if "imageDetails" in given:
        step["imageId"] = given["imageDetails"]["id"]
        if "versionId" in given["imageDetails"]:
            step["imageVersionId"] = given["imageDetails"]["versionId"]
    elif "imageRef" in given:
        step["imageName"] = given["imageRef"]
    return step
