"""Who watches an execution from outside, such as the live view of `wfc run`."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from wfc_runtime.logs import LogEntry

BranchPath: TypeAlias = tuple[tuple[str, int], ...]
"""Where in the parallel steps something happens: (step, index of the branch), outermost first."""


class Observer(Protocol):
    """Hears of steps that wait for something, of branches and the log; must not raise or block.

    `what` is what a step waits for: a library function such as `http.get`, `sleep`, `retry`,
    `parallel`, or `lock` while another branch assigns the same shared variable.  `error` is the
    exception a step ended with.
    """

    def step_started(self, branch: BranchPath, step: str, what: str) -> None: ...

    def step_finished(
        self, branch: BranchPath, step: str, what: str, error: BaseException | None
    ) -> None: ...

    def branch_started(self, branch: BranchPath) -> None: ...

    def branch_finished(self, branch: BranchPath, error: Exception | None) -> None: ...

    def log(self, entry: LogEntry) -> None: ...
