"""`wfc run`: in, a file and its argument; out, the result on stdout and an exit code."""

from __future__ import annotations

import asyncio
import linecache
import os
import sys
from collections.abc import Sequence
from traceback import walk_tb
from types import ModuleType
from typing import Any, Literal

import wfc_runtime.v1 as wf
from wfc.command_compile import compile_file, module_name
from wfc.exit_codes import FAILED, exit_code
from wfc.failure import render_failure
from wfc.inputs import read_data, read_environment, read_routes
from wfc.live import LiveView
from wfc.render import render_files
from wfc.terminal import tell, wants_colour
from wfc.visible import visible_json
from wfc.wrong_use import WrongUse


def run_file(
    file: str,
    *,
    data: str,
    env: Sequence[str],
    env_file: str | None,
    auth: Literal["default", "none"],
    routes: Sequence[str],
    routes_file: str | None,
    limits: Literal["google", "local"],
    format: Literal["text", "json"],
    terraform: bool,
) -> int:
    """Runs the workflow unless it has an error; warnings are shown and do not stop it."""
    argument = read_data(data)
    options: dict[str, Any] = {
        "env": {**os.environ, **read_environment(env, env_file)},
        "routes": read_routes(routes, routes_file),
        "auth": wf.NoAuth() if auth == "none" else None,
        "limits": limits,
    }
    source, text, problems = compile_file(
        file, accounting=limits == "google", terraform=terraform, layout=False
    )
    report = render_files([(source, problems)], colour=wants_colour(sys.stderr))
    print(report, end="", file=sys.stderr)
    if text is None:
        return exit_code(problems)
    module = load_module(file, text)
    try:
        result = asyncio.run(_execute(module.workflow, argument, options))
    except wf.WorkflowError as error:
        if format == "json":
            _print_json({"state": "FAILED", "error": _error(error)})
        else:
            lacks = argument is None and module.workflow.parameters == 1
            hint = "`main` takes an argument: give it with `--data JSON`" if lacks else ""
            tell(render_failure(error, source, colour=wants_colour(sys.stderr), hint=hint))
        return FAILED
    except ValueError as error:  # of an argument that is too large, before anything ran
        if any(frame.f_globals is vars(module) for frame, _ in walk_tb(error.__traceback__)):
            raise
        raise WrongUse(f"the argument cannot be used: {error}") from None
    _print_json({"state": "SUCCEEDED", "result": result} if format == "json" else result)
    return 0


def load_module(file: str, text: str) -> ModuleType:
    """The compiled module, without writing it; tracebacks find its lines all the same."""
    name = module_name(file)
    path = f"<{name}.py, compiled from {file}>"
    linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
    module = ModuleType(name)
    module.__file__ = path
    exec(compile(text, path, "exec"), module.__dict__)
    return module


async def _execute(workflow: wf.Workflow, argument: wf.Value, options: dict[str, Any]) -> wf.Value:
    """The result; steps and logs are shown as they come if a person watches."""
    if not sys.stderr.isatty():
        return await workflow.run(argument, **options)
    with LiveView(sys.stderr, colour=wants_colour(sys.stderr)) as view:
        return await workflow.run(argument, **options, observer=view, log=lambda entry: None)


def _error(error: wf.WorkflowError) -> dict[str, wf.Value]:
    """What `Execution.error` holds; for a payload without a form in JSON the error that says so."""
    payload = error.payload
    try:
        wf.json.encode_to_string(payload)
    except wf.WorkflowError as unfit:
        payload = unfit.payload
    return {
        "payload": payload,
        "context": error.context or "",
        "stackTrace": error.stack_trace,
    }


def _print_json(value: wf.Value) -> None:
    print(visible_json(wf.json.encode_to_string(value)))
