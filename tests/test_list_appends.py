"""`x: ${list.concat(x, v)}` adds to the list itself only where nothing else can see that list."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.running import run

from wfc.pipeline import compile_source
from wfc.source import Source

Steps = list[dict[str, Any]]
ADD = {"assign": [{"x": '${list.concat(x, "new")}'}]}
START = {"start": {"assign": [{"x": ["old"]}]}}

LOOKED = '${len(x) + len(text.split(x[0], "l"))}'
TO_NULL = {"condition": "${args == null}", "assign": [{"x": None}]}
CAUGHT = {"as": "e", "steps": [{"r": {"return": "${e.tags}"}}]}
WAIT = {"call": "sys.sleep", "args": {"seconds": 1}}
KEEPS: Steps = [
    {"keep": {"assign": [{"y": "${x}"}]}},
    {"wait_1": WAIT},
    {"wait_2": WAIT},
    {"back": {"assign": [{"x": "${y}"}]}},
]
BRANCHES = [{"one": {"steps": KEEPS}}, {"two": {"steps": [{"wait_3": WAIT}, {"add": ADD}]}}]
BRANCH_EACH = {"value": "v", "in": "${x}", "steps": [{"add": ADD}]}
WAITING_LOOP = {"for": {"value": "v", "in": "${x}", "steps": [{"wait": WAIT}]}}
LOOP_BESIDE = [{"one": {"steps": [{"l": WAITING_LOOP}]}}, {"two": {"steps": [{"add": ADD}]}}]

# steps, the variable that is returned after them, its value, and whether it appends
CASES: dict[str, tuple[Steps, str, Any, bool]] = {
    "a list of its own": ([{"add": ADD}], "x", ["old", "new"], True),
    "in a loop": (
        [{"l": {"for": {"value": "v", "range": [1, 2], "steps": [{"add": ADD}]}}}],
        "x",
        ["old", "new", "new"],
        True,
    ),
    "kept by another variable": (
        [{"keep": {"assign": [{"y": "${x}"}]}}, {"add": ADD}],
        "y",
        ["old"],
        False,
    ),
    "kept in a map": (
        [{"keep": {"assign": [{"y": {"k": "${x}"}}]}}, {"add": ADD}],
        "y",
        {"k": ["old"]},
        False,
    ),
    "kept by what a function returns": (
        [{"keep": {"assign": [{"y": "${default(x, 1)}"}]}}, {"add": ADD}],
        "y",
        ["old"],
        False,
    ),
    "kept by what a subworkflow returns": (
        [{"keep": {"call": "same", "args": {"value": "${x}"}, "result": "y"}}, {"add": ADD}],
        "y",
        ["old"],
        False,
    ),
    "added to itself": (
        [{"add": {"assign": [{"x": "${list.concat(x, x)}"}]}}],
        "x",
        ["old", ["old"]],
        False,
    ),
    "looped over": (
        [{"l": {"for": {"value": "v", "in": "${x}", "steps": [{"add": ADD}]}}}],
        "x",
        ["old", "new"],
        False,
    ),
    "looped over by branches": (
        [{"p": {"parallel": {"shared": ["x"], "for": BRANCH_EACH}}}],
        "x",
        ["old", "new"],
        False,
    ),
    "looped over beside a branch that adds": (
        [{"p": {"parallel": {"shared": ["x"], "branches": LOOP_BESIDE}}}],
        "x",
        ["old", "new"],
        False,
    ),
    "only looked at": (
        [{"look": {"assign": [{"y": LOOKED}]}}, {"add": ADD}],
        "x",
        ["old", "new"],
        True,
    ),
    "raised and caught": (
        [{"t": {"try": {"raise": "${x}"}, "except": {"as": "e", "steps": [{"add": ADD}]}}}],
        "x",
        ["old", "new"],
        False,
    ),
    "perhaps not a list": (
        [{"s": {"switch": [TO_NULL]}}, {"t": {"try": ADD, "except": CAUGHT}}],
        "x",
        ["TypeError"],
        False,
    ),
    "kept by another branch": (
        [{"p": {"parallel": {"shared": ["x"], "branches": BRANCHES}}}],
        "x",
        ["old"],
        False,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_list_grows_in_place_only_where_nothing_else_holds_it(case: str) -> None:
    steps, kept, expected, appends = CASES[case]
    tree = {
        "main": {"params": ["args"], "steps": [START, *steps, {"end": {"return": f"${{{kept}}}"}}]},
        "same": {"params": ["value"], "steps": [{"give": {"return": "${value}"}}]},
    }
    module = compile_source(Source("append.json", json.dumps(tree)), layout=False).module
    assert module is not None
    assert (".append(" in module) is appends
    outcome = run(module, accounting=False)
    assert (outcome.error, outcome.result) == (None, expected)


def test_the_default_of_a_parameter_stays_as_it_is() -> None:
    steps = [{"add": ADD}, {"end": {"return": "${x}"}}]
    tree = {
        "main": {"steps": [{"twice": {"return": ["${grown()}", "${grown()}"]}}]},
        "grown": {"params": [{"x": ["old"]}], "steps": steps},
    }
    module = compile_source(Source("append.json", json.dumps(tree)), layout=False).module
    assert module is not None
    assert run(module, accounting=False).result == [["old", "new"]] * 2
