"""What the service keeps: workflows, their revisions, executions and operations.

Records say what is so; how an API shows them is the business of `resources`.  Times are
`Nanoseconds`; a name that ends in `_json` holds JSON text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from wfc_service.times import Nanoseconds

State: TypeAlias = Literal["QUEUED", "ACTIVE", "SUCCEEDED", "FAILED", "CANCELLED"]

FINISHED: tuple[State, ...] = ("SUCCEEDED", "FAILED", "CANCELLED")


@dataclass(frozen=True, slots=True)
class Revision:
    """One deployed source of a workflow, which executions keep from their creation.

    number  counts from 1 within the workflow
    id      `000001-a4d` (spec 08 §1)
    module  the Python text that its source was compiled to
    """

    workflow: str
    number: int
    id: str
    source: str
    file_name: str
    service_account: str
    create_time: Nanoseconds
    module: str


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow with its latest revision; `settings` has the other fields that a user can set.

    These are `callLogLevel`, `executionHistoryLevel`, `userEnvVars`, `cryptoKeyName`, as the API
    spells them and only where they are set.
    """

    id: str
    revision: Revision
    create_time: Nanoseconds
    update_time: Nanoseconds
    description: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Execution:
    """One execution of a workflow's revision.

    error       the API's `error` field, of one that failed or was cancelled (spec 05 §3)
    steps       `status.currentSteps`, of one that has ended the last ones; all steps of Peak's
    unbuffered  `disableConcurrencyQuotaOverflowBuffering`
    generation  how many executions called one another down to it
    variables   the user's environment variables, those that there were when it was created
    address     of the service at that time, which the URLs of its callback endpoints begin with
    """

    id: str
    workflow: str
    revision: str
    state: State
    create_time: Nanoseconds
    argument_json: str = "null"
    start_time: Nanoseconds | None = None
    end_time: Nanoseconds | None = None
    result_json: str | None = None
    error: Mapping[str, Any] | None = None
    steps: tuple[Mapping[str, Any], ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    call_log_level: str = ""
    history_level: str = ""
    unbuffered: bool = False
    generation: int = 0
    variables: Mapping[str, str] = field(default_factory=dict)
    address: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """A long-running operation, which here has always ended (spec 08 §5).

    verb    create, update or delete
    target  the name of the workflow
    error   a google.rpc.Status, or None where `response` says how it went
    """

    id: str
    verb: str
    target: str
    create_time: Nanoseconds
    end_time: Nanoseconds
    error: Mapping[str, Any] | None
    response: Mapping[str, Any] | None
