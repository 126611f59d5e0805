async def count_words(poem: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in poem.split(" "):
        counts[word] = counts.get(word, 0) + 1
    return counts
