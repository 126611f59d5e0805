"""The calls of workflows and executions as a table: verb, path, function (spec 11 §4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import StreamingResponse

from wfc_service.errors import ApiError
from wfc_service.peak import executions, logs, tenant, workflows
from wfc_service.peak.call import Call, Handler

WORKFLOWS: Final = "/workflows/api/v1"
TELEMETRY: Final = "/resource-usage/api/v1/telemetry"


async def _create(call: Call) -> Any:
    return await workflows.create_workflow(call.service, call.body, request_id=call.request_id)


async def _execute(call: Call) -> Any:
    try:
        return await executions.execute(
            call.service, call.number, call.body, request_id=call.request_id
        )
    except ApiError as error:
        raise call.refusal(error) from None


async def _logs(call: Call) -> Any:
    step, token = call.query.text("stepName"), call.query.text("nextToken")
    # a parameter of ours: who wants what is there, and no more, need not be held
    held = 0.0 if call.query.switch("wait") is False else logs.HELD
    execution = call.ids["execution"]
    return await logs.get_logs(call.service, call.number, execution, step, token, held=held)


async def _downloadable(call: Call) -> Any:
    step = call.query.text("stepName")
    secret = call.api.downloads.add(call.service, call.number, call.ids["execution"], step)
    return {"downloadUrl": f"{call.api.address}{WORKFLOWS}/downloads/{secret}"}


async def _download(call: Call) -> Any:
    text = call.api.downloads.fetch(call.service, call.ids["secret"])
    headers = {"content-disposition": 'attachment; filename="execution.log"'}
    return StreamingResponse(text, headers=headers, media_type="text/plain; charset=utf-8")


async def _webhook(call: Call) -> Any:
    return await call.api.webhook(call.ids["webhook"], call.body, call.request_id)


async def _resources(call: Call) -> Any:
    return tenant.resources()


async def _default_resource(call: Call) -> Any:
    return tenant.default_resource()


async def _instance_options(call: Call) -> Any:
    return tenant.instance_options()


async def _tenant(call: Call) -> Any:
    return tenant.tenant_metadata(call.service.place.project)


async def _telemetry(call: Call) -> Any:
    return {}


WORKFLOW_CALLS: Final[Sequence[tuple[str, str, Handler]]] = (
    ("GET", "/workflows", lambda call: workflows.list_workflows(call.service, call.query)),
    ("POST", "/workflows", _create),
    (
        "GET",
        "/workflows/executions/{number}",
        lambda call: executions.list_executions(call.service, call.number, call.query),
    ),
    (
        "GET",
        "/workflows/{number}",
        lambda call: workflows.describe_workflow(call.service, call.number),
    ),
    (
        "PUT",
        "/workflows/{number}",
        lambda call: workflows.update_workflow(call.service, call.number, call.body),
    ),
    (
        "DELETE",
        "/workflows/{number}",
        lambda call: workflows.delete_workflow(call.service, call.number),
    ),
    (
        "POST",
        "/workflows/{number}/pause",
        lambda call: workflows.pause_workflow(call.service, call.number, paused=True),
    ),
    (
        "POST",
        "/workflows/{number}/resume",
        lambda call: workflows.pause_workflow(call.service, call.number, paused=False),
    ),
    ("POST", "/workflows/{number}/execute", _execute),
    (
        "GET",
        "/workflows/{number}/executions/{execution}",
        lambda call: executions.get_execution(call.service, call.number, call.ids["execution"]),
    ),
    (
        "POST",
        "/workflows/{number}/executions/{execution}/stop",
        lambda call: executions.stop_execution(call.service, call.number, call.ids["execution"]),
    ),
    ("GET", "/workflows/{number}/executions/{execution}/logs", _logs),
    ("GET", "/workflows/{number}/executions/{execution}/logs/download", _downloadable),
    ("GET", "/downloads/{secret}", _download),
    ("POST", "/webhooks/{webhook}", _webhook),
    ("GET", "/resources", _resources),
    ("GET", "/resources/defaults", _default_resource),
)
"""Below `WORKFLOWS`."""

OTHER_CALLS: Final[Sequence[tuple[str, str, Handler]]] = (
    ("GET", "/quota/api/v1/settings/tenant-instance-options", _instance_options),
    ("GET", "/tenant-management/api/v1/external/tenants/tenant-metadata", _tenant),
    ("POST", TELEMETRY, _telemetry),
)
