"""`wfc execute`: in, a workflow and its argument; out, an execution, or with `wait` its result."""

from __future__ import annotations

import asyncio

import wfc_runtime.v1 as wf
from wfc.terminal import tell
from wfc_client.find import find_name
from wfc_client.outcome import print_json, show_outcome
from wfc_client.peak_api import check_fields, is_peak
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

    argument  of a workflow of Peak's its `params`
    fields    of the Execution resource, besides its argument; none for a workflow of Peak's
    """
    name = await find_name(service, workflow)
    if is_peak(name):
        check_fields(name, fields)
    if argument is not None:
        fields = {**fields, "argument": wf.json.encode_to_string(argument)}
    execution = await service.create_execution(name, fields)
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
