"""What records the history of an execution: in go step entries as they begin and end.

Every module loads this, for the name `wf.Recorder`; what makes the entries is in history.py, which
is loaded with the first execution that is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from wfc_runtime.entry import StepEntry

if TYPE_CHECKING:
    from wfc_runtime.clock import Clock
    from wfc_runtime.history import Activation, Thread
    from wfc_runtime.steps import Kind

Sink: TypeAlias = Callable[[StepEntry], None]
"""Takes an entry when it is made and, the same object, when it ends.

It is called in the middle of a step: it must not wait, raise, or take long.
"""


class Recorder:
    """Records one execution.

    sink      is told of every entry
    detailed  whether entries have variables and expected iterations, which take time and room
    """

    __slots__ = ("_branches", "_ended", "_threads", "count", "detailed", "kinds", "sink", "time")

    def __init__(self, sink: Sink, *, detailed: bool = False) -> None:
        self.sink = sink
        self.detailed = detailed
        self.kinds: Sequence[Kind] = ()
        """The rows of the module's table, once the execution has started."""
        self.count = 0
        """Entries so far; the number of the latest."""
        self._branches = 0
        self._threads: dict[int, Thread] = {}
        """Those that run: 0 is the execution itself, the others are branches from 1."""
        self._ended: list[dict[str, str]] = []

    def start(self, table: str, clock: Clock) -> Activation:
        """The activation of `main`; ValueError where there has been an execution before."""
        if self.kinds:
            raise ValueError("a recorder records one execution: make a new one")
        from wfc_runtime.history import Activation
        from wfc_runtime.steps import kinds

        self.kinds = kinds(table)
        self.time = clock.time
        return Activation(self.open(None, 0), 0)

    def open(self, around: StepEntry | None, index: int) -> Thread:
        """A new thread, whose entries are inside another's; `index` is that of its branch."""
        from wfc_runtime.history import Thread

        number = 0
        if around is not None:
            self._branches = number = self._branches + 1
        thread = self._threads[number] = Thread(self, number, around, index)
        return thread

    def close(self, thread: Thread) -> None:
        del self._threads[thread.number]

    def current_steps(self) -> list[dict[str, str]]:
        """`routine` and `step` of what runs now, outermost first (spec 05 §3, spec 08 §2).

        One for each call of a routine, then those of each branch; once the execution has ended,
        what ran last.
        """
        return self.running() or self._ended

    def running(self) -> list[dict[str, str]]:
        return [step for thread in list(self._threads.values()) for step in thread.steps()]

    def remember(self) -> None:
        """Before the last entries end: what runs now is what will have run last."""
        self._ended = self.running()
