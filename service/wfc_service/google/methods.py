"""Every method of both APIs as one table: what `rest` routes, `grpc_api` serves, `openapi` tells.

A template is written as in Google's descriptions of its APIs: `{parent=projects/*}` is the
argument `parent`, which holds the whole name.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from wfc_service.google import (
    callbacks,
    executions,
    export,
    locations,
    logs,
    operations,
    pubsub,
    step_entries,
    workflows,
)
from wfc_service.google.messages import MESSAGES, Field, Message, field_of
from wfc_service.google.resources import Resource

Call: TypeAlias = Callable[..., Awaitable[Resource]]
"""Takes the service, and the fields of the request by their names in protobuf."""

_VIEW: Final = "view enum EXECUTION_VIEW_UNSPECIFIED BASIC FULL"
_ENTRY_VIEW: Final = (
    "view enum EXECUTION_ENTRY_VIEW_UNSPECIFIED EXECUTION_ENTRY_VIEW_BASIC"
    " EXECUTION_ENTRY_VIEW_DETAILED"
)
_PAGE: Final = ("pageSize int32", "pageToken string")
_LIST: Final = (*_PAGE, "filter string", "orderBy string")

_KB: Final = 1024
_EXECUTION_BODY: Final = 256 * _KB
"""Bytes of a body: an argument of 32 KB may be six times as long where JSON escapes it."""
_WORKFLOW_BODY: Final = 1024 * _KB


@dataclass(frozen=True, slots=True)
class Method:
    """A method.

    id         as in Google's descriptions, without the API's name: `workflows.create`
    verb       GET, POST, PATCH or DELETE
    template   the path behind the version
    call       what it does
    reply      the message that it answers with
    query      the query parameters, as rows of `messages`
    body       the message in the body, "" where there is none
    body_name  the argument that is the body; "" where the fields of the body are arguments
    key        the argument that a header `Idempotency-Key` is, "" where it means nothing
    limit      bytes of the body
    versions   where it is served
    summary    a sentence for people
    """

    id: str
    verb: str
    template: str
    call: Call
    reply: str
    summary: str
    query: Sequence[str] = ()
    body: str = ""
    body_name: str = ""
    key: str = ""
    limit: int = 4 * _KB
    versions: Sequence[str] = ("v1", "v1beta")
    parameters: dict[str, Field] = field(init=False)
    """The query parameters by each of their names."""
    path: str = field(init=False)
    """With `*` for each id: `projects/*/locations/*/workflows`"""
    argument: str = field(init=False)
    """The argument that the path gives: `parent`, `name`, or `workflow.name` in the body."""
    bound: int = field(init=False)
    """How many words of the path the argument has."""

    def __post_init__(self) -> None:
        found = [field_of(row) for row in self.query]
        named = {name: one for one in found for name in (one.name, one.proto)}
        (argument, words), *_ = re.findall(r"{([\w.]+)=([^}]+)}", self.template)
        object.__setattr__(self, "parameters", named)
        object.__setattr__(self, "path", re.sub(r"{[\w.]+=([^}]+)}", r"\1", self.template))
        object.__setattr__(self, "argument", argument)
        object.__setattr__(self, "bound", words.count("/") + 1)

    @property
    def message(self) -> Message | None:
        return MESSAGES[self.body] if self.body else None


_L: Final = "projects/*/locations/*"
_W: Final = f"{_L}/workflows/*"
_E: Final = f"{_W}/executions/*"

METHODS: Final = (
    Method(
        "locations.list",
        "GET",
        "{name=projects/*}/locations",
        locations.list_locations,
        "ListLocationsResponse",
        "Lists the one location that the service stands for.",
        query=(*_PAGE, "filter string", "extraLocationTypes string"),
    ),
    Method(
        "locations.get",
        "GET",
        f"{{name={_L}}}",
        locations.get_location,
        "Location",
        "Shows a location.",
    ),
    Method(
        "operations.list",
        "GET",
        f"{{name={_L}}}/operations",
        operations.list_operations,
        "ListOperationsResponse",
        "Lists long-running operations, the newest first.",
        query=(*_PAGE, "filter string", "returnPartialSuccess bool"),
    ),
    Method(
        "operations.get",
        "GET",
        f"{{name={_L}/operations/*}}",
        operations.get_operation,
        "Operation",
        "Shows a long-running operation.",
    ),
    Method(
        "operations.delete",
        "DELETE",
        f"{{name={_L}/operations/*}}",
        operations.delete_operation,
        "Empty",
        "Forgets a long-running operation; what it has done stays.",
    ),
    Method(
        "workflows.list",
        "GET",
        f"{{parent={_L}}}/workflows",
        workflows.list_workflows,
        "ListWorkflowsResponse",
        "Lists workflows, by name unless another order is asked for.",
        query=_LIST,
    ),
    Method(
        "workflows.get",
        "GET",
        f"{{name={_W}}}",
        workflows.get_workflow,
        "Workflow",
        "Shows a workflow, with its latest revision or another one.",
        query=("revisionId string",),
    ),
    Method(
        "workflows.create",
        "POST",
        f"{{parent={_L}}}/workflows",
        workflows.create_workflow,
        "Operation",
        "Deploys a new workflow; mistakes in its source are the operation's error.",
        query=("workflowId string",),
        body="Workflow",
        body_name="workflow",
        limit=_WORKFLOW_BODY,
    ),
    Method(
        "workflows.patch",
        "PATCH",
        f"{{workflow.name={_W}}}",
        workflows.update_workflow,
        "Operation",
        "Changes the fields of a workflow that the mask names, or all of them.",
        query=("updateMask mask",),
        body="Workflow",
        body_name="workflow",
        limit=_WORKFLOW_BODY,
    ),
    Method(
        "workflows.delete",
        "DELETE",
        f"{{name={_W}}}",
        workflows.delete_workflow,
        "Operation",
        "Deletes a workflow and its executions, which are cancelled.",
    ),
    Method(
        "workflows.listRevisions",
        "GET",
        f"{{name={_W}}}:listRevisions",
        workflows.list_revisions,
        "ListWorkflowRevisionsResponse",
        "Lists the revisions of a workflow, the newest first.",
        query=_PAGE,
        versions=("v1",),
    ),
    Method(
        "executions.create",
        "POST",
        f"{{parent={_W}}}/executions",
        executions.create_execution,
        "Execution",
        "Starts an execution of the latest revision, or queues it.",
        query=("requestId string",),  # ours, as AIP-155 has it
        body="Execution",
        body_name="execution",
        key="request_id",  # which other services ignore, as they do not an unknown parameter
        limit=_EXECUTION_BODY,
    ),
    Method(
        "executions.get",
        "GET",
        f"{{name={_E}}}",
        executions.get_execution,
        "Execution",
        "Shows an execution.",
        query=(_VIEW,),
    ),
    Method(
        "executions.list",
        "GET",
        f"{{parent={_W}}}/executions",
        executions.list_executions,
        "ListExecutionsResponse",
        "Lists executions, the newest first unless another order is asked for.",
        query=(*_LIST, _VIEW),
    ),
    Method(
        "executions.cancel",
        "POST",
        f"{{name={_E}}}:cancel",
        executions.cancel_execution,
        "Execution",
        "Cancels an execution.",
        body="CancelExecutionRequest",
    ),
    Method(
        "executions.deleteExecutionHistory",
        "POST",
        f"{{name={_E}}}:deleteExecutionHistory",
        step_entries.delete_execution_history,
        "Empty",
        "Deletes the step entries of an execution that has finished.",
        body="DeleteExecutionHistoryRequest",
        versions=("v1",),
    ),
    Method(
        "executions.exportData",
        "GET",
        f"{{name={_E}}}:exportData",
        export.export_data,
        "ExportDataResponse",
        "Gives everything that is kept of an execution as one text of JSON.",
        versions=("v1",),
    ),
    Method(
        "workflows.triggerPubsubExecution",
        "POST",
        f"{{workflow={_W}}}:triggerPubsubExecution",
        pubsub.trigger_pubsub_execution,
        "Execution",
        "Starts an execution whose argument is a Pub/Sub message as a CloudEvent.",
        body="TriggerPubsubExecutionRequest",
        limit=_EXECUTION_BODY,
        versions=("v1",),
    ),
    Method(
        "callbacks.list",
        "GET",
        f"{{parent={_E}}}/callbacks",
        callbacks.list_callbacks,
        "ListCallbacksResponse",
        "Lists the open callback endpoints of an execution.",
        query=_PAGE,
        versions=("v1",),
    ),
    Method(
        "stepEntries.list",
        "GET",
        f"{{parent={_E}}}/stepEntries",
        step_entries.list_step_entries,
        "ListStepEntriesResponse",
        "Lists the step entries of an execution, by their ids unless another order is asked for.",
        query=(*_LIST, "skip int32", _ENTRY_VIEW),
        versions=("v1",),
    ),
    Method(
        "stepEntries.get",
        "GET",
        f"{{name={_E}/stepEntries/*}}",
        step_entries.get_step_entry,
        "StepEntry",
        "Shows a step entry.",
        query=(_ENTRY_VIEW,),
        versions=("v1",),
    ),
    Method(
        "logs.list",
        "GET",
        f"{{parent={_E}}}/logs",
        logs.list_log_entries,
        "ListLogEntriesResponse",
        "Lists what an execution has logged, in the order in which it was written.",
        query=("after int64", "pageSize int32"),
        versions=("v1",),
    ),
)
