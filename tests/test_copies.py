"""Variables of compiled workflows: copies (spec 02 §5), scopes (spec 02 §4) and names.

The compiler shares a map or list wherever a copy could not be told from the original; every
program here can tell.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.compiled import load
from tests.frames import main

from wfc.library import FUNCTIONS
from wfc.pipeline import compile_source
from wfc.source import Source
from wfc_runtime.testing import VirtualClock

MORE = """
given:
  params: [p]
  steps: [a: {return: "${p}"}]
listed:
  params: [p]
  steps: [a: {return: ["${p}"]}]
changed:
  params: [p]
  steps: [a: {assign: [p.k: 7]}, b: {return: "${p}"}]
twice:
  params: [p]
  steps: [a: {return: ["${p}", "${p}"]}]
twice_made:
  params: [p]
  steps: [a: {assign: [none: []]}, b: {return: "${list.concat(list.concat(none, p), p)}"}]
found:
  params: [p, path]
  steps:
    - a: {assign: [x: "${p.a.b}"]}
    - b: {return: {one: "${map.get(p, path)}", more: {x: "${x}"}}}
worth_it:
  params: [error]
  steps: [a: {assign: [error.k: 7]}, b: {return: false}]
"""

INIT = "init: {assign: [m: {k: 1}, none: [], empty: {}]}"
CHANGE = "change: {assign: [r.k: 2]}"


def result_of(*steps: str, accounting: bool) -> Any:
    text = main(INIT, *steps, params="[]", more=MORE)
    compiled = compile_source(Source("copies.yaml", text), accounting=accounting)
    assert compiled.module is not None, compiled.problems
    return asyncio.run(load(compiled.module).run(clock=VirtualClock(), env={}))


def by(value: str) -> tuple[str, ...]:
    """`value`, made of `m`, goes to `r`, and `r.k` is written."""
    return (f"make: {{assign: [r: '{value}']}}", CHANGE)


def calling(function: str, args: str) -> tuple[str, ...]:
    return (f"make: {{call: {function}, args: {args}, result: r}}", CHANGE)


def looping(items: str, head: str = "for: ") -> tuple[str, ...]:
    return (f"each: {{{head}{{value: r, in: {items}, steps: [{CHANGE}]}}{'}' * head.count('{')}}}",)


def trying(body: str, *handler: str) -> tuple[str, ...]:
    return (f"try_it: {{try: {{{body}}}, except: {{as: r, steps: [{', '.join(handler)}]}}}}",)


UNCHANGED: list[tuple[str, tuple[str, ...]]] = [
    ("name", by("${m}")),
    ("argument and result", by("${given(m)}")),
    ("changed parameter", ("make: {assign: [r: '${changed(m)}']}",)),
    ("taken out of a list literal", by("${[m][0]}")),
    ("taken out of a longer list", by("${list.concat(none, m)[0]}")),
    ("taken out of a result", by("${listed(m)[0]}")),
    ("default", by("${default(null, m)}")),
    ("if", by("${if(true, [m], m)[0]}")),
    ("call of default", calling("default", "{value: null, default: '${m}'}")),
    ("call of map.merge", calling("map.merge", "{first: '${m}', second: '${empty}'}")),
    ("call of a routine", calling("given", "{p: '${m}'}")),
    ("call of a routine that changes", calling("changed", "['${m}']")),
    (
        "arguments in a map",
        (
            "pack: {assign: [args: {p: '${m}'}]}",
            "make: {call: changed, args: '${map.merge(empty, args)}', result: r}",
        ),
    ),
    (
        "found at a path, and kept before",
        (
            "pack: {assign: [all: {a: {b: '${m}'}}, path: [a, b]]}",
            "make: {assign: [r: '${found(all, path)}', r.one.k: 2, m: '${r.more.x}']}",
        ),
    ),
    ("written deep in a result", ("make: {assign: [r: '${listed(m)}', 'r[0].k': 2]}",)),
    (
        "returned twice",
        ("make: {assign: [r: '${twice(m)}', 'r[0].k': 2, m: '${r[1]}']}",),
    ),
    (
        "returned twice by what a function makes",
        ("make: {assign: [r: '${twice_made(m)}', 'r[0].k': 2, m: '${r[1]}']}",),
    ),
    ("argument taken out", ("make: {assign: [r: '${changed([m][0])}']}",)),
    ("loop over a literal", looping("['${m}']")),
    ("loop over a longer list", looping("'${list.concat(none, m)}'")),
    ("loop over a result", looping("'${listed(m)}'")),
    ("parallel loop over a literal", looping("['${m}']", "parallel: {for: ")),
    ("raised", trying("raise: '${m}'", CHANGE)),
    ("raised part", trying("raise: '${[m][0]}'", CHANGE)),
    ("raised inside a literal", trying("raise: {a: '${m}'}", "change: {assign: [r.a.k: 2]}")),
    (
        "raised again",
        trying(
            "raise: '${m}'",
            "again: {try: {raise: '${r}'}, except: {as: s, steps: [c: {assign: [s.k: 2]}]}}",
            "keep: {assign: [m: '${r}']}",
        ),
    ),
    (
        "error of a branch",
        trying(
            "parallel: {for: {value: v, in: [1], steps: [fail: {raise: '${m}'}]}}",
            "change: {assign: ['r.branches[0].error.payload.k': 2]}",
        ),
    ),
    (
        "error given to a predicate",
        (
            "retried: {try: {raise: '${m}'}, retry: {predicate: '${worth_it}', max_retries: 1,"
            " backoff: {initial_delay: 1, max_delay: 1, multiplier: 1}},"
            " except: {as: e, steps: [keep: {assign: [m: '${e}']}]}}",
        ),
    ),
]


@pytest.mark.parametrize("accounting", [False, True], ids=["plain", "accounting"])
@pytest.mark.parametrize("steps", [pytest.param(steps, id=what) for what, steps in UNCHANGED])
def test_writing_into_a_copy_leaves_the_original(steps: tuple[str, ...], accounting: bool) -> None:
    assert result_of(*steps, "done: {return: '${m}'}", accounting=accounting) == {"k": 1}


HELD: list[tuple[str, str, Any]] = [
    ("list.concat", "{objs: '${none}', val: '${m}'}", [{"k": 1}]),
    ("list.prepend", "{objs: '${none}', val: '${m}'}", [{"k": 1}]),
    ("map.merge", "{first: '${empty}', second: {m: '${m}'}}", {"m": {"k": 1}}),
    ("map.get", "{map: {m: '${m}'}, keys: m}", {"k": 1}),
    ("listed", "{p: '${m}'}", [{"k": 1}]),
]


@pytest.mark.parametrize(("function", "args", "expected"), HELD)
def test_writing_into_the_original_leaves_what_a_call_made_of_it(
    function: str, args: str, expected: Any
) -> None:
    call = f"make: {{call: {function}, args: {args}, result: r}}"
    steps = (call, "change: {assign: [m.k: 2]}", "done: {return: '${r}'}")
    assert result_of(*steps, accounting=False) == expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        pytest.param(trying("raise: 5"), {"k": 1}, id="variable outside"),
        pytest.param(trying("raise: 5", "change: {assign: [r: 6]}"), {"k": 1}, id="assigned"),
    ],
)
def test_an_error_of_the_same_name_hides_a_variable_and_leaves_it(
    steps: tuple[str, ...], expected: Any
) -> None:
    steps = ("make: {assign: [r: '${m}']}", *steps, "done: {return: '${r}'}")
    assert result_of(*steps, accounting=False) == expected


def test_errors_of_the_same_name_inside_one_another_are_two() -> None:
    inner = trying("raise: inner", "first: {assign: [m: '${r}']}")
    outer = trying("raise: outer", *inner, "done: {return: '${[m, r]}'}")
    assert result_of(*outer, accounting=False) == ["inner", "outer"]


@pytest.mark.parametrize(
    ("init", "value", "body", "expected"),
    [
        ("", "_", "{assign: [total: '${total + _}']}", 3),
        ("_: 10", "v", "{assign: [total: '${total + _}']}", 20),
        ("_: 10", "v", "{assign: [_: '${_ + v}', total: '${_}']}", 13),
    ],
)
def test_an_underscore_is_a_variable_like_any_other(
    init: str, value: str, body: str, expected: int
) -> None:
    """An iteration whose index has no name takes one that the workflow does not use."""
    start = f"start: {{assign: [total: 0{', ' * bool(init)}{init}]}}"
    shared = "[total, _]" if "[_" in body else "[total]"
    fan = f"for: {{value: {value}, in: [1, 2], steps: [add: {body}]}}"
    each = f"each: {{parallel: {{shared: {shared}, {fan}}}}}"
    assert result_of(start, each, "done: {return: '${total}'}", accounting=False) == expected


NOT_WRITTEN = {
    "beside an object that is written into": (
        "make: {assign: [all: {m: {n: 0}}, rates: {k: 3}, r: null]}",
        "each: {for: {value: v, in: ['${m}'], steps: [a: {call: given, args: {p: '${v}'},"
        " result: r}, b: {assign: [all.m.n: '${rates.k + r.k}']}]}}",
    ),
    "held by an object that is written into": (
        "make: {assign: [all: {}, 'all.m': '${m}']}",
        "take: {assign: [r: '${all.m}']}",
    ),
    "given back by a function that writes into another argument": (
        "make: {assign: [all: '${changed(empty)}', r: '${given(m)}', all.k: 2]}",
    ),
}


@pytest.mark.parametrize("what", NOT_WRITTEN)
def test_what_nobody_writes_into_is_not_copied(what: str) -> None:
    text = main(INIT, *NOT_WRITTEN[what], "done: {return: '${r}'}", params="[]", more=MORE)
    compiled = compile_source(Source("copies.yaml", text))
    assert compiled.module is not None, compiled.problems
    assert "wf.copy(" not in compiled.module.replace("wf.copy(empty)", "")


def test_every_function_that_passes_on_its_arguments_is_known() -> None:
    """`alias` raises for one that it does not know."""
    for function in FUNCTIONS.values():
        if function.aliases:
            given = ", ".join("m" for _ in function.parameters)
            taken = f"take: {{assign: [r: '${{{function.name}({given})}}']}}"
            compile_source(Source("copies.yaml", main(INIT, taken, params="[]")))
