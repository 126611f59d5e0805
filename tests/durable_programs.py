"""Random workflows whose results say what was called, and not in which order.

`program(chance)` gives the tree of a file as JSON has it.  Branches call a service, sleep, retry
and make ids; they add to `total` and put what they get into `found` under a name of its own.
"""

from __future__ import annotations

from random import Random
from typing import Any

Json = Any

_SHARED = ["total", "found"]


def program(chance: Random, size: int) -> dict[str, Json]:
    """A workflow with about `size` steps."""
    return _Maker(chance, size).program()


class _Maker:
    """`where` is the variable that says which branch, iteration and round something is in."""

    def __init__(self, chance: Random, size: int) -> None:
        self.chance = chance
        self.budget = size
        self.number = 0

    def name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def program(self) -> dict[str, Json]:
        steps: list[Json] = [{"init": {"assign": [{"total": 0}, {"found": {}}, {"main": "main"}]}}]
        while self.budget > 0:
            steps += self.steps(0, "main")
        steps.append({"end": {"return": {"total": "${total}", "found": "${found}"}}})
        routine = [
            {"first": self.call("ask", "where", "answer")},
            {"second": self.call("ask_again", "where", "more")},
            {"give": {"return": "${answer.body.n + more.body.n}"}},
        ]
        return {"main": {"steps": steps}, "twice": {"params": ["where"], "steps": routine}}

    def steps(self, depth: int, where: str) -> list[Json]:
        found: list[Json] = []
        for _ in range(self.chance.randint(1, 3)):
            self.budget -= 1
            kinds = [self.request, self.request, self.sleep, self.retried, self.id, self.routine]
            if depth < 2:
                kinds += [self.branches, self.loop, self.loop]
            if self.budget > 0:
                kinds.append(self.rounds)
            found.append({self.name("step"): self.chance.choice(kinds)(depth, where)})
        return found

    def call(self, path: str, where: str, result: str) -> Json:
        args = {"url": f"https://service.example/{path}", "body": {"where": f"${{{where}}}"}}
        return {"call": "http.post", "args": args, "result": result}

    def keep(self, value: str, where: str) -> Json:
        name = self.name("keep")
        return {name: {"assign": [{f'found[{where} + " {name}"]': value}]}}

    def attempt(self, steps: list[Json], where: str) -> Json:
        error = self.name("error")
        handler = [self.keep(f"${{{error}.message}}", where)]
        return {"try": {"steps": steps}, "except": {"as": error, "steps": handler}}

    def request(self, depth: int, where: str) -> Json:
        answer = self.name("answer")
        call = {self.name("call"): self.call(self.name("path"), where, answer)}
        add = {self.name("add"): {"assign": [{"total": f"${{total + {answer}.body.n}}"}]}}
        return self.attempt([call, add], where)

    def retried(self, depth: int, where: str) -> Json:
        flaky = self.call(self.name("flaky"), where, self.name("answer"))
        attempt = self.attempt([{self.name("call"): flaky}], where)
        backoff = {"initial_delay": 0.5 + self.seconds(), "max_delay": 5, "multiplier": 1.5}
        return {**attempt, "retry": {"max_retries": 2, "backoff": backoff}}

    def sleep(self, depth: int, where: str) -> Json:
        return {"call": "sys.sleep", "args": {"seconds": self.seconds()}}

    def seconds(self) -> float:
        return self.chance.choice([0, 0.5, 1, 1.5, 2, 3, 7])

    def id(self, depth: int, where: str) -> Json:
        return {"steps": [self.keep("${uuid.generate()}", where)]}

    def routine(self, depth: int, where: str) -> Json:
        total = self.name("sum")
        call = {"call": "twice", "args": {"where": f"${{{where}}}"}, "result": total}
        steps = [{self.name("twice"): call}, self.keep(f"${{{total}}}", where)]
        return self.attempt(steps, where)

    def inner(self, depth: int, where: str, which: str) -> list[Json]:
        """Steps in a place of their own."""
        here = self.name("where")
        begin = {self.name("begin"): {"assign": [{here: f"${{{where} + {which}}}"}]}}
        return [begin, *self.steps(depth, here)]

    def branches(self, depth: int, where: str) -> Json:
        made = []
        for _ in range(self.chance.randint(2, 3)):
            name = self.name("branch")
            made.append({name: {"steps": self.inner(depth + 1, where, f'" {name}"')}})
        return {"parallel": {"shared": _SHARED, "branches": made}}

    def loop(self, depth: int, where: str) -> Json:
        item = self.name("item")
        steps = self.inner(depth + 1, where, f'" " + string({item})')
        loop = {"value": item, "range": [1, self.chance.randint(1, 4)], "steps": steps}
        step: dict[str, Json] = {"shared": _SHARED, "for": loop}
        if self.chance.random() < 0.4:
            step["concurrency_limit"] = self.chance.randint(1, 3)
        return {"parallel": step}

    def rounds(self, depth: int, where: str) -> Json:
        item = self.name("round")
        steps = self.inner(depth, where, f'" " + string({item})')
        return {"for": {"value": item, "range": [1, 2], "steps": steps}}
