"""Names of connectors and the methods of Google APIs that they call."""

from __future__ import annotations

import re
import sys

import pytest

from wfc import discovery
from wfc.library import Connector

RUN = "googleapis.run.v2.projects.locations.jobs"


def found(name: str) -> Connector:
    connector = discovery.connector(f"googleapis.{name}")
    assert isinstance(connector, Connector)
    return connector


@pytest.mark.parametrize(
    ("name", "method", "url"),
    [
        (
            "secretmanager.v1.projects.secrets.versions.access",
            "GET",
            "https://secretmanager.googleapis.com/v1/{+name}:access",
        ),
        (
            "bigquery.v2.tables.patch",
            "PATCH",
            "https://bigquery.googleapis.com/bigquery/v2/"
            "projects/{+projectId}/datasets/{+datasetId}/tables/{+tableId}",
        ),
        (
            "storage.v1.objects.get",
            "GET",
            "https://storage.googleapis.com/storage/v1/b/{bucket}/o/{object}",
        ),
        ("pubsub.v1.projects.topics.create", "PUT", "https://pubsub.googleapis.com/v1/{+name}"),
    ],
)
def test_a_method_is_found_by_its_name(name: str, method: str, url: str) -> None:
    assert (found(name).method, found(name).url) == (method, url)


@pytest.mark.parametrize(
    ("name", "operation", "poll"),
    [
        ("run.v2.projects.locations.jobs.run", "longrunning", "/v2/{+name}"),
        (
            "cloudbuild.v1.projects.builds.create",
            "longrunning",
            "/v1/{+name}",
        ),
        (
            "aiplatform.v1.projects.locations.operations.wait",
            "longrunning",
            "/v1/{+name}",
        ),
        ("storage.v1.objects.bulkRestore", "longrunning", ""),
        ("compute.v1.instances.start", "status", ""),
        ("container.v1.projects.zones.clusters.create", "status", ""),
        ("sqladmin.v1.instances.insert", "status", ""),
        ("bigquery.v2.jobs.insert", "bigquery", ""),
        ("batch.v1.projects.locations.jobs.create", "state", "/v1/{+name}"),
        ("transcoder.v1.projects.locations.jobs.create", "state", "/v1/{+name}"),
        ("aiplatform.v1beta1.projects.locations.customJobs.create", "state", "/v1beta1/{+name}"),
        (
            "workflowexecutions.v1.projects.locations.workflows.executions.create",
            "execution",
            "/v1/{+name}",
        ),
        (
            "dataflow.v1b3.projects.locations.jobs.create",
            "state",
            "/v1b3/projects/{projectId}/locations/{location}/jobs/{id}",
        ),
        ("run.v1.namespaces.jobs.run", "knative", ""),
        # what only looks at an operation or a job does not wait for it
        ("run.v2.projects.locations.operations.get", "", ""),
        ("bigquery.v2.jobs.get", "", ""),
        ("bigquery.v2.jobs.query", "", ""),
        ("dataflow.v1b3.projects.locations.jobs.update", "", ""),
        ("run.v1.namespaces.services.create", "", ""),
        ("pubsub.v1.projects.topics.publish", "", ""),
        ("storage.v1.objects.delete", "", ""),
    ],
)
def test_what_begins_an_operation_says_how_it_is_followed(
    name: str, operation: str, poll: str
) -> None:
    connector = found(name)
    assert connector.operation == operation
    assert connector.poll == poll


@pytest.mark.parametrize("api", ["compute.v1", "container.v1", "run.v1", "run.v2", "storage.v1"])
def test_every_method_has_a_parameter_for_each_part_of_its_path(api: str) -> None:
    documents = discovery._documents()
    assert documents is not None
    for way, _ in discovery._methods(discovery._read(documents / f"{api}.json")):
        connector = found(f"{api}.{way}")
        names = [parameter.name for parameter in connector.parameters]
        assert len(set(names)) == len(names)
        assert set(re.findall(r"\{\+?(\w+)\}", connector.url)) <= set(required(f"{api}.{way}"))
        assert "{" not in re.sub(r"\{\+?\w+\}", "", connector.url + connector.upload)


def required(name: str) -> list[str]:
    return [parameter.name for parameter in found(name).parameters if parameter.required]


def optional(name: str) -> set[str]:
    return {parameter.name for parameter in found(name).parameters if not parameter.required}


def test_required_are_the_paths_parameters_and_those_that_the_api_requires() -> None:
    assert required("compute.v1.instances.start") == ["project", "zone", "instance"]
    assert required("storage.v1.buckets.insert") == ["project"]
    assert required("aiplatform.v1.projects.locations.endpoints.create") == ["parent", "region"]
    assert required("translate.v2.translations.translate") == []


def test_a_body_is_a_parameter_only_of_a_method_that_has_one() -> None:
    assert "body" in optional("compute.v1.instances.insert")
    assert "body" not in optional("compute.v1.instances.start")


def test_a_parameter_of_several_parts_may_be_a_map() -> None:
    names = optional("firestore.v1.projects.databases.documents.patch")
    assert {"updateMask", "updateMask.fieldPaths"} <= names


def test_credentials_are_no_parameter() -> None:
    names = optional("storage.v1.objects.get")
    assert {"alt", "fields", "connector_params", "query"} <= names
    assert not {"key", "access_token", "oauth_token"} & names


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("aiplatform.v1.projects.locations.endpoints.get", "region"),
        ("run.v1.namespaces.jobs.run", "location"),
        ("integrations.v1.projects.locations.integrations.list", "location"),
        ("run.v2.projects.locations.jobs.run", ""),
    ],
)
def test_some_apis_have_hosts_in_regions(name: str, region: str) -> None:
    assert found(name).region == region


def test_scopes_are_those_of_the_method_unless_all_of_google_cloud_is_among_them() -> None:
    assert found("run.v2.projects.locations.jobs.run").scopes == ()
    assert "https://www.googleapis.com/auth/forms.body" in found("forms.v1.forms.get").scopes


@pytest.mark.parametrize(
    ("name", "kind", "part", "elsewhere"),
    [
        ("googleapis.", "service", "", ""),
        ("googleapis.runn.v2.x", "service", "runn", ""),
        ("googleapis.run", "version", "", ""),
        ("googleapis.run.v9.projects", "version", "v9", ""),
        ("googleapis.run.v2", "method", "", ""),
        ("googleapis.run.v2.projects", "method", "projects", ""),
        ("googleapis.run.v2.projects.jobs.run", "method", "jobs", f"{RUN}.run"),
        (f"{RUN}.start", "method", "start", ""),
        (f"{RUN}.run.now", "method", "run", ""),
        (
            "googleapis.run.v1.projects.locations.jobs.get",
            "method",
            "get",
            "googleapis.run.v1.namespaces.jobs.get",
        ),
    ],
)
def test_what_is_unknown_says_which_part(name: str, kind: str, part: str, elsewhere: str) -> None:
    unknown = discovery.connector(name)
    assert isinstance(unknown, discovery.Unknown)
    assert (unknown.kind, unknown.part, unknown.elsewhere) == (kind, part, elsewhere)
    if part:
        assert name[unknown.start :].startswith(part)


def test_helpers_are_among_what_may_have_been_meant() -> None:
    unknown = discovery.connector("googleapis.secretmanager.v1.projects.secrets.versions.x")
    assert isinstance(unknown, discovery.Unknown)
    assert {"access", "accessString"} <= set(unknown.near)


def test_without_the_package_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "googleapiclient", None)
    monkeypatch.setattr(discovery, "_documents", discovery._documents.__wrapped__)
    unknown = discovery.connector(f"{RUN}.run")
    assert isinstance(unknown, discovery.Unknown)
    assert unknown.kind == "package"
