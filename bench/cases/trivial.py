async def trivial(name: str) -> str:
    return "Hello " + name
