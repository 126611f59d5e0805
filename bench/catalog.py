"""The benchmark suite's cases: what is measured, on what, and what it should cost.

A case is a workflow, `bench/cases/NAME.yaml`, and beside it `NAME.py` with an async function of the
same name: what a careful person would write by hand for the same result, without the language's
guards.  Where there is no YAML file, the module's `workflow_text` writes the workflow.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bench import given

FOLDER = Path(__file__).parent / "cases"

PROVEN, UNKNOWN, HTTP = 1.10, 1.15, 1.05
"""Goals: where the text proves the types, where it does not, and for requests."""


@dataclass(frozen=True, slots=True)
class Case:
    """One row of the table.

    name     the program's, and after a comma what differs from another row of it
    goal     how many times as long as by hand it may take
    size     how much there is to do when it is measured
    small    how much when only results are compared, and for the emulator
    given    a size and the server's URL → the workflow's argument
    counts   the time that the goal is for; `wall` where waiting is the point
    delay    seconds after which the server answers; None where there is no server
    """

    name: str
    goal: float
    size: int
    small: int
    given: Callable[[int, str], Any] = given.size
    counts: Literal["cpu", "wall"] = "cpu"
    delay: float | None = None

    @property
    def program(self) -> str:
        """What the workflow and the function by hand are called."""
        return self.name.partition(",")[0]

    @property
    def by_hand(self) -> Callable[[Any], Awaitable[Any]]:
        """The function written by hand."""
        module = importlib.import_module(f"bench.cases.{self.program}")
        function: Callable[[Any], Awaitable[Any]] = getattr(module, self.program)
        return function

    @property
    def text(self) -> str:
        """The workflow."""
        path = FOLDER / f"{self.program}.yaml"
        if path.exists():
            return path.read_text(encoding="utf-8")
        text: str = importlib.import_module(f"bench.cases.{self.program}").workflow_text()
        return text


CASES = (
    Case("sum_of_squares", PROVEN, 200, 20),
    Case("average_readings", UNKNOWN, 100_000, 1_000, given.readings),
    Case("build_text", PROVEN, 50, 5),
    Case("append_to_list", PROVEN, 20, 1),
    Case("count_words", UNKNOWN, 100_000, 500, given.words),
    Case("sieve_of_primes", PROVEN, 2, 1),
    Case("nested_switch", PROVEN, 100, 5),
    Case("collatz", PROVEN, 2_000, 200),
    Case("order_states", UNKNOWN, 50_000, 500, given.events),
    Case("fibonacci", PROVEN, 20, 2),
    Case("shared_counters", UNKNOWN, 2_000, 100),
    Case("walk_json", UNKNOWN, 2_000, 100, given.orders_text),
    Case("raise_and_catch", UNKNOWN, 50_000, 2_000),
    Case("retry_when_busy", UNKNOWN, 20, 3),
    Case("text_functions", UNKNOWN, 2_000, 200, given.lines),
    Case("text_patterns", UNKNOWN, 2_000, 200, given.lines),
    Case("orders_report", UNKNOWN, 1_000, 100, given.orders),
    Case("six_hundred_steps", UNKNOWN, 200, 5),
    Case("trivial", UNKNOWN, 1, 1, given.name),
    Case("http_pages", HTTP, 300, 10, given.requests, "wall", 0),
    Case("http_fan_out, 0 ms", HTTP, 2_000, 50, given.requests, "wall", 0),
    Case("http_fan_out, 20 ms", HTTP, 500, 50, given.requests, "wall", 0.02),
)
