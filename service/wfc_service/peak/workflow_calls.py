"""The calls of workflows and executions as a table (spec 11 §4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from starlette.responses import StreamingResponse

from wfc_service.errors import ApiError
from wfc_service.peak import executions, logs, tenant, workflows
from wfc_service.peak.call import Call, Row

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


_PAGE: Final = ("pageSize", "pageNumber")
_ONE: Final = f"{WORKFLOWS}/workflows/{{number}}"
_EXECUTION: Final = f"{_ONE}/executions/{{execution}}"

WORKFLOW_CALLS: Final[Sequence[Row]] = (
    Row(
        "list_workflows",
        "GET",
        f"{WORKFLOWS}/workflows",
        lambda call: workflows.list_workflows(call.service, call.query),
        (*_PAGE, "workflowStatus", "lastExecutionStatus", "lastModifiedBy", "searchTerm"),
    ),
    Row("create_workflow", "POST", f"{WORKFLOWS}/workflows", _create, body="Workflow", once=True),
    Row(
        "list_executions",
        "GET",
        f"{WORKFLOWS}/workflows/executions/{{number}}",
        lambda call: executions.list_executions(call.service, call.number, call.query),
        (*_PAGE, "count", "statuses", "dateFrom", "dateTo"),
    ),
    Row(
        "describe_workflow",
        "GET",
        _ONE,
        lambda call: workflows.describe_workflow(call.service, call.number),
    ),
    Row(
        "update_workflow",
        "PUT",
        _ONE,
        lambda call: workflows.update_workflow(call.service, call.number, call.body),
        body="Workflow",
    ),
    Row(
        "delete_workflow",
        "DELETE",
        _ONE,
        lambda call: workflows.delete_workflow(call.service, call.number),
    ),
    Row(
        "pause_workflow",
        "POST",
        f"{_ONE}/pause",
        lambda call: workflows.pause_workflow(call.service, call.number, paused=True),
    ),
    Row(
        "resume_workflow",
        "POST",
        f"{_ONE}/resume",
        lambda call: workflows.pause_workflow(call.service, call.number, paused=False),
    ),
    Row("execute_workflow", "POST", f"{_ONE}/execute", _execute, body="Execute", once=True),
    Row(
        "get_execution_details",
        "GET",
        _EXECUTION,
        lambda call: executions.get_execution(call.service, call.number, call.ids["execution"]),
    ),
    Row(
        "stop_execution",
        "POST",
        f"{_EXECUTION}/stop",
        lambda call: executions.stop_execution(call.service, call.number, call.ids["execution"]),
    ),
    Row(
        "get_execution_logs",
        "GET",
        f"{_EXECUTION}/logs",
        _logs,
        ("stepName", "nextToken", "wait"),
    ),
    Row("get_log_download", "GET", f"{_EXECUTION}/logs/download", _downloadable, ("stepName",)),
    Row("download_log", "GET", f"{WORKFLOWS}/downloads/{{secret}}", _download),
    Row(
        "call_webhook",
        "POST",
        f"{WORKFLOWS}/webhooks/{{webhook}}",
        _webhook,
        body="Webhook",
        once=True,
    ),
    Row("list_resources", "GET", f"{WORKFLOWS}/resources", _resources),
    Row("get_default_resource", "GET", f"{WORKFLOWS}/resources/defaults", _default_resource),
)

_INSTANCES: Final = "/quota/api/v1/settings/tenant-instance-options"
_TENANT: Final = "/tenant-management/api/v1/external/tenants/tenant-metadata"

OTHER_CALLS: Final[Sequence[Row]] = (
    Row("list_instance_options", "GET", _INSTANCES, _instance_options),
    Row("get_tenant_metadata", "GET", _TENANT, _tenant),
    Row("send_telemetry", "POST", TELEMETRY, _telemetry),
)
"""What the SDK asks around its calls (spec 11 §4.2)."""
