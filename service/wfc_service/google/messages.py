"""The messages of both APIs as tables: which fields there are and what each may hold (spec 08).

A row is `name kind`, or `name kind out` for a field that only the service sets.  A kind is one of
`SCALARS`, a message, or `enum VALUE …`; `list` and `map` before it repeat it.  What is read
(`fields`), routed (`methods`) and documented (`openapi`) is what stands here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

SCALARS: Final = (
    "string",
    "bool",
    "int32",
    "int64",
    "bytes",
    "timestamp",
    "duration",
    "mask",
    "struct",
    "any",
)

Shape: TypeAlias = Literal["one", "list", "map"]


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message, or a query parameter.

    name    as in JSON, `callLogLevel`; `proto` is `call_log_level`
    kind    one of `SCALARS`, "enum" or "message"
    type    what protobuf calls the type in errors, such as `TYPE_STRING`
    values  the names of an enum, in the order of their numbers
    of      the key in `MESSAGES` of a message
    """

    name: str
    kind: str
    type: str
    shape: Shape = "one"
    output: bool = False
    values: tuple[str, ...] = ()
    of: str = ""

    @property
    def proto(self) -> str:
        return proto_name(self.name)


@dataclass(frozen=True, slots=True)
class Message:
    """A message; `fields` has each of its fields under both of its names."""

    name: str
    fields: dict[str, Field]

    @property
    def rows(self) -> list[Field]:
        """Each field once."""
        return [field for name, field in self.fields.items() if name == field.name]


def proto_name(name: str) -> str:
    """`callLogLevel` → `call_log_level`; the one field whose name is otherwise stays as it is."""
    if name == "GCPCloudEventsMode":
        return name
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def field_of(row: str, message: str = "") -> Field:
    """A field from its row; `message` is the full name of the one it belongs to."""
    name, *words = row.split()
    output = words[-1] == "out"
    if output:
        words.pop()
    shape: Shape = "one"
    if words[0] in ("list", "map"):
        shape = "list" if words.pop(0) == "list" else "map"
    kind, *values = words
    if kind == "enum":
        own = f"{message}.{name[0].upper()}{name[1:]}" if message else _enum_name(values[0])
        type_ = f"type.googleapis.com/{own}"
        return Field(name, "enum", type_, shape, output, tuple(values))
    if kind not in SCALARS:
        type_ = f"type.googleapis.com/{_full_name(kind)}"
        return Field(name, "message", type_, shape, output, of=kind)
    return Field(name, kind, _TYPES.get(kind) or f"TYPE_{kind.upper()}", shape, output)


def _enum_name(unspecified: str) -> str:
    """`EXECUTION_VIEW_UNSPECIFIED` → `….ExecutionView`, the enum of which it is the first value.

    Those that belong to no message are all of the Executions API.
    """
    words = unspecified.removesuffix("_UNSPECIFIED").split("_")
    return f"google.cloud.workflows.executions.v1.{''.join(word.capitalize() for word in words)}"


_TYPES: Final = {
    "timestamp": "type.googleapis.com/google.protobuf.Timestamp",
    "duration": "type.googleapis.com/google.protobuf.Duration",
    "mask": "type.googleapis.com/google.protobuf.FieldMask",
    "struct": "type.googleapis.com/google.protobuf.Struct",
    "any": "type.googleapis.com/google.protobuf.Any",
}

_LEVELS: Final = "enum CALL_LOG_LEVEL_UNSPECIFIED LOG_ALL_CALLS LOG_ERRORS_ONLY LOG_NONE"
_HISTORY: Final = (
    "enum EXECUTION_HISTORY_LEVEL_UNSPECIFIED EXECUTION_HISTORY_BASIC EXECUTION_HISTORY_DETAILED"
)

_WORKFLOWS: Final = f"""
Workflow
    name                string
    description         string
    state               enum STATE_UNSPECIFIED ACTIVE UNAVAILABLE out
    revisionId          string out
    createTime          timestamp out
    updateTime          timestamp out
    revisionCreateTime  timestamp out
    labels              map string
    serviceAccount      string
    sourceContents      string
    cryptoKeyName       string
    stateError          StateError out
    callLogLevel        {_LEVELS}
    userEnvVars         map string
    executionHistoryLevel  {_HISTORY}
    allKmsKeys          list string out
    allKmsKeysVersions  list string out
    cryptoKeyVersion    string out
    tags                map string
StateError
    details             string
    type                enum TYPE_UNSPECIFIED KMS_ERROR
ListWorkflowsResponse
    workflows           list Workflow
    nextPageToken       string
    unreachable         list string
ListWorkflowRevisionsResponse
    workflows           list Workflow
    nextPageToken       string
"""

_EXECUTIONS: Final = f"""
Execution
    name                string out
    createTime          timestamp out
    startTime           timestamp out
    endTime             timestamp out
    duration            duration out
    state               enum STATE_UNSPECIFIED ACTIVE SUCCEEDED FAILED CANCELLED UNAVAILABLE\
 QUEUED out
    argument            string
    result              string out
    error               Error out
    workflowRevisionId  string out
    callLogLevel        {_LEVELS}
    status              ExecutionStatus out
    labels              map string
    stateError          StateError out
    disableConcurrencyQuotaOverflowBuffering  bool
    executionHistoryLevel  {_HISTORY}
Error
    payload             string
    context             string
    stackTrace          StackTrace
StackTrace
    elements            list StackTraceElement
StackTraceElement
    step                string
    routine             string
    position            Position
Position
    line                int64
    column              int64
    length              int64
ExecutionStatus
    currentSteps        list Step
Step
    routine             string
    step                string
ListExecutionsResponse
    executions          list Execution
    nextPageToken       string
CancelExecutionRequest
DeleteExecutionHistoryRequest
ExportDataResponse
    data                string
TriggerPubsubExecutionRequest
    subscription        string
    message             PubsubMessage
    GCPCloudEventsMode  string
    deliveryAttempt     int32
PubsubMessage
    data                bytes
    attributes          map string
    messageId           string
    publishTime         timestamp
    orderingKey         string
Callback
    name                string out
    method              string out
    availablePayloads   list string out
    waiters             int64 out
ListCallbacksResponse
    callbacks           list Callback
    nextPageToken       string
StepEntry
    name                string out
    createTime          timestamp out
    updateTime          timestamp out
    routine             string out
    step                string out
    stepType            enum STEP_TYPE_UNSPECIFIED STEP_ASSIGN STEP_STD_LIB_CALL\
 STEP_CONNECTOR_CALL STEP_SUBWORKFLOW_CALL STEP_CALL STEP_SWITCH STEP_CONDITION\
 STEP_FOR STEP_FOR_ITERATION\
 STEP_PARALLEL_FOR STEP_PARALLEL_BRANCH STEP_PARALLEL_BRANCH_ENTRY STEP_TRY_RETRY_EXCEPT STEP_TRY\
 STEP_RETRY STEP_EXCEPT STEP_RETURN STEP_RAISE STEP_GOTO out
    state               enum STATE_UNSPECIFIED STATE_IN_PROGRESS STATE_SUCCEEDED STATE_FAILED\
 STATE_CANCELLED out
    exception           Exception out
    entryId             int64 out
    navigationInfo      NavigationInfo out
    stepEntryMetadata   StepEntryMetadata out
    variableData        VariableData out
Exception
    payload             string
NavigationInfo
    parent              int64
    previous            int64
    next                int64
    children            list int64
StepEntryMetadata
    threadId            string
    progressType        enum PROGRESS_TYPE_UNSPECIFIED PROGRESS_TYPE_FOR PROGRESS_TYPE_SWITCH\
 PROGRESS_TYPE_RETRY PROGRESS_TYPE_PARALLEL_FOR PROGRESS_TYPE_PARALLEL_BRANCH
    progressNumber      int64
    expectedIteration   int64
VariableData
    variables           struct
ListStepEntriesResponse
    stepEntries         list StepEntry
    nextPageToken       string
    totalSize           int32
"""

_COMMON: Final = """
Operation
    name                string
    metadata            any
    done                bool
    error               Status
    response            any
Status
    code                int32
    message             string
    details             list any
ListOperationsResponse
    operations          list Operation
    nextPageToken       string
    unreachable         list string
Location
    name                string
    locationId          string
    displayName         string
    labels              map string
    metadata            any
ListLocationsResponse
    locations           list Location
    nextPageToken       string
Empty
"""

_OWN: Final = """
LogEntry
    timestamp           timestamp
    severity            string
    labels              map string
    textPayload         string
    jsonPayload         struct
ListLogEntriesResponse
    entries             list LogEntry
    nextAfter           int64
"""

_PACKAGES: Final = {
    "google.cloud.workflows.v1": _WORKFLOWS,
    "google.cloud.workflows.executions.v1": _EXECUTIONS,
    "google.longrunning": _COMMON,
    "wfc.service.v1": _OWN,
}
_ELSEWHERE: Final = {
    "Status": "google.rpc.Status",
    "ExecutionStatus": "google.cloud.workflows.executions.v1.Execution.Status",
    "Location": "google.cloud.location.Location",
    "Empty": "google.protobuf.Empty",
    "PubsubMessage": "google.pubsub.v1.PubsubMessage",
}


def _full_name(key: str) -> str:
    if key in _ELSEWHERE:
        return _ELSEWHERE[key]
    package = next(name for name, text in _PACKAGES.items() if f"\n{key}\n" in text)
    return f"{package}.{key}"


def _messages(text: str) -> dict[str, Message]:
    found: dict[str, Message] = {}
    for block in re.split(r"\n(?=\w)", text.strip()):
        key, *rows = block.splitlines()
        name = _full_name(key)
        fields = [field_of(row, name) for row in rows]
        named = {name: field for field in fields for name in (field.name, field.proto)}
        found[key] = Message(name, named)
    return found


MESSAGES: Final = {
    key: message for text in _PACKAGES.values() for key, message in _messages(text).items()
}
