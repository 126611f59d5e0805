"""Workflows over http: deployed, refused, changed, listed and deleted, with every check of them."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.service_calls import HELLO, PARENT, Client, Served

from wfc_service.google.workflows import deploy_source

BROKEN = """\
main:
  steps:
    - first:
        next: second
    - third:
        return: ${text.nothing("a")}
"""
WORKFLOW = f"{PARENT}/workflows/hello"


def test_a_broken_source_is_the_operations_error(served: Served) -> None:
    async def check(client: Client) -> None:
        operation = await client.deploy(source=BROKEN)
        assert operation["done"] is True
        assert "response" not in operation
        error = operation["error"]
        assert error["code"] == 3
        assert error["message"] == (
            "failed to build: hello.yaml:4:15: no step is named `second` [WFC203], and 1 more"
        )
        bad_request, debug_info = error["details"]
        assert bad_request["@type"] == "type.googleapis.com/google.rpc.BadRequest"
        assert [violation["field"] for violation in bad_request["fieldViolations"]] == [
            "workflow.source_contents"
        ] * 2
        second = bad_request["fieldViolations"][1]["description"]
        assert second.startswith("hello.yaml:6:")
        assert "text.nothing" in second
        assert debug_info["@type"] == "type.googleapis.com/google.rpc.DebugInfo"
        assert "4 |         next: second" in debug_info["detail"]
        assert (await client.error("GET", WORKFLOW))["code"] == 404

    served(check)


def test_the_services_own_words_are_used_where_they_are_known(served: Served) -> None:
    async def check(client: Client) -> None:
        source = "main: {steps: [{a: {assign: [{varA: 1}]}}, {done: {return: '${varC}'}}]}"
        operation = await client.deploy(source=source)
        assert operation["error"]["message"] == (
            "failed to build: error in step done: error evaluating return value: "
            "symbol 'varC' is neither a variable nor a sub-workflow name"
        )

    served(check)


def test_warnings_refuse_nothing(served: Served) -> None:
    async def check(client: Client) -> None:
        source = "main: {steps: [{a: {return: 1}}, {b: {return: 2}}]}"
        assert (await client.service.builder.build("hello.yaml", source)).report
        assert "error" not in await client.deploy(source=source)

    served(check)


def test_a_name_that_is_taken_is_the_operations_error(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        operation = await client.deploy(source="main: {steps: [{a: {return: 1}}]}")
        assert operation["error"] == {
            "code": 6,
            "message": f"Resource '{WORKFLOW}' already exists",
        }
        assert (await client.ok("GET", WORKFLOW))["sourceContents"] == HELLO

    served(check)


def test_of_two_at_once_one_is_first(served: Served) -> None:
    async def check(client: Client) -> None:
        operations = await asyncio.gather(*(client.deploy() for _ in range(5)))
        assert sorted("error" in operation for operation in operations) == [False] + [True] * 4
        patches = [
            client.ok(
                "PATCH",
                WORKFLOW,
                {"sourceContents": f"{HELLO}# {n}"},
                updateMask="sourceContents",
            )
            for n in range(5)
        ]
        revisions = [one["response"]["revisionId"] for one in await asyncio.gather(*patches)]
        assert sorted(one[:6] for one in revisions) == [f"00000{n}" for n in range(2, 7)]

    served(check)


def test_only_source_and_account_make_revisions(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy(labels={"env": "test"}, callLogLevel="LOG_ALL_CALLS")

        async def patch(mask: str | None, body: Any) -> Any:
            query = {} if mask is None else {"updateMask": mask}
            return (await client.ok("PATCH", WORKFLOW, body, **query))["response"]

        first = await client.ok("GET", WORKFLOW)
        changed = await patch("description", {"description": "says hello", "labels": {}})
        assert changed["description"] == "says hello"
        assert changed["labels"] == {"env": "test"}
        assert changed["revisionId"] == first["revisionId"]
        assert changed["revisionCreateTime"] == first["revisionCreateTime"]
        assert changed["updateTime"] > first["updateTime"]
        same = await patch("source_contents", {"sourceContents": HELLO})
        assert same["revisionId"] == first["revisionId"]
        other = await patch("serviceAccount", {"serviceAccount": "robot@example.com"})
        assert other["serviceAccount"] == "projects/my-project/serviceAccounts/robot@example.com"
        assert other["revisionId"].startswith("000002-")
        cleared = await patch("labels,callLogLevel", {})
        assert not {"labels", "callLogLevel"} & set(cleared)
        whole = await patch(None, {"sourceContents": HELLO, "userEnvVars": {"A": "1"}})
        assert whole["userEnvVars"] == {"A": "1"}
        assert "description" not in whole
        assert whole["serviceAccount"] == first["serviceAccount"]
        assert whole["revisionId"].startswith("000003-")

        error = (await client.ok("PATCH", WORKFLOW, {"description": "a"}))["error"]
        assert error[
            "message"
        ] == "failed to build: hello.yaml:1:1: this file holds no workflow" + (
            " [WFC005] (hint: a workflow has at least one step:"
            " `main: {steps: [{done: {return: ok}}]}`)"
        )
        assert (await client.ok("GET", WORKFLOW)) == {
            key: value for key, value in whole.items() if key != "@type"
        }
        revisions = await client.ok("GET", f"{WORKFLOW}:listRevisions")
        numbers = [one["revisionId"][:6] for one in revisions["workflows"]]
        assert numbers == ["000003", "000002", "000001"]
        oldest = revisions["workflows"][-1]["revisionId"]
        assert oldest == first["revisionId"]
        assert (await client.ok("GET", WORKFLOW, revisionId=oldest))["revisionId"] == oldest
        assert (await client.error("GET", WORKFLOW, revisionId="000009-abc"))["code"] == 404

    served(check)


def test_an_execution_keeps_its_revision(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy("waits", "main: {steps: [{a: {call: sys.sleep, args: {seconds: 9}}}]}")
        name = f"{PARENT}/workflows/waits"
        execution = await client.ok("POST", f"{name}/executions", {})
        await client.ok("PATCH", name, {"sourceContents": HELLO}, updateMask="sourceContents")
        after = await client.ok("POST", f"{name}/executions", {})
        assert after["workflowRevisionId"].startswith("000002-")
        before = await client.ok("GET", execution["name"])
        assert before["workflowRevisionId"].startswith("000001-")

    served(check)


def test_deleting_a_workflow_ends_its_executions(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy("waits", "main: {steps: [{a: {call: sys.sleep, args: {seconds: 9}}}]}")
        name = f"{PARENT}/workflows/waits"
        execution = await client.ok("POST", f"{name}/executions", {})
        await client.ok("DELETE", name)
        assert (await client.error("GET", execution["name"]))["code"] == 404
        assert (await client.error("POST", f"{name}/executions", {}))["code"] == 404
        assert (await client.error("DELETE", name))["code"] == 404
        assert (await client.error("PATCH", name, {}))["code"] == 404
        assert "error" not in await client.deploy("waits")

    served(check)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"workflowId": ""}, "workflow_id: it must be 1 to 64 letters"),
        ({"workflowId": "1a"}, "workflow_id: it must be 1 to 64 letters"),
        ({"workflowId": "a" * 65}, "workflow_id: it must be 1 to 64 letters"),
        (
            {"sourceContents": "é" * 65537},
            "workflow.source_contents: 131074 bytes are more than 131072",
        ),
        ({"description": "a" * 1001}, "workflow.description: 1001 characters are more than 1000"),
        (
            {"labels": {f"a{n}": "" for n in range(65)}},
            "workflow.labels: 65 labels are more than 64",
        ),
        ({"labels": {"A": ""}}, 'workflow.labels: the key "A" is not 1 to 63 lower-case letters'),
        ({"labels": {"1": ""}}, 'workflow.labels: the key "1" is not 1 to 63'),
        ({"labels": {"": ""}}, 'workflow.labels: the key "" is not 1 to 63'),
        ({"labels": {"a" * 64: ""}}, "workflow.labels: the key"),
        ({"labels": {"a": "b c"}}, 'workflow.labels[a]: the value "b c" is not at most 63'),
        ({"userEnvVars": {"": "a"}}, "workflow.user_env_vars: a variable's name must not be empty"),
        ({"userEnvVars": {"GOOGLE_X": "a"}}, 'workflow.user_env_vars: "GOOGLE_X" begins with'),
        ({"userEnvVars": {"A": "a" * 4097}}, 'workflow.user_env_vars: "A" has more than 4096'),
        (
            {"userEnvVars": {f"A{n}": "" for n in range(21)}},
            "workflow.user_env_vars: 21 variables are more than 20",
        ),
        ({"serviceAccount": "a/b"}, "workflow.service_account: it is neither an account nor"),
        ({"cryptoKeyName": "key"}, "workflow.crypto_key_name: it is not projects/{project}/"),
        ({"colour": 1}, "Invalid JSON payload received. Unknown name \"colour\" at 'workflow'"),
    ],
)
def test_what_a_workflow_may_not_have(served: Served, fields: dict[str, Any], message: str) -> None:
    async def check(client: Client) -> None:
        body = {"sourceContents": HELLO, **fields}
        workflow_id = body.pop("workflowId", "hello")
        error = await client.error("POST", f"{PARENT}/workflows", body, workflowId=workflow_id)
        assert error["status"] == "INVALID_ARGUMENT"
        assert error["message"].startswith(message)
        assert error["details"][0]["fieldViolations"]
        assert await client.ok("GET", f"{PARENT}/workflows") == {}
        assert await client.ok("GET", f"{PARENT}/operations") == {}

    served(check)


def test_what_a_workflow_may_have(served: Served) -> None:
    async def check(client: Client) -> None:
        fields: dict[str, Any] = {
            "description": "ü" * 1000,
            "labels": {"straße_1-x": "ok", "a": ""},
            "userEnvVars": {"A": "a" * 4096},
            "serviceAccount": "projects/-/serviceAccounts/robot@example.com",
            "cryptoKeyName": "projects/p/locations/l/keyRings/r/cryptoKeys/k",
            "executionHistoryLevel": "EXECUTION_HISTORY_DETAILED",
            "callLogLevel": "LOG_NONE",
        }
        workflow = (await client.deploy("a" * 64, **fields))["response"]
        account = "projects/my-project/serviceAccounts/robot@example.com"
        assert {**workflow, **fields, "serviceAccount": account} == workflow

    served(check)


def test_lists_filters_orders_and_pages(served: Served) -> None:
    async def check(client: Client) -> None:
        for id, env in (("b", "prod"), ("a", "test"), ("c", "prod")):
            await client.deploy(id, labels={"env": env})

        async def listed(**query: Any) -> list[str]:
            page = await client.ok("GET", f"{PARENT}/workflows", **query)
            return [one["name"].rpartition("/")[2] for one in page.get("workflows", [])]

        assert await listed() == ["a", "b", "c"]
        assert await listed(filter="labels.env = prod") == ["b", "c"]
        assert await listed(filter=f'name = "{PARENT}/workflows/a"') == ["a"]
        assert await listed(filter='name = "*/b" OR workflowId >= c') == ["b", "c"]
        assert await listed(orderBy="createTime desc") == ["c", "a", "b"]
        assert await listed(order_by="name desc", pageSize=2) == ["c", "b"]
        first = await client.ok("GET", f"{PARENT}/workflows", pageSize=2)
        token = first["nextPageToken"]
        assert await listed(pageToken=token) == ["c"]
        error = await client.error("GET", f"{PARENT}/operations", pageToken=token)
        assert error["message"] == "page_token: it belongs to another query"
        assert first == await client.ok(
            "GET", "projects/my-project/locations/-/workflows", pageSize=2
        )
        assert (await client.error("GET", "projects/my-project/locations/-"))["code"] == 404
        operations = await client.ok("GET", f"{PARENT}/operations", filter='metadata.verb="create"')
        assert len(operations["operations"]) == 3
        name = operations["operations"][0]["name"]
        assert await client.ok("DELETE", name) == {}
        assert (await client.error("GET", name))["code"] == 404
        assert (await client.error("DELETE", name))["code"] == 404

    served(check)


@pytest.mark.parametrize(
    ("path", "query", "message"),
    [
        ("workflows", {"pageSize": -1}, "page_size: it must not be negative"),
        ("workflows", {"pageToken": "x"}, "page_token: it is none that this service has given"),
        ("workflows", {"pageToken": "W10"}, "page_token: it is none that"),
        ("workflows", {"pageToken": "WyJhIiwiYiJd"}, "page_token: it belongs to another query"),
        ("workflows", {"filter": "a"}, "filter: at character 2: the filter ends too early"),
        ("workflows", {"orderBy": "source"}, "order_by: 'source' is none of name"),
        ("operations", {"pageSize": -1}, "page_size: it must not be negative"),
        ("operations", {"returnPartialSuccess": "true"}, "return_partial_success: it can only"),
        ("workflows", {"fields": "a("}, "fields: "),
        ("workflows", {"alt": "media"}, "alt: only json is served here"),
        ("workflows", {"callback": "f"}, "callback: JSONP is not served here"),
        ("workflows", {"nothing": "1"}, 'Invalid JSON payload received. Unknown name "nothing"'),
    ],
)
def test_lists_say_what_they_cannot_do(
    served: Served, path: str, query: dict[str, Any], message: str
) -> None:
    async def check(client: Client) -> None:
        error = await client.error("GET", f"{PARENT}/{path}", **query)
        assert error["status"] == "INVALID_ARGUMENT"
        assert error["message"].startswith(message)

    served(check)


def test_a_query_that_is_too_long_for_a_url_comes_in_the_body(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        query = urlencode({"filter": " OR ".join(["workflowId = hello"] * 150), "fields": "*/name"})
        answer = await client(
            "POST",
            f"{PARENT}/workflows",
            query.encode(),
            headers={"X-HTTP-Method-Override": "GET"},
        )
        assert answer.json() == {"workflows": [{"name": WORKFLOW}]}

    served(check)


def test_the_one_location(served: Served) -> None:
    async def check(client: Client) -> None:
        location = await client.ok("GET", PARENT)
        assert location == {"locationId": "us-central1", "name": PARENT}
        for project in ("my-project", "123456789012"):
            listed = await client.ok("GET", f"projects/{project}/locations")
            assert listed == {"locations": [location]}
        assert (await client.error("GET", "projects/other/locations"))["code"] == 404
        assert (await client.error("GET", "projects/my-project/locations/mars"))["code"] == 404
        elsewhere = "projects/other/locations/us-central1/workflows"
        assert (await client.error("GET", elsewhere))["code"] == 404

    served(check)


def test_a_file_keeps_its_name_and_its_settings(served: Served) -> None:
    async def check(client: Client) -> None:
        async def deploy(source: str) -> tuple[Any, str]:
            return await deploy_source(client.service, "hello", source, "flows/hello.yaml")

        operation, report = await deploy(HELLO)
        assert operation["metadata"]["verb"] == "create"
        assert report == ""
        await client.ok("PATCH", WORKFLOW, {"labels": {"a": "b"}}, updateMask="labels")
        operation, report = await deploy(BROKEN)
        assert operation["error"]["message"].startswith("failed to build: flows/hello.yaml:4:15:")
        assert "--> flows/hello.yaml:4:15" in report
        operation, report = await deploy(f"{HELLO}# changed")
        assert operation["metadata"]["verb"] == "update"
        assert operation["response"]["labels"] == {"a": "b"}
        assert operation["response"]["revisionId"].startswith("000002-")

    served(check)
