"""The forms that Press is sent: texts, some of which hold JSON, and an artifact (spec 11 §2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wfc_service.peak.bodies import Form, json_field
from wfc_service.peak.errors import bad
from wfc_service.peak.query import SCOPES


def sent_spec(form: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The spec and the parameters of a form."""
    if not isinstance(form, Form):
        raise bad("the request must be a form, as multipart/form-data")
    spec, parameters = json_field(form, "spec", None), json_field(form, "parameters", {})
    if not isinstance(spec, dict):
        raise bad("the form must have a field `spec`, which holds a map as JSON")
    if "config" not in spec and "steps" not in spec:
        raise bad("spec has no `config` with `steps`")
    if not isinstance(parameters, dict):
        raise bad("parameters must be a map of `build` and `run`")
    return spec, parameters


def sent_about(form: Form, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """What a form says of a spec besides the spec itself; `check_about` is to look at it."""
    return {
        "metadata": metadata,
        "featured": json_field(form, "featured", False),
        "scope": form.get("scope") or "private",
        "tenants": json_field(form, "tenants", []),
        "autoRunOnDeploy": json_field(form, "autoRunOnDeploy", False),
    }


def check_about(about: Mapping[str, Any]) -> None:
    """Raises ApiError 400 for what cannot be."""
    metadata, tenants = about["metadata"], about["tenants"]
    for key in ("name", "summary"):
        if not isinstance(metadata.get(key), str) or not metadata[key]:
            raise bad(f"metadata.{key} must be a text")
    for key in ("featured", "autoRunOnDeploy"):
        if not isinstance(about[key], bool):
            raise bad(f"{key} must be true or false")
    if about["scope"] not in SCOPES:
        raise bad(f"scope: `{about['scope']}` is none of {', '.join(SCOPES)}")
    if not isinstance(tenants, list) or not all(isinstance(one, str) for one in tenants):
        raise bad("tenants must be a list of names")
