class Unwelcome(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


async def raise_and_catch(size: int) -> list[int]:
    good = codes = 0
    for i in range(1, size + 1):
        try:
            if i % 4 == 0:
                raise Unwelcome(400 + i % 100, "not every number is welcome")
            good += 1
        except Unwelcome as e:
            codes += e.code
    return [good, codes]
