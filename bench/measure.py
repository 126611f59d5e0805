"""Functions and commands in, seconds out: measured in turns, so that a busy machine hits all alike.

A round runs every candidate once; a ratio is the median of the ratios within each round.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from wfc_runtime.accelerator import ACCELERATED

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Samples:
    """Seconds of one candidate, one number a round."""

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def spread(self) -> str:
        """The middle half of the rounds, in milliseconds."""
        low, _, high = statistics.quantiles(self.seconds, n=4)
        return f"{milliseconds(low)}–{milliseconds(high)}"

    def ratios(self, other: Samples) -> tuple[float, ...]:
        """How many times as long as `other`, round by round."""
        return tuple(a / b for a, b in zip(self.seconds, other.seconds, strict=True))

    def ratio(self, other: Samples) -> float:
        """How many times as long as `other` in the same round."""
        return statistics.median(self.ratios(other))

    def excess(self, other: Samples) -> float:
        """How many seconds more than `other` in the same round."""
        return statistics.median(a - b for a, b in zip(self.seconds, other.seconds, strict=True))


def interleaved(candidates: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Samples]:
    """The seconds that each candidate returns, after one round that does not count."""
    found = in_turns(candidates, rounds)
    return {name: Samples(tuple(seconds)) for name, seconds in found.items()}


def in_turns(candidates: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    """What each candidate returns, round by round, after one round that does not count."""
    found: dict[str, list[T]] = {name: [] for name in candidates}
    for number in range(rounds + 1):
        for name, run in candidates.items():
            result = run()
            if number:
                found[name].append(result)
    return found


def cpu(function: Callable[[], object]) -> float:
    """The processor time of a call: what other processes do is not in it."""
    start = time.process_time()
    function()
    return time.process_time() - start


def process(
    command: Sequence[str], environment: Mapping[str, str] = MappingProxyType({})
) -> tuple[float, float]:
    """Wall and processor seconds of a whole process, which must succeed."""
    start = time.perf_counter()
    child = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )
    assert child.stderr is not None
    errors = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{errors.decode()}")
    return wall, usage.ru_utime + usage.ru_stime


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f}"


def machine() -> str:
    """One line on what the numbers were measured on."""
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return f"{platform.platform()}, {os.cpu_count()} cores, load {load}, {python()}"


def python() -> str:
    """`CPython 3.11.7, accelerated`"""
    version = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{version}, {'accelerated' if ACCELERATED else 'pure Python'}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Aligned columns, the first to the left and the others to the right."""
    widths = [max(len(row[at]) for row in (heads, *rows)) for at in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if at else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (heads, *rows)
    )
