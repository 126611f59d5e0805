"""Modules that report their steps, run and recorded; the entries as lists and as text."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.compiled import load
from tests.interpreter import Entry, Outcome

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.entry import StepEntry
from wfc_runtime.recorder import Recorder
from wfc_runtime.testing import VirtualClock


@dataclass
class History:
    """What a recorder told, and what its execution did."""

    detailed: bool = False
    told: list[tuple[int, str]] = field(default_factory=list)
    entries: dict[int, StepEntry] = field(default_factory=dict)
    running: list[list[str]] = field(default_factory=list)
    outcome: Outcome = field(default_factory=Outcome)

    def __post_init__(self) -> None:
        self.recorder = Recorder(self._sink, detailed=self.detailed)

    def _sink(self, entry: StepEntry) -> None:
        self.told.append((entry.number, entry.state))
        self.entries[entry.number] = entry
        steps = self.recorder.current_steps()
        self.running.append([f"{step['routine']}.{step['step']}" for step in steps])

    def in_order(self) -> list[StepEntry]:
        """Depth first; branches by their index rather than by when they began."""
        tops = [entry for entry in self.entries.values() if entry.parent is None]
        found: list[StepEntry] = []
        waiting = sorted(tops, key=lambda entry: -entry.number)
        while waiting:
            entry = waiting.pop()
            found.append(entry)
            inner = [self.entries[child] for child in entry.children or ()]
            waiting += sorted(
                inner, key=lambda each: (-each.thread and -each.progress, -each.number)
            )
        return found

    def resources(self) -> list[dict[str, Any]]:
        return [self.entries[number].resource("E") for number in sorted(self.entries)]


def level(entry: StepEntry) -> int:
    return 0 if entry.parent is None else level(entry.parent) + 1


def plain(entry: StepEntry) -> Entry:
    return Entry(level(entry), entry.type, entry.routine, entry.step, entry.state)


def compiled(text: str, name: str = "main.yaml", **options: Any) -> wf.Workflow:
    """The workflow of a text, with history."""
    result = compile_source(Source(name, text), history=True, layout=False, **options)
    assert result.module is not None, result.problems
    workflow: wf.Workflow = load(result.module).workflow
    return workflow


def recorded(
    workflow: wf.Workflow, args: Any = None, *, detailed: bool = False, **options: Any
) -> History:
    history = History(detailed)
    log: list[wf.LogEntry] = []
    options = {"clock": VirtualClock(), "log": log.append, "env": {}, **options}
    result = error = None
    try:
        result = asyncio.run(workflow.run(args, history=history.recorder, **options))
    except wf.WorkflowError as exc:
        error = exc.payload, exc.stack_trace.get("elements", [])
    history.outcome = Outcome(result, error, [entry.payload for entry in log])
    return history


def drawn(history: History) -> str:
    """The entries as a tree, each with what is not as in most, and the variables that changed."""
    lines = []
    before: dict[str, Any] = {}
    for entry in history.in_order():
        text = f"{entry.number:>3} {'  ' * level(entry)}{entry.type} {entry.step}"
        if entry.progress or entry.expected:
            text += f" {entry.progress or ''}/{entry.expected or ''}"
        if entry.thread:
            text += f" thread {entry.thread}"
        if entry.update_time != entry.create_time:
            text += f" {entry.create_time:g}–{entry.update_time:g} s"
        if entry.state != "STATE_SUCCEEDED":
            error = entry.exception or ""
            text += f" {entry.state} {error if len(error) < 60 else error[:60] + '…'}"
        variables = entry.variables or {}
        changed = [f"{k} = {v!r}" for k, v in variables.items() if before.get(k, ...) != v]
        before = variables
        lines.append(f"{text}  # {', '.join(changed)}" if changed else text)
    return "\n".join(lines) + "\n"
