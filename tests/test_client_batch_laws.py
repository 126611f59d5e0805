"""Random histories of a batch: whatever answers are lost and whenever it ends, a line runs once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from wfc_client.batch import run_batch
from wfc_client.errors import ApiError, ServiceError
from wfc_client.service import Service

WORKFLOW = "projects/p/locations/l/workflows/order"


class Killed(Exception):
    """The process is gone: nothing that it has not done yet is done."""


class InMemory:
    """A service that meets the given fates, one a request, then none.

    lost     no answer comes, and nothing was done
    unheard  no answer comes, but it was done
    full     429
    killed   the client ends before, or after (`done`) the request had its effect
    """

    url = "http://in.memory"

    def __init__(self, fates: list[str], knows_ids: bool) -> None:
        self.fates = fates
        self.knows_ids = knows_ids
        self.now = 0.0
        self.made: list[dict[str, Any]] = []

    def workflow_name(self, workflow: str) -> str:
        return WORKFLOW

    async def workflow(self, name: str) -> dict[str, Any]:
        return {"name": name}

    async def create_execution(
        self, workflow: str, fields: dict[str, Any], wish: str
    ) -> dict[str, Any]:
        fate = await self._meet()
        self.now += 1
        known = [one for one in self.made if one["labels"]["wfc-batch"] == wish]
        if known and self.knows_ids:
            execution = known[0]
        else:
            created = datetime.fromtimestamp(self.now, UTC).isoformat()
            name = f"{workflow}/executions/{len(self.made)}"
            execution = {**fields, "name": name, "createTime": created, "state": "ACTIVE"}
            self.made.insert(0, execution)
        self._after(fate)
        return execution

    async def execution(self, name: str) -> dict[str, Any]:
        self._after(await self._meet())
        (found,) = (one for one in self.made if one["name"] == name)
        found |= {"state": "SUCCEEDED", "result": found["argument"]}
        return found

    async def executions(
        self, workflow: str, *, view: str, page: int
    ) -> AsyncIterator[dict[str, Any]]:
        self._after(await self._meet())
        for execution in list(self.made):
            yield execution

    async def _meet(self) -> str:
        fate = self.fates.pop(0) if self.fates else ""
        await asyncio.sleep(0)
        if fate == "killed":
            raise Killed
        if fate == "lost":
            raise ServiceError("lost", temporary=True, in_doubt=True)
        if fate == "full":
            raise ApiError(429, {"message": "full"})
        return fate

    def _after(self, fate: str) -> None:
        if fate == "unheard":
            raise ServiceError("unheard", temporary=True, in_doubt=True)
        if fate == "done":
            raise Killed


FATES = st.lists(st.sampled_from(["", "", "lost", "unheard", "full", "killed", "done"]))


@given(FATES, st.booleans(), st.integers(1, 4), st.lists(st.integers(0, 2), max_size=8))
def test_each_line_is_started_once_and_has_its_result(
    fates: list[str], knows_ids: bool, concurrency: int, inputs: list[int]
) -> None:
    service = InMemory(fates, knows_ids)
    no_pauses = (
        patch("wfc_client.batch_start.delay", lambda *given: 0.0),
        patch("wfc_client.wait.delay", lambda *given: 0.0),
        patch("wfc_client.wait._FIRST", 0.0),
    )
    with TemporaryDirectory() as folder, no_pauses[0], no_pauses[1], no_pauses[2]:
        source, output = Path(folder) / "in", Path(folder) / "out"
        source.write_text("".join(f"{number}\n" for number in inputs), encoding="utf-8")
        while True:
            try:
                code = asyncio.run(
                    run_batch(
                        cast(Service, service),
                        "order",
                        str(source),
                        str(output),
                        {},
                        concurrency=concurrency,
                        rate=0,
                        retry_failed=False,
                    )
                )
                break
            except (Killed, ServiceError):
                continue
        results = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert code == 0
    assert sorted(result["line"] for result in results) == list(range(1, len(inputs) + 1))
    assert all(inputs[result["line"] - 1] == result["result"] for result in results)
    assert len({result["execution"] for result in results}) == len(inputs)
    assert len(service.made) == len(inputs)
