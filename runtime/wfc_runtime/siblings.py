"""The compiled modules of a folder: in goes a workflow's id, out comes the workflow of that id.

`python order.py` finds so what it calls; a module says in its first line what it was compiled from.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wfc_runtime.execution import workflow_id

if TYPE_CHECKING:
    from wfc_runtime.workflow import Workflow

_FIRST_LINE = re.compile(r'"""(?P<source>.+), compiled by wfc ')


class Siblings:
    """Finds workflows beside a compiled module, as `workflow.run(children=…)` wants it."""

    def __init__(self, module: str) -> None:
        self._module = module
        self._loaded: dict[str, Workflow] = {}

    def __call__(self, wanted: str) -> Workflow:
        if wanted not in self._loaded:
            self._loaded[wanted] = self._load(wanted)
        return self._loaded[wanted]

    def _load(self, wanted: str) -> Workflow:
        # imported here, since few modules ever call another
        from importlib.util import module_from_spec, spec_from_file_location
        from pathlib import Path

        folder = Path(self._module).parent
        for file in sorted(folder.glob("*.py")):
            with file.open(encoding="utf-8", errors="replace") as text:
                marked = _FIRST_LINE.match(text.readline())
            if marked and workflow_id(marked["source"]) == wanted:
                spec = spec_from_file_location(file.stem, file)
                if spec is not None and spec.loader is not None:
                    module = module_from_spec(spec)
                    spec.loader.exec_module(module)
                    workflow: Workflow = module.workflow
                    return workflow
        raise LookupError(f"no module in `{folder}` was compiled from a workflow `{wanted}`")
