"""The order in which branches go on, chosen by a seed: what must not change with it, and what may.

Each program runs under 1,000 seeds.  Its branches sleep, queue, nest, fail and retry, but what it
returns does not depend on which of them goes on first (spec 04 §8 rules 4 and 8).
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import pytest
from tests.compiled import load

from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.clock import Clock
from wfc_runtime.limits import LOCAL
from wfc_runtime.observer import BranchPath
from wfc_runtime.testing import VirtualClock

SEEDS = 1_000
ADD = """
add:
  params: [a, b]
  steps:
    - nap: {call: sys.sleep, args: {seconds: "${b % 2}"}}
    - sum: {return: "${a + b}"}
"""
SUMS = """
main:
  steps:
    - init: {assign: [total: 0]}
    - outer:
        parallel:
          shared: [total]
          concurrency_limit: 2
          for:
            value: i
            range: [1, 3]
            steps:
              - nap: {call: sys.sleep, args: {seconds: "${i % 2}"}}
              - inner:
                  parallel:
                    shared: [total]
                    for:
                      value: j
                      range: [1, 3]
                      steps:
                        - sum: {assign: [total: "${total + i * j}"]}
              - more: {assign: [total: "${total + 100}"]}
    - end: {return: "${total}"}
"""
WAITING_SUMS = """
main:
  steps:
    - init: {assign: [total: 0]}
    - fan:
        parallel:
          shared: [total]
          for:
            value: i
            range: [1, 5]
            steps:
              - sum: {assign: [total: "${add(total, i)}"]}
              - more: {assign: [total: "${total + 100}"]}
    - end: {return: "${total}"}
"""
PARTS = """
main:
  steps:
    - init: {assign: [byId: {}, slots: [0, 0, 0, 0]]}
    - fan:
        parallel:
          shared: [byId, slots]
          concurrency_limit: 3
          for:
            value: id
            index: i
            in: [a, b, c, d]
            steps:
              - local: {assign: [own: "${id + id}"]}
              - nap: {call: sys.sleep, args: {seconds: 1}}
              - put: {assign: ["byId[id]": "${own}", "slots[i]": "${slots[i] + len(own) + i}"]}
    - end: {return: ["${byId.a}", "${byId.b}", "${byId.c}", "${byId.d}", "${slots}"]}
"""
ERRORS = """
main:
  steps:
    - init: {assign: [total: 0]}
    - guarded:
        try:
          steps:
            - fan:
                parallel:
                  shared: [total]
                  for:
                    value: i
                    range: [1, 6]
                    steps:
                      - before: {assign: [total: "${total + 1}"]}
                      - early: {switch: [{condition: "${i == 4}", next: continue}]}
                      - odd: {switch: [{condition: "${i % 2 == 1}", raise: "${i}"}]}
                      - after: {assign: [total: "${total + 10}"]}
        except:
          as: e
          steps:
            - each:
                for:
                  value: branch
                  in: ${e.branches}
                  steps:
                    - sum: {assign: [total: "${total + 100 * branch.error.payload}"]}
    - end: {return: "${total}"}
"""
RETRIES = """
main:
  steps:
    - init: {assign: [attempts: 0, given_up: 0]}
    - fan:
        parallel:
          shared: [attempts, given_up]
          for:
            value: i
            range: [1, 4]
            steps:
              - guarded:
                  try:
                    steps:
                      - count: {assign: [attempts: "${attempts + 1}"]}
                      - fail: {assign: [own: "${i // 0}"]}
                  retry:
                    predicate: ${retry.always}
                    max_retries: 2
                    backoff: {initial_delay: 1, max_delay: 3, multiplier: 2}
                  except:
                    steps:
                      - give_up: {assign: [given_up: "${given_up + 1}"]}
    - end: {return: ["${attempts}", "${given_up}"]}
"""
PROGRAMS = [
    pytest.param(SUMS, 336, id="nested sums"),
    pytest.param(WAITING_SUMS + ADD, 515, id="sums that wait between reading and writing"),
    pytest.param(PARTS, ["aa", "bb", "cc", "dd", [2, 3, 4, 5]], id="parts of shared values"),
    pytest.param(ERRORS, 926, id="errors"),
    pytest.param(RETRIES, [12, 4], id="retries"),
]
ORDER = """
main:
  steps:
    - init: {assign: [order: ""]}
    - fan:
        parallel:
          shared: [order]
          for:
            value: i
            in: [a, b, c]
            steps: [{write: {assign: [order: "${order + i}"]}}]
    - end: {return: "${order}"}
"""


class RoundClock:
    """A clock that is no scheduler: a second takes two rounds of the event loop."""

    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        for _ in range(round(seconds * 2)):
            await asyncio.sleep(0)

    def outside(self) -> AbstractContextManager[None]:
        return nullcontext()


def results(text: str, clocks: Iterable[Clock], *, active: int = 20) -> set[str]:
    """Everything that a workflow returns under some clocks."""
    compiled = compile_source(Source("order.yaml", text))
    assert compiled.module is not None, compiled.problems
    workflow = load(compiled.module).workflow
    limits = replace(LOCAL, active=active)

    async def run_all() -> set[str]:
        return {repr(await workflow.run(clock=clock, limits=limits, env={})) for clock in clocks}

    return asyncio.run(run_all())


def seeds() -> Iterator[Clock]:
    return (VirtualClock(seed=seed) for seed in range(SEEDS))


@pytest.mark.parametrize(("text", "expected"), PROGRAMS)
def test_what_does_not_depend_on_the_order_is_the_same_under_every_seed(
    text: str, expected: Any
) -> None:
    assert results(text, seeds(), active=3) == {repr(expected)}


@pytest.mark.parametrize("active", [1, 2, 3, 20])
@pytest.mark.parametrize(("text", "expected"), PROGRAMS)
def test_it_is_the_same_without_a_scheduler(text: str, expected: Any, active: int) -> None:
    assert results(text, [RoundClock()], active=active) == {repr(expected)}


def test_seeds_lead_to_all_orders_of_branches() -> None:
    orders = ("abc", "acb", "bac", "bca", "cab", "cba")
    assert results(ORDER, seeds()) == {repr(order) for order in orders}


def test_every_branch_asks_the_scheduler_once_and_in_its_own_name() -> None:
    class Noting(VirtualClock):
        def __init__(self, seed: int) -> None:
            super().__init__(seed=seed)
            self.turns: list[BranchPath] = []

        async def turn(self, branch: BranchPath) -> None:
            self.turns.append(branch)
            await super().turn(branch)

    clocks = [Noting(seed) for seed in range(20)]
    results(ORDER, clocks, active=1)
    once = [(("fan", 0),), (("fan", 1),), (("fan", 2),), ()]
    assert [clock.turns for clock in clocks] == [once] * len(clocks)
