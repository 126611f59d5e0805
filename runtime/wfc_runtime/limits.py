"""The limits of an execution, as data: two profiles, or a `Limits` of one's own (spec 07).

`GOOGLE` has every run-time number of the service.  `LOCAL` keeps what protects the machine and what
belongs to the language (depth, nesting, active branches); `None` means that nothing is enforced.

    limits = replace(GOOGLE, memory=4 * MIB)
"""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True, slots=True)
class Limits:
    """What one execution may use; every error of a limit names the field that sets it."""

    memory: int | None
    """Bytes of variables one branch may see, by the sums of spec 02 §6; needs accounting."""
    string: int | None
    """Bytes of one string in a variable; needs accounting."""
    steps: int | None
    """Steps executed, counted as in spec 04 §11; needs accounting."""
    argument: int | None
    """Bytes of the execution's argument as JSON text."""
    response: int | None
    """Bytes of one http response."""
    depth: int = 20
    """Nested subworkflow calls; `main` itself is depth 0 (OQ-65)."""
    nesting: int = 2
    """Parallel steps inside one another, through subworkflows too (OQ-41)."""
    active: int = 20
    """Branches and iterations that are active at one time; more of them queue."""
    branch_errors: int = 100
    """Unhandled errors of branches that an execution records (OQ-53)."""
    generations: int = 10
    """Executions that call one another in a chain; the service has a quota instead."""
    duration: int | None = None
    """Seconds from its beginning to its end; `wfc serve` sees to it, which outlives processes."""

    @property
    def need_accounting(self) -> bool:
        """Whether only a module that was compiled with accounting can be held to these limits."""
        return not (self.memory is None and self.string is None and self.steps is None)


GOOGLE = Limits(
    memory=512 * KIB,
    string=256 * KIB,
    steps=100_000,
    argument=32 * KIB,
    response=2 * MIB,
    duration=31_536_000,
)

LOCAL = Limits(memory=None, string=None, steps=None, argument=None, response=None)

PROFILES = {"google": GOOGLE, "local": LOCAL}


def exceeded(what: str, reached: int, limit: int, setting: str) -> str:
    """What is too much, the figure reached, the limit, and where it is set."""
    return f"{what}: {reached:,}, where the limit is {limit:,} (Limits.{setting})"
