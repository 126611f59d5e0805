"""Random valid workflows: every kind of step, jumps in all directions that are allowed, errors.

`workflow(chance)` gives the tree of a file as JSON has it.  Every workflow comes to an end (a jump
backwards leads to a step that counts, and is made a few times only), but not always to a good one:
operands of the wrong type and missing keys are part of it.  Steps log what they see.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, TypeVar

from tests.awkward import NAMES, ODD

Json = Any
Steps = list[dict[str, Json]]
T = TypeVar("T")

_ROUNDS = 3  # how often a counter lets jumps lead backwards
_DEEPEST = 5
_EDGES = [2**63 - 1, -(2**63), 2**62, -0.0, 1e308]
"""Where integers overflow, and doubles come to be infinite and NaN."""
_VALUES: dict[str, list[Json]] = {
    "number": [0, 1, 2, -3, 2.5, *_EDGES],
    "text": ["", "a", "k", "1"],
    "list": [[], [1], [3, 1, 2], [True, 1, 0.5], [2**63 - 1, -(2**63)], ["", "a"], [-0.0, 1e308]],
    "map": [{}, {"k": 1}, {"k": 2, "a": 0}, {"k": 2**62, "a": -0.0}, {"k": True, "": ""}],
    "any": [0, 1.5, True, False, None, "", "k", [None, "a"], {"k": {"a": 1}}, 2**63 - 1],
}
"""Values by the kind that a variable mostly has; those of `any` are what comes."""
_KINDS = list(_VALUES)
_CALLED = {"len", "default", "keys", "if", "get_type", "list", "map", "text", "retry", "sys"}


@dataclass
class _List:
    """A list of steps, for jumps: its steps' names, and whether each counts.

    open    jumps from around it may lead into it
    closed  no jump may leave it
    """

    outer: _List | None
    open: bool = False
    closed: bool = False
    names: dict[str, bool] = field(default_factory=dict)
    inner: list[_List] = field(default_factory=list)

    def targets(self) -> dict[str, bool]:
        """Every step that a jump from here may name."""
        around = {} if self.closed or self.outer is None else self.outer.targets()
        return around | self.within()

    def within(self) -> dict[str, bool]:
        found = dict(self.names)
        for each in self.inner:
            found |= each.within() if each.open else {}
        return found


@dataclass(frozen=True)
class _Place:
    """Where a step stands.

    read, write  the variables that it can read and assign
    counter      the variable that limits jumps backwards
    still        nothing may wait here: branches that wait take turns in ways of their own
    """

    steps: _List
    read: tuple[str, ...]
    write: tuple[str, ...]
    still: bool
    counter: str = ""
    depth: int = 0
    loop: bool = False
    parallel: bool = False


@dataclass(frozen=True)
class _Routine:
    name: str
    required: int
    most: int
    still: bool


def workflow(chance: Random) -> dict[str, Json]:
    """A workflow of up to four routines; `main` takes an argument."""
    return _Maker(chance).workflow()


class _Maker:
    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.number = 0
        self.awkward = [name for name in NAMES if name not in _CALLED]
        chance.shuffle(self.awkward)
        self.kinds: dict[str, str] = {}
        self.jumps: list[tuple[dict[str, Json], _Place]] = []
        self.routines: list[_Routine] = []

    def odds(self, share: float) -> bool:
        return self.chance.random() < share

    def some(self, items: list[T] | tuple[T, ...]) -> T:
        return self.chance.choice(items)

    def several(self, least: int, most: int) -> range:
        return range(self.chance.randint(least, most))

    def name(self) -> str:
        """A name that nothing else bears."""
        self.number += 1
        return self.awkward.pop() if self.odds(0.4) and self.awkward else f"n{self.number}"

    def variable(self, kind: str) -> str:
        name = self.name()
        self.kinds[name] = kind
        return name

    def label(self) -> str:
        """The name of a step or a branch: any text."""
        self.number += 1
        return f"{self.some(ODD)}{self.number}" if self.odds(0.2) else f"s{self.number}"

    # -- routines ----------------------------------------------------------------------------------

    def workflow(self) -> dict[str, Json]:
        made: dict[str, Json] = {}
        for _ in self.several(0, 3):
            name, still = self.name(), self.odds(0.6)
            required, optional = self.chance.randint(0, 2), self.chance.randint(0, 2)
            parameters = tuple(self.variable("any") for _ in range(required + optional))
            written = [
                parameter if number < required else {parameter: self.literal()}
                for number, parameter in enumerate(parameters)
            ]
            made[name] = {"params": written, "steps": self.routine(parameters, still)}
            self.routines.append(_Routine(name, required, required + optional, still))
        argument = self.variable("any")
        made["main"] = {"params": [argument], "steps": self.routine((argument,), False)}
        order = list(made)
        self.chance.shuffle(order)
        return {name: made[name] for name in order}

    def routine(self, parameters: tuple[str, ...], still: bool) -> Steps:
        """Some steps between first values for most variables, and a return of all of them."""
        variables = {self.variable(kind): kind for kind in ("number", *_KINDS)}
        seen = (*parameters, *variables)
        self.jumps = []
        starts = [{name: self.some(_VALUES[kind])} for name, kind in variables.items()]
        late = starts.pop(self.chance.randrange(len(starts)))
        return [
            {self.label(): {"assign": starts}},
            *self.aimed(self.counted(_Place(_List(None), seen, seen, still), 4)),
            {self.label(): {"assign": [late]}},
            {self.label(): {"return": [f"${{{name}}}" for name in seen]}},
        ]

    def counted(self, place: _Place, most: int) -> Steps:
        """The steps of a routine, loop or branch, which has a counter of its own."""
        counter = self.variable("number")
        inner = replace(place, counter=counter, read=(*place.read, counter))
        return [{self.label(): {"assign": [{counter: 0}]}}, *self.steps(inner, most)]

    def enclosed(self, place: _Place, most: int, local: str = "") -> Steps:
        """The steps of a loop or a branch: no jump enters or leaves them.

        `local` is a variable that exists only there, and is not assigned on every way.
        """
        steps = self.counted(replace(place, steps=_List(place.steps, closed=True)), most)
        if local:
            steps.insert(self.chance.randint(1, len(steps)), self.assigned(local, place))
        return steps

    def assigned(self, local: str, place: _Place) -> dict[str, Json]:
        return {self.label(): {"assign": [{local: self.value(self.kinds[local], place)}]}}

    def aimed(self, steps: Steps) -> Steps:
        """Gives the conditional jumps of a routine their targets, now that all steps have names."""
        for case, place in self.jumps:
            counting = [name for name, counts in place.steps.targets().items() if counts]
            if counting:
                case["next"] = self.some(counting)
                condition = case["condition"][2:-1]
                case["condition"] = f"${{{place.counter} < {_ROUNDS} and ({condition})}}"
            else:
                del case["next"]
        return steps

    # -- steps -------------------------------------------------------------------------------------

    def steps(self, place: _Place, most: int, *, open: bool = False) -> Steps:
        own = _List(place.steps, open)
        place.steps.inner.append(own)
        place = replace(place, steps=own, depth=place.depth + 1)
        made: Steps = []
        for _ in self.several(1, most):
            if self.odds(0.3):
                counts = self.label()
                own.names[counts] = True
                tick = {place.counter: f"${{{place.counter} + 1}}"}
                made.append({counts: {"assign": [tick, *self.assignments(0, place)]}})
            name = self.label()
            own.names[name] = False
            made.append({name: self.body(place)})
        names = list(own.names)
        for number, step in enumerate(made):
            (body,) = step.values()
            later = names[number + 1 :]
            if "next" not in body and "return" not in body and later and self.odds(0.2):
                body["next"] = self.some(later)
        return made

    def body(self, place: _Place, *, entry: bool = False) -> dict[str, Json]:
        """What a step does, or an entry of a `switch`."""
        simple = [self.assign, self.assign, self.log, self.call, self.leave]
        nested = [self.switch, self.switch, self.loop, self.attempt, self.attempt]
        nested += [] if entry else [self.group]
        nested += [] if place.still else [self.parallel]
        kinds = simple if place.depth > _DEEPEST or self.odds(0.45) else nested
        return self.some(kinds)(place)

    def assign(self, place: _Place) -> dict[str, Json]:
        return {"assign": self.assignments(1, place)}

    def assignments(self, least: int, place: _Place) -> list[Json]:
        return [self.assignment(place) for _ in self.several(least, 2)] if place.write else []

    def assignment(self, place: _Place) -> dict[str, Json]:
        target = self.some(place.write)
        kind = self.kinds[target] if self.odds(0.9) else self.some(_KINDS)
        text = self.pick("text", place)
        number = self.pick("number", place)
        parts = {
            "list": ["[0]", "[len({target}) - 1]", "[1]", f"[{number}]"],
            "map": [".k", '["a"]', f"[{text}]"],
        }
        parts["any"] = [*parts["list"], *parts["map"], ".k.a", "[0].k"]
        if kind in parts and self.odds(0.4):
            part = self.some(parts[kind]).replace("{target}", target)
            if kind != "any" and self.odds(0.4):
                return {target + part: self.more(target, part, place)}
            return {target + part: self.value("any" if kind == "any" else "number", place)}
        if kind == "list" and self.odds(0.3):
            added = self.value(self.some(_KINDS), place)
            inner = added[2:-1] if isinstance(added, str) and added.startswith("${") else text
            return {target: f"${{list.concat({target}, {inner})}}"}
        return {target: self.value(kind, place)}

    def more(self, target: str, part: str, place: _Place) -> str:
        """What is at a place in a list or map, and something added to it."""
        held = f"{target}{part}"
        if part.startswith("[") and self.kinds[target] == "map":
            held = self.some([held, f"default(map.get({target}, {part[1:-1]}), 0)"])
        added = self.some(["1", self.pick("number", place), self.pick("number", place) + " % 5"])
        return f"${{{held} {self.some(['+', '-'])} {added}}}"

    def pick(self, kind: str, place: _Place) -> str:
        """A variable of a kind, mostly, or text for a value of it."""
        names = [name for name in place.read if self.kinds[name] == kind]
        if names and self.odds(0.95):
            return self.some(names)
        return {"number": "2", "text": '"k"', "list": "[1]"}.get(kind) or self.some(place.read)

    def log(self, place: _Place) -> dict[str, Json]:
        seen = {f"v{number}": f"${{{name}}}" for number, name in enumerate(place.read)}
        return {"call": "sys.log", "args": {"json": {**seen, "at": self.number}}}

    def call(self, place: _Place) -> dict[str, Json]:
        result = {"result": self.some(place.write)} if place.write and self.odds(0.7) else {}
        callees = self.callees(place)
        if not place.still and (not callees or self.odds(0.1)):
            return {"call": "sys.sleep", "args": {"seconds": 0.5}, **result}
        if not callees:
            return self.log(place)
        callee = self.some(callees)
        given = [self.value("any", place) for _ in self.several(callee.required, callee.most)]
        return {"call": callee.name, **({"args": given} if given else {}), **result}

    def callees(self, place: _Place) -> list[_Routine]:
        return [routine for routine in self.routines if routine.still or not place.still]

    def leave(self, place: _Place) -> dict[str, Json]:
        """An error, a result, a jump out of a loop or to the end."""
        if self.odds(0.4):
            return {"raise": self.value("any", place)}
        if not place.parallel and self.odds(0.5):
            return {"return": self.value("any", place)}
        ways = ["break", "continue"] if place.loop else []
        ways += ["continue"] if place.parallel else ["end"]
        return {"next": self.some(ways)}

    def switch(self, place: _Place) -> dict[str, Json]:
        cases = []
        for _ in self.several(1, 3):
            case: dict[str, Json] = {"condition": self.condition(place)}
            kind = self.chance.random()
            if kind < 0.35:
                case["next"] = ""
                self.jumps.append((case, place))
            elif kind < 0.6:
                case["steps"] = self.steps(place, 2)
            elif kind < 0.9:
                case |= self.body(replace(place, depth=place.depth + 1), entry=True)
            cases.append(case)
        if self.odds(0.1):
            cases.append({"condition": self.odds(0.5), "raise": self.value("any", place)})
        return {"switch": cases}

    def group(self, place: _Place) -> dict[str, Json]:
        return {"steps": self.steps(place, 3, open=True)}

    # -- blocks ------------------------------------------------------------------------------------

    def loop(self, place: _Place) -> dict[str, Json]:
        return {"for": self.over(replace(place, loop=True), self.variable("list"))}

    def over(self, place: _Place, local: str) -> dict[str, Json]:
        """The `for` of an ordinary loop, or of a parallel one."""
        ranges = {"range": [self.some([0, 1, -1, 0.5]), self.some([0, 2, 2.5])]}
        lists = {"in": [self.value("number", place) for _ in self.several(0, 3)]}
        computed = {"range": f'${{[{self.some([0, 1])}, len("ab") - {self.some([0, 1, 3])}]}}'}
        head: dict[str, Json] = {"value": self.variable("number")}
        if self.odds(0.4):
            head["index"] = self.variable("number")
        own = (*head.values(), local)
        head |= self.some([ranges, lists, computed, {"in": f"${{{self.pick('list', place)}}}"}])
        inner = replace(place, read=place.read + own, write=place.write + own)
        return {**head, "steps": self.enclosed(inner, 3, local)}

    def attempt(self, place: _Place) -> dict[str, Json]:
        steps: list[dict[str, Json]] = [{"steps": self.steps(place, 3)}] * 2
        body: dict[str, Json] = {"try": self.some([self.assign(place), self.call(place), *steps])}
        if not place.still and self.odds(0.3):
            takers = [r.name for r in self.routines if r.required <= 1 <= r.most]
            body["retry"] = {
                "predicate": f"${{{self.some(['retry.always', 'retry.never', *takers])}}}",
                "max_retries": self.some([0, 1, 2, "${1 + 1}"]),
                "backoff": {"initial_delay": 1, "max_delay": 2, "multiplier": 1.5},
            }
            if self.odds(0.3):
                return body
        error = (self.variable("any"),) if self.odds(0.7) else ()
        local = self.variable("any")
        own = (*error, local)
        inner = replace(place, read=place.read + own, write=place.write + own)
        handler: dict[str, Json] = {"as": error[0]} if error else {}
        handler["steps"] = [self.assigned(local, place), *self.steps(inner, 2)]
        return {**body, "except": handler}

    def parallel(self, place: _Place) -> dict[str, Json]:
        shared = tuple(self.chance.sample(place.write, self.chance.randint(0, 2)))
        made: dict[str, Json] = {"shared": list(shared)} if shared else {}
        if self.odds(0.2):
            made["concurrency_limit"] = self.some([1, 2, "${1 + 1}"])
        inner = replace(place, write=shared, still=True, loop=False, parallel=True)
        if self.odds(0.5):
            return {"parallel": {**made, "for": self.over(inner, self.variable("map"))}}
        made["branches"] = []
        for _ in self.several(2, 3):
            local = self.variable("number")
            own = replace(inner, read=(*inner.read, local), write=(*shared, local))
            made["branches"].append({self.label(): {"steps": self.enclosed(own, 3, local)}})
        return {"parallel": made}

    # -- values ------------------------------------------------------------------------------------

    def literal(self) -> Json:
        return self.some(_VALUES[self.some(_KINDS)])

    def value(self, kind: str, place: _Place) -> Json:
        """A literal, an expression, or a list or map of such."""
        draw = self.chance.random()
        if draw < 0.15:
            return self.some(_VALUES[kind])
        if kind == "list" and draw < 0.5:
            return [self.value("number", place) for _ in self.several(0, 2)]
        if kind == "map" and draw < 0.6:
            return {key: self.value("number", place) for key in self.some([["k"], ["a", "k"]])}
        if kind == "any" and draw < 0.25:
            return [self.value("any", place) for _ in self.several(0, 2)]
        if kind == "any" and draw < 0.35:
            return {key: self.value("any", place) for key in self.some([["k"], ["a", "k"], []])}
        return f"${{{self.expression(kind, place)}}}"

    def expression(self, kind: str, place: _Place) -> str:
        number, other, text, listed, mapped, free = (
            self.pick(each, place) for each in ("number", *_KINDS)
        )
        callees = self.callees(place)
        match kind:
            case "number":
                forms = [number, f"{number} + 1", f"{number} - {other}", f"{number} * 2"]
                forms += [f"{number} // 2", f"-{number}", f"len({listed})", f"{mapped}.k"]
                forms += [f"{number} / {other}", f"{number} % {other}", f"{listed}[0]"]
                forms += [f"if({number} < {other}, {number}, 7)", f'{mapped}["a"]']
                forms += [f"{number} // {other}", f"{number} + {other} - 1", f"1e308 * {number}"]
                forms += [f"default({free}, {number})", f"{listed}[{number}]", f"{listed}[1]"]
                forms += [f"default(map.get({mapped}, {text}), {number})", f"{mapped}[{text}]"]
                forms += [f'map.get({mapped}, "k") + {listed}[0]', f"{listed}[1] * {number}"]
            case "text":
                forms = [text, f'"a" + {number}', f"{text} + {other}", f"string({number})"]
                forms += [f"get_type({free})", f'{text} + ":" + {number} + {text}', f'"" + {free}']
                forms += [f'{text} + "{{" + {number} + "é" + string({other})', f'{number} + "k"']
                forms += [f'{text} + "a" + string({free}) + get_type({free})']
            case "list":
                forms = [listed, f"[{number}, {other}]", f"list.concat({listed}, {number})"]
                forms += [f"[{listed}[0]]", "[]", f"default({free}, {listed})", f"keys({mapped})"]
                forms += [f'text.split({text}, ":")', f"list.concat({listed}, {text})"]
            case "map":
                forms = [mapped, mapped, f"default({mapped}, {free})"]
            case _:
                forms = [free, number, f"[{free}, {mapped}]", f"{free}.k", f"{free}[{number}]"]
                forms += [f"{number} + {free}", f"{free} == {text}", f"{number} < {other}"]
                forms += [f"{text} in {mapped}", f"{number} in {listed}", f"not({free} == null)"]
                if callees and self.odds(0.4):
                    callee = self.some(callees)
                    given = [self.some([free, number, mapped]) for _ in range(callee.most)]
                    count = self.chance.randint(callee.required, callee.most)
                    return f"{callee.name}({', '.join(given[:count])})"
        return self.some(forms)

    def condition(self, place: _Place) -> str:
        number, other, text, listed, mapped, free = (
            self.pick(each, place) for each in ("number", *_KINDS)
        )
        counter = place.counter
        forms = [f"{counter} % 2 == 1", f"{counter} % 2 == 0", f"{number} < {other}", "1 > 2"]
        forms += [f"{free} == null", f"{counter} > 0 and {text} != {free}", "true"]
        forms += [f'get_type({free}) == "list"', f"{text} in {mapped}", f"{number} in {listed}"]
        forms += [f"{number} >= 1 or {text} == {text}", f"not({number} == {other})"]
        forms += [f"{free} != null and {free} != {number}", f"{free} == {number}", free]
        forms += [f'get_type({free}) == "integer" and {free} > 0', f"{number} <= len({listed})"]
        forms += [f"{number} == {other} or {number} - 1 > {other}", f"-{number} < {number}"]
        return f"${{{self.some(forms)}}}"
