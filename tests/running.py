"""Compiled modules run under guard, and the law that every input obeys.

Modules get a virtual clock, no network, limits, and an end to what never ends.
"""

from __future__ import annotations

import ast
import asyncio
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from tests.compiled import load
from tests.interpreter import Outcome

import wfc_runtime.v1 as wf
from wfc.codes import CODES
from wfc.pipeline import compile_source
from wfc.render import render
from wfc.source import Source
from wfc_runtime.limits import GOOGLE, LOCAL
from wfc_runtime.testing import ScriptedCallbacks, VirtualClock

if TYPE_CHECKING:
    from aiohttp import ClientSession


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
    module: str, args: Any = None, *, accounting: bool, steps: int = 100_000, seconds: float = 60
) -> Outcome:
    """What the text of a module does; any exception but a WorkflowError is passed on.

    A module with history is recorded: its entries are a tree, and all of them end.
    """
    log: list[wf.LogEntry] = []
    entries: list[wf.StepEntry] = []
    limits = replace(GOOGLE, steps=steps) if accounting else LOCAL
    with at_most(seconds), patch("wfc_runtime.request.open_session", _open_session):
        workflow = load(module, "guarded").workflow
        clock = VirtualClock()
        options = {"clock": clock, "callbacks": ScriptedCallbacks(clock), "env": {}}
        if workflow.steps:
            options["history"] = wf.Recorder(entries.append, detailed=True)
        running = workflow.run(args, limits=limits, log=log.append, **options)
        try:
            result = asyncio.run(running)
        except wf.WorkflowError as error:
            trace = (error.stack_trace or {}).get("elements", [])
            return Outcome(error=(error.payload, trace), log=[entry.payload for entry in log])
        finally:
            check_entries(entries)
    return Outcome(result=result, log=[entry.payload for entry in log])


def check_entries(told: list[wf.StepEntry]) -> None:
    """Each entry was told of twice and has ended, and stands where its row of the table says."""
    assert Counter(entry.number for entry in told) == dict.fromkeys(range(1, len(told) // 2 + 1), 2)
    for entry in told:
        assert entry.state != "STATE_IN_PROGRESS"
        if entry.kind.depth:
            assert entry.parent is not None
            assert (entry.parent.routine, entry.parent.kind.depth + 1) == (
                entry.routine,
                entry.kind.depth,
            )


def _open_session() -> ClientSession:
    """No request reaches anything: every connection fails at once."""
    import aiohttp

    return aiohttp.ClientSession(connector=aiohttp.UnixConnector("/nowhere/at/all"))


def lawful(
    source: Source, args: Any = None, *, terraform: bool = False, seconds: float = 30
) -> Outcome | None:
    """What a workflow does, None for one with errors; raises AssertionError for anything else.

    Any text either has problems, all of them with a place in it, or compiles in both forms to
    modules that end with a result or a WorkflowError.
    """
    began = time.process_time()
    outcome = None
    for accounting in (False, True):
        compiled = compile_source(source, terraform=terraform, accounting=accounting, layout=False)
        assert time.process_time() - began < seconds
        for problem in compiled.problems:
            assert problem.code in CODES
            for label in (problem.label, *problem.others):
                assert 0 <= label.span.start <= label.span.end <= len(source.text)
        errors = any(problem.severity == "error" for problem in compiled.problems)
        assert (compiled.module is None) == errors
        if compiled.module is None:
            assert render(compiled.problems, source)
            return None
        ast.parse(compiled.module)
        if "wfc_runtime.peak" in compiled.module:  # it would run commands, whatever they are
            return None
        if accounting:  # the other form would not stop at a limit
            outcome = run(compiled.module, args, accounting=True, steps=5_000, seconds=seconds)
    return outcome
