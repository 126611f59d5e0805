"""Deployments of blocks, and their revisions, as Press shows them (spec 11 §2)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from wfc_service.errors import ApiError
from wfc_service.peak.block_lists import matching, page, with_shown
from wfc_service.peak.block_parameters import shown
from wfc_service.peak.block_records import (
    DEPLOYMENTS,
    REVISIONS,
    Deployment,
    DeploymentRevision,
    deployment_of,
    find_deployment,
    find_release,
    find_revision,
    no,
    revision_of,
)
from wfc_service.peak.query import Query, row_number
from wfc_service.peak.shapes import iso
from wfc_service.peak.tenant import USER
from wfc_service.service import Service


async def describe_deployment(service: Service, id: str) -> dict[str, Any]:
    """With its latest revision; values that a spec hides are not shown."""
    deployment, revision = found_deployment(service, id)
    return _shown(service, deployment, revision)


async def list_deployments(service: Service, query: Query) -> dict[str, Any]:
    listed = []
    for row in service.database.read(f"{DEPLOYMENTS} ORDER BY create_time, id"):
        one = deployment_of(row)
        with suppress(ApiError):  # it has been deleted in between
            listed.append(_shown(service, one, find_revision(service.database, one.id)))
    return page(matching(listed, query), query, "deployments", "deploymentsCount")


async def describe_revision(service: Service, id: str, number: str) -> dict[str, Any]:
    deployment = find_deployment(service.database, id)
    if not (row := row_number(number)):
        raise no(f"revision {number} of the deployment {id}")
    revision = find_revision(service.database, id, row)
    latest = find_revision(service.database, id)
    return {
        **_shown_revision(service, deployment, revision),
        "latestRevision": _shown_revision(service, deployment, latest),
    }


async def list_revisions(service: Service, id: str, query: Query) -> dict[str, Any]:
    """The newest first; also as `deployments`, which is where the SDK looks for them."""
    deployment = find_deployment(service.database, id)
    rows = service.database.read(f"{REVISIONS} WHERE deployment = ? ORDER BY number DESC", id)
    listed = [_shown_revision(service, deployment, revision_of(row)) for row in rows]
    found = page(matching(listed, query), query, "revisions", "revisionCount")
    return {**found, "deployments": found["revisions"]}


async def get_run_parameters(service: Service, id: str) -> dict[str, Any]:
    """The values as they are: what a step asks for."""
    return dict(find_deployment(service.database, id).run)


def found_deployment(service: Service, id: str) -> tuple[Deployment, DeploymentRevision]:
    """A deployment with its latest revision; raises ApiError NOT_FOUND."""
    deployment = find_deployment(service.database, id)
    return deployment, find_revision(service.database, id)


def _shown(
    service: Service, deployment: Deployment, revision: DeploymentRevision
) -> dict[str, Any]:
    latest = _shown_revision(service, deployment, revision)
    return {
        "id": deployment.id,
        "kind": "workflow",
        "name": deployment.name,
        "status": "deployed",
        "platformId": str(deployment.workflow),
        "createdAt": iso(deployment.create_time),
        "updatedAt": iso(deployment.update_time),
        "metadata": with_shown(deployment.metadata, "deployed"),
        "spec": _spec(deployment, revision),
        "latestRevision": latest,
        "parameters": latest["parameters"],
    }


def _shown_revision(
    service: Service, deployment: Deployment, revision: DeploymentRevision
) -> dict[str, Any]:
    latest = find_revision(service.database, deployment.id).number
    release = find_release(service.database, deployment.block, revision.version)
    resource = {"kind": "workflow", "name": deployment.name}
    return {
        "id": f"{deployment.id}-{revision.number}",
        "revision": revision.number,
        "status": "deployed" if revision.number == latest else "superseded",
        "notes": revision.notes,
        "createdAt": iso(revision.create_time),
        "createdBy": USER,
        "spec": _spec(deployment, revision),
        "resources": [{**resource, "platformId": str(deployment.workflow)}],
        "parameters": {
            "build": shown(release.declared("build"), revision.build),
            "run": shown(release.declared("run"), deployment.run),
        },
    }


def _spec(deployment: Deployment, revision: DeploymentRevision) -> dict[str, Any]:
    return {"id": deployment.block, "release": {"version": revision.version}}
