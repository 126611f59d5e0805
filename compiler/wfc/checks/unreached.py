"""Warnings that control flow alone can tell: steps nothing leads to, reads of nothing."""

from __future__ import annotations

from collections.abc import Iterable

from wfc.problems import Label, Problems
from wfc.reach import Reach


def unreached(reached: Iterable[Reach], problems: Problems) -> None:
    """Reports unreachable steps and variables that may be unassigned when read (OQ-20)."""
    for found in reached:
        for step in found.unreached:
            problems.add(
                "WFC680",
                f"no run reaches step `{step.name}`",
                step.name_span,
                "every way goes past it",
            )
        seen = set()
        for read, binding in found.unset.items():
            if binding in seen:
                continue
            seen.add(binding)
            problems.add(
                "WFC681",
                f"`{binding.name}` may be unassigned here, and is then null",
                read.span,
                others=[Label(binding.origin, "assigned here, but not on every way")],
                hint=f"assign it before, as in `- {binding.name}: null`",
            )
