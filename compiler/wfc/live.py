"""What a running execution waits for, on a terminal: in, an observer's events; out, moving lines.

    INFO     order 17 accepted
      1.4 s  fetch                http.get
      1.4 s  each                 parallel, 3 done
      0.6 s  each[3] › pay        http.post

rich is imported with the first of these lines, so that who shows nothing does not pay for it.
"""

from __future__ import annotations

import time
from collections import Counter
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

import wfc_runtime.v1 as wf
from wfc.visible import visible

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

_MOST_LINES = 10
_STYLES = {"DEBUG": "dim", "WARNING": "yellow"} | dict.fromkeys(
    ("ERROR", "CRITICAL", "ALERT", "EMERGENCY"), "red"
)


class LiveView:
    """An observer that draws on a terminal between `with LiveView(…) as view:` and its end."""

    def __init__(self, stream: TextIO, *, colour: bool = True) -> None:
        self._stream = stream
        self._colour = colour
        self._waiting: dict[tuple[wf.BranchPath, str, str], float] = {}
        self._done: Counter[tuple[wf.BranchPath, str]] = Counter()
        """Branches that have ended, by their parallel step."""
        self._live: Live | None = None

    def __enter__(self) -> LiveView:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def step_started(self, branch: wf.BranchPath, step: str, what: str) -> None:
        self._waiting[branch, step, what] = time.monotonic()
        if self._live is None:
            self._live = self._start()

    def step_finished(
        self, branch: wf.BranchPath, step: str, what: str, error: BaseException | None
    ) -> None:
        self._waiting.pop((branch, step, what), None)
        self._done.pop((branch, step), None)

    def branch_started(self, branch: wf.BranchPath) -> None:
        """A branch shows with its first step that waits."""

    def branch_finished(self, branch: wf.BranchPath, error: Exception | None) -> None:
        *around, (step, _) = branch
        self._done[tuple(around), step] += 1

    def log(self, entry: wf.LogEntry) -> None:
        if self._live is None:
            self._live = self._start()
        from rich.text import Text

        line = Text(f"{entry.severity:<8} ", _STYLES.get(entry.severity, ""))
        if entry.generation:
            line.append(f"{visible(entry.workflow)}/{entry.execution[:6]}: ", "cyan")
        if entry.step and not entry.routine:  # what a command of a Peak workflow prints
            line.append(f"{visible(entry.step)}: ", "cyan")
        lines = log_lines(entry.payload)
        line.append(visible(lines[0]))
        for more in lines[1:]:
            line.append(f"\n{'':<9}{visible(more)}")
        self._live.console.print(line, soft_wrap=True)

    def _start(self) -> Live:
        from rich.console import Console
        from rich.live import Live

        console = Console(file=self._stream, no_color=not self._colour, highlight=False)
        live = Live(console=console, get_renderable=self._table, transient=True)
        live.start()
        return live

    def _table(self) -> Table:
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2))
        now = time.monotonic()
        # the drawing thread looks while the event loop writes
        waiting = list(self._waiting.items())
        for (branch, step, what), since in waiting[:_MOST_LINES]:
            path = [f"{name}[{index}]" for name, index in branch] + [step]
            done = self._done[branch, step] if what == "parallel" else 0
            table.add_row(
                Text(f"{now - since:6.1f} s", "dim"),
                Text(visible(" › ".join(path))),
                Text(f"{what}, {done} done" if done else what, "dim"),
            )
        if len(waiting) > _MOST_LINES:
            table.add_row("", f"and {len(waiting) - _MOST_LINES} more")
        return table


def log_lines(payload: str | dict[str, wf.Value]) -> list[str]:
    """An entry for people: text as it is, a logged call in one line, any other map as JSON."""
    if isinstance(payload, str):
        return payload.rstrip("\n").split("\n")
    match payload:
        case {"callee": str(callee), "begun": {"namedArgs": given}}:
            return [f"→ {callee} {wf.json.encode_to_string(given)}"]
        case {"callee": str(callee), "succeeded": {"response": response}}:
            return [f"← {callee} {response}"]
        case {"callee": str(callee), "exceptionRaised": {"exception": exception}}:
            return [f"✗ {callee} {exception}"]
        case _:
            return [wf.json.encode_to_string(payload)]
