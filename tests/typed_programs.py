"""Random workflows whose types can mostly be proven, down to what lists and maps hold.

Where `tests.workflows` has all kinds of steps, these have values at the edges of every type, in
variables that keep their type until, now and then, one does not.  Errors are caught and logged, so
that a program goes on after them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from re import Match
from typing import Any

Json = Any

_SMALL: dict[str, list[Json]] = {
    "integer": [0, 1, 2, -1, 3],
    "integers": [[], [1], [0, -1, 2]],
    "counts": [{}, {"k": 1}, {"k": 0, "a": 2}],
}
"""What a quiet program mostly starts from: there, sums can be bounded."""
_INTEGERS: list[Json] = [*_SMALL["integer"], 2**62, 2**63 - 1, -(2**63)]
_VALUES: dict[str, list[Json]] = {
    "integer": _INTEGERS,
    "text": ["", "a", "k", "b,é"],
    "number": [0.5, -0.0, 1e308, *_INTEGERS],
    "boolean": [True, False],
    "integers": [[], [1], [0, -1, 2], [5, 2**63 - 1, -(2**63), 7]],
    "texts": [[], ["a"], ["", "k", "a"]],
    "counts": [{}, {"k": 1}, {"k": 0, "a": 2**62}, {"": -(2**63), "a": 3}],
    "nothing": [None],
}
_VARIABLES = {
    "integer": ("i", "n"),
    "text": ("s", "t"),
    "number": ("x",),
    "boolean": ("b",),
    "integers": ("l", "o"),
    "texts": ("p",),
    "counts": ("m", "q"),
}
_KIND = re.compile(rf"\b({'|'.join(_VARIABLES)})\b(?!\.[a-z]+[_(])")
_SEEN = {
    name: f"${{string({name})}}" if kind == "number" else f"${{{name}}}"
    for kind, names in _VARIABLES.items()
    for name in names
}
"""What is logged and returned; a double may have no form in JSON."""
_FORMS: dict[str, list[str]] = {
    "integer": [
        "integer + 1", "integer - integer", "integer * integer", "integer // integer",
        "integer % 3", "-integer", "len(integers)", "len(text)", "integers[0]", "integers[1]",
        "integers[integer]", "integers[integer % 3]", "integers[len(texts)]", "counts.k",
        "counts[text]", "default(map.get(counts, text), 0)", "integers[0] + counts.k",
        'default(map.get(counts, "a"), integer)', "default(map.get(counts, texts), 7)",
        "if(boolean, integer, 0)", "v", "v + integer", "math.max(integer, -5)", "int(text)",
    ],
    "text": [
        "text + text", "text + string(integer)", "string(integer * 2)", 'text + ":" + integer',
        "texts[0]", "texts[integer]", "texts[len(integers)]", "text + string(number)",
        "string(text)", "text + len(texts) + text", "get_type(counts.k)", "get_type(v)",
        "string(integers[0]) + text", "text.to_upper(text)",
    ],
    "number": ["integer", "number + integer", "number * 2", "integer / integer", "number - number"],
    "boolean": [
        "integer < integer", "integers[0] == integer", "text in counts", "integer in integers",
        "number == integer", 'get_type(v) == "integer"', "not(boolean)",
        "map.get(counts, text) == null", "v == integer", "boolean and integer > 0",
        "texts[0] == text",
    ],
    "integers": [
        "list.concat(integers, integer)", "list.concat(integers, v)", "[integer, integer]",
        "integers", "default(null, integers)", "same(integers)", "list.prepend(integers, 1)",
    ],
    "texts": [
        'text.split(text, ",")', "keys(counts)", "list.concat(texts, text)", "texts", "same(texts)",
    ],
    "counts": ["counts", "map.delete(counts, text)", "map.merge(counts, counts)", "same(counts)"],
}  # fmt: skip
_WRITES: list[tuple[str, str]] = [
    ("integers[0]", "integer"), ("integers[integer]", "integer"), ("integers[1]", "integer"),
    ("integers[len(texts)]", "integer"), ("integers[integer % 3]", "text"), ("texts[0]", "text"),
    ("counts.k", "integer"), ("counts[text]", "integer"), ("counts[text]", "number"),
    ("counts.k", "text"), ("counts[text]", "nothing"), ("counts.k", "integer"),
    ("texts[integer]", "integer"), ("counts[integer]", "integer"),
]  # fmt: skip
_GROWS = ["counts[text]", "counts.k", "integers[0]", "integers[integer % 3]"]


def typed(chance: Random) -> dict[str, Json]:
    """A workflow with one argument; it returns all of its variables."""
    return _Maker(chance).workflow()


class _Maker:
    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.number = 0
        self.quiet = chance.random() < 0.5

    def odds(self, share: float) -> bool:
        return self.chance.random() < share

    def step(self, body: Json) -> dict[str, Json]:
        self.number += 1
        return {f"s{self.number}": body}

    def workflow(self) -> dict[str, Json]:
        start = [{n: self.literal(kind)} for kind, each in _VARIABLES.items() for n in each]
        tried = [self.step(self.attempt(0)) for _ in range(5)]
        main = [self.step({"assign": [*start, {"v": 1}]}), *tried]
        write = {"switch": [{"condition": "${len(z) > 1}", "assign": [{"z": [1, "a"]}]}]}
        same = [self.step(write), self.step({"return": "${z}"})]
        return {
            "main": {"params": ["args"], "steps": [*main, self.step({"return": _SEEN})]},
            "same": {"params": ["z"], "steps": same},
        }

    def steps(self, most: int, depth: int) -> list[Json]:
        kinds: list[Callable[[int], Json]] = [self.assign, self.assign, self.attempt]
        kinds += [self.loop, self.switch, self.parallel] if depth < 3 else []
        made = []
        for _ in range(self.chance.randint(1, most)):
            made.append(self.step(self.chance.choice(kinds)(depth + 1)))
        return made

    def assign(self, depth: int) -> Json:
        return {"assign": [self.assignment() for _ in range(self.chance.randint(1, 3))]}

    def assignment(self) -> Json:
        draw = self.chance.random()
        if draw < 0.3:
            target, kind = self.chance.choice(_WRITES)
            return {self.filled(target): self.value(kind)}
        if draw < 0.5:
            target = self.filled(self.chance.choice(_GROWS))
            held = target
            if "[" in target and target[0] in _VARIABLES["counts"]:
                inside = target[2:-1]
                held = self.chance.choice([held, f"default(map.get({target[0]}, {inside}), 0)"])
            steps = ["1", "5", "len(text)"] if self.quiet else ["1", "integer", "v"]
            added = self.filled(self.chance.choice(steps))
            return {target: f"${{{held} + {added}}}"}
        kind = self.chance.choice(list(_FORMS))
        name = self.chance.choice(_VARIABLES[kind])
        if draw < 0.6 and kind == "integer":
            return {name: self.filled(f"${{{name} + integer % 7}}")}
        if draw < 0.63:
            kind = self.chance.choice(list(_FORMS))
        return {name: self.value(kind)}

    def literal(self, kind: str) -> Json:
        small = self.quiet and self.odds(0.9)
        return self.chance.choice(_SMALL.get(kind, _VALUES[kind]) if small else _VALUES[kind])

    def value(self, kind: str) -> Json:
        if kind not in _FORMS or self.odds(0.8 if self.quiet and kind in _SMALL else 0.2):
            return self.literal(kind)
        return f"${{{self.filled(self.chance.choice(_FORMS[kind]))}}}"

    def filled(self, form: str) -> str:
        """A form with variables in the place of kinds."""
        parts = form.split('"')  # what is quoted stays as it is
        parts[::2] = [_KIND.sub(self.variable, part) for part in parts[::2]]
        return '"'.join(parts)

    def variable(self, kind: Match[str]) -> str:
        return self.chance.choice(_VARIABLES[kind[0]])

    # -- blocks ------------------------------------------------------------------------------------

    def attempt(self, depth: int) -> Json:
        """What has failed is logged, with what it has left behind."""
        steps = self.steps(3, depth) if depth < 3 else [self.step(self.assign(depth))]
        log = {"call": "sys.log", "args": {"json": {"error": "${e.message}", **_SEEN}}}
        return {"try": {"steps": steps}, "except": {"as": "e", "steps": [self.step(log)]}}

    def loop(self, depth: int) -> Json:
        items: Json = {"range": [self.chance.choice([0, 1, -1]), self.chance.choice([2, 3])]}
        if self.odds(0.5):
            items = {"in": f"${{{self.filled(self.chance.choice(['integers', 'texts']))}}}"}
        value = f"w{self.number}"
        first = self.step({"assign": [{"v": f"${{{value}}}"}]})
        return {"for": {"value": value, **items, "steps": [first, *self.steps(3, depth)]}}

    def switch(self, depth: int) -> Json:
        cases = []
        for _ in range(self.chance.randint(1, 2)):
            condition = f"${{{self.filled(self.chance.choice(_FORMS['boolean']))}}}"
            cases.append({"condition": condition, "steps": self.steps(2, depth)})
        return {"switch": cases}

    def parallel(self, depth: int) -> Json:
        names = ["v", *(name for each in _VARIABLES.values() for name in each)]
        branches = [{f"b{self.number}_{n}": {"steps": self.steps(2, 3)}} for n in range(2)]
        return {"parallel": {"shared": names, "branches": branches}}
