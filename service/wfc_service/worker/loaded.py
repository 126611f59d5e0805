"""The modules in a worker: each text arrives once, and is executed when it is first needed."""

from __future__ import annotations

from types import ModuleType

import wfc_runtime.peak.v1 as peak
import wfc_runtime.v1 as google


class Loaded:
    """By the hashes of their texts.  Other revisions of a workflow are other modules."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._workflows: dict[str, google.Workflow | peak.Workflow] = {}

    def add(self, hash: str, text: str) -> None:
        self._texts[hash] = text

    def find(self, hash: str) -> google.Workflow | peak.Workflow:
        """Raises whatever the module raises when it is executed."""
        workflow = self._workflows.get(hash)
        if workflow is None:
            module = ModuleType(f"workflow_{hash}")
            exec(compile(self._texts[hash], f"{module.__name__}.py", "exec"), vars(module))
            workflow = self._workflows[hash] = module.workflow
            del self._texts[hash]
        return workflow
