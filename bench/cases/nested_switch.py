async def nested_switch(size: int) -> list[int]:
    fizz = buzz = both = rest = 0
    for _ in range(size):
        fizz = buzz = both = rest = 0
        for row in range(1, 31):
            for column in range(1, 31):
                product = row * column + row
                if product % 15 == 0:
                    both += 1
                elif product % 3 == 0:
                    fizz += 1
                elif product % 5 == 0:
                    buzz += 1
                else:
                    rest += product
    return [fizz, buzz, both, rest]
