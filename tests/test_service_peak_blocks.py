"""Blocks of Press: specs that are published and released, and their deployments."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest
from tests.peak_calls import Peak, names
from tests.peak_files import BLOCK
from tests.service_calls import Answer, Client, Served

from wfc_service.errors import ApiError
from wfc_service.peak.block_parameters import check_declared, checked
from wfc_service.peak.block_records import DeploymentRevision, find_revision
from wfc_service.store.database import Database

SPECS = "/v1/blocks/specs"
DEPLOYMENTS = "/v1/blocks/deployments"
PARAMETERS = {
    "build": [
        {"name": "shop", "type": "string", "required": True},
        {"name": "minutes", "type": "number", "required": False, "defaultValue": 5},
        {"name": "key", "type": "string", "required": False, "hideValue": True},
    ],
    "run": [
        {"name": "horizon", "type": "number", "required": False, "defaultValue": 7},
        {
            "name": "mode",
            "type": "string",
            "required": True,
            "options": [{"title": "All", "value": "full"}, {"title": "New", "value": "delta"}],
        },
    ],
}


def spec(name: str = "forecast", version: str = "1.0.0", **config: Any) -> dict[str, Any]:
    step = {"imageDetails": {"id": 7}, "command": "echo $PRESS_DEPLOYMENT_ID $SHOP"}
    step["parameters"] = {"env": {"SHOP": "@param:shop"}}
    watcher = {"user": "ann@example.com", "events": {"runtimeExceeded": "@param:minutes"}}
    return {
        "version": "1",
        "kind": "workflow",
        "metadata": {"name": name, "summary": "Forecasts sales"},
        "release": {"version": version, "notes": "new"},
        "config": {"steps": {"load": step}, "watchers": [watcher], **config},
    }


async def send(
    client: Client,
    path: str = f"{SPECS}/",
    *,
    request: str = "",
    charset: str = "utf-8",
    **fields: Any,
) -> Answer:
    """A form as the SDK sends it: JSON in its fields, and an artifact."""
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        f"{value if isinstance(value, str) else json.dumps(value)}\r\n"
        for name, value in fields.items()
    ]
    file = (
        '--b\r\nContent-Disposition: form-data; name="artifact"; filename="artifact.zip"\r\n'
        "Content-Type: application/zip\r\n\r\nPK\r\n--b--\r\n"
    )
    kind = f"multipart/form-data; boundary=b; charset={charset}"
    headers = {"Content-Type": kind, "x-peak-requestId": request}
    body = ("".join(parts) + file).encode("utf-8", "surrogatepass")
    return await client("POST", path, body, headers=headers)


async def publish(client: Client, name: str = "forecast", **fields: Any) -> str:
    sent = {"spec": spec(name), "featured": "true", "autoRunOnDeploy": "null", **fields}
    answer = await send(client, parameters=PARAMETERS, **sent)
    assert answer.status == 200, answer.body
    return str(answer.json()["id"])


def deployment(block: str, name: str = "north", **given: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "summary": "Of the north"},
        "spec": {"id": block},
        "revision": {"notes": "the first"},
        "parameters": {"build": {"shop": "north"}, "run": {"mode": "full"}},
        **given,
    }


async def deploy(client: Client, **given: Any) -> str:
    block = await publish(client)
    return str((await Peak(client).ok("POST", f"{DEPLOYMENTS}/", deployment(block, **given)))["id"])


def test_a_spec_is_shown_with_its_latest_release(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        id = await publish(client, scope="shared", tenants=["a"])
        assert str(UUID(id)) == id
        shown = await peak.ok("GET", f"{SPECS}/{id}")
        wanted = {"id": id, "kind": "workflow", "featured": True, "scope": "shared"}
        assert wanted.items() <= shown.items()
        assert (shown["metadata"], shown["tenants"]) == (spec()["metadata"], ["a"])
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
        assert (await peak.ok("GET", SPECS))["specs"] == [shown]
        listed = await peak.ok("GET", f"{SPECS}/{id}/releases")
        assert [one["version"] for one in listed["releases"]] == ["2.0.0", "1.0.0"]
        assert (listed["releaseCount"], listed["pageCount"]) == (2, 1)
        first = await peak.ok("GET", f"{SPECS}/{id}/releases/1.0.0")
        assert (first["notes"], first["config"]) == ("new", spec()["config"])

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
        assert (shown["metadata"], shown["parameters"]) == (spec()["metadata"], PARAMETERS)
        assert shown["latestRelease"]["notes"] == ""
        assert shown["latestRelease"]["config"] == spec()["config"]
        assert (await peak.ok("GET", SPECS, title="None"))["specs"] == []
        await peak.ok("PATCH", path, {"metadata": {"title": "A"}})
        changed = await peak.ok("PATCH", path, {"metadata": {"title": None}})
        assert changed["metadata"] == spec()["metadata"]

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
        assert changed["metadata"] == {"name": "a", "summary": "Forecasts sales", "title": "A!"}
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


def test_a_deployment_is_a_workflow_with_its_build_parameters(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        id = await deploy(client)
        shown = await peak.ok("GET", f"{DEPLOYMENTS}/{id}")
        assert (shown["kind"], shown["status"]) == ("workflow", "deployed")
        number = int(shown["platformId"])
        workflow = await peak.ok("GET", f"{number}")
        assert workflow["name"] == "north"
        load = workflow["steps"]["load"]
        assert (load["imageId"], load["parameters"]) == (7, {"env": [{"SHOP": "north"}]})
        assert workflow["watchers"][0]["events"] == {"runtimeExceeded": 5}
        executed = await peak.ok("POST", f"/v1/deployments/{id}/execute")
        [ran] = executed["executeResponse"]
        assert (ran["blockSpecId"], ran["version"]) == (shown["spec"]["id"], "1.0.0")
        assert ran["status"] == "executed"
        await client.engine.ended(ran["executionId"])
        done = await peak.ok("GET", f"{number}/executions/{ran['executionId']}")
        assert done["status"] == "Success"
        for verb, sent in (("PUT", {"name": "x", "steps": {}}), ("DELETE", {})):
            said = await peak.refused(409, verb, f"{number}", sent)
            assert said == (
                f"workflow {number} belongs to deployment {id} of a block: change that instead"
            )
        said = await peak.refused(422, "DELETE", f"{SPECS}/{shown['spec']['id']}")
        assert said == f"the block spec is deployed as {id}"
        assert await peak.ok("DELETE", f"{DEPLOYMENTS}/{id}") == {}
        for path in (f"{DEPLOYMENTS}/{id}", f"{number}"):
            await peak.refused(404, "GET", path)
        assert await peak.ok("DELETE", f"{SPECS}/{shown['spec']['id']}") == {}

    served(check)


@pytest.mark.parametrize("inside", [True, False])
def test_several_runs_at_once_are_allowed_by_the_config_alone(served: Served, inside: bool) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        allowed = {"allowConcurrentExecution": True}
        sent = spec(metadata=allowed) if inside else spec()
        sent["metadata"] |= {} if inside else allowed
        answer = await send(client, spec=sent, parameters=PARAMETERS)
        id = (await peak.ok("POST", DEPLOYMENTS, deployment(answer.json()["id"])))["id"]
        client.engine.full = True  # so that none of them ends
        codes = [(await peak("POST", f"/v1/deployments/{id}/execute"))[0] for _ in "12"]
        assert codes == [200, 200 if inside else 409]

    served(check)


def test_a_deployed_workflow_is_told_which_deployment_it_is(served: Served) -> None:
    async def check(client: Client) -> None:
        id = await deploy(client)
        [row] = client.service.database.read("SELECT settings FROM workflows")
        assert json.loads(row["settings"]) == {"userEnvVars": {"PRESS_DEPLOYMENT_ID": id}}

    served(check)


def test_a_block_may_run_as_soon_as_it_is_deployed(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        block = await publish(client, autoRunOnDeploy="true")
        id = (await peak.ok("POST", DEPLOYMENTS, deployment(block)))["id"]
        number = (await peak.ok("GET", f"{DEPLOYMENTS}/{id}"))["platformId"]
        assert (await peak.ok("GET", f"executions/{number}"))["executionsCount"] == 1
        client.engine.refusing = True  # then it is deployed all the same
        made = await peak.ok("POST", f"{DEPLOYMENTS}/{id}/revisions", deployment(block))
        assert made["revision"] == 2

    served(check)


def test_a_revision_takes_the_place_of_the_one_before(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        id = await deploy(client)
        path = f"{DEPLOYMENTS}/{id}"
        block = (await peak.ok("GET", path))["spec"]["id"]
        changed = spec(version="1.1.0")
        changed["config"]["steps"]["load"]["command"] = "echo changed"
        released = await send(
            client, f"{SPECS}/{block}/releases", spec=changed, parameters=PARAMETERS
        )
        assert released.status == 200
        await peak.ok("PATCH", f"/v1/deployments/{id}/parameters/run", {"horizon": 3})
        body: dict[str, Any] = {
            "release": {"version": "1.1.0"},
            "revision": {"notes": "more"},
            "parameters": {"build": {"shop": "south", "key": "secret"}},
        }
        made = await peak.ok("POST", f"{path}/revisions", body)
        assert (made["id"], made["revision"]) == (id, 2)
        shown = await peak.ok("GET", path)
        latest = shown["latestRevision"]
        assert (latest["notes"], latest["spec"]["release"]) == ("more", {"version": "1.1.0"})
        assert latest["parameters"] == {
            "build": {"minutes": 5, "shop": "south", "key": "********"},
            "run": {"horizon": 3, "mode": "full"},
        }
        workflow = await peak.ok("GET", shown["platformId"])
        assert workflow["steps"]["load"]["command"] == "echo changed"
        listed = await peak.ok("GET", f"{path}/revisions")
        assert [one["status"] for one in listed["revisions"]] == ["deployed", "superseded"]
        assert listed["deployments"] == listed["revisions"]
        first = await peak.ok("GET", f"{path}/revisions/1")
        assert (first["notes"], first["parameters"]["build"]["shop"]) == ("the first", "north")
        for number in ("3", "0", "x", "1" * 40):
            await peak.refused(404, "GET", f"{path}/revisions/{number}")
        assert (await peak.ok("POST", f"{path}/redeploy"))["revision"] == 2

    served(check)


def test_deployments_are_listed_and_renamed(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        block = await publish(client)
        for name in ("north", "south"):
            await peak.ok("POST", DEPLOYMENTS, deployment(block, name))
        for path in (f"{DEPLOYMENTS}/", "/v1/deployments/", "/v1/deployments"):
            listed = await peak.ok("GET", path)
            assert names(listed["deployments"]) == ["north", "south"]
            assert listed["deploymentsCount"] == 2
        assert (await peak.ok("GET", DEPLOYMENTS, status="failed"))["deployments"] == []
        id = listed["deployments"][0]["id"]
        await peak.refused(409, "PATCH", f"{DEPLOYMENTS}/{id}", {"name": "south"})
        shown = await peak.ok("PATCH", f"{DEPLOYMENTS}/{id}", {"name": "east", "title": "East"})
        assert (shown["name"], shown["metadata"]["title"]) == ("east", "East")
        assert (await peak.ok("GET", shown["platformId"]))["name"] == "east"

    served(check)


def test_what_is_deleted_while_it_is_listed_is_left_out(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        block = await publish(client)
        ids = [(await peak.ok("POST", DEPLOYMENTS, deployment(block, name)))["id"] for name in "ab"]

        def find_unless_gone(database: Database, id: str, number: int = 0) -> DeploymentRevision:
            return find_revision(database, "gone" if id == ids[0] else id, number)

        place = "wfc_service.peak.deployment_views.find_revision"
        monkeypatch.setattr(place, find_unless_gone)
        assert names((await peak.ok("GET", DEPLOYMENTS))["deployments"]) == ["b"]

    served(check)


def test_run_parameters_are_what_steps_ask_for(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        id = await deploy(client)
        path = f"deployments/{id}/parameters/run"
        assert await peak.ok("GET", f"/v1/{path}") == {"horizon": 7, "mode": "full"}
        changed = {"horizon": 1, "mode": "full"}
        assert await peak.ok("PATCH", f"/v1/{path}", {"horizon": 1}) == changed
        body = {"parameters": {"mode": "delta"}}
        changed = {"horizon": 1, "mode": "delta"}
        assert await peak.ok("PATCH", f"/v2/{path}", body) == {"parameters": changed}
        assert await peak.ok("GET", f"/v1/{path}") == changed
        for given, said in (
            ({"horizon": "1"}, "parameters.run.horizon must be of the type number"),
            ({"mode": "half"}, 'parameters.run.mode must be one of "full", "delta"'),
            ({"mood": "x"}, "there is no parameter `mood`; there are `horizon`, `mode`"),
            ([], "parameters.run must be a map"),
        ):
            assert said in await peak.refused(400, "PATCH", f"/v1/{path}", given)
        await peak.refused(501, "PATCH", f"/v2/{path}", {"appParameters": {"a": 1}})

    served(check)


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({"metadata": {"name": "n"}}, 400, "metadata.summary must be a text"),
        ({"metadata": []}, 400, "metadata must be a map"),
        ({"spec": {}}, 400, "spec.id must be a text"),
        ({"spec": {"id": "nowhere"}}, 404, "there is no block spec nowhere"),
        ({"parameters": {"build": {}}}, 400, "the parameter `shop` has no value"),
        ({"parameters": {"build": {"shop": 1}}}, 400, "build.shop must be of the type string"),
        ({"parameters": {"build": {"shop": "s"}}}, 400, "the parameter `mode` has no value"),
        ({"revision": {"notes": 1}}, 400, "revision.notes must be a text"),
        ({"metadata": {"name": "known", "summary": "s"}}, 409, "named `known` already"),
    ],
)
def test_deployments_that_cannot_be(served: Served, given: Any, code: int, said: str) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        block = await publish(client)
        await peak.ok("POST", DEPLOYMENTS, deployment(block, "known"))
        body = {**deployment(block), **given}
        assert said in await peak.refused(code, "POST", DEPLOYMENTS, body)
        body = {**deployment(block), "spec": {"id": block, "release": {"version": "9.0.0"}}}
        said_of_release = await peak.refused(404, "POST", DEPLOYMENTS, body)
        assert said_of_release == f"there is no release 9.0.0 of the block spec {block}"
        assert len((await peak.ok("GET", DEPLOYMENTS))["deployments"]) == 1

    served(check)


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
