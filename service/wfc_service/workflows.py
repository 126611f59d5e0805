"""Workflows: deployed, changed, shown and deleted (spec 08 §1)."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from wfc_service.checks import check_workflow, page_size_of
from wfc_service.columns import Column
from wfc_service.errors import STATUS, invalid, not_found
from wfc_service.listing import Listing, Query, read_page
from wfc_service.masks import merge, read_mask
from wfc_service.messages import MESSAGES
from wfc_service.names import is_workflow_id
from wfc_service.operations import finish_operation
from wfc_service.records import Revision, Workflow
from wfc_service.resources import WORKFLOW_TYPE, Resource, page_resource, workflow_resource
from wfc_service.service import Service
from wfc_service.tables import (
    WORKFLOW_COLUMNS,
    WORKFLOWS,
    put_revision,
    put_workflow,
    revision_of,
    workflow_of,
)
from wfc_service.times import Nanoseconds

_SETTINGS: Final = ("callLogLevel", "executionHistoryLevel", "userEnvVars", "cryptoKeyName")
_SETTABLE: Final = ("description", "labels", "serviceAccount", "sourceContents", *_SETTINGS)

_WORKFLOWS: Final = Listing(
    source=WORKFLOWS,
    key="w.id",
    columns={
        "name": Column("w.id"),
        "description": Column("w.description"),
        "state": Column("'ACTIVE'"),
        "revisionId": Column("r.id"),
        "createTime": Column("w.create_time", "timestamp"),
        "updateTime": Column("w.update_time", "timestamp"),
        "revisionCreateTime": Column("r.create_time", "timestamp"),
        "serviceAccount": Column("r.service_account"),
        "labels": Column("value", "labels", inside="w.labels"),
        "callLogLevel": Column("json_extract(w.settings, '$.callLogLevel')", unset=True),
    },
    sorts=("name", "createTime", "updateTime", "revisionId", "revisionCreateTime", "state"),
    usual="name",
)
_WORKFLOW: Final = f"SELECT {WORKFLOW_COLUMNS} FROM {WORKFLOWS} WHERE w.id = ?"
_REVISIONS: Final = Listing(
    source="revisions",
    key="number",
    columns={"number": Column("number", "integer")},
    sorts=("number",),
    usual="number desc",
)


async def create_workflow(
    service: Service, *, parent: str, workflow: Mapping[str, Any], workflow_id: str = ""
) -> Resource:
    """Deploys a new workflow; what its source lacks, or its name, is the operation's error."""
    began = service.now()
    service.place.within(parent)
    if not is_workflow_id(workflow_id):
        reason = "it must be 1 to 64 letters, digits, _ and -, a letter first, no _ or - last"
        raise invalid("workflow_id", reason)
    check_workflow(workflow)
    async with service.lock(workflow_id):
        name = service.place.workflow(workflow_id)
        if _find(service, workflow_id) is not None:
            taken = _status("ALREADY_EXISTS", f"Resource '{name}' already exists")
            return await finish_operation(service, "create", workflow_id, began, error=taken)
        return await _deploy(service, workflow_id, None, dict(workflow), began)


async def update_workflow(
    service: Service, *, workflow: Mapping[str, Any], update_mask: str = ""
) -> Resource:
    """Changes a workflow; executions that have begun go on with the revision that they have."""
    began = service.now()
    (workflow_id,) = service.place.within(workflow.get("name", ""), "workflows")
    names = read_mask(MESSAGES["Workflow"], update_mask)
    check_workflow(workflow)
    async with service.lock(workflow_id):
        before = _found(service, workflow_id)
        wanted = merge(_settable(before), workflow, names)
        return await _deploy(service, workflow_id, before, wanted, began)


async def delete_workflow(service: Service, *, name: str) -> Resource:
    """Deletes a workflow with its revisions and executions, which are cancelled."""
    began = service.now()
    (workflow_id,) = service.place.within(name, "workflows")
    async with service.lock(workflow_id):
        _found(service, workflow_id)
        await service.database.write(
            lambda connection: connection.execute(
                "DELETE FROM workflows WHERE id = ?", (workflow_id,)
            )
        )
        await service.engine.forget(workflow_id)
        return await finish_operation(service, "delete", workflow_id, began)


async def get_workflow(service: Service, *, name: str, revision_id: str = "") -> Resource:
    (workflow_id,) = service.place.within(name, "workflows")
    workflow = _found(service, workflow_id)
    if not revision_id or revision_id == workflow.revision.id:
        return workflow_resource(service.place, workflow)
    rows = service.database.read(
        "SELECT * FROM revisions WHERE workflow = ? AND id = ?", workflow_id, revision_id
    )
    if not rows:
        raise not_found(f"{service.place.workflow(workflow_id)}@{revision_id}")
    return workflow_resource(service.place, workflow, revision_of(rows[0]))


async def list_workflows(
    service: Service,
    *,
    parent: str,
    page_size: int = 0,
    page_token: str = "",
    filter: str = "",
    order_by: str = "",
) -> Resource:
    """By name, where no order is asked for."""
    service.place.within(parent)
    query = Query(page_size_of(page_size, 500, 1000), page_token, filter, order_by)
    rows, token = read_page(service.database, _WORKFLOWS, WORKFLOW_COLUMNS, "1", (), query)
    found = [workflow_resource(service.place, workflow_of(row)) for row in rows]
    return page_resource("workflows", found, token)


async def list_revisions(
    service: Service, *, name: str, page_size: int = 0, page_token: str = ""
) -> Resource:
    """The newest first."""
    (workflow_id,) = service.place.within(name, "workflows")
    workflow = _found(service, workflow_id)
    query = Query(page_size_of(page_size, 20, 100), page_token)
    rows, token = read_page(
        service.database, _REVISIONS, "*", "workflow = ?", (workflow_id,), query
    )
    found = [workflow_resource(service.place, workflow, revision_of(row)) for row in rows]
    return page_resource("workflows", found, token)


def find_workflow(service: Service, name: str) -> Workflow:
    """The workflow of a name; raises ApiError NOT_FOUND."""
    (workflow_id,) = service.place.within(name, "workflows")
    return _found(service, workflow_id)


async def deploy_file(
    service: Service, workflow_id: str, file_name: str, source: str, module: str
) -> Workflow:
    """Makes a source that has been compiled already the latest revision of a workflow, if it is
    not yet; a workflow that is not there is created.
    """
    async with service.lock(workflow_id):
        before = _find(service, workflow_id)
        if before is not None and before.revision.source == source:
            return before
        settable = {} if before is None else _settable(before)
        wanted = {**settable, "sourceContents": source}
        return await _put(service, workflow_id, before, wanted, file_name, module)


async def _deploy(
    service: Service,
    workflow_id: str,
    before: Workflow | None,
    wanted: dict[str, Any],
    began: Nanoseconds,
) -> Resource:
    """Makes a workflow what is wanted, unless its source cannot be built."""
    verb = "create" if before is None else "update"
    source = wanted.get("sourceContents", "")
    if before is None or before.revision.source != source:
        file_name = f"{workflow_id}.yaml"
        built = await service.builder.build(file_name, source)
        if built.error is not None:
            return await finish_operation(service, verb, workflow_id, began, error=built.error)
        module = built.module
    else:
        file_name, module = before.revision.file_name, before.revision.module
    workflow = await _put(service, workflow_id, before, wanted, file_name, module)
    response = {"@type": WORKFLOW_TYPE, **workflow_resource(service.place, workflow)}
    return await finish_operation(service, verb, workflow_id, began, response=response)


async def _put(
    service: Service,
    workflow_id: str,
    before: Workflow | None,
    wanted: dict[str, Any],
    file_name: str,
    module: str,
) -> Workflow:
    """Writes a workflow, with a new revision where its source or account has changed."""
    source = wanted.get("sourceContents", "")
    account = service.place.service_account(wanted.get("serviceAccount", ""))
    revision = None if before is None else before.revision
    now = service.now()
    changed = revision is None or (revision.source, revision.service_account) != (source, account)
    if changed:
        number = 1 if revision is None else revision.number + 1
        revision_id = _revision_id(number, source, account)
        revision = Revision(
            workflow_id, number, revision_id, source, file_name, account, now, module
        )
    assert revision is not None
    workflow = Workflow(
        workflow_id,
        revision,
        now if before is None else before.create_time,
        now,
        wanted.get("description", ""),
        wanted.get("labels", {}),
        {name: wanted[name] for name in _SETTINGS if _is_set(wanted.get(name))},
    )

    def put(connection: sqlite3.Connection) -> None:
        put_workflow(connection, workflow)
        if changed:
            put_revision(connection, workflow.revision)

    await service.database.write(put)
    if changed:
        await service.engine.deployed(workflow.revision)
    return workflow


def _settable(workflow: Workflow) -> dict[str, Any]:
    """The fields of a workflow that a client may set, as the API has them."""
    return {
        "description": workflow.description,
        "labels": workflow.labels,
        "serviceAccount": workflow.revision.service_account,
        "sourceContents": workflow.revision.source,
        **workflow.settings,
    }


def _is_set(value: Any) -> bool:
    return bool(value) and not str(value).endswith("_UNSPECIFIED")


def _find(service: Service, workflow_id: str) -> Workflow | None:
    rows = service.database.read(_WORKFLOW, workflow_id)
    return workflow_of(rows[0]) if rows else None


def _found(service: Service, workflow_id: str) -> Workflow:
    workflow = _find(service, workflow_id)
    if workflow is None:
        raise not_found(service.place.workflow(workflow_id))
    return workflow


def _revision_id(number: int, source: str, account: str) -> str:
    digest = hashlib.sha256(f"{number}\n{account}\n{source}".encode()).hexdigest()
    return f"{number:06d}-{digest[:3]}"


def _status(status: str, message: str) -> dict[str, Any]:
    return {"code": STATUS[status][1], "message": message}
