"""Workflows of blocks as they may be shown: in goes the spec that runs, out comes the same without
the values of build parameters that have `hideValue` (spec 11 §2).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from wfc_service.peak.block_configs import as_workflow, with_values
from wfc_service.peak.block_parameters import shown
from wfc_service.store.database import Database

_MADE_OF: Final = (
    "SELECT d.name, r.spec, r.parameters, v.build FROM peak_deployments AS d"
    " JOIN peak_deployment_revisions AS v ON v.deployment = d.id"
    " JOIN peak_releases AS r ON r.block = d.block AND r.version = v.version"
    " WHERE d.id = ? ORDER BY v.number DESC LIMIT 1"
)


def without_hidden(
    database: Database, deployment: str, spec: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The spec of a deployment's workflow; of one that has just been deleted only its name."""
    rows = database.read(_MADE_OF, deployment)
    if not rows:
        return {"name": spec["name"], "steps": {}}
    name, release, parameters, build = rows[0]
    values = json.loads(build)
    masked = shown(json.loads(parameters).get("build") or (), values)
    if masked == values:
        return spec
    return as_workflow(name, with_values(json.loads(release)["config"], masked))
