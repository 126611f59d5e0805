"""`wfc run` of a Peak workflow: in, its module and options; out, how its steps ended, as JSON."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Coroutine, Mapping, Sequence
from pathlib import Path
from types import ModuleType

import wfc_runtime.peak.v1 as peak
import wfc_runtime.v1 as wf
from wfc.command_run_images import read_images
from wfc.excerpt import excerpt, plain
from wfc.exit_codes import FAILED
from wfc.inputs import read_secrets
from wfc.live import LiveView
from wfc.peak_options import PeakOptions
from wfc.problems import Label
from wfc.render_text import colours
from wfc.similar import Speller
from wfc.source import Source, Span
from wfc.terminal import tell, wants_colour
from wfc.visible import visible, visible_json
from wfc.wrong_use import WrongUse

_PARAM = re.compile(r"(?P<name>[^\s=]+)=(?P<value>.*)", re.DOTALL)
_STEP_PARAM = re.compile(r"(?P<step>[A-Za-z0-9_-]+)\.(?P<name>[^\s=]+)=(?P<value>.*)", re.DOTALL)
_STEP = re.compile(r"(?P<name>[A-Za-z0-9_-]+)(?P<dag>\+?)")


def run_peak(
    module: ModuleType,
    source: Source,
    options: PeakOptions,
    *,
    data: wf.Value,
    routes: Mapping[str, str],
) -> int:
    """Runs the workflow; exit code 3 where a step failed."""
    workflow: peak.Workflow = module.workflow
    params = _params(data, options, workflow.lines)
    steps = _steps(options.steps, workflow.lines)
    folder = Path(source.file_name).parent
    secrets = read_secrets(options.secrets) if options.secrets else {}
    settings = peak.Settings(
        secrets,
        read_images(options.images) if options.images else peak.Images(),
        Path(options.workdir) if options.workdir else None,
        options.database,
        Path(options.queries) if options.queries else folder,
    )
    try:
        result = wf.run_interruptibly(_watched(workflow, params, steps, settings, routes))
    except (TypeError, ValueError, peak.WorkspaceError) as error:
        raise WrongUse(str(error)) from None
    for failed in result.failed:
        tell(_failure(source, workflow.lines[failed.name], failed))
    print(visible_json(wf.json.encode_to_string(result.as_json())))
    return FAILED if result.failed else 0


def _watched(
    workflow: peak.Workflow,
    params: object,
    steps: Sequence[peak.StepToRun],
    settings: peak.Settings,
    routes: Mapping[str, str],
) -> Coroutine[None, None, peak.Result]:
    """The run; its steps and what they print are shown as they come if a person watches."""

    async def watched() -> peak.Result:
        if not sys.stderr.isatty():
            return await workflow.run(params, steps=steps, settings=settings, routes=routes)
        with LiveView(sys.stderr, colour=wants_colour(sys.stderr)) as view:
            return await workflow.run(
                params,
                steps=steps,
                settings=settings,
                routes=routes,
                observer=view,
                log=lambda entry: None,
            )

    return watched()


def _params(given: wf.Value, options: PeakOptions, names: Collection[str]) -> object:
    """`--data`, with `--param` and `--step-param` going before what it says; `names` of steps."""
    if not isinstance(given, dict | None):
        raise WrongUse('the data must be a map: `{"global": {"NAME": "VALUE"}, "stepWise": {}}`')
    params: dict[str, wf.Value] = dict(given or {})
    for text in options.param:
        found = _PARAM.fullmatch(text)
        if found is None:
            raise WrongUse(f"`--param {text}` is not written as NAME=VALUE")
        _put(params, ("global", found["name"]), found["value"])
    for text in options.step_param:
        found = _STEP_PARAM.fullmatch(text)
        if found is None:
            raise WrongUse(f"`--step-param {text}` is not written as STEP.NAME=VALUE")
        _check_step("--step-param", found["step"], names)
        _put(params, ("stepWise", found["step"], found["name"]), found["value"])
    return params


def _put(params: dict[str, wf.Value], path: Sequence[str], value: str) -> None:
    """Sets what the path leads to; what is no map on the way is left for the run to refuse."""
    *around, last = path
    inner: wf.Value = params
    for key in around:
        inner = inner.setdefault(key, {})
        if not isinstance(inner, dict):
            return
    inner[last] = value


def _check_step(option: str, name: str, names: Collection[str]) -> None:
    if name not in names:
        near = Speller().similar(name, names)
        listed = ", ".join(f"`{one}`" for one in names)
        hint = f"did you mean `{near}`?" if near else f"the steps are {listed}"
        raise WrongUse(f"`{option}`: there is no step `{name}`", f"  = hint: {hint}")


def _steps(text: str | None, names: Collection[str]) -> list[peak.StepToRun]:
    """`load,report+`: these steps, and with `+` those that depend on them too."""
    steps: list[peak.StepToRun] = []
    for part in text.split(",") if text else ():
        found = _STEP.fullmatch(part.strip())
        if found is None:
            hint = (
                "  = hint: write `--steps load,report+`; with `+` what depends on a step runs too"
            )
            raise WrongUse(f"`{part}` is not the name of a step", hint)
        _check_step("--steps", found["name"], names)
        steps.append({"stepName": found["name"], "runDAG": bool(found["dag"])})
    return steps


def _failure(source: Source, line: int, failed: peak.StepResult) -> str:
    """The step that failed, with its line."""
    paint = colours if wants_colour(sys.stderr) else plain
    head = paint("error", "execution failed") + paint("strong", f": {visible(failed.reason)}")
    column = max(source.line(line).find(failed.name), 0) + 1
    start = source.offset(line, column)
    label = Label(Span(start, start + len(failed.name)), "this step")
    return "\n".join([head, *excerpt(source, label, paint=paint)[0]])
