async def sum_of_squares(size: int) -> int:
    total = 0
    for _ in range(size):
        total = 0
        for i in range(1, 1001):
            total += i * i - i // 3
    return total
