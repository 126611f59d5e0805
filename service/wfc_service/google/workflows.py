"""Workflows: deployed, changed, shown and deleted (spec 08 §1)."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from wfc_service.deploy import Built
from wfc_service.errors import STATUS, invalid, not_found
from wfc_service.google.checks import check_workflow, page_size_of
from wfc_service.google.columns import Column
from wfc_service.google.listing import Listing, Query, read_page
from wfc_service.google.masks import merge, read_mask
from wfc_service.google.messages import MESSAGES
from wfc_service.google.operations import finish_operation
from wfc_service.google.resources import WORKFLOW_TYPE, Resource, page_resource, workflow_resource
from wfc_service.names import is_workflow_id
from wfc_service.service import Service
from wfc_service.store.records import Revision, Workflow
from wfc_service.store.tables import (
    WORKFLOW_COLUMNS,
    WORKFLOW_TABLES,
    WORKFLOWS,
    put_revision,
    put_workflow,
    revision_of,
    workflow_of,
)
from wfc_service.times import Nanoseconds

_SETTINGS: Final = ("callLogLevel", "executionHistoryLevel", "userEnvVars", "cryptoKeyName")
_SETTABLE: Final = ("description", "labels", "serviceAccount", "sourceContents", *_SETTINGS)

LISTING: Final = Listing(
    source=WORKFLOW_TABLES,
    key="w.id",
    columns={
        "name": Column("workflow_name(w.id)"),
        "workflowId": Column("w.id"),
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
    sorts=(
        "name",
        "workflowId",
        "createTime",
        "updateTime",
        "revisionId",
        "revisionCreateTime",
        "state",
    ),
    usual="workflowId",
)
_OWN: Final = "instr(w.id, '/') = 0"
"""Which workflows this API shows: not those of Peak's (`peak/7`)."""

_WORKFLOW: Final = f"{WORKFLOWS} WHERE w.id = ?"
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
    service.place.within(parent, field="parent")
    if not is_workflow_id(workflow_id):
        reason = "it must be 1 to 64 letters, digits, _ and -, a letter first, no _ or - last"
        raise invalid("workflow_id", reason)
    check_workflow(workflow)
    async with service.lock(workflow_id):
        name = service.place.workflow(workflow_id)
        if _find(service, workflow_id) is not None:
            taken = _status("ALREADY_EXISTS", f"Resource '{name}' already exists")
            return await finish_operation(service, "create", workflow_id, began, error=taken)
        operation, _ = await _deploy(service, workflow_id, None, dict(workflow), began)
        return operation


async def update_workflow(
    service: Service, *, workflow: Mapping[str, Any], update_mask: str = ""
) -> Resource:
    """Changes a workflow; executions that have begun go on with the revision that they have."""
    began = service.now()
    (workflow_id,) = service.place.within(
        workflow.get("name", ""), "workflows", field="workflow.name"
    )
    names = read_mask(MESSAGES["Workflow"], update_mask)
    check_workflow(workflow)
    async with service.lock(workflow_id):
        before = _found(service, workflow_id)
        wanted = merge(_settable(before), workflow, names)
        operation, _ = await _deploy(service, workflow_id, before, wanted, began)
        return operation


async def deploy_source(
    service: Service, workflow_id: str, source: str, file_name: str
) -> tuple[Resource, str]:
    """Makes a file a workflow or its new revision; whatever else is set of it stays.

    Returns the operation, and errors and warnings as `wfc check` prints them.  Raises ApiError
    INVALID_ARGUMENT for a source that is too large.
    """
    began = service.now()
    check_workflow({"sourceContents": source})
    async with service.lock(workflow_id):
        before = _find(service, workflow_id)
        wanted = {} if before is None else _settable(before)
        wanted["sourceContents"] = source
        return await _deploy(service, workflow_id, before, wanted, began, file_name)


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
    service.place.within(parent, anywhere=True, field="parent")
    query = Query(page_size_of(page_size, 500, 1000), page_token, filter, order_by)
    rows, token = await read_page(service.database, LISTING, WORKFLOW_COLUMNS, _OWN, (), query)
    found = [workflow_resource(service.place, workflow_of(row)) for row in rows]
    return page_resource("workflows", found, token)


async def list_revisions(
    service: Service, *, name: str, page_size: int = 0, page_token: str = ""
) -> Resource:
    """The newest first."""
    (workflow_id,) = service.place.within(name, "workflows")
    workflow = _found(service, workflow_id)
    query = Query(page_size_of(page_size, 20, 100), page_token)
    rows, token = await read_page(
        service.database, _REVISIONS, "*", "workflow = ?", (workflow_id,), query
    )
    found = [workflow_resource(service.place, workflow, revision_of(row)) for row in rows]
    return page_resource("workflows", found, token)


def find_workflow(service: Service, parent: str) -> Workflow:
    """The workflow that something is to be part of; raises ApiError NOT_FOUND."""
    (workflow_id,) = service.place.within(parent, "workflows", field="parent")
    return _found(service, workflow_id)


async def _deploy(
    service: Service,
    workflow_id: str,
    before: Workflow | None,
    wanted: dict[str, Any],
    began: Nanoseconds,
    file_name: str = "",
) -> tuple[Resource, str]:
    """Makes a workflow what is wanted: a new revision where its source or account has changed.

    Returns the operation, and what the compiler has to say.
    """
    verb = "create" if before is None else "update"
    source = wanted.get("sourceContents", "")
    account = service.place.service_account(wanted.get("serviceAccount", ""))
    latest = None if before is None else before.revision
    if latest is None or latest.source != source:
        file_name = file_name or f"{workflow_id}.yaml"
        built = await service.builder.build(file_name, source)
        if built.error is not None:
            failed = await finish_operation(service, verb, workflow_id, began, error=built.error)
            return failed, built.report
    else:
        file_name, built = latest.file_name, Built(latest.module, None, "")
    now = service.now()
    if latest is None or (latest.source, latest.service_account) != (source, account):
        number = 1 if latest is None else latest.number + 1
        id = revision_id(number, source, account)
        revision = Revision(workflow_id, number, id, source, file_name, account, now, built.module)
    else:
        revision = latest
    workflow = Workflow(
        workflow_id,
        revision,
        now if before is None else before.create_time,
        now,
        wanted.get("description", ""),
        wanted.get("labels", {}),
        {name: wanted[name] for name in _SETTINGS if _is_set(wanted.get(name))},
    )
    await _put(service, workflow, revision is not latest)
    response = {"@type": WORKFLOW_TYPE, **workflow_resource(service.place, workflow)}
    done = await finish_operation(service, verb, workflow_id, began, response=response)
    return done, built.report


async def _put(service: Service, workflow: Workflow, revised: bool) -> None:
    """Keeps a workflow, and its revision where that is new."""

    def put(connection: sqlite3.Connection) -> None:
        put_workflow(connection, workflow)
        if revised:
            put_revision(connection, workflow.revision)

    await service.database.write(put)
    if revised:
        await service.engine.deployed(workflow.revision)


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


def revision_id(number: int, source: str, account: str) -> str:
    """`000001-a4d`: the number, and what tells it from others of that number (spec 08 §1)."""
    digest = hashlib.sha256(f"{number}\n{account}\n{source}".encode()).hexdigest()
    return f"{number:06d}-{digest[:3]}"


def _status(status: str, message: str) -> dict[str, Any]:
    return {"code": STATUS[status][1], "message": message}
