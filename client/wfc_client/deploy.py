"""`wfc deploy`: in, a workflow's file; out, a new or changed workflow of a service."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from wfc.exit_codes import PROBLEMS, exit_code
from wfc.load import load
from wfc.peak.document import Document, read_document
from wfc.pipeline import check_source
from wfc.problems import Problems
from wfc.render import render
from wfc.terminal import tell, wants_colour
from wfc.visible import visible
from wfc.wrong_use import WrongUse
from wfc_client.errors import ApiError, ServiceError
from wfc_client.outcome import print_json
from wfc_client.service import Resource, Service, id_of

_DEBUG_INFO = "type.googleapis.com/google.rpc.DebugInfo"


async def deploy(
    service: Service,
    file: str,
    *,
    name: str,
    fields: Resource,
    values: Mapping[str, Any],
    format: str,
) -> int:
    """Creates the workflow, or changes what is given of one that is there.

    name    the workflow's id; "" for the file's name up to its first dot
    fields  of the Workflow resource, besides its source
    values  the variables of a template of Peak's

    A workflow of Peak's says its name itself, and is the one that has it.
    """
    problems = Problems()
    source = load(Path(file), problems)
    document = None if problems else read_document(source, values)
    found = problems.sorted()
    if document is not None:
        found = check_source(source, values=values)
    if found:
        print(render(found, source, colour=wants_colour(sys.stderr)), end="", file=sys.stderr)
    if exit_code(found):
        return exit_code(found)
    if document is not None:
        return await _deploy_peak(service, file, document, name, fields, format)
    workflow = name or Path(file).name.partition(".")[0]
    before = await _deployed(service, workflow)
    fields = {"sourceContents": source.text, **fields}
    if before is None:
        operation = await service.create_workflow(workflow, fields)
    else:
        operation = await service.patch_workflow(before["name"], fields)
    if "error" in operation:
        _tell_refusal(file, operation["error"])
        return PROBLEMS
    after = operation["response"]
    if format == "json":
        print_json(after)
    else:
        print(_said(workflow, before, after))
    return 0


async def _deploy_peak(
    service: Service, file: str, document: Document, name: str, fields: Resource, format: str
) -> int:
    if document.kind == "block":
        hint = f"  = hint: `peak blocks specs create {file}` sends it, through `wfc peak-proxy`"
        raise WrongUse(f"`{file}` holds a block spec, not a workflow", hint)
    given = ["name"] * bool(name) + list(fields)
    if given:
        what = ", ".join(f"`{field}`" for field in given)
        raise WrongUse(f"`{file}` is a workflow of Peak's, which is given no {what}")
    title = str(document.body["name"])
    same = [found async for found in service.peak_workflows(title) if found["displayName"] == title]
    if len(same) > 1:
        numbers = ", ".join(id_of(found["name"]) for found in same)
        raise ServiceError(f"{len(same)} workflows have the name `{visible(title)}`: {numbers}")
    if same:
        workflow, done = same[0]["name"], "updated"
        await service.peak.update_workflow(workflow, document.body)
    else:
        workflow, done = await service.peak.create_workflow(document.body), "created"
    if format == "json":
        print_json(await service.workflow(workflow))
    else:
        print(f"{done} {id_of(workflow)}: {visible(title)}")
    return 0


async def _deployed(service: Service, workflow: str) -> Resource | None:
    try:
        return await service.workflow(service.workflow_name(workflow))
    except ApiError as error:
        if error.code == HTTPStatus.NOT_FOUND:
            return None
        raise


def _said(workflow: str, before: Resource | None, after: Resource) -> str:
    revision = after.get("revisionId", "")
    if before is None:
        return f"created {workflow}, revision {revision}"
    if before.get("revisionId") == revision:
        return f"updated {workflow}, still revision {revision}"
    return f"updated {workflow}, revision {revision} after {before.get('revisionId')}"


def _tell_refusal(file: str, error: Mapping[str, Any]) -> None:
    """The problems as `wfc check` prints them if the service sent them, else its own words."""
    report = _report(error.get("details") or ())
    for line in report.splitlines():
        tell(visible(line))
    if not report:
        tell(f"error: the service refuses `{file}`: {visible(str(error.get('message')))}")
        tell(f"  = hint: `wfc check {file}` may show the place")


def _report(details: Sequence[Mapping[str, Any]]) -> str:
    """Our service's report; Google's has a DebugInfo as well, with other things in it."""
    for detail in details:
        text = str(detail.get("detail", ""))
        if detail.get("@type") == _DEBUG_INFO and text.startswith(("error[", "warning[")):
            return text
    return ""
