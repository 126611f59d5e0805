"""Peak's workflows in a running engine, for tests: see `service_runs`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.service_runs import Service

from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_service.store.records import Execution, Workflow

Json = Any


def command(text: str, *parents: str, **fields: Json) -> Json:
    """A step that runs a command after others."""
    return {"imageId": 1, "command": text, "parents": list(parents), **fields}


async def deploy(service: Service, number: int, **steps: Json) -> Workflow:
    """Deploys a workflow as `peak/NUMBER`; a step that is a text is its command."""
    made = {name: command(one) if isinstance(one, str) else one for name, one in steps.items()}
    return await deploy_spec(service, number, {"name": f"workflow {number}", "steps": made})


async def deploy_spec(service: Service, number: int, spec: Json, revision: int = 1) -> Workflow:
    """Deploys the spec of a workflow as one of its revisions."""
    text = json.dumps(spec)
    compiled = compile_source(Source("workflow.json", text))
    assert compiled.module is not None, compiled.problems
    return await service.deploy_module(f"peak/{number}", compiled.module, revision, source=text)


async def execute(
    service: Service,
    number: int,
    params: Mapping[str, Json] | None = None,
    *,
    steps: Mapping[str, Mapping[str, Json]] | None = None,
    run: Json = (),
    **options: Any,
) -> Execution:
    """Executes `peak/NUMBER` with parameters for all steps and for single ones."""
    argument = {
        "params": {"global": params or {}, "stepWise": steps or {}},
        "stepsToRun": list(run),
    }
    return await service.create(f"peak/{number}", argument, **options)


async def ended(service: Service, execution: Execution) -> Execution:
    """The execution as it has ended."""
    return await service.runs.wait(execution.id)


def statuses(execution: Execution) -> str:
    """`a+ b- c.`: succeeded, failed, skipped; `x`: stopped, `?`: pending, `…`: running."""
    words = ("Success", "Failed", "Skipped", "Stopped", "Pending", "Running")
    signs = dict(zip(words, "+-.x?…", strict=True))
    return " ".join(f"{step['name']}{signs[step['status']]}" for step in execution.steps)


def lines(service: Service, execution: Execution, step: str = "") -> list[str]:
    """What its commands have printed, or that of one step."""
    query = "SELECT entry FROM logs WHERE execution = ? ORDER BY number"
    entries = [json.loads(text) for (text,) in service.database.read(query, execution.id)]
    return [
        entry["textPayload"]
        for entry in entries
        if entry["severity"] == "DEFAULT" and step in ("", entry["labels"]["step"])
    ]
