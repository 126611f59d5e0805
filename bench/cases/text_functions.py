from typing import Any


async def text_functions(lines: list[str]) -> dict[str, Any]:
    names = []
    length = 0
    for line in lines:
        fields = line.split(";")
        name = fields[0][0:1].upper() + fields[0][1:20].lower()
        address = fields[1].replace(" at ", "@")
        names.append(f"{name} <{address}>")
        length += len(address) + address.count(".")
    return {"names": names, "length": length}
