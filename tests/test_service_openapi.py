"""What the service's description allows and what it forbids is answered in the form of its API.

schemathesis draws requests from the description, sends them to a real server and compares the
answers with it.  Some ids, sources and filters are of things that exist, to see more than 404.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from contextlib import suppress
from copy import deepcopy
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.peak_calls import WORKFLOWS
from tests.press_calls import DEPLOYMENTS, PARAMETERS, SPECS, deployment
from tests.press_calls import spec as block
from tests.service_calls import HELLO, PARENT, Client, Served
from tests.service_server import running

from wfc_service.deploy import Builder
from wfc_service.errors import STATUS
from wfc_service.google.methods import METHODS
from wfc_service.peak.openapi import description
from wfc_service.peak.press_calls import PRESS_CALLS
from wfc_service.peak.workflow_calls import OTHER_CALLS, WORKFLOW_CALLS

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SLEEPS_OR_SAYS = """
main:
  params: [args]
  steps:
    - choose:
        switch:
          - condition: ${args == null}
            call: sys.sleep
            args:
              seconds: 1000
    - say:
        return: ${args}
"""
VALUES = {  # of parameters and fields, instead of any text
    "project": ["my-project", "123456789012"],
    "location": ["us-central1"],
    "workflow": ["either"],
    "stepEntry": ["1"],
    "workflowId": ["either", "a", "b"],
    "updateMask": ["sourceContents", "labels,description", "*"],
    "filter": ['state = "ACTIVE"', "createTime > 2023-01-01 OR label.a:*", "name = a*", "("],
    "orderBy": ["createTime desc", "state, executionId"],
    "fields": ["name", "*/name", "executions(name,state)"],
    "sourceContents": [HELLO, SLEEPS_OR_SAYS, "main: {steps: [{a: {next: b}}]}", ""],
    "argument": ["null", '{"name": "Ada"}', "{"],
    "GCPCloudEventsMode": ["CUSTOM_PUBSUB_projects%2Fp%2Ftopics%2Ft"],
}
STEP = {"imageId": 1, "command": "echo $a"}
PEAK_VALUES: dict[str, list[Any]] = {
    "name": ["nightly", ""],
    "steps": [{"load": STEP}, {"load": {"command": 1}}, {}],
    "stepsToRun": [[{"stepName": "load", "runDAG": True}], [{"stepName": "lod"}]],
    "sort": [["name:desc"], ["size"]],
    "version": ["1.0.0", "2.0.0"],
    "revision": ["1", "x"],
    "metadata": [{"name": "south", "summary": "s"}, {}],
    "run": [{"mode": "full"}, {"mode": 1}],
    "build": [{"shop": "a"}, {"key": 1}],
}
SOAK_SECONDS = float(os.environ.get("WFC_SOAK_SECONDS", "60"))
"""How long `pytest -m soak` sends requests; an hour is 3600."""


def described(values: dict[str, list[Any]]) -> dict[str, Any]:
    """The service's description, in which some parameters and fields have one of some values."""
    document = deepcopy(description())

    def allow(name: str, schema: dict[str, Any]) -> dict[str, Any]:
        return {"enum": values[name]} if name in values else schema

    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation["parameters"]:
                parameter["schema"] = allow(parameter["name"], parameter["schema"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                message = content["schema"]["$ref"].rpartition("/")[2]
                schema = document["components"]["schemas"][message]
                fields = schema.get("properties", {})
                fields = {name: allow(name, one) for name, one in fields.items()}
                content["schema"] = {**schema, "properties": fields}
    return document


def prepared(base: str) -> dict[str, list[str]]:
    """The ids of an operation and of executions that there are now."""
    url = f"{base}/v1/{PARENT}/workflows"
    source = {"sourceContents": SLEEPS_OR_SAYS}
    made = [
        requests.post(url, params={"workflowId": "either"}, json=source),
        requests.post(f"{url}/either/executions", json={}),
        requests.post(f"{url}/either/executions", json={"argument": "1"}),
    ]
    operation, *executions = [one.json()["name"].rpartition("/")[2] for one in made]
    return {"operation": [operation], "execution": executions}


def prepared_peak(base: str) -> dict[str, list[Any]]:
    """The ids of a workflow of Peak's, of an execution that has ended, of a block, a deployment."""
    url = f"{base}{WORKFLOWS}"
    workflow: Any = {"name": "nightly", "triggers": [{"webhook": True}], "steps": {"load": STEP}}
    made = requests.post(url, json=workflow).json()
    one = f"{url}/{made['id']}/executions/"
    execution = requests.post(f"{url}/{made['id']}/execute", json={}).json()["executionId"]
    while requests.get(f"{one}{execution}/logs").json()["stepRunStatus"] == "Running":
        pass  # each is held until there is something new
    link = requests.get(f"{one}{execution}/logs/download").json()["downloadUrl"]
    name = str(uuid4())  # those of blocks and deployments are unique
    form = {
        "spec": (None, json.dumps(block(name))),
        "parameters": (None, json.dumps(PARAMETERS)),
    }
    spec = requests.post(f"{base}{SPECS}", files=form).json()["id"]
    sent = deployment(spec, name)
    return {
        "number": [str(made["id"])],
        "execution": [execution],
        "webhook": [made["triggers"][0]["webhook"]],
        "secret": [link.rpartition("/")[2]],
        "block": [spec],
        "id": [spec],
        "deployment": [requests.post(f"{base}{DEPLOYMENTS}", json=sent).json()["id"]],
        "spec": [json.dumps(block("another")), "{"],
        "parameters": [json.dumps(PARAMETERS), {"build": {"shop": "a"}, "run": {"mode": "full"}}],
    }


def operations(values: dict[str, list[Any]], *, peak: bool = False) -> list[Any]:
    """All methods of Google's or Peak's, those last that delete what the others need."""
    schema: Any = schemathesis.openapi.from_dict(described(values))
    found = [operation.ok() for operation in schema.get_all_operations()]
    found = [one for one in found if (one.definition.raw["tags"] == ["peak"]) is peak]
    return sorted(found, key=lambda operation: bool(operation.method == "delete"))


def send(base: str, operation: Any, mode: GenerationMode, examples: int) -> Counter[int]:
    """Sends requests that are drawn for one method and counts the answers by their status."""
    answers = Counter[int]()

    @settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        response = case.call(base_url=base)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400:
            if (error := response.json().get("error")) is not None:
                assert error["code"] == response.status_code
                assert error["status"] in STATUS
            assert error["message"] if error is not None else response.json()["detail"]
            assert str(Path.cwd()) not in response.text
        answers[response.status_code] += 1

    with suppress(Unsatisfiable):  # where nothing is said of a request, it cannot be against it
        check()
    return answers


def test_requests_that_are_drawn_from_the_description(tmp_path: Path, builder: Builder) -> None:
    with running(tmp_path, builder) as ports:
        base = f"http://127.0.0.1:{ports.rest}"
        answers = Counter[int]()
        for operation in operations(VALUES | prepared(base)):
            for mode in GenerationMode if operation.path.startswith("/v1/") else ():
                answers += send(base, operation, mode, examples=2)
        assert answers[200] > 20
        assert answers[400] > 20


def test_requests_to_peaks_api_that_are_drawn_from_the_description(
    tmp_path: Path, builder: Builder
) -> None:
    with running(tmp_path, builder) as ports:
        base = f"http://127.0.0.1:{ports.rest}"
        answers = Counter[int]()
        drawn = operations(PEAK_VALUES | prepared_peak(base), peak=True)
        for operation, mode in zip(drawn, cycle(GenerationMode), strict=False):
            answers += send(base, operation, mode, examples=1)
        assert answers[200] > 10
        assert answers[400] > 5


@pytest.mark.soak
def test_many_requests_that_are_drawn_from_the_description(
    tmp_path: Path, builder: Builder
) -> None:
    end = time.monotonic() + SOAK_SECONDS
    with running(tmp_path, builder) as ports:
        base = f"http://127.0.0.1:{ports.rest}"
        examples = 20
        while time.monotonic() < end:
            values, peak = VALUES | prepared(base), PEAK_VALUES | prepared_peak(base)
            free = {name: values[name] for name in ("project", "location", "workflow", "execution")}
            google = [*operations(values), *operations(free), *operations({})]
            for operation in [*google, *operations(peak, peak=True), *operations({}, peak=True)]:
                for mode in GenerationMode:
                    if time.monotonic() < end:
                        send(base, operation, mode, examples)
            examples *= 2


def test_the_description_is_served(served: Served) -> None:
    async def check(client: Client) -> None:
        document = await client.ok("GET", "/openapi.json")
        assert document == description()
        assert document["openapi"] == "3.1.0"
        operations = [one for path in document["paths"].values() for one in path.values()]
        peak = (*WORKFLOW_CALLS, *OTHER_CALLS, *PRESS_CALLS)
        assert len(operations) == len(peak) + sum(len(method.versions) for method in METHODS)
        assert len({one["operationId"] for one in operations}) == len(operations)

    served(check)
