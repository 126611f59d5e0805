async def fibonacci(size: int) -> int:
    number = 0
    for _ in range(size):
        number = fib(15)
    return number


def fib(n: int) -> int:
    return n if n < 2 else fib(n - 1) + fib(n - 2)
