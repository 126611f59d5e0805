"""Compiled modules run under guard: a virtual clock, limits, and an end to what never ends."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any

from tests.compiled import load
from tests.interpreter import Outcome

import wfc_runtime.v1 as wf
from wfc_runtime.limits import GOOGLE, LOCAL, Limits
from wfc_runtime.testing import VirtualClock


class TooSlow(BaseException):
    """Nothing of a workflow or of the runtime can catch this."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises TooSlow in the block when it takes longer."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run(
    module: str, args: Any = None, *, accounting: bool, steps: int = 100_000, seconds: float = 20
) -> Outcome:
    """What the text of a module does; any exception but a WorkflowError is passed on."""
    log: list[wf.LogEntry] = []
    limits: Limits = replace(GOOGLE, steps=steps) if accounting else LOCAL
    with at_most(seconds):
        workflow = load(module, "guarded").workflow
        running = workflow.run(args, limits=limits, clock=VirtualClock(), env={}, log=log.append)
        try:
            result = asyncio.run(running)
        except wf.WorkflowError as error:
            trace = (error.stack_trace or {}).get("elements", [])
            return Outcome(error=(error.payload, trace), log=[entry.payload for entry in log])
    return Outcome(result=result, log=[entry.payload for entry in log])
