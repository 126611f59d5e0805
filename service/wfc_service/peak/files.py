"""Files of Peak's workflows: each is the workflow of the name that it says.

The file is all that counts: what it does not say is not so, but its webhook keeps its URL.  A block
is deployed with the defaults of its parameters, as `wfc run` runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from wfc_service.deploy_peak import BuiltPeak
from wfc_service.errors import ApiError
from wfc_service.peak import tables
from wfc_service.peak.block_configs import as_workflow, defaults, with_values
from wfc_service.peak.records import PeakWorkflow, workflow_id
from wfc_service.peak.specs import name_of
from wfc_service.peak.workflows import deploy
from wfc_service.service import Service

Other = Callable[[str, Path], str]
"""The file that a workflow's name belongs to if not to this one, which else has it from now on."""


async def deploy_file(
    service: Service, file: Path, text: str, values: Mapping[str, Any], other: Other
) -> tuple[bool, str]:
    """Whether a file is deployed now, and what to say of it; `values` are those of a template."""
    try:
        built = await service.builder.build_peak(str(file), text, values, colour=True)
    except ApiError as error:
        return False, f"  {file.name}: not deployed: {error}"
    if built.errors:
        return False, f"{built.report}  {file.name}: not deployed"
    spec = _spec(built)
    name = name_of(spec)
    if used := other(name, file):
        return False, f"  {file.name}: not deployed, since `{used}` has the same name, `{name}`"
    async with service.lock(f"peak name {name}"):
        deployed = await _deploy(service, name, spec, built.module, file)
    revision = deployed.workflow.revision.id
    return True, f"{built.report}  {name} {revision}, Peak's workflow {deployed.number}"


def _spec(built: BuiltPeak) -> dict[str, Any]:
    if built.kind == "workflow":
        return built.spec
    name = name_of(built.spec["metadata"])
    beside = built.beside or built.spec
    return as_workflow(name, with_values(built.spec["config"], defaults(beside)))


async def _deploy(
    service: Service, name: str, spec: Mapping[str, Any], module: str, file: Path
) -> PeakWorkflow:
    """The workflow of a name: made, changed, or left as it is where it is the same already."""
    while (found := tables.workflow_by_name(service.database, name)) is not None:
        async with service.lock(workflow_id(found.number)):
            before = tables.workflow_by_name(service.database, name)
            if before is None or before.number != found.number:
                continue  # it was deleted, or got another name, while its lock was waited for
            if (before.spec, before.workflow.revision.module) == (spec, module):
                return before
            return await deploy(service, module, spec, before, file_name=file.name, preserve=True)
    return await deploy(service, module, spec, file_name=file.name)
