"""Measured cases -> the table on the console, and bench/RESULTS.md."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import catalog, gaps
from bench.catalog import Case
from bench.measure import Samples, machine, python, table

FILE = Path(__file__).parent / "RESULTS.md"

_HEADS = ("case", "goal", "CPU", "", "wall", "", "by hand, ms", "emulator", "reached")
_GROUPS = {
    "all cases": (catalog.PROVEN, catalog.UNKNOWN, catalog.HTTP),
    "types proven": (catalog.PROVEN,),
    "types unknown": (catalog.UNKNOWN,),
    "http": (catalog.HTTP,),
}


@dataclass(frozen=True, slots=True)
class Row:
    """cpu, wall  ours and by hand, seconds a run
    emulator   how many times as long as by hand, or why it cannot be said; None where it is
               not installed
    """

    case: Case
    cpu: tuple[Samples, Samples]
    wall: tuple[Samples, Samples]
    emulator: float | str | None

    @property
    def ratio(self) -> float:
        """Of the time that the goal is for."""
        ours, theirs = self.wall if self.case.counts == "wall" else self.cpu
        return ours.ratio(theirs)

    @property
    def reached(self) -> bool:
        return self.ratio <= self.case.goal


def line(row: Row) -> str:
    """What is said of a case as soon as it is measured."""
    return f"{row.case.name}: {row.ratio:.2f}"


def console(rows: Sequence[Row]) -> str:
    """The table for a terminal."""
    said = [machine(), "", table(_HEADS, [_cells(row) for row in rows]), "", *_means(rows)]
    return "\n".join([*said, *_emulator_notes(rows)])


def page(rows: Sequence[Row], rounds: int) -> str:
    """The text of RESULTS.md."""
    missed = [row for row in rows if not row.reached]
    said = [
        "# Results",
        "",
        f"Written by `python -m bench.suite --write`, {rounds} rounds, on {_description()}.",
        "How many times as long as by hand: the median of the rounds, and the middle half of them.",
        "The goal is for the CPU time, for http for the wall time. See [README.md](README.md).",
        "",
        "|" + "|".join(_HEADS) + "|",
        "|---" + "|--:" * (len(_HEADS) - 1) + "|",
        *("|" + "|".join(_cells(row)) + "|" for row in rows),
        "",
        *(f"- {mean}" for mean in _means(rows)),
        *(f"- {note}" for note in _emulator_notes(rows)),
        "",
        f"## Why {len(missed)} of {len(rows)} miss their goal",
        "",
        *(
            f"- **{row.case.name}**, {row.ratio:.2f} for {row.case.goal:.2f}: "
            + gaps.GAPS.get(row.case.name, "nobody has looked yet.")
            for row in missed
        ),
    ]
    return "\n".join(said) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    goal = f"{row.case.goal:.2f}" + (" wall" if row.case.counts == "wall" else "")
    match row.emulator:
        case None:
            other = "–"
        case str():
            other = "cannot"
        case number:
            other = f"{number:,.0f}" if number >= 10 else f"{number:.1f}"
    by_hand = f"{row.wall[1].median * 1000:.2f}"
    reached = "yes" if row.reached else "no"
    times = (*_ratio(*row.cpu), *_ratio(*row.wall))
    return (row.case.name, goal, *times, by_hand, other, reached)


def _ratio(ours: Samples, theirs: Samples) -> tuple[str, str]:
    low, middle, high = statistics.quantiles(ours.ratios(theirs), n=4)
    return f"{middle:.2f}", f"{low:.2f}–{high:.2f}"


def _means(rows: Sequence[Row]) -> list[str]:
    """Geometric means, of the time that each goal is for."""
    said = []
    for name, goals in _GROUPS.items():
        ratios = [row.ratio for row in rows if row.case.goal in goals]
        if ratios:
            reached = sum(row.reached for row in rows if row.case.goal in goals)
            mean = statistics.geometric_mean(ratios)
            said.append(
                f"{name}: {mean:.2f} on average, {reached} of {len(ratios)} reach their goal"
            )
    both = [
        (row.cpu[0].ratio(row.cpu[1]), row.emulator)
        for row in rows
        if isinstance(row.emulator, float)
    ]
    if both:
        ours, theirs = (statistics.geometric_mean(side) for side in zip(*both, strict=True))
        said.append(
            f"the {len(both)} cases that the emulator can run: {ours:.2f} on average, the emulator "
            f"{theirs:,.0f} (CPU, at a smaller size)"
        )
    return said


def _emulator_notes(rows: Sequence[Row]) -> list[str]:
    return [
        f"the emulator cannot run {row.case.name}: {row.emulator}"
        for row in rows
        if isinstance(row.emulator, str)
    ]


def _description() -> str:
    return f"{platform.system()}, {platform.machine()}, {os.cpu_count()} shared cores, {python()}"
