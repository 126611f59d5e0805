"""Deployments of blocks: workflows of their own, their revisions and run parameters."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.peak_calls import Peak, names
from tests.press_calls import (
    DEPLOYMENTS,
    PARAMETERS,
    SPECS,
    deploy,
    deployment,
    publish,
    send,
    spec,
)
from tests.service_calls import Client, Served

from wfc_service.peak.block_records import DeploymentRevision, find_revision
from wfc_service.store.database import Database


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
        assert first["latestRevision"] == latest
        assert (latest["createdBy"], shown["parameters"]) == (
            "user@wfc.invalid",
            latest["parameters"],
        )
        assert latest["resources"] == [
            {"kind": "workflow", "name": shown["name"], "platformId": shown["platformId"]}
        ]
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
            assert listed["deploymentsCount"] == listed["deploymentCount"] == 2
        assert (await peak.ok("GET", DEPLOYMENTS, status="failed"))["deployments"] == []
        id = listed["deployments"][0]["id"]
        await peak.refused(409, "PATCH", f"{DEPLOYMENTS}/{id}", {"name": "south"})
        shown = await peak.ok("PATCH", f"{DEPLOYMENTS}/{id}", {"name": "east", "title": "East"})
        assert (shown["name"], shown["metadata"]["title"]) == ("east", "East")
        assert shown["metadata"]["status"] == "deployed"
        back = {**shown["metadata"], "status": "mine"}  # as it was shown
        again = await peak.ok("PATCH", f"{DEPLOYMENTS}/{id}", back)
        assert again["metadata"] == shown["metadata"]
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
