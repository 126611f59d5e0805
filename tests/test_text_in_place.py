"""Text that a variable is added to in place: `s: ${s + …}`, only where the variable holds text."""

from __future__ import annotations

import json

import pytest
from tests.compiled import execute, load

from wfc.pipeline import compile_source
from wfc.source import Source

# the variable's first value, what is assigned to it then, its last value, and whether in place
CASES = {
    "text": ("a", '${x + "b" + n}', "ab7", True),
    "text and an integer": ("a", "${x + n}", "a7", True),
    "an integer": (1, '${x + "b"}', "1b", False),
    "an integer made text": (1, '${string(x) + "b"}', "1b", False),
    "text that does not come first": ("a", '${"b" + x}', "ba", False),
}


@pytest.mark.parametrize("case", CASES)
def test_text_grows_in_place_only_where_it_is_text(case: str) -> None:
    first, value, last, in_place = CASES[case]
    steps = [
        {"a": {"assign": [{"n": 7}, {"x": first}]}},
        {"b": {"assign": [{"x": value}]}},
        {"c": {"return": "${x}"}},
    ]
    module = compile_source(Source("a.json", json.dumps({"main": {"steps": steps}}))).module
    assert module is not None
    assert ("x = x + " in module) == in_place
    assert execute(load(module).workflow.main) == last
