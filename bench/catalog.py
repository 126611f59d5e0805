"""The benchmark suite's cases: what is measured, on what, and what it should cost.

A case is a workflow, `bench/cases/NAME.yaml`, and beside it `NAME.py` with an async function of the
same name: what a careful person would write by hand for the same result.  A name in `PROGRAMS` has
no YAML file, since its module writes the text.
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

    name     of the row
    program  the workflow and the function by hand
    goal     how many times as long as by hand it may take
    size     how much there is to do when it is measured
    small    how much when only results are compared, and for the emulator
    given    a size and the server's URL → the workflow's argument
    counts   the time that the goal is for; `wall` where waiting is the point
    delay    seconds after which the server answers; None where there is no server
    gap      why it misses its goal, where it does
    """

    name: str
    program: str
    goal: float
    size: int
    small: int
    given: Callable[[int, str], Any] = given.size
    counts: Literal["cpu", "wall"] = "cpu"
    delay: float | None = None
    gap: str = ""

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
    Case("sum_of_squares", "sum_of_squares", PROVEN, 200, 20),
    Case("average_readings", "average_readings", UNKNOWN, 100_000, 2_000, given.readings),
    Case("build_text", "build_text", PROVEN, 50, 5),
    Case("append_to_list", "append_to_list", PROVEN, 20, 5),
    Case("count_words", "count_words", UNKNOWN, 100_000, 2_000, given.words),
    Case("sieve_of_primes", "sieve_of_primes", PROVEN, 2, 1),
    Case("nested_switch", "nested_switch", PROVEN, 100, 5),
    Case("collatz", "collatz", PROVEN, 2_000, 200),
    Case("order_states", "order_states", UNKNOWN, 50_000, 1_000, given.events),
    Case("fibonacci", "fibonacci", PROVEN, 20, 2),
    Case("shared_counters", "shared_counters", UNKNOWN, 2_000, 100),
    Case("walk_json", "walk_json", UNKNOWN, 2_000, 100, given.orders_text),
    Case("raise_and_catch", "raise_and_catch", UNKNOWN, 50_000, 2_000),
    Case("retry_when_busy", "retry_when_busy", UNKNOWN, 20, 3),
    Case("text_functions", "text_functions", UNKNOWN, 2_000, 200, given.lines),
    Case("text_patterns", "text_patterns", UNKNOWN, 2_000, 200, given.lines),
    Case("orders_report", "orders_report", UNKNOWN, 1_000, 100, given.orders),
    Case("six_hundred_steps", "six_hundred_steps", UNKNOWN, 200, 5),
    Case("trivial", "trivial", UNKNOWN, 1, 1, given.name),
    Case("http_pages", "http_pages", HTTP, 300, 10, given.requests, "wall", 0),
    Case("http_fan_out, 0 ms", "http_fan_out", HTTP, 2_000, 50, given.requests, "wall", 0),
    Case("http_fan_out, 20 ms", "http_fan_out", HTTP, 500, 50, given.requests, "wall", 0.02),
)
