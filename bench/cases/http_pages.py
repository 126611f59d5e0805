from typing import Any

import aiohttp


async def http_pages(args: dict[str, Any]) -> int:
    page = 1
    total: int = 0
    timeout = aiohttp.ClientTimeout(total=300)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        while True:
            query = {"page": page}
            async with session.get(f"{args['url']}/pages", params=query) as reply:
                reply.raise_for_status()
                total += (await reply.json())["value"]
            page += 1
            if page > args["size"]:
                return total
