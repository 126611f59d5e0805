"""The history of an execution for people: in, its step entries; out, a tree on a terminal.

    ✓ init  assign  total = 0
    ✗ each  for  1.204 s
    ├── ✓ iteration 1 of 2  id = 7
    │   └── ✓ ask  call  0.702 s  reply = {"code":200}
    └── ✗ iteration 2 of 2  id = 9
        └── ✗ ask  call  0.501 s  {"code":404,"message":"HTTP server responded with error c…

rich is imported when there is something to draw.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

import wfc_runtime.v1 as wf
from wfc.visible import visible

if TYPE_CHECKING:
    from rich.tree import Tree

_FIRST, _LAST = 30, 10
"""Of the entries in one block, which are shown where there are more than both together."""

_LONGEST = 100
"""Characters of an error or of a variable."""

_WIDEST = 1_000
"""Characters in a line where that is no line of a terminal."""

_MARKS = {
    "STATE_SUCCEEDED": ("✓", "green"),
    "STATE_FAILED": ("✗", "red"),
    "STATE_CANCELLED": ("■", "yellow"),
    "STATE_IN_PROGRESS": ("…", "yellow"),
}
_WORDS = {
    "STEP_STD_LIB_CALL": "call",
    "STEP_CONNECTOR_CALL": "call",
    "STEP_SUBWORKFLOW_CALL": "call",
    "STEP_FOR_ITERATION": "iteration",
    "STEP_PARALLEL_FOR": "parallel for",
    "STEP_PARALLEL_BRANCH": "parallel",
    "STEP_PARALLEL_BRANCH_ENTRY": "branch",
    "STEP_TRY_RETRY_EXCEPT": "try",
    "STEP_TRY": "attempt",
    "STEP_GOTO": "next",
}
_BLOCKS = ("STEP_CONDITION", "STEP_FOR_ITERATION", "STEP_TRY", "STEP_RETRY", "STEP_EXCEPT")
"""They stand below the step whose name they bear."""


class HistoryTree:
    """`add` takes the entries that a recorder tells of, `print` shows them."""

    def __init__(self) -> None:
        self._inside: dict[wf.StepEntry | None, list[wf.StepEntry]] = {}

    def add(self, entry: wf.StepEntry) -> None:
        if entry.state == "STATE_IN_PROGRESS":
            self._inside.setdefault(entry.parent, []).append(entry)

    def print(self, stream: TextIO, *, colour: bool) -> None:
        if not self._inside:
            return
        from rich.console import Console
        from rich.tree import Tree

        tree = Tree("", hide_root=True)
        self._grow(tree, None)
        width = None if stream.isatty() else _WIDEST
        console = Console(file=stream, no_color=not colour, highlight=False, width=width)
        console.print(tree)

    def _grow(self, tree: Tree, around: wf.StepEntry | None) -> None:
        from rich.text import Text

        entries = self._inside.get(around, [])
        hidden = len(entries) - _FIRST - _LAST
        for index, entry in enumerate(entries):
            if hidden > 1 and _FIRST <= index < _FIRST + hidden:
                if index == _FIRST:
                    tree.add(Text(f"… {hidden} more", "dim"))
                continue
            mark, style = _MARKS[entry.state]
            line = Text(no_wrap=True, overflow="ellipsis")
            line.append(f"{mark} ", style)
            line.append(visible(_title(entry)))
            line.append("".join(f"  {visible(part)}" for part in _details(entry)), "dim")
            self._grow(tree.add(line), entry)


def _title(entry: wf.StepEntry) -> str:
    what = _WORDS.get(entry.type, entry.type.removeprefix("STEP_").lower())
    if entry.progress and entry.type != "STEP_PARALLEL_BRANCH_ENTRY":
        what += f" {entry.progress}"
        if entry.expected:
            what += f" of {entry.expected}"
    return what if entry.type in _BLOCKS else f"{entry.step}  {what}"


def _details(entry: wf.StepEntry) -> Iterator[str]:
    """How long it took, how it failed, and the variables that got their values by it."""
    seconds = entry.update_time - entry.create_time
    if seconds >= 0.0005:
        yield f"{seconds:.3f} s"
    if entry.exception is not None:
        yield _cut(entry.exception)
    assigned = entry.kind.assigned if entry.exception is None or entry.type in _BLOCKS else ()
    for name, value in (entry.variables or {}).items():
        if name in assigned:
            yield f"{name} = {_cut(wf.json.encode_to_string(value))}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
