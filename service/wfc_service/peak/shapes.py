"""Workflows and executions as Peak's API shows them (spec 11 §4.3, §4.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from wfc_service.peak.tenant import USER
from wfc_service.store.records import Execution
from wfc_service.times import Nanoseconds, read_timestamp, timestamp

_MILLISECOND: Final = 1_000_000


def iso(time: Nanoseconds) -> str:
    """`2020-01-01T18:00:00.000Z`, always with milliseconds."""
    text = timestamp(time - time % _MILLISECOND)
    return text if "." in text else text.replace("Z", ".000Z")


class Listed(NamedTuple):
    """What a list shows of a workflow.

    last  its last execution: id, status, when it was created
    """

    number: int
    spec: Mapping[str, Any]
    status: str
    paused: bool
    webhook: str
    created: Nanoseconds
    updated: Nanoseconds
    last: tuple[str, str, Nanoseconds] | None


def shown_workflow(workflow: Listed) -> dict[str, Any]:
    """A workflow with all of its spec."""
    spec = workflow.spec
    shown = shown_in_list(workflow)
    shown["steps"] = {name: _step(step) for name, step in spec["steps"].items()}
    for key in ("metadata", "retryOptions"):
        if key in spec:
            shown[key] = spec[key]
    return shown


def shown_in_list(workflow: Listed) -> dict[str, Any]:
    """A workflow without its steps."""
    spec = workflow.spec
    shown = {
        "id": workflow.number,
        "name": spec["name"],
        "status": workflow.status,
        "createdAt": iso(workflow.created),
        "updatedAt": iso(workflow.updated),
        "lastModifiedBy": USER,
        "tags": spec.get("tags") or [],
        "triggers": _triggers(workflow),
        "watchers": spec.get("watchers") or [],
    }
    if workflow.last is not None:
        id, status, created = workflow.last
        last = {"executionId": id, "executedAt": iso(created), "status": status}
        shown["lastExecution"] = {**last, "rerunId": None}  # nothing runs once more under its id
    return shown


def _triggers(workflow: Listed) -> list[dict[str, Any]]:
    """`[{"cron": …, "scheduled": true}]`, `[{"webhook": ID}]`."""
    shown: list[dict[str, Any]] = []
    for trigger in workflow.spec.get("triggers") or ():
        if "cron" in trigger:
            shown.append({"cron": trigger["cron"], "scheduled": not workflow.paused})
        elif trigger.get("webhook"):
            shown.append({"webhook": workflow.webhook})
    return shown


def shown_in_executions(
    id: str,
    status: str,
    created: Nanoseconds,
    started: Nanoseconds | None,
    ended: Nanoseconds | None,
    *,
    now: Nanoseconds,
) -> dict[str, Any]:
    """An execution in a list; `duration` is in seconds, of one that goes on up to now."""
    length = 0 if started is None else max((ended or now) - started, 0)
    return {
        "executionId": id,
        "status": status,
        "executedAt": iso(created),
        "duration": length // _MILLISECOND / 1000,
    }


def shown_execution(
    execution: Execution,
    status: str,
    spec: Mapping[str, Any],
    steps: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """An execution with its steps: all of `spec`, with what is known of them in `steps`."""
    known = {step["name"]: step for step in steps}
    shown: dict[str, Any] = {
        "executionId": execution.id,
        "runId": execution.id,
        "status": status,
        "executedAt": iso(execution.create_time),
        "steps": [
            _ran(name, step, known.get(name, {}), status) for name, step in spec["steps"].items()
        ],
    }
    if execution.end_time is not None and status != "Stopping":
        shown["finishedAt"] = iso(execution.end_time)
    if execution.error is not None:
        shown["error"] = execution.error.get("context") or execution.error.get("payload")
    return shown


def step_status(known: Mapping[str, Any], execution: str) -> str:
    """A step's status in an execution of a status; what has not begun is Pending while it can."""
    status = str(known.get("status", "Pending"))
    if execution == "Stopping" and status == "Running":
        return "Stopping"
    if execution != "Running" and status in ("Pending", "Running"):
        return "Stopped"
    return status


def _ran(
    name: str, step: Mapping[str, Any], known: Mapping[str, Any], execution: str
) -> dict[str, Any]:
    kind = step.get("type", "standard")
    shown: dict[str, Any] = {
        "name": name,
        "stepType": kind,
        "status": step_status(known, execution),
    }
    for key in ("startedAt", "finishedAt"):
        if (time := read_timestamp(known.get(key, ""))) is not None:
            shown[key] = iso(time)
    for key in ("attempts", "exitCode", "reason"):
        if key in known:
            shown[key] = known[key]
    if kind == "standard" and step.get("imageId") is not None:
        version = step.get("imageVersionId")
        shown["image"] = str(step["imageId"]) + (f":{version}" if version is not None else "")
    shown["output"] = dict(known.get("outputs") or {})
    return shown


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    """A step with its variables as a list of maps with one key, as Peak's SDK wants it."""
    shown = dict(step)
    if isinstance(parameters := step.get("parameters"), Mapping) and "env" in parameters:
        env = [{name: value} for name, value in (parameters["env"] or {}).items()]
        shown["parameters"] = {**parameters, "env": env}
    return shown
