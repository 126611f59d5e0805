async def append_to_list(size: int) -> list[int]:
    squares: list[int] = []
    for _ in range(size):
        squares = []
        for i in range(1, 1001):
            squares.append(i * i)
    return squares
