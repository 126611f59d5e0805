"""What the service's description allows and what it forbids is answered in Google's form.

schemathesis draws requests from the description, sends them to a real server and compares the
answers with it.  Some ids, sources and filters are of things that exist, to see more than 404.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.service_calls import HELLO, PARENT, Client, Served
from tests.service_server import running

from wfc_service.deploy import Builder
from wfc_service.errors import STATUS
from wfc_service.google.methods import METHODS
from wfc_service.google.openapi import openapi

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
SOAK_SECONDS = float(os.environ.get("WFC_SOAK_SECONDS", "60"))
"""How long `pytest -m soak` sends requests; an hour is 3600."""


def described(values: dict[str, list[str]]) -> dict[str, Any]:
    """The service's description, in which some parameters and fields have one of some values."""
    document = deepcopy(openapi())

    def allow(name: str, schema: dict[str, Any]) -> dict[str, Any]:
        return {"type": "string", "enum": values[name]} if name in values else schema

    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation["parameters"]:
                parameter["schema"] = allow(parameter["name"], parameter["schema"])
            for content in operation.get("requestBody", {}).get("content", {}).values():
                message = content["schema"]["$ref"].rpartition("/")[2]
                schema = document["components"]["schemas"][message]
                fields = {name: allow(name, one) for name, one in schema["properties"].items()}
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


def operations(values: dict[str, list[str]]) -> list[Any]:
    """All methods, those last that delete what the others need."""
    schema: Any = schemathesis.openapi.from_dict(described(values))
    found = [operation.ok() for operation in schema.get_all_operations()]
    return sorted(found, key=lambda operation: bool(operation.method == "delete"))


def send(base: str, operation: Any, mode: GenerationMode, examples: int) -> Counter[int]:
    """Sends requests that are drawn for one method and counts the answers by their status."""
    answers = Counter[int]()

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        response = case.call(base_url=base)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400:
            error = response.json()["error"]
            assert error["code"] == response.status_code
            assert error["status"] in STATUS
            assert error["message"]
            assert str(Path.cwd()) not in response.text
        answers[response.status_code] += 1

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


@pytest.mark.soak
def test_many_requests_that_are_drawn_from_the_description(
    tmp_path: Path, builder: Builder
) -> None:
    end = time.monotonic() + SOAK_SECONDS
    with running(tmp_path, builder) as ports:
        base = f"http://127.0.0.1:{ports.rest}"
        examples = 20
        while time.monotonic() < end:
            values = VALUES | prepared(base)
            free = {name: values[name] for name in ("project", "location", "workflow", "execution")}
            for operation in [*operations(values), *operations(free), *operations({})]:
                for mode in GenerationMode:
                    if time.monotonic() < end:
                        send(base, operation, mode, examples)
            examples *= 2


def test_the_description_is_served(served: Served) -> None:
    async def check(client: Client) -> None:
        document = await client.ok("GET", "/openapi.json")
        assert document == openapi()
        assert document["openapi"] == "3.1.0"
        operations = [one for path in document["paths"].values() for one in path.values()]
        assert len(operations) == sum(len(method.versions) for method in METHODS)

    served(check)
