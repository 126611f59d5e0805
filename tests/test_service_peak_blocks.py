"""Blocks of Press: specs that are published, released, listed and changed."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest
from tests.peak_calls import Peak, names
from tests.peak_files import BLOCK
from tests.press_calls import (
    DEPLOYMENTS,
    PARAMETERS,
    SPECS,
    deployment,
    publish,
    send,
    spec,
)
from tests.service_calls import Answer, Client, Served

BY = {"createdBy": "user@wfc.invalid"}
METADATA = {**spec()["metadata"], **BY, "status": "available"}


def test_a_spec_is_shown_with_its_latest_release(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        id = await publish(client, scope="shared", tenants=["a"])
        assert str(UUID(id)) == id
        shown = await peak.ok("GET", f"{SPECS}/{id}")
        wanted = {"id": id, "kind": "workflow", "featured": True, "scope": "shared"}
        assert wanted.items() <= shown.items()
        assert (shown["metadata"], shown["tenants"]) == (METADATA, ["a"])
        assert (shown["parameters"], shown["autoRunOnDeploy"]) == (PARAMETERS, False)
        released = await send(
            client,
            f"{SPECS}/{id}/releases",
            spec={"release": {"version": "2.0.0"}, "config": spec()["config"]},
            parameters=PARAMETERS,
        )
        assert released.json() == {"id": id, "release": {"version": "2.0.0"}}
        shown = await peak.ok("GET", f"{SPECS}/{id}")
        assert shown["latestRelease"]["version"] == "2.0.0"
        whole = await peak.ok("GET", SPECS)
        assert (whole["specs"], whole["specsCount"], whole["specCount"]) == ([shown], 1, 1)
        assert BY.items() <= shown["latestRelease"].items()
        listed = await peak.ok("GET", f"{SPECS}/{id}/releases")
        assert [one["version"] for one in listed["releases"]] == ["2.0.0", "1.0.0"]
        assert (listed["releaseCount"], listed["pageCount"]) == (2, 1)
        first = await peak.ok("GET", f"{SPECS}/{id}/releases/1.0.0")
        assert (first["notes"], first["config"]) == ("new", spec()["config"])
        assert BY.items() <= first.items()

    served(check)


def test_what_is_null_is_as_if_it_were_not_there(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        sent, parameters = spec(), deepcopy(PARAMETERS)
        sent["metadata"] |= {"title": None}
        sent["release"] |= {"notes": None}
        sent["config"]["steps"]["load"]["imageDetails"]["versionId"] = None
        parameters["build"][0] |= {"defaultValue": None, "options": None}
        answer = await send(client, spec=sent, parameters=parameters)
        assert answer.status == 200, answer.body
        path = f"{SPECS}/{answer.json()['id']}"
        shown = await peak.ok("GET", path)
        assert (shown["metadata"], shown["parameters"]) == (METADATA, PARAMETERS)
        assert shown["latestRelease"]["notes"] == ""
        assert shown["latestRelease"]["config"] == spec()["config"]
        assert (await peak.ok("GET", SPECS, title="None"))["specs"] == []
        await peak.ok("PATCH", path, {"metadata": {"title": "A"}})
        changed = await peak.ok("PATCH", path, {"metadata": {"title": None}})
        assert changed["metadata"] == METADATA

    served(check)


def test_everything_that_a_spec_can_have_is_taken(served: Served) -> None:
    async def check(client: Client) -> None:
        spec, parameters = BLOCK["body"], BLOCK["parameters"]
        checked = await send(client, spec=spec, parameters=parameters)
        assert checked.status == 200
        id = checked.json()["id"]
        assert (await Peak(client).ok("GET", f"{SPECS}/{id}"))["kind"] == "workflow"

    served(check)


def test_a_spec_can_be_checked_without_being_published(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)

        async def validate(sent: Any) -> Answer:
            form = '--b\r\nContent-Disposition: form-data; name="spec"\r\n\r\n%s\r\n--b--\r\n'
            headers = {"Content-Type": "multipart/form-data; boundary=b"}
            body = (form % json.dumps(sent)).encode()
            path = f"{SPECS}/"
            return await client("POST", path, body, headers=headers, validate="true")

        sent = spec()
        sent["config"]["steps"]["load"]["parameters"] = {}
        sent["config"]["watchers"] = []
        answer = await validate(sent)
        assert (answer.status, answer.json()["success"]) == (200, True)
        assert (await validate({**sent, "kind": "webapp"})).status == 400
        assert (await peak.ok("GET", f"{SPECS}/"))["specs"] == []

    served(check)


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({}, 400, "the form must have a field `spec`"),
        ({"spec": "{"}, 400, "spec is no JSON"),
        ({"spec": "[]"}, 400, "the form must have a field `spec`"),
        ({"spec": "{}"}, 400, "spec has no `config` with `steps`"),
        ({"spec": {**spec(), "kind": "app"}}, 400, "this is a spec of the kind `app`"),
        ({"spec": {"name": "w", "steps": {"a": {"command": "x", "imageId": 1}}}}, 400, "workflow"),
        ({"spec": spec(version="one")}, 400, "release.version: `one` is no semantic version"),
        ({"spec": spec()}, 400, "config.steps.load.parameters.env.SHOP: there is no build"),
        ({"spec": spec(), "parameters": "[]"}, 400, "parameters must be a map"),
        ({"spec": spec(), "parameters": PARAMETERS, "scope": "all"}, 400, "scope: `all` is none"),
        ({"spec": spec(), "parameters": PARAMETERS, "featured": "1"}, 400, "featured must be"),
        ({"spec": spec(), "parameters": PARAMETERS, "tenants": "{}"}, 400, "tenants must be"),
        ({"spec": spec("known"), "parameters": PARAMETERS}, 409, "named `known` already"),
    ],
)
def test_specs_that_cannot_be_published(served: Served, fields: Any, code: int, said: str) -> None:
    async def check(client: Client) -> None:
        await publish(client, "known")
        answer = await send(client, **fields)
        assert (answer.status, list(answer.json())) == (code, ["detail"]), answer.body
        assert said in answer.json()["detail"]

    served(check)


@pytest.mark.parametrize(
    "body",
    [b"", b"--b", b"--b\r\n\r\n", b"x" * 1000, b"--b\r\nContent-Disposition: form-data\r\n\r\n"],
)
def test_forms_that_are_none(served: Served, body: bytes) -> None:
    async def check(client: Client) -> None:
        for kind in ("multipart/form-data; boundary=b", "multipart/form-data", "multipart/mixed"):
            answer = await client("POST", f"{SPECS}/", body, headers={"Content-Type": kind})
            assert (answer.status, list(answer.json())) == (400, ["detail"])
        said = await Peak(client).refused(400, "POST", f"{SPECS}/", {"spec": spec()})
        assert said == "the request must be a form, as multipart/form-data"

    served(check)


@pytest.mark.parametrize(
    ("charset", "scope", "said"),
    [
        ("undefined", "private", "the form cannot be read: it is not in its charset"),
        ("punycode", "private", "the form cannot be read: it is not in its charset"),
        ("unicode_escape", "\\ud800", "the form cannot be read: it is not in its charset"),
        ("rot13", "all", "scope: `all` is none of"),
    ],
)
def test_forms_in_a_strange_charset(served: Served, charset: str, scope: str, said: str) -> None:
    async def check(client: Client) -> None:
        sent: dict[str, Any] = {"spec": spec(), "parameters": PARAMETERS, "scope": scope}
        answer = await send(client, charset=charset, **sent)
        assert (answer.status, list(answer.json())) == (400, ["detail"]), answer.body
        assert said in answer.json()["detail"]

    served(check)


def test_one_request_makes_one_of_each(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        sent: dict[str, Any] = {"spec": spec(), "parameters": PARAMETERS}
        first, again = [await send(client, **sent, request="a") for _ in "12"]
        assert first.json() == again.json()
        id = first.json()["id"]
        releases = f"{SPECS}/{id}/releases"
        sent["spec"] = spec(version="2.0.0")
        made = [(await send(client, releases, **sent, request="b")).json() for _ in "12"]
        assert made == [{"id": id, "release": {"version": "2.0.0"}}] * 2
        said = (await send(client, releases, **sent, request="c")).json()["detail"]
        assert said == "the block spec has a release 2.0.0 already"
        one, two = [await peak("POST", DEPLOYMENTS, deployment(id), request="d") for _ in "12"]
        assert one == two
        path = f"{DEPLOYMENTS}/{one[1]['id']}/revisions"
        body = {"parameters": {"build": {"shop": "south"}}}
        made = [(await peak("POST", path, body, request="e"))[1]["revision"] for _ in "12"]
        assert made == [2, 2]
        other = (await peak.ok("POST", DEPLOYMENTS, deployment(id, "other")))["id"]
        path = f"{DEPLOYMENTS}/{other}/revisions"  # where nothing has been asked for yet
        assert (await peak("POST", path, body, request="e"))[1]["revision"] == 2

    served(check)


def test_specs_are_listed_changed_and_deleted(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        ids = {name: await publish(client, name) for name in ("b", "ab", "a")}

        async def listed(**query: Any) -> list[str]:
            found = (await peak.ok("GET", SPECS, **query))["specs"]
            return names([one["metadata"] for one in found])

        assert await listed() == ["b", "ab", "a"]
        assert await listed(name="a") == ["ab", "a"]
        assert await listed(sort="name:desc") == ["b", "ab", "a"]
        assert await listed(sort="name") == ["a", "ab", "b"]
        assert await listed(pageSize=2, pageNumber=2) == ["a"]
        assert await listed(status="archived") == []
        assert await listed(scope="private", featured="true") == ["b", "ab", "a"]
        path = f"{SPECS}/{ids['a']}"
        changed = await peak.ok(
            "PATCH", path, {"metadata": {"title": "A!"}, "featured": False, "scope": "public"}
        )
        wanted = {"name": "a", "summary": "Forecasts sales", "title": "A!"}
        assert wanted.items() <= changed["metadata"].items()
        back = {"metadata": {**changed["metadata"], "status": "mine"}}  # as it was shown
        again = await peak.ok("PATCH", path, back)
        assert again["metadata"] == changed["metadata"]
        assert await listed(featured="false") == ["a"]
        assert await listed(title="A") == ["a"]
        assert await listed(scope="public") == ["a"]
        await peak.refused(409, "PATCH", path, {"metadata": {"name": "b"}})
        unfit: list[object] = [[], {"x": 1}, {"metadata": {"name": ""}}, {"metadata": {"tagz": []}}]
        for body in (*unfit, {"metadata": {"descriptionContentType": "pdf"}}):
            await peak.refused(400, "PATCH", path, body)
        made = await peak.ok("POST", DEPLOYMENTS, deployment(ids["a"]))  # as before
        await peak.ok("DELETE", f"{DEPLOYMENTS}/{made['id']}")
        assert await peak.ok("DELETE", path) == {}
        await peak.refused(404, "GET", path)
        assert await listed() == ["b", "ab"]
        await peak.refused(400, "GET", SPECS, sort="size")

    served(check)
