"""Deployments of blocks: each is a workflow of its own, made of a release (spec 11 §2).

Values of build parameters are put into its config when it is deployed; those of run parameters are
what its steps ask for while they run, by the id that they find in PRESS_DEPLOYMENT_ID.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import uuid4

from wfc_service.errors import ApiError
from wfc_service.peak import tables
from wfc_service.peak.block_configs import as_workflow, with_values
from wfc_service.peak.block_lists import without_shown
from wfc_service.peak.block_parameters import checked
from wfc_service.peak.block_records import (
    DeploymentRevision,
    Release,
    find_block,
    find_deployment,
    find_release,
    find_revision,
    taken,
    text,
)
from wfc_service.peak.blocks import LOCK as BLOCKS_LOCK
from wfc_service.peak.blocks import compiled_block, whole_spec
from wfc_service.peak.deployment_views import describe_deployment, found_deployment
from wfc_service.peak.errors import bad, conflict
from wfc_service.peak.executions import execute
from wfc_service.peak.records import PeakWorkflow, workflow_id
from wfc_service.peak.workflows import deploy, remove
from wfc_service.service import Service

_log = logging.getLogger(__name__)

_LOCK: Final = "peak deployments"
"""Who changes a deployment holds it: their names are unique."""

Write = Callable[[sqlite3.Connection, PeakWorkflow], None]


async def create_deployment(service: Service, sent: Any, *, request_id: str = "") -> dict[str, Any]:
    """Deploys a release of a spec, by default the latest: `{"id": …}`."""
    metadata, spec = _map(sent, "metadata"), _map(sent, "spec")
    name = _required(metadata, "metadata", "name")
    _required(metadata, "metadata", "summary")
    block, version = _required(spec, "spec", "id"), _version(spec)
    notes = _notes(sent)
    async with service.lock(BLOCKS_LOCK), service.lock(_LOCK):
        again = "SELECT id FROM peak_deployments WHERE request_id = ?"
        if request_id and (made := service.database.read(again, request_id)):
            return {"id": made[0]["id"]}
        find_block(service.database, block)
        release = find_release(service.database, block, version)
        build, run = _values(release, sent)
        _check_name(service, name)
        now, id = service.now(), str(uuid4())
        revision = DeploymentRevision(id, 1, release.version, notes, build, now)

        def put(connection: sqlite3.Connection, workflow: PeakWorkflow) -> None:
            values = (id, name, block, workflow.number, text(metadata), text(run), now, now)
            connection.execute(
                "INSERT INTO peak_deployments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, request_id or None),
            )
            _insert(connection, revision, "")

        workflow = await _deploy(service, id, name, release, build, None, put)
    await _run_by_itself(service, block, workflow.number, revision)
    return {"id": id}


async def create_revision(
    service: Service, id: str, sent: Any, *, request_id: str = ""
) -> dict[str, Any]:
    """Deploys a release in place of what is deployed; run parameters that are not given stay."""
    version, notes = _version(sent), _notes(sent)
    async with service.lock(_LOCK):
        deployment = find_deployment(service.database, id)
        again = (
            "SELECT number FROM peak_deployment_revisions WHERE request_id = ? AND deployment = ?"
        )
        if request_id and (made := service.database.read(again, request_id, id)):
            return _made(id, made[0]["number"])
        release = find_release(service.database, deployment.block, version)
        latest = find_revision(service.database, id)
        build, run = _values(release, sent, deployment.run)
        now = service.now()
        revision = DeploymentRevision(id, latest.number + 1, release.version, notes, build, now)

        def put(connection: sqlite3.Connection, workflow: PeakWorkflow) -> None:
            _insert(connection, revision, request_id)
            _change(connection, id, "run = ?, update_time = ?", text(run), now)

        async with service.lock(workflow_id(deployment.workflow)):
            before = tables.find_workflow(service.database, deployment.workflow)
            await _deploy(service, id, deployment.name, release, build, before, put)
    await _run_by_itself(service, deployment.block, deployment.workflow, revision)
    return _made(id, revision.number)


async def redeploy(service: Service, id: str) -> dict[str, Any]:
    """Deploys the latest revision once more."""
    async with service.lock(_LOCK):
        deployment, revision = found_deployment(service, id)
        release = find_release(service.database, deployment.block, revision.version)
        async with service.lock(workflow_id(deployment.workflow)):
            before = tables.find_workflow(service.database, deployment.workflow)
            await _deploy(service, id, deployment.name, release, revision.build, before)
    return _made(id, revision.number)


async def update_deployment(service: Service, id: str, sent: Any) -> dict[str, Any]:
    """Changes what describes a deployment, as far as that is given; its workflow has its name."""
    if not isinstance(sent, dict):
        raise bad("the body must be a map, of metadata")
    async with service.lock(_LOCK):
        deployment = find_deployment(service.database, id)
        given = {key: value for key, value in sent.items() if value is not None}
        metadata = {**deployment.metadata, **without_shown(given)}
        name = _required(metadata, "metadata", "name")
        _required(metadata, "metadata", "summary")
        if name != deployment.name:
            _check_name(service, name)
        now = service.now()

        def put(connection: sqlite3.Connection, workflow: PeakWorkflow) -> None:
            changes = "name = ?, metadata = ?, update_time = ?"
            _change(connection, id, changes, name, text(metadata), now)

        async with service.lock(workflow_id(deployment.workflow)):
            before = tables.find_workflow(service.database, deployment.workflow)
            revision, spec = before.workflow.revision, {**before.spec, "name": name}
            await deploy(
                service,
                revision.module,
                spec,
                before,
                file_name=revision.file_name,
                preserve=True,
                also=put,
            )
    return await describe_deployment(service, id)


async def delete_deployment(service: Service, id: str) -> dict[str, Any]:
    """Deletes a deployment with its workflow, whose executions are stopped."""
    async with service.lock(_LOCK):
        deployment = find_deployment(service.database, id)
        async with service.lock(workflow_id(deployment.workflow)):
            await remove(service, deployment.workflow)
    return {}


async def execute_deployment(service: Service, id: str, *, request_id: str = "") -> dict[str, Any]:
    """Starts an execution of a deployment's workflow."""
    deployment, revision = found_deployment(service, id)
    started = await execute(service, deployment.workflow, {}, request_id=request_id)
    ran = {"blockSpecId": deployment.block, "version": revision.version, "status": "executed"}
    return {"executeResponse": [{**ran, **started}]}


async def update_run_parameters(service: Service, id: str, sent: Any) -> dict[str, Any]:
    """Changes the values that are given, and returns all."""
    async with service.lock(_LOCK):
        deployment, revision = found_deployment(service, id)
        release = find_release(service.database, deployment.block, revision.version)
        given = checked("run", release.declared("run"), sent, partial=True)
        run = {**deployment.run, **given}
        values = (text(run), service.now())
        await service.database.write(
            lambda connection: _change(connection, id, "run = ?, update_time = ?", *values)
        )
    return run


async def _deploy(
    service: Service,
    id: str,
    name: str,
    release: Release,
    build: Mapping[str, Any],
    before: PeakWorkflow | None,
    also: Write | None = None,
) -> PeakWorkflow:
    """Makes a release with its values a workflow, or the new revision of one."""
    metadata = find_block(service.database, release.block).about["metadata"]
    spec = whole_spec(metadata, release)
    spec["config"] = with_values(release.spec["config"], build)
    built = await compiled_block(service, spec, release.parameters)
    return await deploy(
        service,
        built.module,
        as_workflow(name, built.spec["config"]),
        before,
        file_name="block.json",
        deployment=id,
        preserve=True,
        variables={"PRESS_DEPLOYMENT_ID": id},
        also=also,
    )


async def _run_by_itself(
    service: Service, block: str, number: int, revision: DeploymentRevision
) -> None:
    """Starts a run of what has just been deployed, where the spec has `autoRunOnDeploy`.

    Where that cannot be, because one is active, say, or all of it has been deleted already, it is
    deployed all the same.
    """
    wish = f"deployed {revision.deployment} {revision.number}"
    try:
        if find_block(service.database, block).about["autoRunOnDeploy"]:
            await execute(service, number, {}, request_id=wish)
    except ApiError as error:
        _log.warning("workflow %d: `%s` has started no run: %s", number, wish, error)


def _check_name(service: Service, name: str) -> None:
    """Raises ApiError 409 where a deployment has a name, which are unique (spec 11 §2)."""
    if taken(service.database, "peak_deployments", name):
        raise conflict(f"there is a deployment named `{name}` already")


def _values(
    release: Release, sent: Any, run: Mapping[str, Any] | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values of build and of run parameters; `run` are those that there are already."""
    given = _map(sent, "parameters")
    known = {one["name"] for one in release.declared("run")}
    kept = {name: value for name, value in (run or {}).items() if name in known}
    wanted = given.get("run")
    if wanted is None or isinstance(wanted, dict):
        wanted = {**kept, **(wanted or {})}
    build = checked("build", release.declared("build"), given.get("build"))
    return build, checked("run", release.declared("run"), wanted)


def _map(sent: Any, key: str) -> Mapping[str, Any]:
    """A part of a body, which must be a map; `{}` where it is left out."""
    if not isinstance(sent, dict):
        raise bad("the body must be a map")
    part = sent.get(key)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise bad(f"{key} must be a map")
    return part


def _required(part: Mapping[str, Any], where: str, key: str) -> str:
    if not isinstance(part.get(key), str) or not part[key]:
        raise bad(f"{where}.{key} must be a text")
    return str(part[key])


def _version(holder: Any) -> str:
    """The version of the release that is asked for, "" for the latest."""
    version = _map(holder, "release").get("version") or ""
    if not isinstance(version, str):
        raise bad("release.version must be a text")
    return version


def _notes(sent: Any) -> str:
    notes = _map(sent, "revision").get("notes") or ""
    if not isinstance(notes, str):
        raise bad("revision.notes must be a text")
    return notes


def _insert(connection: sqlite3.Connection, revision: DeploymentRevision, request: str) -> None:
    values = (
        revision.deployment,
        revision.number,
        revision.version,
        revision.notes,
        text(revision.build),
        revision.create_time,
        request or None,
    )
    connection.execute("INSERT INTO peak_deployment_revisions VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def _change(connection: sqlite3.Connection, id: str, changes: str, *values: Any) -> None:
    connection.execute(f"UPDATE peak_deployments SET {changes} WHERE id = ?", (*values, id))


def _made(id: str, number: int) -> dict[str, Any]:
    return {"id": id, "deploymentId": id, "revision": number, "revisionId": f"{id}-{number}"}
