"""Real and random workflow files, changed here and there, have problems or run: nothing else."""

from __future__ import annotations

from random import Random

import pytest
from tests.mutations import changed_text, changed_tree
from tests.running import lawful

from wfc.source import Source


def _check(seed: int) -> None:
    chance = Random(seed)
    text = (changed_text if chance.random() < 0.5 else changed_tree)(chance)
    lawful(Source("changed.yaml", text), {"k": 1, "a": [1, 2]})


@pytest.mark.parametrize("start", range(0, 160, 40))
def test_changed_files_have_problems_with_places_or_run_to_an_end(start: int) -> None:
    for seed in range(start, start + 40):
        _check(seed)


@pytest.mark.soak
@pytest.mark.parametrize("start", range(1_000, 3_000, 250))
def test_many_changed_files_have_problems_with_places_or_run_to_an_end(start: int) -> None:
    for seed in range(start, start + 250):
        _check(seed)
