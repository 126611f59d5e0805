import asyncio
from typing import Any

import aiohttp


async def http_fan_out(args: dict[str, Any]) -> int:
    total = 0
    numbers = iter(range(1, args["size"] + 1))
    timeout = aiohttp.ClientTimeout(total=300)
    async with aiohttp.ClientSession(timeout=timeout) as session:

        async def worker() -> None:
            nonlocal total
            for i in numbers:
                async with session.get(f"{args['url']}/parts/{i}") as reply:
                    reply.raise_for_status()
                    total += (await reply.json())["value"]

        async with asyncio.TaskGroup() as group:
            for _ in range(20):
                group.create_task(worker())
    return total
