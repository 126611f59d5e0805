"""`args: ${map}`: names are checked when the call is made, with the workflow's own errors."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.compiled import load

import wfc_runtime.v1 as wf
from wfc.pipeline import compile_source
from wfc.source import Source

_TEXT = """
main:
  params: [given]
  steps:
    - go: {call: CALLEE, args: "${given}", result: r}
    - done: {return: "${r}"}
label:
  params: [class, note: none]
  steps:
    - make: {return: "${class + note}"}
"""


def _run(callee: str, given: Any) -> Any:
    compiled = compile_source(Source("args.yaml", _TEXT.replace("CALLEE", callee)))
    assert compiled.module is not None
    return asyncio.run(load(compiled.module).run(given))


def test_a_map_gives_named_arguments_also_to_a_parameter_that_is_a_python_keyword() -> None:
    assert _run("label", {"class": "a"}) == "anone"
    assert _run("label", {"class": "a", "note": "b"}) == "ab"
    assert _run("text.to_upper", {"source": "a"}) == "A"


def test_a_parameter_answers_to_its_other_name_oq_61() -> None:
    text = _TEXT.replace("CALLEE", "text.encode").replace("${r}", "${text.decode(r)}")
    compiled = compile_source(Source("args.yaml", text))
    assert compiled.module is not None
    for name in ("text", "data"):
        assert asyncio.run(load(compiled.module).run({name: "é"})) == "é"


@pytest.mark.parametrize(
    ("callee", "given", "detail"),
    [
        ("label", {"class": "a", "nota": "b"}, "label(): no parameter is named `nota`"),
        ("label", {"note": "b"}, "label(): the argument `class` is missing"),
        ("label", {"run": 1, "class": "a"}, "label(): no parameter is named `run`"),
        ("label", ["a"], "`args` must be a dict, not list"),
        ("text.to_upper", {"text": "a"}, "to_upper(): no parameter is named `text`"),
        ("text.encode", {"text": "a", "data": "a"}, "encode(): `text` is given twice"),
        ("http.get", {"uri": "a"}, "get(): no parameter is named `uri`"),
        ("sys.sleep", {}, "sleep(): the argument `seconds` is missing"),
        ("sys.log", {"datum": 1}, "log(): no parameter is named `datum`"),
    ],
)
def test_wrong_names_are_type_errors_that_a_workflow_can_catch(
    callee: str, given: Any, detail: str
) -> None:
    with pytest.raises(wf.WorkflowError) as raised:
        _run(callee, given)
    assert raised.value.payload == {"message": f"TypeError: {detail}", "tags": ["TypeError"]}
    assert raised.value.context == f'TypeError: {detail}\nin step "go", routine "main", line: 5'
