async def sieve_of_primes(size: int) -> list[int]:
    primes: list[int] = []
    for _ in range(size):
        composite = [False] * 1001
        primes = []
        for i in range(2, 1001):
            if composite[i]:
                continue
            primes.append(i)
            for multiple in range(i * i, 1001, i):
                composite[multiple] = True
    return primes
