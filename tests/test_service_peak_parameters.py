"""Parameters of blocks: their types and conditions, and which of them need a value."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest
from tests.peak_calls import Peak
from tests.press_calls import (
    DEPLOYMENTS,
    PARAMETERS,
    deployment,
    send,
    spec,
)
from tests.service_calls import Client, Served

from wfc_service.errors import ApiError
from wfc_service.peak.block_parameters import check_declared, checked, shown


def test_a_parameter_whose_condition_does_not_hold_need_not_be_given(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        parameters = deepcopy(PARAMETERS)
        condition = {"dependsOn": "shop", "operator": "equals", "value": "north"}
        other = {"dependsOn": "shop", "operator": "not-equals", "value": "south"}
        both = {"conditionType": "AND", "conditions": [condition, other]}
        parameters["build"].append(
            {"name": "region", "type": "string", "required": True, "conditions": [both]}
        )
        answer = await send(client, spec=spec(), parameters=parameters)
        block = answer.json()["id"]
        run = {"mode": "full"}
        for name, shop, code in (("a", "north", 400), ("b", "south", 200)):
            given = {"parameters": {"build": {"shop": shop}, "run": run}}
            status, said = await peak("POST", DEPLOYMENTS, deployment(block, name, **given))
            assert status == code, said

    served(check)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("boolean", False, [0, "true"]),
        ("string", "", [1]),
        ("number", 1.5, [True, "1"]),
        ("object", {"a": []}, [[]]),
        ("string_array", ["a"], ["a", [1]]),
        ("number_array", [1, 2.5], [[True], 1]),
        ("object_array", [{}], [{}, [[]]]),
    ],
)
def test_values_of_parameters_have_their_types(kind: str, good: Any, bad: list[Any]) -> None:
    declared = [{"name": "p", "type": kind, "required": True}]
    assert checked("run", declared, {"p": good}) == {"p": good}
    for value in bad:
        with pytest.raises(ApiError, match=f"parameters.run.p must be of the type {kind}"):
            checked("run", declared, {"p": value})


@pytest.mark.parametrize(
    ("joined", "values", "is_needed"),
    [
        ("OR", {"a": 1, "b": 1}, True),
        ("OR", {"a": 1}, True),
        ("OR", {"a": 2}, False),
        ("AND", {"a": 1, "b": 1}, True),
        ("AND", {"a": 1}, False),
    ],
)
def test_conditions_of_parameters_are_joined(
    joined: str, values: dict[str, int], is_needed: bool
) -> None:
    each = [{"dependsOn": name, "operator": "equals", "value": 1} for name in "ab"]
    declared: list[dict[str, Any]] = [
        {"name": "a", "type": "number", "required": False},
        {"name": "b", "type": "number", "required": False},
        {
            "name": "c",
            "type": "number",
            "required": True,
            "conditions": {"conditionType": joined, "conditions": each},
        },
    ]
    if is_needed:
        with pytest.raises(ApiError, match="the parameter `c` has no value"):
            checked("build", declared, values)
    else:
        assert checked("build", declared, values) == values


def test_the_type_of_a_parameter_is_no_reference(served: Served) -> None:
    async def check(client: Client) -> None:
        parameters = deepcopy(PARAMETERS)
        parameters["build"][1]["type"] = "@param:shop"
        answer = await send(client, spec=spec(), parameters=parameters)
        assert answer.status == 400
        said = "parameters.build.minutes.type: `@param:shop` is none of boolean, string, number"
        assert said in answer.json()["detail"]

    served(check)


@pytest.mark.parametrize(
    "conditions",
    [
        "shop",
        [{"dependsOn": "shop", "value": "north"}],
        {"dependsOn": "shop", "operator": "equal", "value": "north"},
        {"dependsOn": "shop", "operator": "equals"},
        {"dependsOn": 1, "operator": "equals", "value": "north"},
        {"conditionType": "XOR", "conditions": []},
        {"conditions": {"dependsOn": "shop", "operator": "equals", "value": "north"}},
        {"conditionType": "OR", "conditions": [{"operator": "equals"}]},
    ],
)
def test_conditions_that_say_nothing_are_refused(conditions: Any) -> None:
    one = {"name": "p", "type": "string", "required": True, "conditions": conditions}
    with pytest.raises(ApiError, match=r"parameters\.build\.p\.conditions must be as"):
        check_declared({"build": [one]})


POINT: dict[str, Any] = {
    "name": "p",
    "type": "object",
    "required": True,
    "properties": [
        {"name": "x", "type": "number", "required": True},
        {"name": "unit", "type": "string", "required": False, "defaultValue": "m"},
        {"name": "key", "type": "string", "required": False, "hideValue": True},
    ],
}


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ({"x": 1}, {"x": 1, "unit": "m"}),
        ({"x": 1, "unit": "km", "key": "k"}, {"x": 1, "unit": "km", "key": "k"}),
        ({}, "parameters.run.p: the property `x` has no value"),
        ({"x": "1"}, "parameters.run.p.x must be of the type number"),
        ({"x": 1, "y": 2}, "parameters.run.p: there is no property `y`; there are `x`, `unit`"),
    ],
    ids=str,
)
def test_objects_have_the_properties_that_are_declared(given: Any, whole: Any) -> None:
    points = {**POINT, "type": "object_array"}
    if isinstance(whole, str):
        with pytest.raises(ApiError, match=whole):
            checked("run", [POINT], {"p": given})
        with pytest.raises(ApiError, match=re.escape(whole.replace("run.p", "run.p[1]"))):
            checked("run", [points], {"p": [{"x": 1}, given]})
    else:
        assert checked("run", [POINT], {"p": given}) == {"p": whole}
        assert checked("run", [points], {"p": [given]}) == {"p": [whole]}
        assert checked("run", [POINT], {"p": given}, partial=True) == {"p": whole}


def test_an_object_without_a_default_has_those_of_its_properties() -> None:
    optional = {**POINT, "required": False}
    assert checked("run", [optional], None) == {"p": {"unit": "m"}}
    check_declared({"run": [{**POINT, "defaultValue": {"x": 1}}]})
    with pytest.raises(ApiError, match=r"run.p.defaultValue: the property `x` has no value"):
        check_declared({"run": [{**POINT, "defaultValue": {}}]})
    inside = {**POINT["properties"][1], "defaultValue": 1}
    with pytest.raises(ApiError, match=r"p.properties.unit.defaultValue must be of the type str"):
        check_declared({"run": [{**POINT, "properties": [inside]}]})


def test_hidden_properties_are_not_shown() -> None:
    point = {"x": 1, "key": "k"}
    masked = {"x": 1, "key": "********"}
    assert shown([POINT], {"p": point, "gone": "g"}) == {"p": masked, "gone": "g"}
    assert shown([{**POINT, "type": "object_array"}], {"p": [point]}) == {"p": [masked]}


def test_hidden_values_are_not_shown_in_the_workflow_of_a_deployment(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        given = {"shop": "north", "key": "sesame"}
        sent = spec(watchers=[{"user": "@param:key", "events": {"fail": True}}])
        sent["config"]["steps"]["load"] |= {
            "parameters": {"env": {"SHOP": "@param:shop", "KEY": "@param:key"}},
            "command": "echo $KEY",
        }
        made = await send(client, spec=sent, parameters=PARAMETERS)
        body = deployment(made.json()["id"], parameters={"build": given, "run": {"mode": "full"}})
        id = (await peak.ok("POST", DEPLOYMENTS, body))["id"]
        number = (await peak.ok("GET", f"{DEPLOYMENTS}/{id}"))["platformId"]
        workflow = await peak.ok("GET", number)
        env = workflow["steps"]["load"]["parameters"]["env"]
        assert env == [{"SHOP": "north"}, {"KEY": "********"}]
        assert "sesame" not in str([workflow, await peak.ok("GET")])
        ran = await peak.run(int(number))
        logs = await peak.ok("GET", f"{number}/executions/{ran['executionId']}/logs")
        assert [line["message"] for line in logs["logs"]] == ["sesame"]  # steps have it as it is

    served(check)
