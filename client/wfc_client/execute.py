"""`wfc execute`: in, a workflow and its argument; out, an execution, or with `wait` its result."""

from __future__ import annotations

import asyncio

import wfc_runtime.v1 as wf
from wfc.terminal import tell
from wfc_client.errors import ApiError
from wfc_client.find import find_workflow
from wfc_client.outcome import print_json, show_outcome
from wfc_client.service import Resource, Service, id_of, is_finished
from wfc_client.wait import wait_until_finished


async def execute(
    service: Service,
    workflow: str,
    argument: wf.Value,
    fields: Resource,
    *,
    wait: bool,
    format: str,
) -> int:
    """Starts an execution; with `wait` prints its result as `wfc run` does.

    fields  of the Execution resource, besides its argument
    """
    if argument is not None:
        fields = {**fields, "argument": wf.json.encode_to_string(argument)}
    try:
        execution = await service.create_execution(service.workflow_name(workflow), fields)
    except ApiError as error:
        if error.code == 404:
            await find_workflow(service, workflow)  # raises with the name that could be meant
        raise
    if not wait:
        if format == "json":
            print_json(execution)
        else:
            print(id_of(execution["name"]))
        return 0
    if not is_finished(execution):
        execution = await _finished(service, execution["name"])
    return await show_outcome(service, execution, format=format)


async def _finished(service: Service, name: str) -> Resource:
    try:
        return await wait_until_finished(service, name)
    except asyncio.CancelledError:
        tell(f"the execution goes on: `wfc cancel {id_of(name)}` ends it")
        raise
