from typing import Any


async def average_readings(args: dict[str, Any]) -> dict[str, float]:
    factor, offset = args["factor"], args["offset"]
    total = count = 0
    highest = args["readings"][0]
    for reading in args["readings"]:
        value = reading * factor - offset
        total += value
        count += 1
        if value > highest:
            highest = value
    return {"average": total / count, "highest": highest}
