import asyncio


class Failed(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


async def retry_when_busy(size: int) -> list[int]:
    attempts = total = 0
    for i in range(1, size + 1):
        retries = 0
        while True:
            attempts += 1
            try:
                total += answer(attempts, i)
                break
            except Failed as e:
                if e.code != 503 or retries == 3:
                    raise
            retries += 1
            await asyncio.sleep(0.001)
    return [attempts, total]


def answer(attempt: int, value: int) -> int:
    if attempt % 3 != 0:
        raise Failed(503, "busy")
    return value * 2
