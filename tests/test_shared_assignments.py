"""Assignments to shared variables lose no update, whatever waits on their right side.

Spec 04 §8 rule 8: the value is determined and written without any intervening writes.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tests.compiled import load
from tests.running import at_most

from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.testing import VirtualClock

SLOW = {"wait": {"call": "sys.sleep", "args": {"seconds": "${seconds}"}}}
ROUTINES = {
    # waits, and gives its first argument plus its second
    "add": {
        "params": ["a", "b", {"seconds": 1}],
        "steps": [SLOW, {"answer": {"return": "${a + b}"}}],
    },
    # the same in a parallel step of its own
    "add_beside": {
        "params": ["a", "b"],
        "steps": [
            {"start": {"assign": [{"sum": "${a}"}]}},
            {
                "fan": {
                    "parallel": {
                        "shared": ["sum"],
                        "for": {
                            "value": "n",
                            "in": ["${b}"],
                            "steps": [
                                {"wait": {"call": "sys.sleep", "args": {"seconds": 1}}},
                                {"keep": {"assign": [{"sum": "${sum + n}"}]}},
                            ],
                        },
                    }
                }
            },
            {"answer": {"return": "${sum}"}},
        ],
    },
    # never waits, but loops: it may have to pause
    "count": {
        "params": ["a", "b"],
        "steps": [
            {"start": {"assign": [{"sum": "${a}"}]}},
            {"loop": {"for": {"value": "i", "range": [1, 3], "steps": [
                {"step": {"assign": [{"sum": "${sum + b}"}]}}]}}},
            {"answer": {"return": "${sum - 2 * b}"}},
        ],
    },
}  # fmt: skip


def fan(steps: list[dict[str, Any]], items: int = 6, **options: Any) -> Any:
    """The module of a workflow that runs the steps for 1 to `items` and returns its variables."""
    loop = {"value": "i", "range": [1, items], "steps": steps}
    variables = {"total": 0, "ok": True, "m": {"sum": 0, "seen": []}, "keys": {}}
    main = [
        {"init": {"assign": [{name: value} for name, value in variables.items()]}},
        {"fan": {"parallel": {"shared": list(variables), **options, "for": loop}}},
        {"done": {"return": {name: f"${{{name}}}" for name in variables}}},
    ]
    text = json.dumps({"main": {"steps": main}, **ROUTINES})
    compiled = compile_source(Source("shared.json", text), layout=False)
    assert compiled.module is not None, compiled.problems
    return load(compiled.module)


def results(module: Any, seeds: int) -> list[Any]:
    """The different results under that many seeds."""
    found: dict[str, Any] = {}
    with at_most(60):
        for seed in range(seeds):
            result = asyncio.run(module.run(clock=VirtualClock(seed=seed)))
            found[json.dumps(result, sort_keys=True)] = result
    return list(found.values())


def assigning(*entries: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"step": {"assign": [{target: f"${{{value}}}"} for target, value in entries]}}]


@pytest.mark.parametrize(
    "value",
    [
        "total + add(0, i)",
        "add(total, i)",
        "add(add(total, 0), i)",
        "add(0, i) + total",
        "add_beside(total, i)",
        "count(total, i)",
        "total + count(0, i)",
        "add(0, total) + count(0, i)",
    ],
)
@pytest.mark.parametrize("limit", [None, 1, 2])
def test_a_sum_is_the_same_for_every_order(value: str, limit: int | None) -> None:
    options = {} if limit is None else {"concurrency_limit": limit}
    (result,) = results(fan(assigning(("total", value)), **options), 12)
    assert result["total"] == 21


def test_other_assignments_wait_for_one_that_is_being_determined() -> None:
    plain = assigning(("total", "add(total, i)"), ("total", "total + 100"))
    (result,) = results(fan(plain), 12)
    assert result["total"] == 621


def test_the_result_of_a_call_waits_for_an_assignment_that_is_being_determined() -> None:
    """Whatever the last write is, the sum that is being determined is not lost on the way."""
    call = {"call": {"call": "add", "args": {"a": 1000, "b": "${i}"}, "result": "total"}}
    steps = [*assigning(("total", "add(total, i)")), {"only": {
        "switch": [{"condition": "${i == 1}", "steps": [call]}]}}]  # fmt: skip
    for result in results(fan(steps), 12):
        assert result["total"] == 21 or result["total"] >= 1001


def test_and_asks_only_while_all_said_yes() -> None:
    (result,) = results(fan(assigning(("ok", "ok and add(0, i) != 4"))), 12)
    assert result["ok"] is False


def test_parts_of_a_shared_map_lose_no_update() -> None:
    steps = assigning(
        ("m.sum", "add(m.sum, i)"),
        ("keys[string(add(0, i))]", "add(i, 0)"),
        ("m.seen", "list.concat(m.seen, add(0, 1))"),
    )
    (result,) = results(fan(steps), 12)
    assert result["m"] == {"sum": 21, "seen": [1] * 6}
    assert result["keys"] == {str(n): n for n in range(1, 7)}


def test_calls_that_do_not_depend_on_the_variable_run_side_by_side() -> None:
    clock = VirtualClock()
    module = fan(assigning(("total", "total + add(0, i, 10)")))
    assert asyncio.run(module.run(clock=clock))["total"] == 21
    assert clock.time() == 10


@pytest.mark.parametrize(
    ("value", "calls"),
    [
        ("m.none + add(1, i)", 0),
        ("add(m.none, i)", 0),
        ("add(1, i) + m.none", 1),
        ("add(1, i) + m.none + add(2, i)", 1),
        ("add(m.none, add(1, i))", 0),
        ("add(add(1, i), m.none)", 1),
    ],
)
def test_what_fails_before_a_call_is_evaluated_before_it(value: str, calls: int) -> None:
    """As outside of a parallel step: operands from left to right."""
    clock = VirtualClock()
    guarded = {
        "try": {"steps": assigning(("total", value))},
        "except": {"as": "e", "steps": assigning(("keys.error", "e.message"))},
    }
    result = asyncio.run(fan([{"guarded": guarded}], items=1).run(clock=clock))
    assert result["keys"] == {"error": "KeyError: key not found: none"}
    assert clock.slept == [1] * calls


def test_an_error_on_the_right_side_lets_the_others_go_on() -> None:
    fails = {"only": {"switch": [{"condition": "${i == 3}", "steps": [
        {"step": {"assign": [{"total": "${add(total, m[1])}"}]}}]}]}}  # fmt: skip
    guarded = {"try": {"steps": [fails, *assigning(("total", "add(total, i)"))]}, "except": {
        "as": "e", "steps": [{"note": {"assign": [{"total": "${total + 1000}"}]}}]}}  # fmt: skip
    (result,) = results(fan([{"guarded": guarded}]), 12)
    assert result["total"] == 21 - 3 + 1000
