"""`wfc explain` for methods of Google's APIs: what it shows, and what it says of a wrong name."""

from __future__ import annotations

import re

import pytest

from wfc import discovery
from wfc.explain import explain, list_topics
from wfc.library import NAMES
from wfc.wrong_use import WrongUse

GET = "googleapis.storage.v1.objects.get"


def words(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


@pytest.mark.parametrize("topic", [GET, f"{GET}()", f" {GET} ", f"{GET}."])
def test_a_method_is_shown_with_its_arguments(topic: str) -> None:
    shown = explain(topic)
    address = "GET https://storage.googleapis.com/storage/v1/b/{bucket}/o/{object}"
    assert shown.startswith(f"{GET}\n{address}\n\nRetrieves an object or its metadata.\n")
    needed, _, optional = shown.partition("Arguments that may be left out:")
    assert "bucket Name of the bucket in which the object resides. object Name" in words(needed)
    assert "\n  generation " in optional
    assert "Also `connector_params`, `alt`, " in optional
    assert "A call waits" not in shown


def test_the_body_of_a_method_is_shown_with_its_fields_and_that_it_waits() -> None:
    shown = words(explain("googleapis.run.v2.projects.locations.jobs.run"))
    assert "body GoogleCloudRunV2RunJobRequest: etag, overrides, validateOnly " in shown
    assert "A call waits until the work that it begins has ended." in shown


@pytest.mark.parametrize(
    ("topic", "needed"),
    [
        ("googleapis.aiplatform.v1.endpoints.predict", ["endpoint", "region"]),
        # of the project the description says nothing
        ("googleapis.compute.alpha.backendServices.getHealth", ["project", "backendService"]),
    ],
)
def test_every_argument_that_must_be_given_is_shown(topic: str, needed: list[str]) -> None:
    rows = explain(topic).partition("Arguments:\n\n")[2].partition("\n\n")[0]
    assert re.findall(r"^  (\w+)", rows, re.MULTILINE) == needed


def test_links_are_shown_as_their_words() -> None:
    shown = words(explain("googleapis.storage.v1.projects.hmacKeys.update"))
    assert "See the HMAC Key resource descriptor for valid states." in shown


@pytest.mark.parametrize(
    ("topic", "follows"),
    [
        ("googleapis.storage", "v1"),
        ("googleapis.storage.v1", "buckets"),
        ("googleapis.storage.v1.objects", "get"),
        ("googleapis.storage.v1.", "buckets"),
        ("googleapis.", "storage"),
        ("googleapis.secretmanager.v1.projects.secrets.versions", "accessString"),
    ],
)
def test_the_first_parts_of_a_name_show_what_may_follow(topic: str, follows: str) -> None:
    shown = explain(topic)
    assert shown.startswith(f"{topic.rstrip('.')}.…\n")
    assert follows in shown.split()


@pytest.mark.parametrize(
    ("topic", "message"),
    [
        ("googleapis.storge.v1.objects.get", "did you mean `storage`?"),
        ("googleapis.storage.v3.objects.get", "its versions are v1"),
        ("googleapis.storage.v1.object.get", "did you mean `objects`?"),
        ("googleapis.storage.v1.objects.gett", "did you mean `get`?"),
        ("googleapis.storage.v1.objects.xyzzy", "it has `bulkRestore`, `compose`, "),
        ("googleapis.xyzzy.v1", "call its REST API: `call: http.request`"),
    ],
)
def test_a_wrong_name_says_what_could_be_meant(topic: str, message: str) -> None:
    with pytest.raises(WrongUse) as raised:
        explain(topic)
    assert f"; {message}" in raised.value.message


def test_without_the_descriptions_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(discovery, "_documents", lambda: None)
    for topic in (GET, "googleapis.storage", "googleapis.storge"):
        with pytest.raises(WrongUse) as raised:
            explain(topic)
        assert raised.value.message.endswith('write `pip install "wfc-compiler[gcp]"` in a shell')
        assert not raised.value.detail
    assert explain("connectors").startswith("googleapis.API.VERSION.RESOURCE.METHOD(\n")


def test_what_connectors_have_in_common_is_shown_with_the_functions_beside_them() -> None:
    shown = explain("connectors")
    assert shown == explain("googleapis")
    assert "\nErrors: AuthError, ConnectionError, " in shown
    for name in NAMES:
        assert (f"\n{name}(\n" in shown) == name.startswith("googleapis.")


@pytest.mark.parametrize("topic", ["accessString", "versions.accessString"])
def test_a_long_name_may_be_asked_for_by_its_end(topic: str) -> None:
    name = "googleapis.secretmanager.v1.projects.secrets.versions.accessString"
    assert explain(topic) == explain(name)


@pytest.mark.parametrize("topic", ["executions", "experimental", "experimental.executions"])
def test_a_module_may_be_asked_for_by_a_part_of_its_name(topic: str) -> None:
    assert explain(topic).startswith("experimental.executions.map(workflow_id: string, ")


def test_an_end_that_several_names_have_lists_them() -> None:
    with pytest.raises(WrongUse) as raised:
        explain("run")
    assert raised.value.message.endswith("; did you mean one of these?")
    assert raised.value.detail.split() == [
        name for name in NAMES if name.rpartition(".")[2] == "run"
    ]


def test_the_library_fits_a_terminal_of_80_columns() -> None:
    modules = ["connectors", "events", "experimental", "gke", "http", "json", "text", "time"]
    shown = [list_topics(), *map(explain, modules), explain(GET)]
    assert [line for text in shown for line in text.splitlines() if len(line) > 80] == []
