"""A file as long as they get: both texts are made of the same sixty orders, ten steps each."""

from collections.abc import Awaitable, Callable
from typing import Any

ORDERS = 60

_HEAD = """\
# Written by bench/cases/six_hundred_steps.py.
main:
  params: [size]
  steps:
    - init:
        assign:
          - sum: 0
          - lines: []
          - amounts: {}
    - rounds:
        for:
          value: round
          range: [1, "${size}"]
          steps:
            - clear:
                assign:
                  - count: 0
                  - sum: 0
                  - lines: []
                  - amounts: {}
"""

_ORDER = """\
            - begin_{n}:
                assign:
                  - quantity: ${{(count + {n}) % 7 + 1}}
                  - price: {price}
            - multiply_{n}:
                assign:
                  - amount: ${{quantity * price}}
            - is_large_{n}:
                switch:
                  - condition: ${{amount > 400}}
                    next: reduce_{n}
                next: keep_{n}
            - reduce_{n}:
                assign:
                  - amount: ${{amount - amount // 10}}
            - keep_{n}:
                assign:
                  - count: ${{count + quantity}}
                  - sum: ${{sum + amount}}
            - label_{n}:
                assign:
                  - label: ${{"order {n}, " + string(quantity)}}
            - describe_{n}:
                call: describe
                args:
                  label: ${{label}}
                  amount: ${{amount}}
                result: line
            - append_{n}:
                assign:
                  - lines: ${{list.concat(lines, line)}}
            - store_{n}:
                assign:
                  - amounts.order_{n}: ${{amount}}
            - check_{n}:
                switch:
                  - condition: ${{sum > 100000}}
                    raise: too much to pay after order {n}
"""

_TAIL = """\
    - done:
        return:
          sum: ${sum}
          lines: ${lines}
          amounts: ${amounts}

describe:
  params: [label, amount]
  steps:
    - done:
        return: ${label + " for " + string(amount)}
"""

_BY_HAND_HEAD = """\
async def six_hundred_steps(size):
    total, lines, amounts = 0, [], {}
    for _ in range(size):
        count, total, lines, amounts = 0, 0, [], {}
"""

_BY_HAND_ORDER = """\
        quantity = (count + {n}) % 7 + 1
        amount = quantity * {price}
        if amount > 400:
            amount -= amount // 10
        count += quantity
        total += amount
        label = f"order {n}, {{quantity}}"
        lines.append(describe(label, amount))
        amounts["order_{n}"] = amount
        if total > 100000:
            raise ValueError("too much to pay after order {n}")
"""

_BY_HAND_TAIL = """\
    return {"sum": total, "lines": lines, "amounts": amounts}

def describe(label, amount):
    return f"{label} for {amount}"
"""


def workflow_text() -> str:
    """The workflow that takes the place of a YAML file."""
    return _HEAD + _orders(_ORDER) + _TAIL


def _orders(template: str) -> str:
    return "".join(template.format(n=n, price=n * 37 % 101 + 5) for n in range(1, ORDERS + 1))


def _by_hand() -> Callable[[int], Awaitable[Any]]:
    module: dict[str, Any] = {}
    exec(_BY_HAND_HEAD + _orders(_BY_HAND_ORDER) + _BY_HAND_TAIL, module)
    made: Callable[[int], Awaitable[Any]] = module["six_hundred_steps"]
    return made


six_hundred_steps = _by_hand()
