"""The steps of a graph, as a generated module writes them down (spec 11 §1.4, §1.5, §1.10)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from wfc_runtime.errors import quoted

if TYPE_CHECKING:
    from wfc_runtime.peak.step_run import StepRun

Status: TypeAlias = Literal["success", "failure"]

Ending: TypeAlias = Literal["succeeded", "failed", "passed", "not taken", "cut", "blocked"]
"""How a step ends, for those after it.

passed     skipped, and taken as if it had succeeded
not taken  skipped because its conditions did not hold, or because nothing before it ran
cut        skipped with all that depends on it (`skipDAG`)
blocked    did not run because a step before it failed
"""

SUCCESSES: frozenset[Ending] = frozenset({"succeeded", "passed"})

Endings: TypeAlias = Mapping[str, Ending]
Outputs: TypeAlias = Mapping[str, Mapping[str, str]]
"""The output parameters of the steps that have ended, by step and name."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a failed step is tried again, after how many seconds, at which exit codes.

    No `exit_codes` are all; `doubling` waits twice as long each time (spec 11 §1.4).
    """

    times: int = 3
    seconds: float = 5
    doubling: bool = False
    exit_codes: Sequence[int] | None = None

    def pause(self, failures: int, exit_code: int) -> float | None:
        """Seconds until the next try after that many failures; None if there is none."""
        if failures > self.times:
            return None
        if self.exit_codes is not None and exit_code not in self.exit_codes:
            return None
        return self.seconds * 2 ** (failures - 1) if self.doubling else self.seconds


@dataclass(frozen=True, slots=True)
class OutputIs:
    """An output parameter of a step is this text, its last newline left out (spec 11 §1.10)."""

    step: str
    parameter: str
    value: str
    equal: bool = True

    @property
    def steps(self) -> Sequence[str]:
        return (self.step,)

    def holds(self, endings: Endings, outputs: Outputs) -> bool:
        found = outputs.get(self.step, {}).get(self.parameter, "").rstrip("\r\n")
        return (found == self.value.rstrip("\r\n")) is self.equal

    def __str__(self) -> str:
        verb = "is" if self.equal else "is not"
        return f"`{self.parameter}` of `{self.step}` {verb} {quoted(self.value)}"


@dataclass(frozen=True, slots=True)
class Ended:
    """All of the steps, or at least one, ended with one of the statuses (spec 11 §1.10)."""

    steps: Sequence[str]
    statuses: Sequence[Status]
    every: bool

    def holds(self, endings: Endings, outputs: Outputs) -> bool:
        return (all if self.every else any)(self._is(endings[step]) for step in self.steps)

    def _is(self, ending: Ending) -> bool:
        if ending in SUCCESSES:
            return "success" in self.statuses
        return ending == "failed" and "failure" in self.statuses

    def __str__(self) -> str:
        steps = ", ".join(f"`{step}`" for step in self.steps)
        kind = "all" if self.every else "one"
        return f"{kind} of {steps} ended with {' or '.join(self.statuses)}"


Condition: TypeAlias = OutputIs | Ended


def lines(*texts: str) -> str:
    """A text in several lines."""
    return "\n".join(texts)


def output_is(step: str, parameter: str, value: str) -> Condition:
    """Holds if an output parameter of `step` is `value`."""
    return OutputIs(step, parameter, value)


def output_is_not(step: str, parameter: str, value: str) -> Condition:
    """Holds if an output parameter of `step` is something else than `value`."""
    return OutputIs(step, parameter, value, equal=False)


def all_of(steps: Sequence[str], *statuses: Status) -> Condition:
    """Holds if every one of the steps ended with one of the statuses."""
    return Ended(steps, statuses, every=True)


def one_of(steps: Sequence[str], *statuses: Status) -> Condition:
    """Holds if at least one of the steps ended with one of the statuses."""
    return Ended(steps, statuses, every=False)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the graph.

    work   does it, once for each try
    after  the steps that must have ended before it starts, and succeeded unless `when` has a
           condition on how they ended
    when   all of these must hold, else it is skipped
    retry  goes before that of the graph
    """

    name: str
    work: Callable[[StepRun], Awaitable[None]]
    after: Sequence[str] = ()
    when: Sequence[Condition] = ()
    retry: Retry | None = None
    skip: bool = False
    skip_dag: bool = False
