"""The exchanges that were recorded from the real service come out as they were (spec 08 §6)."""

from __future__ import annotations

import asyncio
import json
import re

from tests.service_calls import HELLO, PARENT, Client, Served

WAITS = """\
main:
  steps:
    - pause:
        call: sys.sleep
        args:
          seconds: 1000
"""


def test_a_missing_workflow(served: Served) -> None:
    async def check(client: Client) -> None:
        name = f"{PARENT}/workflows/nothing"
        error = await client.error("GET", name)
        assert error["code"] == 404
        assert error["status"] == "NOT_FOUND"
        assert error["message"] == f"Resource '{name}' was not found"
        (info,) = error["details"]
        assert info == {
            "@type": "type.googleapis.com/google.rpc.ResourceInfo",
            "resourceName": name,
        }

    served(check)


def test_create_patch_and_delete(served: Served) -> None:
    async def check(client: Client) -> None:
        name = f"{PARENT}/workflows/hello"
        created = await client.deploy()
        assert created == await client.ok("GET", created["name"])
        assert created["done"] is True
        assert sorted(created) == ["done", "metadata", "name", "response"]
        metadata = created["metadata"]
        assert sorted(metadata) == [
            *("@type", "apiVersion", "createTime", "endTime", "target", "verb"),
        ]
        assert metadata["target"] == name
        assert metadata["verb"] == "create"
        workflow = await client.ok("GET", name)
        assert created["response"] == {
            "@type": "type.googleapis.com/google.cloud.workflows.v1.Workflow",
            **workflow,
        }
        assert sorted(workflow) == [
            *("createTime", "name", "revisionCreateTime", "revisionId", "serviceAccount"),
            *("sourceContents", "state", "updateTime"),
        ]
        assert re.fullmatch("000001-[0-9a-f]{3}", workflow["revisionId"])
        assert workflow["sourceContents"] == HELLO
        assert workflow["serviceAccount"] == (
            "projects/my-project/serviceAccounts/123456789012-compute@developer.gserviceaccount.com"
        )
        source = HELLO.replace("Hello", "Bonjour")
        patched = await client.ok(
            "PATCH", name, {"sourceContents": source}, updateMask="sourceContents"
        )
        assert patched["metadata"]["verb"] == "update"
        assert patched["response"]["sourceContents"] == source
        assert patched["response"]["revisionId"].startswith("000002-")
        deleted = await client.ok("DELETE", name)
        assert deleted["metadata"]["verb"] == "delete"
        assert deleted["response"] == {"@type": "type.googleapis.com/google.protobuf.Empty"}
        assert (await client.error("GET", name))["code"] == 404

    served(check)


def test_an_execution_from_start_to_end(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        await client.deploy("waits", WAITS)
        executions = f"{PARENT}/workflows/waits/executions"
        created = await client.ok("POST", executions, {})
        assert sorted(created) == [
            *("argument", "createTime", "name", "startTime", "state", "status"),
            "workflowRevisionId",
        ]
        assert created["argument"] == "null"
        assert created["state"] == "ACTIVE"
        assert created["status"] == {}
        number = PARENT.replace("my-project", "123456789012")
        assert created["name"].startswith(f"{number}/workflows/waits/executions/")
        while (active := await client.ok("GET", created["name"]))["status"] == {}:
            await asyncio.sleep(0)
        assert active["status"] == {"currentSteps": [{"routine": "main", "step": "pause"}]}
        by_id = created["name"].replace(number, PARENT)
        assert await client.ok("GET", by_id) == active

        done = await client.run(argument=json.dumps({"name": "Ada"}))
        assert done["state"] == "SUCCEEDED"
        assert done["result"] == '"Hello Ada"'
        assert {"duration", "endTime"} < set(done)
        error = await client.error("POST", f"{done['name']}:cancel", {})
        assert error["status"] == "FAILED_PRECONDITION"
        assert error["code"] == 400
        assert error["message"] == ("cancelling execution in state SUCCEEDED is not allowed")
        listed = await client.ok("GET", f"{PARENT}/workflows/hello/executions")
        (item,) = listed["executions"]
        assert sorted(item) == [
            *("createTime", "duration", "endTime", "name", "startTime", "state", "status"),
            "workflowRevisionId",
        ]
        cancelled = await client.ok("POST", f"{by_id}:cancel", {})
        assert cancelled["state"] == "CANCELLED"

    served(check)


def test_the_form_of_answers(served: Served) -> None:
    async def check(client: Client) -> None:
        await client.deploy()
        answer = await client("GET", f"{PARENT}/workflows/hello")
        assert answer.headers["content-type"] == "application/json; charset=UTF-8"
        text = answer.body.decode()
        assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"

    served(check)
