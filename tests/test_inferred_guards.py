"""Which guards a proof removes, and that they stay just beside it.

Each row is a loop or a few assignments, a line that the module must have, and what is not proven
any more when the one thing changes that the proof needs.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.running import run

from wfc.pipeline import compile_source
from wfc.source import Source

Json = Any


def _module(*steps: Json, params: str = "args", more: Json = None) -> str:
    named = [{f"s{number}": step} for number, step in enumerate(steps)]
    tree = {"main": {"params": [params], "steps": named}, **(more or {})}
    module = compile_source(Source("guards.json", json.dumps(tree)), layout=False).module
    assert module is not None
    return module


def _set(**values: Json) -> Json:
    return {"assign": [{name: value} for name, value in values.items()]}


def _each(items: Json, *steps: Json, value: str = "v") -> Json:
    named = [{f"{value}{number}": step} for number, step in enumerate(steps)]
    head = {"range": items} if isinstance(items, list) else {"in": items}
    return {"for": {"value": value, **head, "steps": named}}


def _rounds(*steps: Json) -> Json:
    """A loop whose number of rounds only the run knows."""
    return _each([1, "${args}"], *steps, value="round")


def _branches(step: Json) -> Json:
    """Branches that all do the same, and share `x`."""
    loop = _each([1, 3], step, value="branch")
    return {"parallel": {"shared": ["x"], **loop}}


def _if(condition: str, *steps: Json) -> Json:
    named = [{f"c{number}": step} for number, step in enumerate(steps)]
    return {"switch": [{"condition": f"${{{condition}}}", "steps": named}]}


_RETURN = {"return": "${x}"}
_AGAIN = {"switch": [{"condition": "${args.more}", "next": "s1"}]}
_COUNT = _set(x="${x + 1}")
_SUM = _each([1, 10**6], _set(x="${x + v}"))
_TALLY = {"assign": [{"m.k": '${default(map.get(m, "k"), 0) + 1}'}]}
_TWO = {"steps": [{"r": {"return": 2}}]}
ROWS: dict[str, tuple[list[Json], str]] = {
    "a count in a loop": ([_set(x=0), _each("${args}", _COUNT)], "x = x + 1"),
    "a count from near the end": ([_set(x=2**62), _each("${args}", _COUNT)], "x = wf.add(x, 1)"),
    "a count by jumps": ([_set(x=0), _COUNT, _AGAIN], "x = x + 1"),
    "large steps by jumps": ([_set(x=0), _set(x="${x + 10000}"), _AGAIN], "x = wf.add(x, 10000)"),
    "a sum over a range": ([_set(x=0), _each([1, 10**6], _set(x="${x + v}"))], "x = x + v"),
    "a sum over an open range": (
        [_set(x=0), _each([1, "${len(args)}"], _set(x="${x + v}"))],
        "x = wf.add(x, v)",
    ),
    "a multiple and one more": (
        [_set(n="${int(args)}"), _set(x="${3 * n + 1}")],
        "x = wf.mul(3, n) + 1",
    ),
    "a multiple and two more": (
        [_set(n="${int(args)}"), _set(x="${3 * n + 2}")],
        "x = wf.add(wf.mul(3, n), 2)",
    ),
    "a multiple less two": (
        [_set(n="${int(args)}"), _set(x="${n * 3 - 2}")],
        "x = wf.mul(n, 3) - 2",
    ),
    "a multiple less three": (
        [_set(n="${int(args)}"), _set(x="${n * 3 - 3}")],
        "x = wf.sub(wf.mul(n, 3), 3)",
    ),
    "an even number less one": (
        [_set(n="${int(args)}"), _set(x="${2 * n - 1}")],
        "x = wf.sub(wf.mul(2, n), 1)",
    ),
    "a sum of several": (
        [_set(x=0), _each([1, 10**6], _set(x="${1 + x + v - v % 7}"))],
        "x = 1 + x + v - v % 7",
    ),
    "a sum set anew in every round": ([_set(x=0), _rounds(_set(x=0), _SUM)], "x = x + v"),
    "a sum set anew by a call": (
        [_set(x=0), _rounds({"call": "two", "result": "x"}, _SUM)],
        "x = x + v",
    ),
    "a sum of each round's own": (
        [_rounds(_set(y=0), _each([1, 10**6], _set(y="${y + v}"))), _set(x=0)],
        "y = y + v",
    ),
    "a sum set anew around the open loop": (
        [_set(x=0), _each([1, 10**6], _set(x=0), _rounds(_set(x="${x + v}")))],
        "x = wf.add(x, v)",
    ),
    "a sum set anew too late": ([_set(x=0), _rounds(_SUM, _set(x=0))], "x = wf.add(x, v)"),
    "a sum set anew after a count": (
        [_set(x=0), _rounds(_COUNT, _set(x=0), _SUM)],
        "x = wf.add(x, v)",
    ),
    "a sum set to what it is": (
        [_set(x=0), _rounds(_set(x="${x}"), _SUM)],
        "x = wf.add(x, v)",
    ),
    "a sum set anew in some rounds": (
        [_set(x=0), _rounds(_if("args > 1", _set(x=0)), _SUM)],
        "x = wf.add(x, v)",
    ),
    "a sum set anew by every branch": (
        [_set(x=0), _branches(_rounds(_set(x=0), _SUM))],
        "x = wf.add(x, v)",
    ),
    "a sum set anew around branches": (
        [_set(x=0), _rounds(_set(x=0), _branches(_SUM))],
        "x = x + v",
    ),
    "a difference from it": (
        [_set(x=0), _each([1, 10**6], _set(x="${v - x}"))],
        "x = wf.sub(v, x)",
    ),
    "doubling": ([_set(x=1), _each([1, 100], _set(x="${x * 2}"))], "x = wf.mul(x, 2)"),
    "doubling by adding": ([_set(x=1), _each([1, 100], _set(x="${x + x}"))], "x = wf.add(x, x)"),
    "doubling by way of another": (
        [_set(x=1, y=1), _each([1, 100], _set(x="${x + y}", y="${x}"))],
        "x = wf.add(x, y)",
    ),
    "a count that is set to anything": (
        [_set(x=0), _each("${args}", _COUNT, _set(x="${int(v)}"))],
        "x = wf.add(x, 1)",
    ),
    "a type told by its name": (
        [_set(x="${default(args.k, 0)}"), _if('get_type(x) == "integer"', _set(y="${x % 7 + 1}"))],
        "y = x % 7 + 1",
    ),
    "another type excluded": (
        [_set(x="${args.k}"), _if('get_type(x) != "integer"', _set(y="${x % 7 + 1}"))],
        "y = wf.mod(x, 7) + 1",
    ),
    "bounded by a condition": ([_set(x="${int(args)}"), _if("x < 9", _COUNT)], "x = x + 1"),
    "bounded on the wrong side": (
        [_set(x="${int(args)}"), _if("x > 9", _COUNT)],
        "x = wf.add(x, 1)",
    ),
    "bounded in the condition itself": (
        [_set(x="${int(args)}", y="${x < 9 and x + 1 > 2}")],
        "y = x < 9 and x + 1 > 2",
    ),
    "bounded where the condition is false": (
        [_set(x="${int(args)}"), {"switch": [{"condition": "${x >= 9}", "return": 0}]}, _COUNT],
        "x = x + 1",
    ),
    "a number, since a comparison succeeded": (
        [_set(x="${args}"), _if("x < 9", _set(y="${x + 1}"))],
        "y = x + 1",
    ),
    "items of a list": (
        [_set(l=[1, 2, 3], x=0), _each("${l}", _set(x="${x * 0 + v}"))],
        "x = x * 0 + v",
    ),
    "items of a list with anything written into it": (
        [_set(l=[1, 2, 3], x=0), _set(**{"l[0]": "${args}"}), _each("${l}", _set(x="${v + 0}"))],
        "x = wf.add(v, 0)",
    ),
    "an item of a list, by a number from 0": (
        [_set(l=[1], x="${l[len(args)]}")],
        "x = l[wf.len(args)]",
    ),
    "an item of a list, by a number below": (
        [_set(l=[1], x="${l[len(args) - 1]}")],
        "x = wf.item(l, wf.len(args) - 1)",
    ),
    "an item of what may be text": ([_set(x="${args[0]}")], "x = wf.item(args, 0)"),
    "an item of what had one": (
        [_set(x="${args[0] + args[1]}")],
        "x = wf.add(wf.item(args, 0), args[1])",
    ),
    "written into a list": ([_set(l=[1], x=0), {"assign": [{"l[x]": 2}]}], "l[x] = 2"),
    "written below a list": ([_set(l=[1], x=-1), {"assign": [{"l[x]": 2}]}], "wf.put(l, x, 2)"),
    "written where a call says": (
        [_set(l=[1], x=0), {"assign": [{"l[two()]": 2}]}],
        "wf.put(l, two(run), 2)",
    ),
    "written into what may be text": (
        [_set(x=0), {"assign": [{"args[x]": 2}]}],
        "wf.put(args, x, 2)",
    ),
    "a list in a map": (
        [_set(m={"l": [1]}, x=0), {"assign": [{"m.l[0]": 2}]}],
        "m['l'][0] = 2",
    ),
    "a list in a map of anything": (
        [_set(m={"l": [1]}, x=0), {"assign": [{"m.a": "${args}"}, {"m.l[0]": 2}]}],
        "wf.put(m, 'l', 0, 2)",
    ),
    "looked up in a map": ([_set(m={"k": 1}, x='${map.get(m, "k")}')], "x = m.get('k')"),
    "looked up in what may be no map": (
        [_set(x='${map.get(args, "k")}')],
        "x = wf.map.get(args, 'k')",
    ),
    "looked up by what may be a list": (
        [_set(m={"k": 1}, x="${map.get(m, args)}")],
        "x = wf.map.get(m, args)",
    ),
    "looked up with a default": (
        [_set(m={"k": 1}, x='${default(map.get(m, "k"), 0)}')],
        "x = m.get('k', 0)",
    ),
    "looked up where null may be": (
        [_set(m={"k": None}, x='${default(map.get(m, "k"), 0)}')],
        "x = wf.default(m.get('k'), 0)",
    ),
    "counts in a map": ([_set(m={}, x=0), _each("${args}", _TALLY)], "m['k'] = m.get('k', 0) + 1"),
    "counts in a list": (
        [_set(m=[0], x=0), _each("${args}", {"assign": [{"m[0]": "${m[0] + 1}"}]})],
        "m[0] = m[0] + 1",
    ),
    "counts in a map from near the end": (
        [_set(m={"a": 2**62}, x=0), _each("${args}", _TALLY)],
        "m['k'] = wf.add(m.get('k', 0), 1)",
    ),
    "counts in a map with any number in it": (
        [_set(m={}, x=0), _each("${args}", {"assign": [{"m.a": "${int(v)}"}]}, _TALLY)],
        "m['k'] = wf.add(m.get('k', 0), 1)",
    ),
    "counts in a map set to any map": (
        [_set(m={}, x=0), _each("${args}", _set(m="${v}"), _TALLY)],
        "m['k'] = wf.add(wf.default(wf.map.get(m, 'k'), 0), 1)",
    ),
    "counts that add up each other": (
        [_set(m={}, x=0), _each("${args}", {"assign": [{"m.k": "${m.k + m.a}"}]})],
        "m['k'] = wf.add(m['k'], m['a'])",
    ),
    "assigned in a `try`": (
        [
            _set(x=1),
            {
                "try": {"steps": [{"a": _set(x="${args}")}, {"b": {"raise": "x"}}]},
                "except": {"as": "e", "steps": [{"c": _set(y="${x + 1}")}]},
            },
        ],
        "y = wf.add(x, 1)",
    ),
    "assigned in every round of a retry": (
        [
            _set(x=1),
            {
                "try": {"steps": [{"a": _set(y="${x + 1}")}, {"b": _set(x="${args}")}]},
                "retry": "${http.default_retry}",
            },
        ],
        "y = wf.add(x, 1)",
    ),
    "text and a count": (
        [_set(x="", n=0), _each("${args}", _set(n="${n + 1}", x='${x + "a" + string(n)}'))],
        "x = x + f'a{n}'",
    ),
    "text and a double": (
        [_set(x="", n=0.5), _each("${args}", _set(x='${x + "a" + string(n)}'))],
        "x = x + ('a' + wf.string(n))",
    ),
    "text and a boolean": (
        [_set(x="", n=True), _each("${args}", _set(x='${x + "a" + n}'))],
        "x = wf.add(x, 'a', n)",
    ),
    "a number before the text": ([_set(n=1, x='${n + 1 + "a" + n}')], "x = wf.add(n, 1, 'a', n)"),
    "text and what is counted": (
        [_set(n=1), _set(x='${"a" + string(n * n) + (n - len(args)) + 5}')],
        "x = wf.add('a', str(n * n), n - wf.len(args), 5)",
    ),
    "text and counts": (
        [_set(n=1, t="b"), _set(x='${"a" + string(n * n) + (n - len(t)) + 5}')],
        "x = f'a{n * n}{n - len(t)}5'",
    ),
    "text alone": ([_set(n="b", x='${"a" + n}')], "x = 'a' + n"),
    "text that is text already": ([_set(n="b", x='${"a" + string(n)}')], "x = f'a{n}'"),
    "text and what may fail": (
        [_set(n=1, x='${"a" + string(n // (n - 1))}')],
        "x = 'a' + str(n // (n - 1))",
    ),
    "text with a line break and quotes": ([_set(n=1, x='${"\'\\n" + n}')], 'x = f"\'\\n{n}"'),
    "text with quotes of both kinds": (
        [_set(n=1, x='${"\'" + n + "\\""}')],
        "x = wf.add(\"'\", n, '\"')",
    ),
    "text that needs escapes": ([_set(n=1, x='${"\\\\" + n}')], "x = wf.add('\\\\', n)"),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_guard_goes_only_where_it_is_proven_needless(row: str) -> None:
    steps, line = ROWS[row]
    module = _module(*steps, _RETURN, more={"two": _TWO})
    lines = [written.strip().replace(": wf.Value", "") for written in module.splitlines()]
    assert line in lines, module


def test_what_another_branch_may_write_is_not_taken_for_granted() -> None:
    wait = {"call": "sys.sleep", "args": {"seconds": 1}}
    other = [{"w": wait}, {"a": _set(x="${args}")}]
    mine = [{"b": _set(x=1)}, {"v": wait}, {"v2": wait}, {"c": _set(x="${x + 1}")}]
    branches = [{"one": {"steps": other}}, {"two": {"steps": mine}}]
    module = _module(_set(x=0), {"parallel": {"shared": ["x"], "branches": branches}}, _RETURN)
    assert "x = wf.add(x, 1)" in module
    assert run(module, "a", accounting=False).result == "a1"


def test_parameters_have_what_all_calls_give_and_calls_what_is_returned() -> None:
    double = {"params": ["n"], "steps": [{"r": {"return": "${n * 2}"}}]}
    calls = [_set(x="${double(3) + 1}"), _set(y="${double(4)}"), _RETURN]
    assert "return n * 2" in (module := _module(*calls, more={"double": double}))
    assert "x = double(run, 3) + 1" in module
    calls.insert(1, _set(z="${double(args)}"))
    assert "return wf.mul(n, 2)" in (module := _module(*calls, more={"double": double}))
    assert run(module, "a", accounting=False).error is not None
