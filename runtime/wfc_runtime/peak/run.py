"""One execution of a Peak workflow: in goes its graph, out comes a `Result` (spec 11 §3).

Every step waits for those before it, so that what can run side by side does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wfc_runtime.logs import LogEntry
from wfc_runtime.peak.decide import decide
from wfc_runtime.peak.failure import StepFailed
from wfc_runtime.peak.params import Params, StepToRun, asked_steps
from wfc_runtime.peak.result import Result, StepEnd, StepResult
from wfc_runtime.peak.secrets import Secrets
from wfc_runtime.peak.settings import Settings
from wfc_runtime.peak.step_run import StepRun
from wfc_runtime.peak.steps import Ending, Retry, Step
from wfc_runtime.peak.warehouse import Warehouse
from wfc_runtime.peak.workspace import Workspace

if TYPE_CHECKING:
    from wfc_runtime.execution import Execution

OnStep = Callable[[StepResult], None]
OnEnd = Callable[[StepEnd], Awaitable[None]]
Drain = Callable[[], Awaitable[object]]


class Run:
    """What a generated `main` calls `run`.

    execution  has the clock, the http session, the log; see execution.py
    outputs    the output parameters of the steps that have ended, as they are
    results    what is known of each step
    drain      is awaited between two pieces of what a command prints
    goes_on    whether an earlier process has begun this execution
    """

    __slots__ = (
        "_done",
        "_earlier",
        "_endings",
        "_lines",
        "_on_end",
        "_on_step",
        "_steps_to_run",
        "drain",
        "execution",
        "goes_on",
        "name",
        "outputs",
        "params",
        "platform",
        "results",
        "secrets",
        "settings",
        "source",
        "warehouse",
        "workspace",
    )

    def __init__(
        self,
        execution: Execution,
        settings: Settings,
        workspace: Workspace,
        *,
        name: str,
        source: str,
        lines: Mapping[str, int],
        steps_to_run: Sequence[StepToRun | str],
        on_step: OnStep | None,
        earlier: Iterable[StepEnd] | None,
        on_end: OnEnd | None,
        drain: Drain | None,
        platform: Mapping[str, str],
        secrets: Secrets,
    ) -> None:
        self.execution = execution
        self.settings = settings
        self.workspace = workspace
        self.warehouse = Warehouse(settings.database or f"sqlite:///{workspace.database}")
        self.name = name
        self.source = source
        self.secrets = secrets
        self.platform = platform
        self.params = Params()
        self.outputs: dict[str, dict[str, str]] = {}
        self.results: dict[str, StepResult] = {}
        self.drain = drain
        self._lines = lines
        self._on_step = on_step
        self.goes_on = earlier is not None
        self._earlier = {end.result.name: end for end in earlier or ()}
        self._on_end = on_end
        self._steps_to_run = steps_to_run
        self._endings: dict[str, Ending] = {}
        self._done: dict[str, asyncio.Event] = {}

    async def graph(self, params: Params, *steps: Step, retry: Retry | None = None) -> Result:
        """Runs the steps, each after those before it; they stand in such an order.

        `retry` is for steps that have none of their own.  Cancelling ends all that runs.
        """
        params.check(step.name for step in steps)
        asked = asked_steps(steps, self._steps_to_run)
        self.params = params
        for step in steps:
            self.results[step.name] = StepResult(step.name)
            self._done[step.name] = asyncio.Event()
        for end in self._earlier.values():
            self.secrets.use_again(end.secrets)
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(self._step(step, asked, step.retry or retry))
        return Result(self.execution.id, self.results)

    async def _step(self, step: Step, asked: set[str], retry: Retry | None) -> None:
        for name in step.after:
            await self._done[name].wait()
        earlier = self._earlier.get(step.name)
        ending = await self._run(step, asked, retry) if earlier is None else self._taken(earlier)
        self._endings[step.name] = ending
        self._done[step.name].set()

    async def _run(self, step: Step, asked: set[str], retry: Retry | None) -> Ending:
        verdict = decide(step, self._endings, self.outputs, asked)
        if verdict is None:
            ending = await self._tried(step, retry)
        else:
            ending = self._skip(step, *verdict)
        if self._on_end is not None:
            result, outputs = self.results[step.name], self.outputs.get(step.name, {})
            await self._on_end(StepEnd(result, ending, outputs, list(self.secrets.used)))
        return ending

    def _taken(self, earlier: StepEnd) -> Ending:
        """Lets a step have ended as it did in an earlier process."""
        result = earlier.result
        self.results[result.name] = result
        self.outputs[result.name] = dict(earlier.outputs)
        self.changed(result)
        return earlier.ending

    def _skip(self, step: Step, ending: Ending, reason: str) -> Ending:
        result = self.results[step.name]
        result.status, result.reason = "Skipped", self.secrets.redacted(reason)
        self.log(step.name, "INFO", f"skipped: {reason}")
        self.changed(result)
        return ending

    async def _tried(self, step: Step, retry: Retry | None) -> Ending:
        """Runs a step until it succeeds or its retries are used up."""
        result, clock = self.results[step.name], self.execution.clock
        result.status, result.started = "Running", clock.time()
        try:
            while True:
                result.attempts += 1
                self.changed(result)
                failure = await self._try(step, result)
                if failure is None:
                    result.status = "Success"
                    return "succeeded"
                pause = None
                if retry is not None and failure.again:
                    pause = retry.pause(result.attempts, failure.exit_code)
                if pause is None:
                    result.status = "Failed"
                    return "failed"
                self.log(step.name, "WARNING", f"tries again in {pause:g} s")
                await self.watched(step.name, "retry", clock.sleep(pause))
        except asyncio.CancelledError:
            result.status = "Stopped"
            raise
        finally:
            result.finished = clock.time()
            self.changed(result)

    async def _try(self, step: Step, result: StepResult) -> StepFailed | None:
        attempt = StepRun(self, step.name, result)
        result.reason, result.exit_code, result.outputs = "", None, {}
        self.outputs[step.name] = {}
        try:
            await step.work(attempt)
        except StepFailed as failure:
            result.exit_code, result.reason = failure.exit_code, str(failure)
            self.log(step.name, "ERROR", f"{self._place(step.name)}: {failure}")
            return failure
        result.exit_code = 0
        return None

    async def watched(self, step: str, what: str, work: Any) -> None:
        """Waits for something in sight of the observer."""
        observer = self.execution.observer
        if observer is not None:
            observer.step_started((), step, what)
        error: BaseException | None = None
        try:
            await work
        except BaseException as exc:
            error = exc
            raise
        finally:
            if observer is not None:
                observer.step_finished((), step, what, error)

    def keep(self, step: str, outputs: Mapping[str, str]) -> None:
        """Output parameters of a step: as they are for other steps, without secrets to be shown."""
        self.outputs[step].update(outputs)
        shown = {name: self.secrets.redacted(value) for name, value in outputs.items()}
        self.results[step].outputs.update(shown)

    def changed(self, result: StepResult) -> None:
        if self._on_step is not None:
            self._on_step(result)

    def log(self, step: str, severity: str, text: str) -> None:
        """Writes an entry of a step; nobody sees secrets in it."""
        execution = self.execution
        entry = LogEntry(
            execution.clock.time(),
            severity,
            self.secrets.redacted(text),
            execution.workflow,
            execution.id,
            step=step,
        )
        execution.sink(entry)
        if execution.observer is not None:
            execution.observer.log(entry)

    def _place(self, step: str) -> str:
        line = self._lines.get(step)
        return f"step `{step}` failed" + ("" if line is None else f" ({self.source}:{line})")
