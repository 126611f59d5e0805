"""Calls of other workflows: `experimental.executions.*` and the connector (spec 06, spec 10)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from wfc_runtime.children import CalledTooDeeply, Child, Children, Outcome
from wfc_runtime.clock import within
from wfc_runtime.errors import (
    NOT_SUCCEEDED,
    execution_error,
    operation_error,
    timeout_error,
    value_error,
)
from wfc_runtime.jsontext import encode
from wfc_runtime.logs import CALL_LOG_LEVELS
from wfc_runtime.retry import policy_of
from wfc_runtime.stdlib import arguments as checks
from wfc_runtime.values import Value

if TYPE_CHECKING:
    from wfc_runtime.run import Run
    from wfc_runtime.service import ServiceChild

_T = TypeVar("_T")

DEFAULT_TIMEOUT = 1800
LONGEST_TIMEOUT = 31_536_000
"""Seconds (spec 07 §2)."""

_RUN = "experimental.executions.run"
_MAP = "experimental.executions.map"
_CONNECTOR = "googleapis.workflowexecutions.v1.projects.locations.workflows.executions.run"


async def run(
    run: Run,
    *,
    workflow_id: Value,
    location: Value = None,
    project_id: Value = None,
    argument: Value = None,
) -> Value:
    """Runs another workflow and waits for its result.

    `workflow_id` is the name of its file up to the first dot.  `argument` is anything that JSON can
    hold.  `location` and `project_id` are what the other workflow finds in its environment; without
    them it is what this one finds.

    Raises ExecutionError when it fails, which does not say why: the log does.  Raises TimeoutError
    after 30 minutes, HttpError for a workflow that is not there or cannot be run, ValueError for an
    argument that cannot be.
    """
    child = _start(run, _RUN, workflow_id, argument, location, project_id)
    try:
        outcome = await _wait(run, child.task, DEFAULT_TIMEOUT)
    finally:
        child.leave()
    if _failed(outcome):
        raise execution_error()
    return outcome.result


async def map(
    run: Run,
    *,
    workflow_id: Value,
    arguments: Value,
    timeout: Value = None,
    location: Value = None,
    project_id: Value = None,
) -> Value:
    """Runs another workflow once for each of `arguments`; the results are in their order.

    All of them start at once; when some fail, the rest still end first (OQ-69).  What is said of
    `experimental.executions.run` holds here too.

    `timeout` is in seconds, for all of them together and at most a year (31,536,000).

    Raises what `experimental.executions.run` raises.
    """
    items = checks.elements(_MAP, "arguments", arguments)
    seconds = _timeout(_MAP, "timeout", timeout)
    for item in items:
        encode(item)  # what cannot be an argument fails before any of them starts
    children = [_start(run, _MAP, workflow_id, item, location, project_id) for item in items]
    if not children:
        return []
    all_of_them = asyncio.ensure_future(asyncio.wait([child.task for child in children]))
    try:
        await _wait(run, all_of_them, seconds)
    finally:
        all_of_them.cancel()
        for child in children:
            child.leave()
    outcomes = [child.task.result() for child in children]
    failed = [_failed(outcome) for outcome in outcomes]
    if any(failed):
        raise execution_error()
    return [outcome.result for outcome in outcomes]


async def run_connector(
    run: Run,
    *,
    workflow_id: Value,
    location: Value = None,
    project_id: Value = None,
    argument: Value = None,
    callLogLevel: Value = None,
    disableConcurrencyQuotaOverflowBuffering: Value = None,
    connector_params: Value = None,
) -> Value:
    """Runs another workflow and waits for its result, as a connector.

    The first four arguments are those of `experimental.executions.run`.  `callLogLevel` is
    `LOG_ALL_CALLS`, `LOG_ERRORS_ONLY` or `LOG_NONE`.  A service that has no seat free for the
    execution answers 429, unless `disableConcurrencyQuotaOverflowBuffering` is false: then it is
    queued.  Elsewhere there is no quota, and nothing is ever queued.

    With `skip_polling` in `connector_params` it is only started, and the result is null.  Raises
    OperationError when it fails, whose `operation.error` says why, TimeoutError after
    `connector_params.timeout` seconds (1800), HttpError for a workflow that is not there or cannot
    be run, and ValueError for an argument that cannot be.
    """
    level = None
    if callLogLevel not in (None, "CALL_LOG_LEVEL_UNSPECIFIED"):
        level = checks.text(_CONNECTOR, "callLogLevel", callLogLevel)
        if level not in CALL_LOG_LEVELS:
            choices = ", ".join(CALL_LOG_LEVELS)
            raise value_error(f"{_CONNECTOR}(): `callLogLevel` must be one of {choices}")
    name = "disableConcurrencyQuotaOverflowBuffering"
    unbuffered = checks.flag(_CONNECTOR, name, disableConcurrencyQuotaOverflowBuffering, True)
    seconds, skip_polling = _connector_params(connector_params)
    child = _start(
        run, _CONNECTOR, workflow_id, argument, location, project_id, level, unbuffered=unbuffered
    )
    try:
        if skip_polling:
            await child.created()
            return None
        outcome = await _wait(run, child.task, seconds)
    finally:
        child.leave()
    if _failed(outcome):
        raise operation_error(NOT_SUCCEEDED, child.resource(outcome))
    return outcome.result


def _start(
    run: Run,
    function: str,
    workflow_id: Value,
    argument: Value,
    location: Value,
    project_id: Value,
    call_log: str | None = None,
    *,
    unbuffered: bool = False,
) -> Child | ServiceChild:
    """Starts a child; where it is to run is all that location and project mean here."""
    place = {}
    for parameter, value in (("location", location), ("project_id", project_id)):
        if value is not None:
            name = f"GOOGLE_CLOUD_{parameter.upper()}"
            place[name] = checks.text(function, parameter, value)
    name = checks.text(function, "workflow_id", workflow_id)
    execution = run.execution
    if execution.service is not None:
        from wfc_runtime.service import start

        return start(run, execution.service, name, argument, place, call_log, unbuffered)
    if execution.children is None:
        execution.children = Children()
    return execution.children.start(run, name, argument, place, call_log)


async def _wait(run: Run, work: asyncio.Future[_T], seconds: float) -> _T:
    """What is waited for; after `seconds` the workflow's TimeoutError, and the children go on."""
    try:
        return await within(run.rest(seconds), work)
    except TimeoutError:
        message = f"TimeoutError: the execution has not ended within {seconds} seconds"
        raise timeout_error(message) from None


def _failed(outcome: Outcome) -> bool:
    """Whether a child failed; what stops every execution is raised on."""
    if outcome.error is not None and isinstance(outcome.error.__cause__, CalledTooDeeply):
        raise CalledTooDeeply(str(outcome.error.__cause__))
    return outcome.error is not None


def _timeout(function: str, parameter: str, value: Value) -> float:
    if value is None:
        return DEFAULT_TIMEOUT
    seconds = checks.number(function, parameter, value)
    if not 0 < seconds <= LONGEST_TIMEOUT:
        wanted = f"more than 0 and at most {LONGEST_TIMEOUT} seconds"
        raise value_error(f"{function}(): `{parameter}` must be {wanted}")
    return seconds


def _connector_params(value: Value) -> tuple[float, bool]:
    """The timeout in seconds, and `skip_polling`; nothing is polled, and nobody authorised here."""
    given = {} if value is None else checks.entries(_CONNECTOR, "connector_params", value)
    for name in given:
        if name not in ("timeout", "polling_policy", "skip_polling", "scopes"):
            raise value_error(f"{_CONNECTOR}(): `connector_params` has no `{name}`")
    if given.get("polling_policy") is not None:
        policy_of({"backoff": given["polling_policy"]})
    return (
        _timeout(_CONNECTOR, "connector_params.timeout", given.get("timeout")),
        checks.flag(_CONNECTOR, "connector_params.skip_polling", given.get("skip_polling"), False),
    )
