"""Peak's workflows: created, changed, shown, held and deleted (spec 11 §1, §4.3)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import uuid4

from wfc_service.deploy_peak import BuiltPeak
from wfc_service.google.workflows import revision_id
from wfc_service.peak import tables
from wfc_service.peak.errors import bad, conflict
from wfc_service.peak.hidden import without_hidden
from wfc_service.peak.query import Query
from wfc_service.peak.records import PeakWorkflow, workflow_id
from wfc_service.peak.shapes import (
    Listed,
    shown_in_list,
    shown_workflow,
)
from wfc_service.peak.specs import name_of, read_spec, text_of, webhook_of
from wfc_service.peak.statuses import is_one_of, status_column
from wfc_service.peak.tenant import USER
from wfc_service.service import Service
from wfc_service.store.records import Revision, Workflow
from wfc_service.store.tables import put_revision, put_workflow

_LAST: Final = (
    "SELECT id FROM executions WHERE workflow = 'peak/' || p.number"
    " ORDER BY create_time DESC, number DESC LIMIT 1"
)
_UNFINISHED: Final = (
    "EXISTS (SELECT 1 FROM executions WHERE workflow = 'peak/' || p.number"
    " AND workflow >= 'peak/' AND workflow < 'peak0' AND state IN ('QUEUED', 'ACTIVE'))"
)
_STATUS: Final = (
    f"CASE WHEN {_UNFINISHED} OR is_stopping('peak/' || p.number) THEN 'Running'"
    " WHEN p.paused THEN 'Paused' ELSE 'Available' END"
)
_TABLES: Final = (
    f"(SELECT *, {_STATUS} AS status, ({_LAST}) AS last FROM peak_workflows AS p) AS p"
    " JOIN workflows AS w ON w.id = 'peak/' || p.number"
    " JOIN revisions AS r ON r.workflow = w.id AND r.number = w.revision"
    " LEFT JOIN executions AS e ON e.id = p.last"
)
_LISTED: Final = (
    "SELECT p.number, r.source, p.status, p.paused, p.webhook, p.deployment,"
    " w.create_time AS created, w.update_time, p.last, e.create_time AS executed,"
    f" {status_column('e.')} AS last_status FROM {_TABLES}"
)


async def create_workflow(service: Service, sent: Any, *, request_id: str = "") -> dict[str, Any]:
    """Deploys a new workflow; the same request again is answered with what it has made.

    The SDK sends a request again after a cut connection (spec 11 §4.6).
    """
    spec = read_spec(sent)
    async with service.lock(f"peak request {request_id or uuid4()}"):
        made = tables.workflow_by_request(service.database, request_id) if request_id else None
        if made is None:
            built = await compiled(service, text_of(spec))
            made = await deploy(service, built.module, built.spec, request_id=request_id)
    return _made(made)


async def update_workflow(service: Service, number: int, sent: Any) -> dict[str, Any]:
    """Replaces a workflow's spec; executions that have begun keep the one that they have."""
    async with service.lock(workflow_id(number)):
        before = tables.find_workflow(service.database, number)
        _not_of_block(before)
        built = await compiled(service, text_of(read_spec(sent, before)))
        return _made(await deploy(service, built.module, built.spec, before))


async def compiled(service: Service, text: str) -> BuiltPeak:
    """What the text of a workflow's spec is compiled to; raises ApiError 400 with all errors."""
    built = await service.builder.build_peak("workflow.json", text)
    if built.errors:
        raise bad("\n".join(built.errors))
    return built


async def deploy(
    service: Service,
    module: str,
    spec: Mapping[str, Any],
    before: PeakWorkflow | None = None,
    *,
    file_name: str = "workflow.json",
    deployment: str = "",
    request_id: str = "",
    preserve: bool = False,
    variables: Mapping[str, str] | None = None,
    also: Callable[[sqlite3.Connection, PeakWorkflow], None] | None = None,
) -> PeakWorkflow:
    """Makes a compiled spec a workflow, or the new revision of one whose lock is held.

    With `preserve` its webhook keeps its id in any case; `variables` are for all of its steps.
    `also` writes what is to be so at the same time.
    """
    name, now = name_of(spec), service.now()
    source = json.dumps(spec, ensure_ascii=False)
    webhook = _webhook(spec, before, preserve)
    latest = None if before is None else before.workflow.revision
    settings = before.workflow.settings if before is not None else {}
    if variables is not None:
        settings = {"userEnvVars": dict(variables)}

    def put(connection: sqlite3.Connection) -> PeakWorkflow:
        if before is None:
            number = tables.insert_workflow(connection, name, webhook, deployment, request_id)
        else:
            number = before.number
            tables.change_workflow(connection, number, name, webhook)
        id = workflow_id(number)
        revision = latest
        if latest is None or (latest.source, latest.module) != (source, module):
            count = 1 if latest is None else latest.number + 1
            digest = revision_id(count, source, module)
            revision = Revision(id, count, digest, source, file_name, "", now, module)
        assert revision is not None
        created = now if before is None else before.workflow.create_time
        workflow = Workflow(id, revision, created, now, settings=settings)
        put_workflow(connection, workflow)
        if revision is not latest:
            put_revision(connection, revision)
        paused = before is not None and before.paused
        owner = deployment if before is None else before.deployment
        made = PeakWorkflow(number, name, spec, paused, webhook, owner, workflow)
        if also is not None:
            also(connection, made)
        return made

    made = await service.database.write(put)
    if made.workflow.revision is not latest:
        await service.engine.deployed(made.workflow.revision)
    service.changed(made.number)
    return made


async def describe_workflow(service: Service, number: int) -> dict[str, Any]:
    rows = service.database.read(f"{_LISTED} WHERE p.number = ?", number)
    if not rows:
        raise tables.no_workflow(number)
    return shown_workflow(_listed(service, rows[0]))


async def list_workflows(service: Service, query: Query) -> dict[str, Any]:
    """By their numbers; filtered by what a name has in it, by statuses."""
    conditions, values = ["1"], list[Any]()
    if (users := query.texts("lastModifiedBy")) and USER not in users:
        conditions.append("0")
    if term := query.text("searchTerm"):
        conditions.append("instr(casefold(p.name), ?)")
        values.append(term.casefold())
    if statuses := query.texts("workflowStatus"):
        conditions.append(is_one_of("p.status", statuses))
        values += statuses
    if statuses := query.texts("lastExecutionStatus"):
        conditions.append(is_one_of(status_column("e."), statuses))
        values += statuses
    page = query.page()
    wanted = " AND ".join(conditions)
    counted = await service.database.scan(f"SELECT count(*) FROM {_TABLES} WHERE {wanted}", *values)
    rows = await service.database.scan(
        f"{_LISTED} WHERE {wanted} ORDER BY p.number LIMIT ? OFFSET ?",
        *values,
        page.size,
        page.offset,
    )
    found = [shown_in_list(_listed(service, row)) for row in rows]
    return page.shown("workflows", found, counted[0][0], "workflowsCount")


async def pause_workflow(service: Service, number: int, *, paused: bool) -> dict[str, Any]:
    """Holds a workflow's schedule, or lets it go on; it can be started by hand all the time."""
    async with service.lock(workflow_id(number)):
        tables.find_workflow(service.database, number)
        await service.database.write(
            lambda connection: tables.pause_workflow(connection, number, paused)
        )
        service.changed(number)
    return {}


async def delete_workflow(service: Service, number: int) -> dict[str, Any]:
    """Deletes a workflow with its executions, which are stopped."""
    async with service.lock(workflow_id(number)):
        _not_of_block(tables.find_workflow(service.database, number))
        await remove(service, number)
    return {}


async def remove(service: Service, number: int) -> None:
    """Deletes a workflow whose lock is held."""
    await service.database.write(lambda connection: tables.delete_workflow(connection, number))
    service.changed(number)
    await service.engine.forget(workflow_id(number))


def _not_of_block(workflow: PeakWorkflow) -> None:
    if workflow.deployment:
        whose = f"deployment {workflow.deployment} of a block"
        raise conflict(f"workflow {workflow.number} belongs to {whose}: change that instead")


def _webhook(spec: Mapping[str, Any], before: PeakWorkflow | None, preserve: bool) -> str:
    """The id of a spec's webhook: a new one, where the one there is shall not be preserved.

    So a URL that too many know can be taken back; spec 11 §1.2 leaves it open.
    """
    trigger = webhook_of(spec)
    if trigger is None:
        return ""
    preserve = preserve or trigger.get("webhookPolicy") == "preserve"
    if before is not None and preserve and before.webhook:
        return before.webhook
    return str(uuid4())


def _made(workflow: PeakWorkflow) -> dict[str, Any]:
    hooks = [{"webhook": workflow.webhook}] if workflow.webhook else []
    return {"id": workflow.number, "triggers": hooks}


def _listed(service: Service, row: sqlite3.Row) -> Listed:
    spec = json.loads(row["source"])
    if row["deployment"]:
        spec = without_hidden(service.database, row["deployment"], spec)
    return Listed(
        row["number"],
        spec,
        row["status"],
        bool(row["paused"]),
        row["webhook"] or "",
        row["created"],
        row["update_time"],
        (row["last"], row["last_status"], row["executed"]) if row["last"] else None,
    )
