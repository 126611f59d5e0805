"""The body of `execute`: what is refused before anything is created, and what is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_service.errors import ApiError
from wfc_service.peak.argument import checked_argument, step_names
from wfc_service.store.records import Revision

STEPS = {"load": {"imageId": 1, "command": "a"}, "t-1": {"imageId": 1, "command": "lines=b"}}


@pytest.fixture(scope="module")
def revision() -> Revision:
    spec = {"name": "lines", "steps": {**STEPS, "after": {**STEPS["load"], "parents": ["load"]}}}
    module = compile_source(Source("w.json", json.dumps(spec))).module
    assert module is not None
    return Revision("peak/1", 1, "000001-abc", "", "w.json", "", 0, module)


def test_step_names_are_read_from_the_module(revision: Revision) -> None:
    assert step_names(revision.module) == ("load", "t-1", "after")


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"params": None},
        {"stepsToRun": None},
        {"stepsToRun": []},
        {"params": {"global": {"a": "1", "b": 2, "c": True}, "stepWise": {"load": {"d": 1.5}}}},
        {"stepsToRun": [{"stepName": "load", "runDAG": True}, {"stepName": "t-1"}, "after"]},
    ],
)
def test_what_is_kept_is_the_body(revision: Revision, body: Any) -> None:
    assert json.loads(checked_argument(body, revision)) == (body or {})


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([], "the body must be a map, not list"),
        ({"param": {}}, "has no key `param`; its keys are `params` and `stepsToRun`"),
        ({"params": []}, "params must be a map"),
        ({"params": {"globe": {}}}, "no key `globe`"),
        (
            {"params": {"global": {"a": None}}},
            "params.global.a must be a string, number or boolean",
        ),
        ({"params": {"global": {"a": []}}}, "params.global.a must be"),
        ({"params": {"global": {"a=b": "1"}}}, "cannot be an environment variable"),
        ({"params": {"stepWise": []}}, "params.stepWise must be a map, not list"),
        ({"params": {"stepWise": 0}}, "params.stepWise must be a map"),
        ({"params": {"stepWise": {"lode": {}}}}, "there is no step `lode`; the steps are `load`"),
        ({"stepsToRun": "load"}, "stepsToRun must be a list"),
        ({"stepsToRun": {"load": True}}, "stepsToRun must be a list"),
        ({"stepsToRun": [1]}, "an item of stepsToRun must be a map"),
        ({"stepsToRun": [{}]}, "an item of stepsToRun has no `stepName`"),
        ({"stepsToRun": [{"stepName": "x"}]}, "there is no step `x`"),
        ({"stepsToRun": [{"stepName": ["load"]}]}, "there is no step"),
        ({"stepsToRun": [{"stepName": "load", "runDag": True}]}, "has no key `runDag`"),
        ({"stepsToRun": [{"stepName": "load", "runDAG": "yes"}]}, "must be true or false"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(
    revision: Revision, body: Any, said: str
) -> None:
    with pytest.raises(ApiError) as refused:
        checked_argument(body, revision)
    assert refused.value.code == 400
    assert said in str(refused.value)
