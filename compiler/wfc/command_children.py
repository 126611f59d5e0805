"""The workflows that a run may call: in, a folder and a workflow's id; out, that workflow.

A file's id is its name without what follows the first dot.  Files are compiled when they are first
called.
"""

from __future__ import annotations

import linecache
from pathlib import Path
from types import ModuleType

import wfc_runtime.v1 as wf
from wfc.command_compile import compile_file, module_name
from wfc.similar import Speller

_ENDINGS = (".yaml", ".yml", ".json")
"""Of workflow files; of two with one id the earlier ending counts."""

_MOST_NAMED = 10


class WorkflowFolder:
    """Finds workflows as `Workflow.run(children=…)` wants it; the texts of its errors are hints."""

    def __init__(self, folder: Path, *, accounting: bool, terraform: bool) -> None:
        self._folder = folder
        self._accounting = accounting
        self._terraform = terraform
        self._compiled: dict[Path, wf.Workflow] = {}

    def __call__(self, workflow_id: str) -> wf.Workflow:
        files = self._files()
        if workflow_id not in files:
            raise LookupError(self._missing(workflow_id, list(files)))
        file = files[workflow_id]
        if file not in self._compiled:
            self._compiled[file] = self._compile(file)
        return self._compiled[file]

    def _files(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for ending in reversed(_ENDINGS):
            for file in sorted(self._folder.glob(f"*{ending}")):
                found[file.name.partition(".")[0]] = file
        return found

    def _compile(self, file: Path) -> wf.Workflow:
        _, text, _ = compile_file(
            str(file),
            accounting=self._accounting,
            terraform=self._terraform,
            call_log=True,  # a call can ask for it, whatever its caller's level is
            layout=False,
        )
        if text is None:
            raise ValueError(f"`{file}` has errors and cannot run: see `wfc check {file}`")
        workflow = load_module(str(file), text).workflow
        if not isinstance(workflow, wf.Workflow):
            raise ValueError(f"`{file}` is one of Peak's workflows, which cannot be called")
        return workflow

    def _missing(self, workflow_id: str, known: list[str]) -> str:
        known.sort()
        named = ", ".join(f"`{name}`" for name in known[:_MOST_NAMED])
        more = f" and {len(known) - _MOST_NAMED} more" if len(known) > _MOST_NAMED else ""
        meant = Speller().similar(workflow_id, known)
        hint = f"; did you mean `{meant}`?" if meant else ""
        there = f"which has {named}{more}" if known else "which has no workflow files"
        return f"there is no workflow `{workflow_id}` in the folder `{self._folder}`, {there}{hint}"


def load_module(file: str, text: str) -> ModuleType:
    """The compiled module, without writing it; tracebacks find its lines all the same."""
    name = module_name(file)
    path = f"<{name}.py, compiled from {file}>"
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    module = ModuleType(name)
    module.__file__ = path
    exec(compile(text, path, "exec"), module.__dict__)
    return module
