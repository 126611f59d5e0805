"""What `infer` finds out changes how fast a module is, and nothing else.

Random workflows with values at the edges are compiled twice, once with every type unknown, so that
every guard is there: results, logs, error texts and places must be the same.  Those of
`typed_programs` have types that can mostly be proven.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from tests.interpreter import Outcome
from tests.running import run
from tests.typed_programs import typed
from tests.workflows import workflow

from wfc.pipeline import compile_source
from wfc.source import Source
from wfc.types import Types

ARGUMENTS = [{"k": 1, "a": [1, 2]}, None, -(2**63), "k", [True, 2**63 - 1]]


def _module(source: Source) -> str:
    module = compile_source(source, layout=False).module
    assert module is not None
    return module


def _compare(seed: int, make: Callable[[Random], Any], arguments: Iterable[Any]) -> None:
    source = Source("random.json", json.dumps(make(Random(seed))))
    inferred = _module(source)
    with patch("wfc.pipeline.infer", lambda *_: Types()):
        guarded = _module(source)
    for argument in arguments:
        expected = run(guarded, argument, accounting=False)
        assert _text(run(inferred, argument, accounting=False)) == _text(expected), seed


def _text(outcome: Outcome) -> str:
    """`repr` tells 1 from 1.0 and true, and 0.0 from -0.0."""
    return repr([outcome.result, outcome.error, outcome.log])


@pytest.mark.parametrize("start", range(0, 30, 5))
def test_random_workflows_do_the_same_with_every_guard(start: int) -> None:
    for seed in range(start, start + 5):
        _compare(seed, workflow, ARGUMENTS)


@pytest.mark.parametrize("start", range(0, 30, 10))
def test_workflows_of_known_types_do_the_same_with_every_guard(start: int) -> None:
    for seed in range(start, start + 10):
        _compare(seed, typed, [1])


@pytest.mark.soak
@pytest.mark.parametrize("start", range(5000, 5500, 100))
def test_many_workflows_of_known_types_do_the_same_with_every_guard(start: int) -> None:
    for seed in range(start, start + 100):
        _compare(seed, typed, [1])


@pytest.mark.soak
@pytest.mark.parametrize("start", range(5000, 5500, 100))
def test_many_random_workflows_do_the_same_with_every_guard(start: int) -> None:
    for seed in range(start, start + 100):
        _compare(seed, workflow, ARGUMENTS)
