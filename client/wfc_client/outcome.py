"""How an execution ended, as `wfc run` shows it: in, the API's Execution; out, text and values."""

from __future__ import annotations

import sys
from typing import Any

import wfc_runtime.v1 as wf
from wfc.exit_codes import FAILED
from wfc.failure import render_failure
from wfc.source import Source
from wfc.terminal import tell, wants_colour
from wfc.visible import visible, visible_json
from wfc_client.errors import ServiceError
from wfc_client.peak_api import is_peak
from wfc_client.service import Resource, Service, id_of, workflow_of


def value_of(text: str) -> wf.Value:
    """The value of JSON text that a service sent; text that is none stays text."""
    try:
        return wf.json.decode(text)
    except wf.WorkflowError:
        return text


def ended(execution: Resource) -> dict[str, wf.Value]:
    """`{state, result}` or `{state, error}`, with values instead of JSON text.

    Of Peak's workflows `{state, status, executionId, steps}`.
    """
    state = str(execution.get("state"))
    if is_peak(execution["name"]):
        return {
            "state": state,
            "status": execution["status"],
            "executionId": id_of(execution["name"]),
            "steps": execution.get("steps", []),
        }
    if state == "SUCCEEDED":
        return {"state": state, "result": value_of(execution.get("result", "null"))}
    error = execution.get("error") or execution.get("stateError") or {}
    if isinstance(error.get("payload"), str):
        error = {**error, "payload": value_of(error["payload"])}
    return {"state": state, "error": error}


async def show_outcome(service: Service, execution: Resource, *, format: str) -> int:
    """Prints the result, or why there is none, and gives the exit code."""
    succeeded = execution.get("state") == "SUCCEEDED"
    if format == "json":
        print_json({"execution": execution["name"], **ended(execution)})
    elif is_peak(execution["name"]):
        print_json({field: value for field, value in ended(execution).items() if field != "state"})
        if not succeeded:
            tell(await failure_text(service, execution, colour=wants_colour(sys.stderr)))
    elif succeeded:
        print_json(value_of(execution.get("result", "null")))
    else:
        tell(await failure_text(service, execution, colour=wants_colour(sys.stderr)))
    return 0 if succeeded else FAILED


async def failure_text(service: Service, execution: Resource, *, colour: bool) -> str:
    """Why an execution did not succeed, with the lines of the workflow where they can be had."""
    state, error = execution.get("state"), execution.get("error") or {}
    if state == "FAILED" and is_peak(execution["name"]):
        return _failed_steps(execution)
    if state != "FAILED":
        return f"execution {str(state).lower()}: {id_of(execution['name'])}"
    source = await _source(service, execution)
    context, trace = error.get("context") or "", error.get("stackTrace") or {}
    if context and not _fits(trace, source):
        return "\n".join(map(visible, f"execution failed: {context}".splitlines()))
    failed = wf.WorkflowError(value_of(error.get("payload", "null")), context or None, trace)
    return render_failure(failed, source, colour=colour)


def _failed_steps(execution: Resource) -> str:
    failed = [step for step in execution.get("steps", ()) if step.get("status") == "Failed"]
    lines = [f"execution failed: {id_of(execution['name'])}"]
    for step in failed:
        why = f": {step['reason']}" if step.get("reason") else ""
        lines += f"  step `{step.get('name')}` failed{why}".splitlines()
    return "\n".join(map(visible, lines))


async def _source(service: Service, execution: Resource) -> Source:
    """What was deployed as the execution's revision; nothing where the service will not say."""
    workflow, revision = workflow_of(execution["name"]), execution.get("workflowRevisionId", "")
    try:
        found = await service.workflow(workflow, revision)
    except ServiceError:
        found = {}
    return Source(f"{id_of(workflow)}@{revision}", found.get("sourceContents", ""))


def _fits(trace: dict[str, Any], source: Source) -> bool:
    """Whether every frame has a place that is in the source."""
    places = [element.get("position") or {} for element in trace.get("elements", ())]
    return bool(source.text) and all(
        1 <= int(place.get("line", 0)) <= source.line_count and "column" in place
        for place in places
    )


def print_json(value: Any) -> None:
    print(visible_json(wf.json.encode_to_string(value)))
