import re
from typing import Any

LINE = re.compile(r"^[A-Za-z]+;[a-z.]+ at [a-z.]+;[0-9]+$")
DIGIT = re.compile(r"[0-9]")


async def text_patterns(lines: list[str]) -> dict[str, Any]:
    valid = 0
    masked = []
    for line in lines:
        if LINE.search(line):
            valid += 1
        masked.append(DIGIT.sub("*", line))
    return {"valid": valid, "masked": masked}
