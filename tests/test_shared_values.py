"""Sharing maps and lists instead of copying them (`alias`) can be seen by no workflow.

Random workflows that pass values around and write into them are compiled twice, once with every
copy made: results, logs and errors must be the same.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from tests.running import run

from wfc.alias import Aliases
from wfc.pipeline import compile_source
from wfc.source import Source

Json = Any
Steps = list[dict[str, Json]]

PARTS = (".a", ".b", '["a"]', ".l[0]", ".l[1]")


def value(depth: int = 3) -> Json:
    """A map from which every path of `PARTS` leads to another one, as far as it goes."""
    if not depth:
        return {"n": 0}
    return {"n": 0, "a": value(depth - 1), "b": value(depth - 1), "l": [value(depth - 1)] * 2}


VALUE = value()


class Everything(frozenset[Any]):
    """Contains whatever one asks for."""

    def __contains__(self, _: object) -> bool:
        return True


class Values:
    """Makes a workflow of which every step passes values on or writes into them.

    One has few writes, another many, and how deep they go differs, too.
    """

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.odds, self.some = self.chance.random, self.chance.choice
        self.writes = self.some([1, 1, 2, 6])
        self.deepest = self.some([1, 1, 2, 3])
        self.number = 0
        self.routines: list[str] = []

    def workflow(self) -> Json:
        made: dict[str, Json] = {}
        for name in ("last", "middle", "first"):
            parameters = ["p", {"q": VALUE} if self.odds() < 0.5 else "q"]
            start = [self.step({"assign": [{"x": VALUE}]})]
            steps = [*start, *self.block(["p", "q", "x"], 4)]
            made[name] = {"params": parameters, "steps": [*steps, self.result(["p", "q", "x"])]}
            self.routines.append(name)
        ends = [*self.block(["error"], 1), self.step({"return": True})]
        made["worth_it"] = {"params": ["error"], "steps": ends}
        variables = ["args", "x", "y", "z"]
        starts = [VALUE, "${args}", {"a": "${args}", "b": "${args.l}", "l": ["${args.a}", 1]}]
        start = [self.step({"assign": [{name: self.some(starts)} for name in variables[1:]]})]
        end = self.step({"return": [f"${{{name}}}" for name in variables]})
        return {
            "main": {"params": ["args"], "steps": [*start, *self.block(variables, 8), end]},
            **made,
        }

    def step(self, body: Json) -> dict[str, Json]:
        self.number += 1
        return {f"s{self.number}": body}

    def result(self, variables: list[str]) -> dict[str, Json]:
        return self.step({"return": self.value(variables)})

    # -- steps -------------------------------------------------------------------------------------

    def block(self, variables: list[str], most: int) -> Steps:
        return [self.guarded(variables, most) for _ in range(self.chance.randint(1, most))]

    def guarded(self, variables: list[str], most: int) -> dict[str, Json]:
        """A step whose error, mostly a path that is not there, is of no consequence."""
        inner = self.step(self.body(variables, most))
        note = self.step({"call": "sys.log", "args": {"text": "${e.message}"}})
        return self.step({"try": {"steps": [inner]}, "except": {"as": "e", "steps": [note]}})

    def body(self, variables: list[str], most: int) -> Json:
        kinds = [*[self.write] * self.writes, self.assign, self.assign, self.call]
        if most > 2:
            kinds += [self.loop, self.attempt, self.parallel]
        return self.some(kinds)(variables)

    def assign(self, variables: list[str]) -> Json:
        return {"assign": [{self.some(variables): self.value(variables)}]}

    def write(self, variables: list[str]) -> Json:
        number = self.chance.randint(10, 99)
        target = self.path(variables, self.deepest)
        if self.odds() < 0.8:
            return {"assign": [{f"{target}.n": number}]}
        return {"assign": [{f"{target}{self.some(PARTS)}": self.value(variables)}]}

    def call(self, variables: list[str]) -> Json:
        result = {"result": self.some(variables)}
        one, other = self.expression(variables), self.value(variables)
        if self.routines and self.odds() < 0.6:
            return {"call": self.some(self.routines), "args": {"p": one, "q": other}, **result}
        if self.routines and self.odds() < 0.5:
            name = f"pack{self.number}"  # one of its own: a branch may not assign another's
            pack = self.step({"assign": [{name: {"p": one, "q": other}}]})
            args = f'${{map.delete({name}, "")}}'
            call = {"call": self.some(self.routines), "args": args, **result}
            return {"steps": [pack, self.step(call)]}
        return {"call": "map.merge", "args": {"first": one, "second": other}, **result}

    def loop(self, variables: list[str]) -> Json:
        return {"for": self.each(variables, 2)}

    def each(self, variables: list[str], most: int) -> Json:
        item = f"i{self.number}"
        items = self.some([[self.value(variables)], f"${{{self.listed(variables)}}}"])
        return {"value": item, "in": items, "steps": self.block([*variables, item], most)}

    def attempt(self, variables: list[str]) -> Json:
        error = f"e{self.number}"
        body: dict[str, Json] = {"try": {"raise": self.value(variables)}}
        if self.odds() < 0.4:
            delays = {"initial_delay": 1, "max_delay": 1, "multiplier": 1}
            body["retry"] = {"predicate": "${worth_it}", "max_retries": 1, "backoff": delays}
        steps = self.block([*variables, error], 2)
        return {**body, "except": {"as": error, "steps": steps}}

    def parallel(self, variables: list[str]) -> Json:
        shared = [name for name in variables if self.odds() < 0.7]
        steps = self.block(shared, 2) if shared else [self.step({"assign": [{"own": 1}]})]
        head = {"shared": shared} if shared else {}
        return {"parallel": {**head, "branches": [{"one": {"steps": steps}}]}}

    # -- values ------------------------------------------------------------------------------------

    def value(self, variables: list[str]) -> Json:
        return self.literal(variables) if self.odds() < 0.2 else self.expression(variables)

    def literal(self, variables: list[str]) -> Json:
        parts = [self.expression(variables) for _ in range(4)]
        listed = self.some([parts[:2], f"${{{self.listed(variables)}}}"])
        return {"n": 1, "a": self.some([VALUE, parts[2]]), "b": parts[3], "l": listed}

    def path(self, variables: list[str], deepest: int = 3) -> str:
        parts = [self.some(PARTS) for _ in range(self.chance.randint(1, deepest))]
        return self.some(variables) + "".join(parts)

    def expression(self, variables: list[str]) -> str:
        return f"${{{self.inner(variables)}}}"

    def inner(self, variables: list[str]) -> str:
        """An expression for a map as `value` makes them."""
        one, other = self.some(variables), self.some(variables)
        part = self.path(variables)
        forms = [one, one, one, part, part, f"[{one}, {part}][1]", f"default({part}, {one})"]
        forms += [f"if({part}.n > 0, {part}, {one})", f'map.get({one}, "a")']
        forms += [f'map.get({one}, ["a", "b"])', f"{self.listed(variables)}[1]"]
        forms += [f"map.merge({one}, {other})", f"map.merge_nested({one}, {other})"]
        if self.routines:
            called = f"{self.some(self.routines)}({one}, {part})"
            forms += [called, called, f"{called}.a", f"{called}.l[0]"]
        return self.some(forms)

    def listed(self, variables: list[str]) -> str:
        """An expression for a list of two maps or more."""
        one, other, part = self.some(variables), self.some(variables), self.path(variables)
        forms = [f"{one}.l", f"{part}.l", f"[{one}, {one}]", f"[{one}, {part}]"]
        forms += [f"list.concat({one}.l, {part})", f"list.prepend({other}.l, {one})"]
        return self.some(forms)


def _module(source: Source) -> str:
    made = compile_source(source, layout=False)
    assert made.module is not None, made.problems
    return made.module


@pytest.mark.parametrize("start", range(0, 24, 8))
def test_random_workflows_do_the_same_with_every_copy(start: int) -> None:
    for seed in range(start, start + 8):
        _compare(seed)


@pytest.mark.soak
@pytest.mark.parametrize("start", range(10000, 10600, 100))
def test_many_random_workflows_do_the_same_with_every_copy(start: int) -> None:
    for seed in range(start, start + 100):
        _compare(seed)


def _compare(seed: int) -> None:
    source = Source("random.json", json.dumps(Values(seed).workflow()))
    shared = _module(source)
    with patch("wfc.pipeline.alias", lambda *_: Aliases(Everything())):
        copied = _module(source)
    expected = run(copied, VALUE, accounting=False)
    outcome = run(shared, VALUE, accounting=False)
    assert outcome.error == expected.error, seed
    assert repr([outcome.result, outcome.log]) == repr([expected.result, expected.log]), seed
