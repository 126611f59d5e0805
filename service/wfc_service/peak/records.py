"""What the service keeps of Peak's, beside the workflows and executions of both languages.

A workflow of Peak's is a `records.Workflow` whose id is `peak/7`; 7 is what Peak's API calls its
id.  No id of Google's API can have a slash, so neither API has anything of the other's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wfc_service.names import PEAK
from wfc_service.store.records import Workflow


@dataclass(frozen=True, slots=True)
class PeakWorkflow:
    """A workflow as it is deployed.

    spec        what was asked for, as JSON has it
    paused      whether its schedule is held
    webhook     the id of its webhook, "" where it has none
    deployment  the deployment of a block that it belongs to, "" for one of its own
    workflow    the same for the engine
    """

    number: int
    name: str
    spec: Mapping[str, Any]
    paused: bool
    webhook: str
    deployment: str
    workflow: Workflow

    @property
    def concurrent(self) -> bool:
        """Whether several executions may run at once (spec 11 §1.1)."""
        metadata = self.spec.get("metadata") or {}
        return bool(metadata.get("allowConcurrentExecution"))


def workflow_id(number: int) -> str:
    """7 → `peak/7`"""
    return f"{PEAK}{number}"


def number_of(workflow: str) -> int:
    """`peak/7` → 7; the id of a workflow of Google's is none."""
    return int(workflow.removeprefix(PEAK))
