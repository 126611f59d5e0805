"""`wfc describe`: in, a workflow or an execution; out, all there is to know of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from wfc.terminal import wants_colour
from wfc.visible import visible
from wfc_client.errors import ServiceError
from wfc_client.find import find_execution, find_workflow
from wfc_client.outcome import failure_text, print_json
from wfc_client.peak_api import is_peak
from wfc_client.service import Resource, Service, id_of, workflow_of
from wfc_client.steps import print_steps, read_steps
from wfc_client.tables import brief, print_table, seconds

_SPEC = ("metadata", "triggers", "watchers", "tags", "retryOptions", "steps")
"""What of a workflow of Peak's somebody wrote."""

_STEPS = ("STEP", "TYPE", "STATUS", "STARTED", "ENDED", "OUTPUT")


async def describe(service: Service, words: list[str], *, steps: bool, format: str) -> int:
    """Prints a workflow, or an execution with its current steps, or with all of its `steps`."""
    workflow = await _workflow(service, words)
    if workflow is not None:
        _show_workflow(workflow, format)
        return 0
    execution = await find_execution(service, words)
    peak = is_peak(execution["name"])  # all steps of which are part of it
    entries = await read_steps(service, execution["name"]) if steps and not peak else None
    if format == "json":
        print_json(execution if entries is None else {**execution, "stepEntries": entries})
        return 0
    print_table((), [list(row) for row in _execution_rows(execution)])
    if execution.get("state") == "FAILED":
        colour = wants_colour(sys.stdout)
        print(f"\n{await failure_text(service, execution, colour=colour)}")
    if entries is not None:
        print()
        print_steps(entries)
    if peak and execution.get("steps"):
        print()
        print_table(_STEPS, [_step_row(step) for step in execution["steps"]])
    return 0


async def _workflow(service: Service, words: list[str]) -> Resource | None:
    """The workflow that one word is the id of; None where the words mean an execution."""
    word = words[0]
    if len(words) > 1 or "/executions/" in word:
        return None
    if word.strip("0123456789abcdef-"):  # no part of an execution's id
        return await find_workflow(service, word)
    try:
        return await service.workflow(service.workflow_name(word))
    except ServiceError as error:
        if error.code in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST):  # 7f3… is no workflow's id
            return None
        raise


def _show_workflow(workflow: Resource, format: str) -> None:
    if format == "json":
        print_json(workflow)
        return
    print_table((), [list(row) for row in _workflow_rows(workflow)])
    print()
    source = workflow.get("sourceContents", "")
    if is_peak(workflow["name"]):
        spec = {key: workflow[key] for key in _SPEC if workflow.get(key)}
        source = json.dumps(spec, ensure_ascii=False, indent=2)
    for line in source.splitlines():
        print(visible(line))


def _workflow_rows(workflow: Resource) -> Iterator[tuple[str, str]]:
    yield "name", workflow["name"]
    if workflow.get("displayName"):
        yield "title", workflow["displayName"]
    yield "state", workflow.get("state") or workflow.get("status", "")
    if workflow.get("revisionId"):
        yield "revision", workflow["revisionId"]
    yield "created", seconds(workflow.get("createTime") or workflow.get("createdAt", ""))
    yield "updated", seconds(workflow.get("updateTime", ""))
    for title, field in (
        ("description", "description"),
        ("account", "serviceAccount"),
        ("call logs", "callLogLevel"),
        ("history", "executionHistoryLevel"),
    ):
        if workflow.get(field):
            yield title, workflow[field]
    yield from _pairs("labels", workflow.get("labels"))
    yield from _pairs("variables", workflow.get("userEnvVars"))


def _execution_rows(execution: Resource) -> Iterator[tuple[str, str]]:
    name = execution["name"]
    yield "name", name
    revision = execution.get("workflowRevisionId")
    yield "workflow", id_of(workflow_of(name)) + (f", revision {revision}" if revision else "")
    yield "state", execution.get("state", "")
    for title, field in (
        ("created", "createTime"),
        ("started", "startTime"),
        ("ended", "endTime"),
    ):
        if execution.get(field):
            yield title, seconds(execution[field])
    if execution.get("duration"):
        yield "duration", execution["duration"]
    yield from _pairs("labels", execution.get("labels"))
    for field in ("argument", "result"):
        if field in execution:
            yield field, brief(execution[field])
    current = () if is_peak(name) else (execution.get("status") or {}).get("currentSteps") or ()
    if current:
        yield "at step", " › ".join(f"{step['step']} ({step['routine']})" for step in current)
    error = execution.get("stateError")
    if error:
        yield "problem", json.dumps(error)


def _step_row(step: Resource) -> list[str]:
    """A step of an execution of Peak's (spec 11 §4.3)."""
    output = step.get("output")
    return [
        str(step.get("name", "")),
        str(step.get("stepType") or ""),
        str(step.get("status") or ""),
        seconds(step.get("startedAt") or ""),
        seconds(step.get("finishedAt") or ""),
        brief(output if isinstance(output, str) else json.dumps(output)) if output else "",
    ]


def _pairs(title: str, pairs: dict[str, Any] | None) -> Iterator[tuple[str, str]]:
    if pairs:
        yield title, ", ".join(f"{key}={value}" for key, value in sorted(pairs.items()))
