"""A workflow's tree -> the compiled workflow, for measurements."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source


def workflow(tree: Any, *, accounting: bool = False) -> wf.Workflow:
    """Compiled as `wfc compile` does, without laying the text out."""
    source = Source("bench.json", json.dumps(tree))
    compiled = compile_source(source, accounting=accounting, layout=False)
    if compiled.module is None:
        raise ValueError(f"the workflow has problems: {compiled.problems}")
    module = ModuleType("bench_workflow")
    module.__file__ = "bench_workflow.py"
    exec(compile(compiled.module, module.__file__, "exec"), module.__dict__)
    made: wf.Workflow = module.workflow
    return made
