"""`wfc run`: in, a file and its argument; out, the result on stdout and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from traceback import walk_tb
from typing import Any, Literal

import wfc_runtime.v1 as wf
from wfc.command_children import WorkflowFolder, load_module
from wfc.command_compile import compile_file
from wfc.exit_codes import FAILED, exit_code
from wfc.failure import render_failure
from wfc.history_tree import HistoryTree
from wfc.inputs import read_data, read_environment, read_routes
from wfc.live import LiveView
from wfc.peak.recognise import is_template
from wfc.peak_options import PeakOptions
from wfc.render import render_files
from wfc.source import Source
from wfc.terminal import tell, wants_colour
from wfc.visible import visible_json
from wfc.wrong_use import WrongUse

History = Literal["none", "basic", "detailed"]
CallLog = Literal["LOG_ALL_CALLS", "LOG_ERRORS_ONLY", "LOG_NONE"]


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
    workflows: str | None,
    call_log: CallLog,
    history: History,
    format: Literal["text", "json"],
    terraform: bool,
    values: Mapping[str, Any],
    peak: PeakOptions,
) -> int:
    """Runs the workflow unless it has an error; warnings are shown and do not stop it."""
    argument = read_data(data)
    google = limits == "google"
    variables = {**os.environ, **read_environment(env, env_file, google=google)}
    where = read_routes(routes, routes_file)
    folder = Path(file).parent if workflows is None else Path(workflows)
    if workflows is not None and not folder.is_dir():
        raise WrongUse(f"`{workflows}` is not a folder")
    children = WorkflowFolder(folder, accounting=google, terraform=terraform)
    source, text, problems = compile_file(
        file,
        accounting=google,
        terraform=terraform,
        call_log=call_log != "LOG_NONE",
        history=history != "none",
        layout=False,
        values=values,
    )
    report = render_files([(source, problems)], colour=wants_colour(sys.stderr))
    print(report, end="", file=sys.stderr)
    if text is None:
        return exit_code(problems)
    module = load_module(file, text)
    if not isinstance(module.workflow, wf.Workflow):
        from wfc.command_run_peak import run_peak

        others: dict[str, object] = {"--env": env, "--env-file": env_file, "--workflows": workflows}
        others["--call-log-level"] = call_log != "LOG_NONE"
        if unfit := [option for option, value in others.items() if value]:
            raise WrongUse(f"{', '.join(unfit)}: only for Google's workflows, and this is Peak's")
        _need_template(source, values, "; a parameter of the run is `--param NAME=VALUE`")
        return run_peak(module, source, peak, data=argument, routes=where)
    if peak.given:
        raise WrongUse(f"{', '.join(peak.given)}: only for Peak's workflows, and this is Google's")
    _need_template(source, values, "; what `main` takes is given with `--data`")
    tree = HistoryTree()
    try:
        run = partial(
            module.workflow.run,
            argument,
            limits=limits,
            env=variables,
            auth=wf.NoAuth() if auth == "none" else None,
            routes=where,
            children=children,
            call_log=call_log,
            history=None if history == "none" else _recorder(tree, history),
        )
        try:
            result = wf.run_interruptibly(_watched(run))
        finally:
            tree.print(sys.stderr, colour=wants_colour(sys.stderr))
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


def _need_template(source: Source, values: Mapping[str, Any], instead: str) -> None:
    """Refuses variables of a template for a file that is none, where they would change nothing."""
    given = [f"`{name}`" for name in values if name != "os_env"]
    if given and not is_template(source.text):
        raise WrongUse(f"{', '.join(given)}: `{source.name}` is no template{instead}")


def _recorder(tree: HistoryTree, history: History) -> wf.Recorder:
    return wf.Recorder(tree.add, detailed=history == "detailed")


async def _watched(run: Callable[..., Coroutine[None, None, wf.Value]]) -> wf.Value:
    """The result; steps and logs are shown as they come if a person watches."""
    if not sys.stderr.isatty():
        return await run()
    with LiveView(sys.stderr, colour=wants_colour(sys.stderr)) as view:
        return await run(observer=view, log=lambda entry: None)


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
