"""Peak's workflows: what is made of a spec, what of it is shown, and what is refused."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest
from tests.peak_calls import STEP, Peak, names, spec
from tests.peak_files import BLOCK, EVERYTHING
from tests.service_calls import PARENT, Client, Served


def test_a_workflow_is_shown_as_it_was_sent_but_for_what_the_sdk_wants(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        made = await peak.ok("POST", "", EVERYTHING)
        [hook] = made["triggers"]
        assert str(UUID(hook["webhook"])) == hook["webhook"]
        shown = await peak.ok("GET", str(made["id"]))
        times = shown.pop("createdAt"), shown.pop("updatedAt")
        assert times == ("2023-11-14T22:13:21.000Z",) * 2
        wanted: dict[str, Any] = json.loads(json.dumps(EVERYTHING))
        wanted |= {"id": made["id"], "status": "Available", "lastModifiedBy": "user@wfc.invalid"}
        wanted["triggers"] = [{"cron": "0 2 * * *", "scheduled": True}, hook]
        for step in wanted["steps"].values():
            if env := step.get("parameters", {}).get("env"):
                step["parameters"]["env"] = [{name: value} for name, value in env.items()]
        assert shown == wanted

    served(check)


def test_what_is_shown_can_be_sent_back(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create(EVERYTHING)
        shown = await peak.ok("GET", f"{number}")
        await peak.ok("PUT", f"{number}", shown)
        again = await peak.ok("GET", f"{number}")
        assert again.pop("updatedAt") > shown.pop("updatedAt")
        assert again == shown

    served(check)


def test_an_update_keeps_what_patch_never_sends(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        kept = {
            "metadata": {"allowConcurrentExecution": True},
            "retryOptions": {"numberOfRetries": 2},
        }
        number = await peak.create(spec(**kept, tags=[{"name": "a"}]))
        await peak.ok("PUT", f"{number}", spec("other"))
        shown = await peak.ok("GET", f"{number}")
        assert (shown["name"], shown["tags"]) == ("other", [])
        assert {key: shown[key] for key in kept} == kept
        await peak.ok("PUT", f"{number}", spec(metadata={}, retryOptions=None))
        shown = await peak.ok("GET", f"{number}")
        assert (shown["metadata"], "retryOptions" in shown) == ({}, False)

    served(check)


@pytest.mark.parametrize(
    ("triggers", "same"),
    [
        ([{"webhook": True, "webhookPolicy": "preserve"}], True),
        ([{"webhook": True}], False),
        ([{"cron": "0 0 * * *"}], None),
        ([{}], None),
        (..., None),
    ],
)
def test_a_webhook_keeps_its_id_only_where_that_is_asked_for(
    served: Served, triggers: Any, same: bool | None
) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        made = await peak.ok("POST", "", spec(triggers=[{"webhook": True}]))
        sent = spec() if triggers is ... else spec(triggers=triggers)
        changed = await peak.ok("PUT", f"{made['id']}", sent)
        if same is None:
            assert changed["triggers"] == []
        else:
            assert (changed["triggers"] == made["triggers"]) is same
            shown = await peak.ok("GET", f"{made['id']}")
            assert shown["triggers"] == changed["triggers"]

    served(check)


def test_one_request_makes_one_workflow(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        both = await asyncio.gather(*(peak("POST", "", spec(), request="a") for _ in "12"))
        first = both[0]
        assert both[1] == first
        assert await peak("POST", "", spec(), request="a") == first
        other = await peak("POST", "", spec(), request="b")
        assert (first[1]["id"], other[1]["id"]) == (1, 2)
        assert (await peak.ok("GET"))["workflowsCount"] == 2

    served(check)


def test_numbers_are_never_used_again(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        first = await peak.create()
        await peak.run(first)
        assert await peak.ok("DELETE", f"{first}") == {}
        assert await peak.create() == first + 1
        for path in (f"{first}", f"executions/{first}"):
            assert await peak.refused(404, "GET", path) == f"there is no workflow {first}"

    served(check)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ([], "the body must be a map with `name` and `steps`"),
        ({"body": spec()}, "send what stands below `body`, with `name` and `steps` at the top"),
        ({"name": "a"}, "[WFC703]"),
        (spec(steps={}), "[WFC"),
        (spec(steps={"load": {**STEP, "parents": ["lod"]}}), "steps.load.parents[0]: no step is"),
        (spec(triggers=[{"cron": "0 25 * * *"}]), "triggers[0].cron: "),
        (spec(trigers=[]), "[WFC702] (hint: did you mean `triggers`?)"),
        ({}, "the body must be a map with `name` and `steps`"),
        ({"tags": []}, "the body must be a map with `name` and `steps`"),
        ({"main": {"steps": [{"a": {"return": 1}}]}}, "the body must be a map with `name` and"),
        ({"steps": {}}, "this is no workflow of Peak's, which has `name` and a map `steps`"),
        ({"name": {}, "steps": []}, "this is no workflow of Peak's, which has `name` and a map"),
        ({"steps": [{"a": {"return": 1}}]}, "this is no workflow of Peak's, which has `name`"),
        (BLOCK["body"], "this is the spec of a block, which Press takes at /v1/blocks/specs/"),
    ],
)
def test_what_cannot_be_deployed_is_said_with_its_place(
    served: Served, sent: Any, said: str
) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        assert said in await peak.refused(400, "POST", "", sent)
        assert (await peak.ok("GET"))["workflows"] == []
        number = await peak.create()
        assert said in await peak.refused(400, "PUT", f"{number}", sent)

    served(check)


def test_lists_are_filtered_and_have_pages(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        for name in ("Straße", "b 1", "B 2", "c"):
            await peak.create(spec(name))
        await peak.run(2)
        await peak.ok("POST", "3/pause")

        async def listed(**query: Any) -> list[str]:
            return names((await peak.ok("GET", "", **query))["workflows"])

        assert await listed() == ["Straße", "b 1", "B 2", "c"]
        assert await listed(searchTerm="b ") == ["b 1", "B 2"]
        assert await listed(searchTerm="STRASSE") == ["Straße"]
        assert await listed(searchTerm="%") == []
        assert await listed(workflowStatus="Paused") == ["B 2"]
        assert await listed(workflowStatus="Available") == ["Straße", "b 1", "c"]
        assert await listed(lastExecutionStatus="Success") == ["b 1"]
        assert await listed(lastExecutionStatus="Stopping") == []
        assert await listed(lastModifiedBy="user@wfc.invalid", searchTerm="c") == ["c"]
        assert await listed(lastModifiedBy="ann@example.com") == []
        page = await peak.ok("GET", "", pageSize=3, pageNumber=2)
        assert names(page.pop("workflows")) == ["c"]
        assert page == {"pageSize": 3, "pageNumber": 2, "pageCount": 2, "workflowsCount": 4}
        assert names((await peak.ok("GET", "", pageNumber=9))["workflows"]) == []

    served(check)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"pageSize": "0"}, "pageSize: `0` is no number from 1 on"),
        ({"pageNumber": "٣"}, "pageNumber: "),
        ({"pageNumber": "9" * 30}, "pageNumber: "),
        ({"workflowStatus": "Gone"}, "workflowStatus: `Gone` is none of Draft, Running"),
    ],
)
def test_queries_that_ask_for_nothing(served: Served, query: dict[str, str], said: str) -> None:
    async def check(client: Client) -> None:
        assert said in await Peak(client).refused(400, "GET", "", **query)

    served(check)


def test_a_workflow_runs_while_an_execution_of_it_does(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create()
        await peak.ok("POST", f"{number}/pause")
        client.engine.full = True
        id = (await peak.ok("POST", f"{number}/execute"))["executionId"]
        shown = await peak.ok("GET", f"{number}")
        assert shown["status"] == "Running"
        assert shown["lastExecution"] == {
            "executionId": id,
            "executedAt": shown["lastExecution"]["executedAt"],
            "status": "Running",
            "rerunId": None,
        }
        await peak.ok("POST", f"{number}/executions/{id}/stop")
        shown = await peak.ok("GET", f"{number}")
        assert (shown["status"], shown["lastExecution"]["status"]) == ("Paused", "Stopped")
        await peak.ok("POST", f"{number}/resume")
        assert (await peak.ok("GET", f"{number}"))["status"] == "Available"

    served(check)


def test_a_schedule_is_shown_as_held_while_its_workflow_is_paused(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create(spec(triggers=[{"cron": "0 0 * * *"}]))
        for call, scheduled in (("pause", False), ("pause", False), ("resume", True)):
            assert await peak.ok("POST", f"{number}/{call}") == {}
            shown = await peak.ok("GET", f"{number}")
            assert shown["triggers"] == [{"cron": "0 0 * * *", "scheduled": scheduled}]
            sent = {**shown, "steps": {"load": {**STEP, "imageName": "a", "imageVersion": "1"}}}
            await peak.ok("PUT", f"{number}", sent)  # as the SDK's patch sends it back
        shown = await peak.ok("GET", f"{number}")
        assert shown["steps"] == {"load": STEP}

    served(check)


def test_neither_api_sees_what_is_the_others(served: Served) -> None:
    async def check(client: Client) -> None:
        peak = Peak(client)
        number = await peak.create()
        await client.deploy()
        listed = await client.ok("GET", f"{PARENT}/workflows")
        assert [one["name"] for one in listed["workflows"]] == [f"{PARENT}/workflows/hello"]
        assert (await peak.ok("GET"))["workflowsCount"] == 1
        for id in (f"peak/{number}", f"peak%2F{number}", "peak"):
            assert (await client("GET", f"{PARENT}/workflows/{id}")).status == 404
        for path in ("hello", "0", "-1", "1" * 5000, "²"):
            await peak.refused(404, "GET", path)

    served(check)
