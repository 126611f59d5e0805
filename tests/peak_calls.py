"""Requests to Peak's API as its SDK makes them: each has a JSON body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.service_calls import Client

WORKFLOWS = "/workflows/api/v1/workflows"

STEP: dict[str, Any] = {"imageId": 1, "command": "echo working"}


def spec(name: Any = "nightly", **fields: Any) -> dict[str, Any]:
    """A workflow of one step."""
    return {"name": name, "steps": {"load": STEP}, **fields}


class Peak:
    """Calls below `/workflows/api/v1/workflows`, unless a path begins with a slash."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def __call__(
        self, verb: str, path: str = "", body: Any = None, *, request: str = "", **query: Any
    ) -> tuple[int, Any]:
        """The status and the JSON of an answer."""
        answer = await self.client(
            verb,
            path if path.startswith("/") else f"{WORKFLOWS}/{path}",
            {} if body is None else body,
            headers={"x-peak-requestId": request, "x-peak-sdkVersion": "1.29.0"}
            if request
            else None,
            **query,
        )
        return answer.status, answer.json()

    async def ok(self, verb: str, path: str = "", body: Any = None, **query: Any) -> Any:
        status, answer = await self(verb, path, body, **query)
        assert status == 200, answer
        return answer

    async def refused(
        self, code: int, verb: str, path: str = "", body: Any = None, **query: Any
    ) -> str:
        """What is said to what must be refused."""
        status, answer = await self(verb, path, body, **query)
        assert (status, list(answer)) == (code, ["detail"]), answer
        return str(answer["detail"])

    async def create(self, sent: Any = None) -> int:
        return int((await self.ok("POST", "", spec() if sent is None else sent))["id"])

    async def run(self, number: int, body: Any = None) -> Any:
        """The details of an execution that has come to its end."""
        id = (await self.ok("POST", f"{number}/execute", body))["executionId"]
        await self.client.engine.ended(id)
        return await self.ok("GET", f"{number}/executions/{id}")


def names(items: Sequence[Any]) -> list[Any]:
    return [item["name"] for item in items]
