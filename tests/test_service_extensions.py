"""What our service has besides Google's: the log of an execution, wishes that are met once."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

from tests.service_calls import Client, serving

from wfc_service.deploy import Builder


def log(client: Client, execution: str, *texts: str) -> asyncio.Future[None]:
    """Writes entries as the engine does."""
    id = execution.rpartition("/")[2]

    def change(connection: sqlite3.Connection) -> None:
        for text in texts:
            entry = json.dumps({"severity": "INFO", "textPayload": text})
            connection.execute(
                "INSERT INTO logs (execution, time, severity, entry) VALUES (?, 0, 'INFO', ?)",
                (id, entry),
            )

    return client.service.database.write(change)


def test_a_log_is_read_in_pages_and_as_it_grows(tmp_path: Path, builder: Builder) -> None:
    async def texts(client: Client, name: str, **query: Any) -> tuple[list[str], str]:
        page = await client.ok("GET", f"{name}/logs", **query)
        return [entry["textPayload"] for entry in page.get("entries", ())], page["nextAfter"]

    async def main() -> None:
        async with serving(tmp_path, builder) as client:
            await client.deploy()
            name, other = (await client.run())["name"], (await client.run())["name"]
            assert await texts(client, name) == ([], "0")
            await log(client, name, "one", "two")
            await log(client, other, "else")
            await log(client, name, "three")
            found, after = await texts(client, name, pageSize=2)
            assert found == ["one", "two"]
            found, after = await texts(client, name, after=after)
            assert found == ["three"]
            assert await texts(client, name, after=after) == ([], after)
            await log(client, name, "four")
            assert (await texts(client, name, after=after))[0] == ["four"]

    asyncio.run(main())


def test_the_log_of_what_is_not_there(tmp_path: Path, builder: Builder) -> None:
    async def main() -> None:
        async with serving(tmp_path, builder) as client:
            await client.deploy()
            name = f"{client.parent}/workflows/hello/executions/none/logs"
            assert (await client.error("GET", name))["code"] == 404
            run = (await client.run())["name"]
            for wrong in ({"after": "x"}, {"pageSize": -1}, {"before": 1}):
                assert (await client.error("GET", f"{run}/logs", **wrong))["code"] == 400

    asyncio.run(main())


def test_equal_idempotency_keys_are_one_execution(tmp_path: Path, builder: Builder) -> None:
    async def main() -> None:
        async with serving(tmp_path, builder) as client:
            await client.deploy()
            path = f"{client.parent}/workflows/hello/executions"

            async def create(**headers: str) -> str:
                answer = await client(
                    "POST", path, {}, headers={k.replace("_", "-"): v for k, v in headers.items()}
                )
                assert answer.status == 200
                return str(answer.json()["name"])

            first = await create(Idempotency_Key="a")
            assert await create(idempotency_key="a") == first
            await client.engine.ended(first)
            assert await create(Idempotency_Key="a") == first
            assert len({first, await create(Idempotency_Key="b"), await create()}) == 3
            assert len((await client.ok("GET", path))["executions"]) == 3

    asyncio.run(main())
