"""The history of random workflows is what the interpreter of steps says, and changes nothing.

Entries form a tree, all of them end, and they come again in just the same way.
"""

from __future__ import annotations

import json
from random import Random

import pytest
from tests.histories import History, compiled, plain, recorded
from tests.interpreter import Outcome, OutOfFuel, execute
from tests.workflows import workflow

from wfc.parse import parse
from wfc.problems import Problems
from wfc.read import read
from wfc.source import Source
from wfc_runtime.limits import GOOGLE

ARGUMENT = {"k": 1, "a": [1, 2]}


def _interpreted(text: str) -> Outcome | None:
    source, problems = Source("main.yaml", text), Problems()
    node = read(source, problems)
    assert node is not None
    tree = parse(source, node, problems)
    assert tree is not None
    try:
        return execute(source, tree, ARGUMENT)
    except OutOfFuel:
        return None


def _compare(seed: int) -> None:
    text = json.dumps(workflow(Random(seed)), ensure_ascii=True)
    expected = _interpreted(text)
    if expected is None:
        return
    module = compiled(text)
    basic, detailed = (recorded(module, ARGUMENT, detailed=each) for each in (False, True))
    counted = recorded(compiled(text, accounting=True), ARGUMENT, limits=GOOGLE)
    for history in (basic, detailed, counted):
        assert history.outcome.text() == expected.text(), seed
        assert [plain(entry) for entry in history.in_order()] == expected.entries, seed
        _check(history)
    assert basic.told == detailed.told == counted.told, seed
    again = recorded(module, ARGUMENT, detailed=True)
    assert again.resources() == detailed.resources(), seed


def _check(history: History) -> None:
    """What holds of every history."""
    entries = history.entries
    began = [number for number, state in history.told if state == "STATE_IN_PROGRESS"]
    ended = [number for number, state in history.told if state != "STATE_IN_PROGRESS"]
    assert began == list(range(1, len(entries) + 1))
    assert sorted(ended) == began
    for number, entry in entries.items():
        assert entry.create_time <= entry.update_time
        parent = entry.parent
        if parent is not None:
            assert parent.number < number
            assert number in (parent.children or ())
            assert parent.create_time <= entry.create_time
            assert entry.update_time <= parent.update_time
        if entry.next:
            following = entries[entry.next]
            assert (following.previous, following.parent) == (number, parent)
        if entry.previous:
            assert entries[entry.previous].next == number
            assert entries[entry.previous].update_time == entry.create_time
    assert sum(len(entry.children or ()) for entry in entries.values()) == sum(
        entry.parent is not None for entry in entries.values()
    )


@pytest.mark.parametrize("seed", range(20))
def test_history_is_what_the_interpreter_says(seed: int) -> None:
    _compare(seed)


@pytest.mark.soak
@pytest.mark.parametrize("start", range(1000, 1500, 100))
def test_many_histories_are_what_the_interpreter_says(start: int) -> None:
    for seed in range(start, start + 100):
        _compare(seed)
