"""Records as the APIs show them: exactly the fields that were recorded (spec 08 §6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from wfc_service.names import Place
from wfc_service.store.records import Execution, Operation, Revision, Workflow
from wfc_service.times import duration, timestamp

Resource: TypeAlias = dict[str, Any]
"""A message as JSON of protobuf: names in camel case, 64-bit integers as text."""

View: TypeAlias = Literal["BASIC", "FULL"]

TYPE = "type.googleapis.com"
WORKFLOW_TYPE = f"{TYPE}/google.cloud.workflows.v1.Workflow"
METADATA_TYPE = f"{TYPE}/google.cloud.workflows.v1.OperationMetadata"
EMPTY_TYPE = f"{TYPE}/google.protobuf.Empty"


def workflow_resource(
    place: Place, workflow: Workflow, revision: Revision | None = None
) -> Resource:
    """A workflow with its latest revision or another one of it."""
    shown = revision or workflow.revision
    resource: Resource = {
        "name": place.workflow(workflow.id),
        "state": "ACTIVE",
        "revisionId": shown.id,
        "createTime": timestamp(workflow.create_time),
        "updateTime": timestamp(workflow.update_time),
        "revisionCreateTime": timestamp(shown.create_time),
        "serviceAccount": shown.service_account,
        "sourceContents": shown.source,
        **workflow.settings,
    }
    if workflow.description:
        resource["description"] = workflow.description
    if workflow.labels:
        resource["labels"] = dict(workflow.labels)
    return resource


def execution_resource(
    place: Place, execution: Execution, steps: Sequence[Mapping[str, str]], view: View = "FULL"
) -> Resource:
    """An execution; `steps` are its current ones while it is active, else its last ones."""
    resource: Resource = {
        "name": place.execution(execution.workflow, execution.id),
        "createTime": timestamp(execution.create_time),
        "state": execution.state,
        "workflowRevisionId": execution.revision,
        "status": {"currentSteps": [dict(step) for step in steps]} if steps else {},
    }
    if execution.start_time is not None:
        resource["startTime"] = timestamp(execution.start_time)
    if execution.end_time is not None:
        resource["endTime"] = timestamp(execution.end_time)
        if execution.start_time is not None:
            resource["duration"] = duration(execution.end_time - execution.start_time)
    if view == "FULL":
        resource["argument"] = execution.argument_json
        _add_details(resource, execution)
    return resource


def _add_details(resource: Resource, execution: Execution) -> None:
    if execution.result_json is not None:
        resource["result"] = execution.result_json
    if execution.error is not None:
        resource["error"] = dict(execution.error)
    if execution.labels:
        resource["labels"] = dict(execution.labels)
    if execution.call_log_level:
        resource["callLogLevel"] = execution.call_log_level
    if execution.history_level:
        resource["executionHistoryLevel"] = execution.history_level
    if execution.unbuffered:
        resource["disableConcurrencyQuotaOverflowBuffering"] = True


def operation_resource(place: Place, operation: Operation) -> Resource:
    resource: Resource = {
        "name": place.operation(operation.id),
        "done": True,
        "metadata": {
            "@type": METADATA_TYPE,
            "apiVersion": "v1",
            "createTime": timestamp(operation.create_time),
            "endTime": timestamp(operation.end_time),
            "target": operation.target,
            "verb": operation.verb,
        },
    }
    if operation.error is not None:
        resource["error"] = dict(operation.error)
    else:
        resource["response"] = dict(operation.response or {"@type": EMPTY_TYPE})
    return resource


def callback_resource(name: str, callback: Mapping[str, Any]) -> Resource:
    """A callback of the execution `name`; nothing is shown of what is empty."""
    resource: Resource = {
        "name": f"{name}/callbacks/{callback['id']}",
        "method": callback["method"],
    }
    if payloads := callback.get("availablePayloads"):
        resource["availablePayloads"] = list(payloads)
    if waiters := callback.get("waiters"):
        resource["waiters"] = str(waiters)
    return resource


def location_resource(place: Place) -> Resource:
    return {"name": place.parent, "locationId": place.location}


def page_resource(name: str, items: list[Resource], token: str) -> Resource:
    """A page of a list; an empty one is `{}`, as protobuf leaves out what is empty."""
    resource: Resource = {}
    if items:
        resource[name] = items
    if token:
        resource["nextPageToken"] = token
    return resource
