"""Pauses between attempts: how they grow, that they are spread, that `Retry-After` is honoured."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfc_client.backoff import FIRST, MOST, delay


def longest(low: float, high: float) -> float:
    return high


def shortest(low: float, high: float) -> float:
    return low


@pytest.mark.parametrize(
    ("failures", "seconds"), [(1, 0.5), (2, 1), (3, 2), (6, 16), (7, 30), (8, 30), (10**6, 30)]
)
def test_the_longest_pause_doubles_up_to_a_bound(failures: int, seconds: float) -> None:
    assert delay(failures, 0, longest) == seconds
    assert delay(failures, 0, shortest) == 0


@given(st.integers(1, 10**9), st.floats(0, 10**6), st.randoms())
def test_no_attempt_comes_before_the_service_wants_it_or_much_later(
    failures: int, retry_after: float, generator: random.Random
) -> None:
    pause = delay(failures, retry_after, generator.uniform)
    assert retry_after <= pause <= retry_after + min(MOST, FIRST * 2.0 ** (min(failures, 40) - 1))


def test_clients_that_fail_together_come_back_spread() -> None:
    """Full jitter: a thousand come back over the whole time, not at its end."""
    pauses = sorted(delay(5, 0, random.Random(seed).uniform) for seed in range(1000))
    tenths = [sum(n * 0.8 <= pause < (n + 1) * 0.8 for pause in pauses) for n in range(10)]
    assert min(tenths) > 50
