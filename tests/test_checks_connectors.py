"""Calls of connectors: names, arguments and literal `connector_params` (spec 06, Connectors)."""

from __future__ import annotations

import pytest
from tests.front import errors_of, problems_of

from wfc.problems import Problem

RUN = "googleapis.run.v2.projects.locations.jobs.run"
PUBLISH = "googleapis.pubsub.v1.projects.topics.publish"
SECRETS = "googleapis.secretmanager.v1.projects.secrets"


def calling(function: str, args: str) -> str:
    """A workflow that calls a function; `m` is a variable."""
    return (
        "main:\n"
        "  params: [m]\n"
        "  steps:\n"
        "    - call_it:\n"
        f"        call: {function}\n"
        f"        args: {args}\n"
    )


def the_problem(text: str) -> Problem:
    [problem] = problems_of(text)
    return problem


@pytest.mark.parametrize(
    ("function", "args", "codes"),
    [
        (RUN, "{name: a}", []),
        (RUN, "{name: a, body: {}, fields: b}", []),
        (RUN, "{nane: a}", ["WFC340"]),
        (RUN, "{name: a, timeout: 1}", ["WFC340"]),
        (RUN, "{name: a, key: b}", ["WFC340"]),  # credentials
        (RUN, "{body: {}}", ["WFC341"]),
        (RUN, "${m}", []),
        (RUN, "[a]", []),
        (PUBLISH, "{topic: a, body: {}}", []),
        ("googleapis.compute.v1.instances.start", "{project: a, zone: b, instance: c}", []),
        (
            "googleapis.compute.v1.instances.start",
            "{project: a, zone: b, instance: c, body: {}}",
            ["WFC340"],
        ),
        ("googleapis.storage.v1.buckets.insert", "{body: {}}", ["WFC341"]),
        ("googleapis.storage.v1.buckets.insert", "{body: {}, project: p}", []),
        ("googleapis.storage.v1.buckets.insert", "{body: {}, query: {project: p}}", []),
        ("googleapis.storage.v1.buckets.insert", "{body: {}, query: {projection: p}}", ["WFC341"]),
        ("googleapis.storage.v1.buckets.insert", "{body: {}, query: '${m}'}", []),
        ("googleapis.run.v1.namespaces.jobs.run", "{name: a, location: us-east1}", []),
        ("googleapis.aiplatform.v1.projects.locations.endpoints.get", "{name: a}", ["WFC341"]),
        (f"{SECRETS}.versions.accessString", "{secret_id: a}", []),
        (f"{SECRETS}.versions.accessString", "{secret: a}", ["WFC340"]),
        (f"{SECRETS}.addVersionString", "{secret_id: a}", ["WFC341"]),
        ("gke.await_job", "{cluster_id: a, job_name: b, polling_policy: {max_delay: 5}}", []),
        ("gke.await_job", "{cluster_id: a, job_name: b, polling_policy: {delay: 5}}", ["WFC347"]),
    ],
)
def test_arguments_are_those_of_the_method(function: str, args: str, codes: list[str]) -> None:
    assert errors_of(calling(function, args)) == codes


@pytest.mark.parametrize(
    ("params", "codes"),
    [
        ("{}", []),
        ("null", []),
        ("'${m}'", []),
        ("[]", ["WFC348"]),
        ("{timeout: 1}", []),
        ("{timeout: 31536000}", []),
        ("{timeout: '${m}'}", []),
        ("{timeout: null}", []),
        ("{timeout: 31536001}", ["WFC348"]),
        ("{timeout: 0}", ["WFC348"]),
        ("{timeout: '${-1}'}", ["WFC348"]),
        ("{timeout: '60'}", ["WFC348"]),
        ("{skip_polling: true}", []),
        ("{skip_polling: 'true'}", ["WFC348"]),
        ("{scopes: a}", []),
        ("{scopes: [a, b]}", []),
        ("{scopes: {}}", ["WFC348"]),
        ("{polling_policy: {initial_delay: 1.5, multiplier: 2, max_delay: 9}}", []),
        ("{polling_policy: 1}", ["WFC348"]),
        ("{polling_policy: {max_delay: -1}}", ["WFC348"]),
        ("{polling_policy: {initial_delay: true}}", ["WFC348"]),
        ("{polling_policy: {delay: 1}}", ["WFC347"]),
        ("{polling: {}}", ["WFC347"]),
        ("{max_delay: 1}", ["WFC347"]),
    ],
)
def test_literal_connector_params_are_checked(params: str, codes: list[str]) -> None:
    assert errors_of(calling(RUN, f"{{name: a, connector_params: {params}}}")) == codes


def test_helpers_of_secrets_may_stand_in_expressions_and_connectors_may_not() -> None:
    def returning(call: str) -> str:
        return f"main: {{params: [m], steps: [{{a: {{return: '${{{call}}}'}}}}]}}"

    assert errors_of(returning(f'{SECRETS}.versions.accessString(m, "1")')) == []
    assert errors_of(returning(f"{SECRETS}.versions.accessString()")) == ["WFC341"]
    assert errors_of(returning(f"{RUN}(m)")) == ["WFC344"]


@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_the_caret_is_under_the_wrong_part_of_the_name(quote: str) -> None:
    text = calling(f"{quote}googleapis.run.v2.projects.location.jobs.run{quote}", "{name: a}")
    problem = the_problem(text)
    span = problem.label.span
    assert text[span.start : span.end] == "location"
    assert (problem.code, problem.hint) == ("WFC211", "did you mean `locations`?")


def test_without_the_package_one_problem_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wfc.discovery._documents", lambda: None)
    text = calling(RUN, "{name: a}") + f"    - again: {{call: {PUBLISH}}}\n"
    assert errors_of(text) == ["WFC503"]
    assert errors_of(calling(f"{SECRETS}.versions.accessString", "{secret_id: a}")) == []
