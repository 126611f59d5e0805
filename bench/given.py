"""The arguments of the benchmark's workflows: a size and a server's URL in, the same each time."""

from __future__ import annotations

import json
import random
from typing import Any

_WORDS = ("quick", "brown", "fox", "jumps", "over", "lazy", "dog", "sleep", "and", "dream")
_EVENTS = ("pay", "ship", "deliver", "pay", "ship", "return", "cancel", "deliver", "call")
_CURRENCIES = ("EUR", "EUR", "USD", "GBP", "ZZZ")
_RATES = {"EUR": 1.0, "USD": 0.91, "GBP": 1.17}


def size(size: int, url: str) -> int:
    return size


def name(size: int, url: str) -> str:
    return "Ann"


def requests(size: int, url: str) -> dict[str, Any]:
    return {"url": url, "size": size}


def readings(size: int, url: str) -> dict[str, Any]:
    """Integers and doubles, mixed."""
    chance = random.Random(1)
    mixed = [chance.choice((chance.randint(0, 99), chance.uniform(0, 99))) for _ in range(size)]
    return {"readings": mixed, "factor": 2, "offset": 0.5}


def words(size: int, url: str) -> str:
    return " ".join(random.Random(2).choices(_WORDS, k=size))


def events(size: int, url: str) -> list[str]:
    return random.Random(3).choices(_EVENTS, k=size)


def lines(size: int, url: str) -> list[str]:
    """`mARTHA;martha.jones at example.com;4711`, and some without digits."""
    chance = random.Random(4)
    return [
        f"m{chance.choice(_WORDS).upper()};{chance.choice(_WORDS)}.jones at example.com;"
        f"{chance.choice(('4711', '12', 'none'))}"
        for _ in range(size)
    ]


def orders(size: int, url: str) -> dict[str, Any]:
    """A customer for every twenty orders; one order in five has an unknown currency."""
    chance = random.Random(5)
    made = [
        {
            "id": f"o-{number}",
            "customer": f"customer-{chance.randint(1, size // 20)}",
            "currency": chance.choice(_CURRENCIES),
            "express": chance.random() < 0.2,
            "lines": [
                {
                    "sku": chance.choice(_WORDS),
                    "quantity": chance.randint(1, 12),
                    "price": round(chance.uniform(1, 30), 2),
                    "grams": chance.randint(10, 1000),
                }
                for _ in range(chance.randint(0, 6))
            ],
        }
        for number in range(size)
    ]
    return {"orders": made, "rates": _RATES}


def orders_text(size: int, url: str) -> str:
    """JSON; prices are whole cents."""
    chance = random.Random(6)
    made = [
        {
            "id": f"o-{number}",
            "customer": {"name": f"customer {number % 20}", "orders": number % 7},
            "lines": [
                {"price": chance.randint(100, 999), "quantity": chance.randint(1, 9)}
                for _ in range(chance.randint(1, 5))
            ],
        }
        for number in range(size)
    ]
    return json.dumps(made)
