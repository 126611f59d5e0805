import asyncio


async def shared_counters(size: int) -> list[int]:
    count = total = 0
    seats = asyncio.Semaphore(20)

    async def add(i: int) -> None:
        nonlocal count, total
        async with seats:
            await asyncio.sleep(0)
            count += 1
            total += i

    async with asyncio.TaskGroup() as group:
        for i in range(1, size + 1):
            group.create_task(add(i))
    return [count, total]
