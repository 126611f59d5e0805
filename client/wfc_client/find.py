"""Which workflow or execution is meant: in, what was typed; out, a full name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus

from wfc.similar import Speller
from wfc.visible import visible
from wfc_client.errors import ApiError, ServiceError
from wfc_client.peak_api import is_peak
from wfc_client.service import Resource, Service, id_of

_MOST_NAMED = 5
_WHOLE_ID = 36
"""Characters of a UUID, which the ids of executions are."""


async def find_name(service: Service, workflow: str) -> str:
    """The full name of a workflow, found as by `find_workflow`."""
    try:
        found = str((await find_workflow(service, workflow))["name"])
    except ApiError as error:
        if error.code != HTTPStatus.FORBIDDEN:  # who may execute a workflow need not see it
            raise
        found = ""
    # Google's service names a project by its number, whatever it was asked for
    return found if is_peak(found) else service.workflow_name(workflow)


async def find_workflow(service: Service, workflow: str) -> Resource:
    """The workflow of an id or a full name: Google's, else the one of Peak's that has this name.

    Raises ServiceError with a hint where there is none.
    """
    try:
        return await service.workflow(service.workflow_name(workflow))
    except ApiError as error:
        if error.code not in (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST):
            raise
    found = [one async for one in service.peak_workflows(workflow)]
    found = [one for one in found if one["displayName"] == workflow]
    if len(found) == 1:
        return await service.workflow(found[0]["name"])  # lists have no steps
    if found:
        numbers = ", ".join(id_of(one["name"]) for one in found)
        message = f"{len(found)} workflows of Peak's have the name `{visible(workflow)}`"
        raise ServiceError(message, f"  = hint: name one by its number: {numbers}")
    known = [id_of(found["name"]) async for found in service.workflows()]
    known += [found["displayName"] async for found in service.peak_workflows()]
    meant = Speller().similar(id_of(workflow), known)
    hint = f"did you mean `{visible(meant)}`?" if meant else "`wfc list` shows which there are"
    message = f"there is no workflow `{id_of(workflow)}` in the service"
    raise ServiceError(message, f"  = hint: {hint}", code=HTTPStatus.NOT_FOUND)


async def find_execution(service: Service, words: list[str]) -> Resource:
    """The execution that `EXECUTION` or `WORKFLOW EXECUTION` means.

    An execution is named in full, by its id, or by as many characters of it as tell it from others.
    Without a workflow those of all workflows are looked at.
    """
    *workflow, wanted = words
    if "/executions/" in wanted:
        return await service.execution(wanted)
    if workflow:
        names = [str((await find_workflow(service, workflow[0]))["name"])]
    else:
        names = [found["name"] async for found in service.workflows()]
        names += [found["name"] async for found in service.peak_workflows()]
    if len(wanted) == _WHOLE_ID:
        return await _by_id(service, names, wanted)
    return await service.execution(await _by_start(service, names, wanted))


async def _by_id(service: Service, workflows: list[str], wanted: str) -> Resource:
    for workflow in workflows:
        try:
            return await service.execution(f"{workflow}/executions/{wanted}")
        except ApiError as error:
            if error.code != HTTPStatus.NOT_FOUND:
                raise
    raise _no_execution(wanted, workflows)


async def _by_start(service: Service, workflows: list[str], wanted: str) -> str:
    found = [name async for name in _names(service, workflows) if id_of(name).startswith(wanted)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise _no_execution(wanted, workflows)
    shown = "".join(f"\n  {visible(id_of(name))}" for name in found[:_MOST_NAMED])
    more = f"\n  and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    message = f"the ids of {len(found)} executions begin with `{wanted}`"
    raise ServiceError(message, f"{shown}{more}".lstrip("\n"))


async def _names(service: Service, workflows: list[str]) -> AsyncIterator[str]:
    for workflow in workflows:
        async for execution in service.executions(workflow):
            yield execution["name"]


def _no_execution(wanted: str, workflows: list[str]) -> ServiceError:
    where = f"of `{id_of(workflows[0])}`" if len(workflows) == 1 else "of any workflow"
    shown = f"`wfc list {id_of(workflows[0])}`" if len(workflows) == 1 else "`wfc list WORKFLOW`"
    message = f"there is no execution {where} whose id begins with `{wanted}`"
    detail = f"  = hint: {shown} shows which there are"
    return ServiceError(message, detail, code=HTTPStatus.NOT_FOUND)
