"""Random workflows around parallel steps: nested, with limits, waits, shared variables and errors.

`program(chance)` gives the tree of a file as JSON has it.  Branches write what they see into the
shared variables `log`, `total`, `byId` and `slots`, so that the order of all writes is part of the
result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, TypeVar

Json = Any
T = TypeVar("T")

_SHARED = ("log", "total", "byId", "slots")


@dataclass(frozen=True)
class _Place:
    """Where a step stands.

    write    the shared variables that it can assign
    numbers  variables that mostly hold numbers
    calls    the routines that it can call
    lexical  parallel steps around it in its routine
    depth    blocks around it
    loop     whether there is an ordinary loop around it, within the branch
    """

    write: tuple[str, ...] = _SHARED
    numbers: tuple[str, ...] = ("two",)
    calls: tuple[str, ...] = ()
    lexical: int = 0
    depth: int = 0
    loop: bool = False


def program(
    chance: Random, *, size: int, loops: bool = False, locks: bool = False
) -> dict[str, Json]:
    """A workflow whose main has about `size` steps or fewer.

    loops  there are ordinary loops and jumps backwards
    locks  there are assignments that wait between reading and writing a shared variable
    """
    return _Maker(chance, loops, locks).program(size)


class _Maker:
    def __init__(self, chance: Random, loops: bool, locks: bool) -> None:
        self.chance = chance
        self.loops = loops
        self.locks = locks
        self.number = 0
        self.budget = 0

    def odds(self, share: float) -> bool:
        return self.chance.random() < share

    def some(self, items: Sequence[T]) -> T:
        return self.chance.choice(items)

    def name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    # -- routines ----------------------------------------------------------------------------------

    def program(self, size: int) -> dict[str, Json]:
        """`nap` waits, `inner` has parallel steps, `outer` may call it inside its own."""
        sleep = {"call": "sys.sleep", "args": {"seconds": "${n / 2}"}}
        nap = [{"doze": sleep}, {"wake": {"return": "${n + 1}"}}]
        made: dict[str, Json] = {"nap": {"params": ["n"], "steps": nap}}
        made["inner"] = self.routine(size // 5, ("nap",))
        made["outer"] = self.routine(size // 5, ("nap", "inner"))
        self.budget = size
        place = _Place(calls=("nap", "inner", "outer", "outer"))
        steps = [{"all": self.fan(place)}, *self.steps(place, 0, 2)]
        seen = {name: f"${{{name}}}" for name in _SHARED}
        steps.append({"end": {"return": seen}})
        if self.odds(0.6):
            handler = [{"seen": {"return": {**seen, "error": "${error}"}}}]
            guard = {"try": {"steps": steps}, "except": {"as": "error", "steps": handler}}
            steps = [{"guard": guard}]
        made["main"] = {"params": ["args"], "steps": [self.begin(), *steps]}
        return made

    def routine(self, budget: int, calls: tuple[str, ...]) -> dict[str, Json]:
        self.budget = budget
        place = _Place((*_SHARED, "n"), ("n", "two"), calls)
        steps = [self.begin(), *self.steps(place, 0, 2), {self.name("fan"): self.fan(place)}]
        return {"params": ["n"], "steps": [*steps, {self.name("end"): {"return": "${total}"}}]}

    def begin(self) -> dict[str, Json]:
        values = {"log": [], "total": 0, "byId": {}, "slots": [0, 1, 2], "two": 2, "text": "abc"}
        return {self.name("init"): {"assign": [{name: value} for name, value in values.items()]}}

    # -- steps -------------------------------------------------------------------------------------

    def steps(self, place: _Place, least: int, most: int) -> list[dict[str, Json]]:
        made = [self.step(place) for _ in range(self.chance.randint(least, most))]
        for number, step in enumerate(made):
            (body,) = step.values()
            later = made[number + 1 :]
            if later and "next" not in body and self.odds(0.05):
                body["next"] = next(iter(self.some(later)))
        return made

    def step(self, place: _Place) -> dict[str, Json]:
        self.budget -= 1
        kinds = [self.write] * 6 + [self.sleep] * 4 + [self.local] * 2
        kinds += [self.log, self.append, self.fail, self.maybe, self.maybe, self.nap]
        if place.depth < 4 and self.budget > 0:
            kinds += [self.attempt] * 3 + [self.call] * (2 if len(place.calls) > 1 else 0)
            kinds += [self.fan] * (0 if place.lexical == 2 else 4)
            kinds += [self.loop, self.back] if self.loops else []
        kind = self.some(kinds)
        return {self.name(kind.__name__): kind(replace(place, depth=place.depth + 1))}

    def number_of(self, place: _Place) -> str:
        return self.some(place.numbers)

    def write(self, place: _Place) -> dict[str, Json]:
        """One to three assignments to shared variables (rules 8 to 10)."""
        made = [self.assignment(place) for _ in range(self.chance.randint(1, 3))]
        return {"assign": [each for each in made if each] or [{self.name("own"): 1}]}

    def assignment(self, place: _Place) -> dict[str, Json] | None:
        if not place.write:
            return None
        number = self.number_of(place)
        counted = [name for name in place.write if name not in ("log", "byId", "slots")]
        match self.some([*place.write, *(counted if self.locks else [])]):
            case "log":
                return self.noted(f'"{self.name("at")}:" + {number}')
            case "byId":
                key = self.some(['"a"', f"string({number})"])
                return {f"byId[{key}]": f"${{{number}}}"}
            case "slots":
                index = self.some(["0", "len(slots) - 1", number])
                first = "nap(slots[0])" if self.locks and self.odds(0.5) else "slots[0]"
                return {f"slots[{index}]": f"${{{first} + {number}}}"}
            case name if self.locks and self.odds(0.5):
                routine = self.some([each for each in ("nap", *place.calls) if each != "outer"])
                return {name: f"${{{routine}({name}) + {number}}}"}
            case name:
                return {name: f"${{{name} + {number}}}"}

    def noted(self, expression: str) -> dict[str, Json]:
        return {"log": f"${{list.concat(log, {expression})}}"}

    def sleep(self, place: _Place) -> dict[str, Json]:
        seconds = self.some([0, 1, 1, 2, 2.5, f"${{{self.number_of(place)} / 4}}"])
        return {"call": "sys.sleep", "args": {"seconds": seconds}}

    def local(self, place: _Place) -> dict[str, Json]:
        """A variable of the branch alone (rule 13), sometimes from a call that waits."""
        own, number = self.name("own"), self.number_of(place)
        text = "x" * self.chance.randint(0, 120)
        value = self.some([f"${{nap({number})}}", text, text, [text, f"${{{number}}}"]])
        follow = self.noted(own) if "log" in place.write else {self.name("own"): f"${{{own}}}"}
        return {"assign": [{own: value}, follow]}

    def log(self, place: _Place) -> dict[str, Json]:
        seen = {name: f"${{{name}}}" for name in ("total", self.number_of(place))}
        return {"call": "sys.log", "args": {"json": seen}}

    def append(self, place: _Place) -> dict[str, Json]:
        if "log" not in place.write:
            return self.log(place)
        given = {"objs": "${log}", "val": f"${{{self.number_of(place)}}}"}
        return {"call": "list.concat", "args": given, "result": "log"}  # rule 11

    def nap(self, place: _Place) -> dict[str, Json]:
        return self.calling("nap", place)

    def call(self, place: _Place) -> dict[str, Json]:
        return self.calling(self.some(place.calls), place)

    def calling(self, routine: str, place: _Place) -> dict[str, Json]:
        """A call, whose result may be a shared variable (rule 11)."""
        called = {"call": routine, "args": {"n": f"${{{self.number_of(place)}}}"}}
        counted = [name for name in place.write if name not in ("log", "byId", "slots")]
        result = self.some(counted) if counted and self.odds(0.5) else self.name("own")
        return called | ({"result": result} if self.odds(0.7) else {})

    def fail(self, place: _Place) -> dict[str, Json]:
        number, own = self.number_of(place), self.name("own")
        text = "e" * self.some([0, 10, 100, 3_000])
        raised = [text, {"code": f"${{{number}}}", "text": text}, f'${{"at " + {number}}}']
        faults = [f"{number} // 0", 'byId["none"]', f"slots[{number} + 3]", "text + null"]
        if self.odds(0.5):
            return {"raise": self.some(raised)}
        before = self.assignment(place)
        fault = {own: f"${{{self.some(faults)}}}"}
        return {"assign": [before, fault] if before else [fault]}  # rule 12

    def maybe(self, place: _Place) -> dict[str, Json]:
        """A `switch`: fails, ends the branch early (rule 21), or goes on."""
        number = self.number_of(place)
        tests = [f"{number} % 2 == 0", f"{number} > 1", "total % 3 != 0", "len(log) > 3"]
        cases: list[dict[str, Json]] = []
        for _ in range(self.chance.randint(1, 2)):
            leave = "continue" if place.lexical or place.loop else "end"
            leave = self.some(["continue", "break"]) if place.loop else leave
            action = self.some([{"next": leave}, self.fail(place), self.write(place)])
            cases.append({"condition": f"${{{self.some(tests)}}}", **action})
        return {"switch": cases}

    # -- blocks ------------------------------------------------------------------------------------

    def attempt(self, place: _Place) -> dict[str, Json]:
        """A `try` (rule 24)."""
        steps = self.steps(place, 1, 3)
        if place.lexical < 2 and self.budget > 0 and self.odds(0.3):
            steps.append({self.name("fan"): self.fan(place)})
        made: dict[str, Json] = {"try": {"steps": steps}}
        if self.odds(0.5):
            predicate = self.some(["${retry.always}", "${retry.always}", "${retry.never}"])
            made["retry"] = {"predicate": predicate, "max_retries": self.chance.randint(0, 2)}
            made["retry"]["backoff"] = {"initial_delay": 0.5, "max_delay": 1, "multiplier": 2}
        if "retry" not in made or self.odds(0.5):
            error = self.name("error")
            handler: list[dict[str, Json]] = [
                {self.name("seen"): {"assign": [{self.name("own"): f"${{{error}}}"}]}}
            ]
            if "log" in place.write and self.odds(0.7):
                handler.append({self.name("noted"): {"assign": [self.noted(error)]}})
            write = (*place.write, error) if self.odds(0.2) else place.write
            handler += self.steps(replace(place, write=write), 0, 2)
            if self.odds(0.2):
                handler.append({self.name("again"): {"raise": f"${{{error}}}"}})
            made["except"] = {"as": error, "steps": handler}
        return made

    def fan(self, place: _Place) -> dict[str, Json]:
        """A parallel step; what an inner one writes, the one around it shares too (rule 14)."""
        share = self.some([1, 1, 0.5])
        shared = tuple(name for name in place.write if self.odds(share))
        made: dict[str, Json] = {"shared": list(shared)} if shared else {}
        limits: list[Json] = [1, 1, 2, 3, "${two}", "${total % 3 + 1}", "${len(slots)}"]
        wrong = ["${text}", "${two / 2}", "${total % 2}", "${two - 3}", "${null}"]
        if self.odds(0.6):
            made["concurrency_limit"] = self.some(wrong if self.odds(0.07) else limits)
        inner = replace(place, write=shared, lexical=place.lexical + 1, loop=False)
        if self.odds(0.3):
            branches = range(self.chance.randint(2, 3))
            made["branches"] = [
                {self.name("branch"): {"steps": self.branch(inner)}} for _ in branches
            ]
        else:
            made["for"] = self.over(inner)
        return {"parallel": made}

    def branch(self, place: _Place) -> list[dict[str, Json]]:
        """The steps of a branch or iteration, sometimes with a variable to share further down."""
        if self.odds(0.7):
            return self.steps(place, 1, 4)
        mine = self.name("mine")
        inner = replace(place, write=(*place.write, mine), numbers=(*place.numbers, mine))
        return [{self.name("init"): {"assign": [{mine: 1}]}}, *self.steps(inner, 1, 4)]

    def over(self, place: _Place) -> dict[str, Json]:
        """The `for` of a parallel step or of an ordinary loop."""
        made: dict[str, Json] = {"value": self.name("item")}
        own: tuple[str, ...] = (made["value"],)
        if self.odds(0.4):
            made["index"] = self.name("index")
            own += (made["index"],)
        lists: list[Json] = [[3, 1, 2], [2, 1], ["${two}", 5, 1], [], "${slots}", "${[1, two]}"]
        lists += ["${log}", "${text}"] if self.odds(0.1) else []
        if self.odds(0.5):
            most = self.some([1, 2, 3, 4, 24]) if place.depth < 2 else self.some([0, 1, 2])
            made["range"] = [self.some([0, 0, 1, 0.5]), self.some([most, most, most, "${two}", -1])]
        else:
            made["in"] = self.some(lists)
        write = (*place.write, *own) if self.odds(0.2) else place.write
        inner = replace(place, write=write, numbers=(*own, *own, *place.numbers))
        made["steps"] = self.branch(inner)
        return made

    def loop(self, place: _Place) -> dict[str, Json]:
        return {"for": self.over(replace(place, loop=True, depth=max(place.depth, 2)))}

    def back(self, place: _Place) -> dict[str, Json]:
        """A jump backwards, a few times, within the branch."""
        count, again = self.name("count"), self.name("again")
        more = {"condition": f"${{{count} < 2}}", "next": again}
        return {
            "steps": [
                {self.name("start"): {"assign": [{count: 0}]}},
                {again: {"assign": [{count: f"${{{count} + 1}}"}]}},
                *self.steps(place, 1, 2),
                {self.name("until"): {"switch": [more]}},
            ]
        }
