"""Random workflows do what a slow interpreter of the steps says: results, logs, errors, places.

The interpreter walks the syntax tree and shares nothing with flow, structure, lower or the runtime.
"""

from __future__ import annotations

import json
from random import Random

import pytest
from tests.interpreter import OutOfFuel, execute
from tests.running import run
from tests.workflows import workflow

from wfc.parse import parse
from wfc.pipeline import compile_source
from wfc.problems import Problems
from wfc.read import read
from wfc.source import Source

ARGUMENT = {"k": 1, "a": [1, 2]}


def _compare(seed: int) -> None:
    source = Source("random.json", json.dumps(workflow(Random(seed)), ensure_ascii=True))
    problems = Problems()
    node = read(source, problems)
    assert node is not None
    tree = parse(source, node, problems)
    assert tree is not None
    try:
        expected = execute(source, tree, ARGUMENT)
    except OutOfFuel:
        return
    for accounting in (False, True):
        compiled = compile_source(source, accounting=accounting, layout=False)
        errors = [problem for problem in compiled.problems if problem.severity == "error"]
        assert compiled.module is not None, (seed, errors[:3])
        actual = run(compiled.module, ARGUMENT, accounting=accounting)
        assert actual.text() == expected.text(), seed


@pytest.mark.parametrize("seed", range(40))
def test_random_workflows_do_what_the_interpreter_says(seed: int) -> None:
    _compare(seed)


@pytest.mark.soak
@pytest.mark.parametrize("start", range(1000, 3000, 100))
def test_many_random_workflows_do_what_the_interpreter_says(start: int) -> None:
    for seed in range(start, start + 100):
        _compare(seed)
