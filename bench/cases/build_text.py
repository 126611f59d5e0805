async def build_text(size: int) -> str:
    built = ""
    for _ in range(size):
        built = ""
        for i in range(1, 1001):
            built += f"line {i};{i * i}\n"
    return built
