"""Peak workflows made of Python functions, for tests of the runtime without a compiler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import wfc_runtime.peak.v1 as wf
from wfc_runtime.clock import Clock
from wfc_runtime.peak.steps import Step
from wfc_runtime.testing import VirtualClock

Work = Callable[[wf.StepRun], Awaitable[None]]


def workflow(*steps: Step, retry: wf.Retry | None = None) -> wf.Workflow:
    """The steps must stand after those before them."""

    async def main(run: wf.Run, params: wf.Params) -> wf.Result:
        return await run.graph(params, *steps, retry=retry)

    return wf.Workflow(
        main,
        name="nightly",
        source="nightly.yaml",
        sha256="",
        compiler="0.1.0",
        lines={step.name: number for number, step in enumerate(steps, 3)},
    )


def command(text: str, **options: Any) -> Work:
    async def work(step: wf.StepRun) -> None:
        await step.command(text, **options)

    return work


@dataclass
class Played:
    """Steps that fail or succeed as the test says, one second each, under a clock.

    fails    the exit code of each failed try, by step; those after them succeed
    outputs  the output parameters, by step
    began    what began when, in order
    """

    fails: dict[str, Sequence[int]] = field(default_factory=dict)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)
    began: list[tuple[str, float]] = field(default_factory=list)
    clock: Clock = field(default_factory=VirtualClock)

    def step(self, name: str, *after: str, **options: Any) -> Step:
        codes = iter(self.fails.get(name, ()))

        async def work(step: wf.StepRun) -> None:
            self.began.append((name, self.clock.time()))
            await self.clock.sleep(1)
            step._run.keep(name, self.outputs.get(name, {}))
            if code := next(codes, 0):
                raise wf.StepFailed(f"exit code {code}", code)

        return Step(name, work, after, **options)

    async def run(self, *steps: Step, retry: wf.Retry | None = None, **options: Any) -> wf.Result:
        options = {"log": lambda entry: None, "clock": self.clock, **options}
        return await workflow(*steps, retry=retry).run(**options)


def statuses(result: wf.Result) -> str:
    """`a+ b- c.`: succeeded, failed, skipped."""
    signs = {"Success": "+", "Failed": "-", "Skipped": "."}
    return " ".join(f"{name}{signs[step.status]}" for name, step in result.steps.items())
