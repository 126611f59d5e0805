"""A workflow's text or tree -> the compiled workflow, for measurements."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source


def workflow(tree: Any, *, accounting: bool = False) -> wf.Workflow:
    """Compiled as `wfc compile` does, without laying the text out."""
    return compiled(Source("bench.json", json.dumps(tree)), accounting=accounting)


def compiled(source: Source, *, accounting: bool = False, history: bool = False) -> wf.Workflow:
    """The same for a file's text; ValueError where it has an error or a warning."""
    result = compile_source(source, accounting=accounting, history=history, layout=False)
    if result.module is None or result.problems:
        said = "; ".join(f"{each.code}: {each.message}" for each in result.problems)
        raise ValueError(f"{source.name} has problems: {said}")
    module = ModuleType("bench_workflow")
    module.__file__ = "bench_workflow.py"
    exec(compile(result.module, module.__file__, "exec"), module.__dict__)
    made: wf.Workflow = module.workflow
    return made
