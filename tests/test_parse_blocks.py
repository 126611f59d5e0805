"""Parsing: `for`, `parallel`, `try` with `retry` and `except`, and how deep they nest (spec 04)."""

from __future__ import annotations

from textwrap import indent

import pytest
from tests.parsing import codes, only_problem, only_step, parsed, step

from wfc import syntax

# -- for (spec 04 §5) -----------------------------------------------------------------------------

LOOPS = [
    ("value: v\nin: ${l}\nsteps: []", []),
    ("value: v\nin: [1, '${x}', {a: 1}]\nindex: i\nsteps: []", []),
    ("value: v\nin: []\nsteps: []", []),
    ("value: v\nrange: [1, 9]\nsteps: []", []),
    ("value: v\nrange: [-1.5, 9.0]\nsteps: []", []),
    ("value: v\nrange: ['${a}', 9]\nsteps: []", []),
    ("value: v\nrange: '${[0, len(l) - 1]}'\nsteps: []", []),
    ("value: v\nrange: ${pair}\nsteps: []", []),
    ("in: ${l}\nsteps: []", ["WFC104"]),
    ("value: v\nin: ${l}", ["WFC104"]),
    ("value: v\nsteps: []", ["WFC131"]),
    ("value: v\nin: []\nrange: [1, 2]\nsteps: []", ["WFC130"]),
    ("value: v\nin: l\nsteps: []", ["WFC132"]),
    ("value: v\nin: '${a} and ${b}'\nsteps: []", ["WFC132"]),
    ("value: v\nin: {a: 1}\nsteps: []", ["WFC132"]),
    ("value: v\nin: 3\nsteps: []", ["WFC132"]),
    ("value: v\nin:\nsteps: []", ["WFC132"]),
    ("value: v\nrange: [1]\nsteps: []", ["WFC133"]),
    ("value: v\nrange: [1, 2, 3]\nsteps: []", ["WFC133"]),
    ("value: v\nrange: [1, two]\nsteps: []", ["WFC133"]),
    ("value: v\nrange: [1, true]\nsteps: []", ["WFC133"]),
    ("value: v\nrange: [1, '2']\nsteps: []", ["WFC133"]),
    ("value: v\nrange: '${[1]}'\nsteps: []", ["WFC133"]),
    ("value: v\nrange: '${[1, 2, 3]}'\nsteps: []", ["WFC133"]),
    ("value: v\nrange: 10\nsteps: []", ["WFC133"]),
    ("value: v\nrange: {from: 1}\nsteps: []", ["WFC133"]),
    ("value: v\nrange:\nsteps: []", ["WFC133"]),
    ("value: ${v}\nin: []\nsteps: []", ["WFC122"]),
    ("value: m.k\nin: []\nsteps: []", ["WFC124"]),
    ("value: [a, b]\nin: []\nsteps: []", ["WFC122"]),
    ("value:\nin: []\nsteps: []", ["WFC122"]),
    ("value: v\nindex: 1\nin: []\nsteps: []", ["WFC122"]),
    ("value: v\nin: []\nsteps:", ["WFC105"]),
    ("value: v\nin: []\nsteps: text", ["WFC105"]),
    ("value: v\nin: []\nassign: [x: 1]", ["WFC103", "WFC104"]),
    ("value: v\nin: []\nsteps: []\nshared: [x]", ["WFC103"]),
]


@pytest.mark.parametrize(("loop", "expected"), LOOPS)
def test_for(loop: str, expected: list[str]) -> None:
    assert sorted(codes(step("for:\n" + indent(loop, "  ")))) == expected


@pytest.mark.parametrize(("loop", "expected"), LOOPS)
def test_a_parallel_for_follows_the_same_rules(loop: str, expected: list[str]) -> None:
    assert sorted(codes(step("parallel:\n  for:\n" + indent(loop, "    ")))) == expected


@pytest.mark.parametrize("loop", ["", "text", "[]", "3"])
def test_a_for_must_be_a_map(loop: str) -> None:
    assert codes(step(f"for: {loop}")) == ["WFC105"]
    assert codes(step(f"parallel:\n  for: {loop}")) == ["WFC105"]


def test_a_loop_without_value_still_holds_its_steps() -> None:
    """Else `continue` inside it would be a second problem; and no two such loops share a name."""
    text = """
        - a:
            for:
              in: []
              steps:
              - b:
                  for:
                    in: []
                    steps:
                    - c: {next: continue}
    """
    workflow, problems = parsed(text)
    assert [problem.code for problem in problems] == ["WFC104", "WFC104"]
    assert workflow is not None
    outer = workflow.main.steps[0].action
    assert isinstance(outer, syntax.For)
    inner = outer.steps[0].action
    assert isinstance(inner, syntax.For)
    assert outer.value.name != inner.value.name


def test_the_forms_of_range() -> None:
    literal = only_step(step("for: {value: v, range: [1, '${n}'], steps: []}")).action
    assert isinstance(literal, syntax.For)
    assert isinstance(literal.items, syntax.Range)
    assert isinstance(literal.items.begin, syntax.Constant)
    assert isinstance(literal.items.end, syntax.Embedded)
    assert literal.items.whole is None
    whole = only_step(step("for: {value: v, range: '${[1, n]}', steps: []}")).action
    assert isinstance(whole, syntax.For)
    assert isinstance(whole.items, syntax.Range)
    assert (whole.items.begin, whole.items.end) == (None, None)
    assert isinstance(whole.items.whole, syntax.Embedded)


# -- parallel (spec 04 §8) ------------------------------------------------------------------------


def branches(count: int) -> str:
    listed = ", ".join(f"b{number}: {{steps: [s: {{call: f}}]}}" for number in range(count))
    return f"branches: [{listed}]"


FOR = "for: {value: v, in: [], steps: []}"


@pytest.mark.parametrize(
    ("parallel", "expected"),
    [
        (branches(2), []),
        (branches(10), []),
        (branches(1), ["WFC611"]),  # spec 01 §8
        (branches(11), ["WFC414"]),
        ("branches: []", ["WFC106"]),
        ("branches:", ["WFC105"]),
        ("branches: {b: {steps: [s: {call: f}]}, c: {steps: [s: {call: f}]}}", ["WFC102"]),
        ("branches: [text, b: {steps: [s: {call: f}]}]", ["WFC115", "WFC611"]),
        (f"{branches(2)[:-1]}, c: {{call: f}}]", ["WFC103", "WFC104"]),
        (f"{branches(2)[:-1]}, c: {{steps: []}}]", ["WFC106"]),
        (f"{branches(2)[:-1]}, c: null]", ["WFC105"]),
        (f"{branches(2)[:-1]}, c: [s: {{call: f}}]]", ["WFC105"]),
        (f"{branches(2)[:-1]}, null: {{steps: [s: {{call: f}}]}}]", ["WFC114"]),
        (f"{branches(2)}\n{FOR}", ["WFC134"]),
        ("shared: [x]", ["WFC135"]),
        (f"exception_policy: continueAll\n{FOR}", []),
        (f"exception_policy: failFast\n{FOR}", ["WFC136"]),
        (f"exception_policy:\n{FOR}", ["WFC136"]),
        (f"exception_policy: ${{p}}\n{FOR}", ["WFC136"]),
        (f"shared: [a, b]\n{FOR}", []),
        (f"shared: []\n{FOR}", []),
        (f"shared: [a, b, a]\n{FOR}", ["WFC137"]),
        (f"shared: a\n{FOR}", ["WFC105"]),
        (f"shared:\n{FOR}", ["WFC105"]),
        (f"shared: {{a: 1}}\n{FOR}", ["WFC105"]),
        (f"shared: [m.k]\n{FOR}", ["WFC124"]),
        (f"shared: ['${{a}}']\n{FOR}", ["WFC122"]),
        (f"shared: [1]\n{FOR}", ["WFC122"]),
        (f"concurrency_limit: 1\n{FOR}", []),
        (f"concurrency_limit: ${{n}}\n{FOR}", []),  # spec 01 §8
        (f"concurrency_limit: 0\n{FOR}", ["WFC138"]),  # OQ-42
        (f"concurrency_limit: -1\n{FOR}", ["WFC138"]),
        (f"concurrency_limit: 2.0\n{FOR}", ["WFC138"]),
        (f"concurrency_limit: true\n{FOR}", ["WFC138"]),
        (f"concurrency_limit: '10'\n{FOR}", ["WFC138"]),
        (f"concurrency_limit:\n{FOR}", ["WFC138"]),
        (f"concurrency_limit: [1]\n{FOR}", ["WFC138"]),
        (f"limit: 2\n{FOR}", ["WFC103"]),
    ],
)
def test_parallel(parallel: str, expected: list[str]) -> None:
    assert sorted(codes(step("parallel:\n" + indent(parallel, "  ")))) == expected


@pytest.mark.parametrize("parallel", ["", "text", "[]"])
def test_parallel_must_be_a_map(parallel: str) -> None:
    assert codes(step(f"parallel: {parallel}")) == ["WFC105"]


# -- try, retry, except (spec 04 §9) --------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("try: {call: f}", []),
        ("try: {steps: [b: {call: f}]}", []),
        ("try: [b: {call: f}]", []),
        ("try: {assign: [x: 1]}", []),
        ("try: {try: {call: f}}", []),
        ("try: {parallel: {" + FOR + "}}", []),
        ("try: {switch: [{condition: true, next: end}]}", []),
        ("try: {steps: []}", []),  # OQ-39
        ("try: []", []),
        ("try:", ["WFC118"]),
        ("try: {}", ["WFC118"]),
        ("try: text", ["WFC105"]),
        ("try: 1", ["WFC105"]),
        ("try: {" + FOR + "}", ["WFC140"]),
        ("try: {steps: [b: {" + FOR + "}]}", []),
        ("try: [text]", ["WFC115"]),
        ("try: {foo: 1}", ["WFC103"]),
        ("try: {call: f}\nexcept: {as: e, steps: []}", []),
        ("try: {call: f}\nexcept: {steps: [b: {return: 1}]}", []),
        ("try: {call: f}\nexcept: {as: e}", []),
        ("try: {call: f}\nexcept:", ["WFC105"]),
        ("try: {call: f}\nexcept: [b: {return: 1}]", ["WFC105"]),
        ("try: {call: f}\nexcept: {as: ${e}, steps: []}".replace("${e}", "'${e}'"), ["WFC122"]),
        ("try: {call: f}\nexcept: {as: null, steps: []}", ["WFC122"]),
        ("try: {call: f}\nexcept: {as: e, steps: null}", ["WFC105"]),
        ("try: {call: f}\nexcept: {as: e, call: g}", ["WFC103"]),
        ("try: {call: f}\nretry: ${http.default_retry}", []),
        ("try: {call: f}\nretry: {}", []),  # OQ-43
        ("try: {call: f}\nretry: http.default_retry", ["WFC105"]),
        ("try: {call: f}\nretry:", ["WFC105"]),
        ("try: {call: f}\nretry: 3", ["WFC105"]),
        ("try: {call: f}\nretry: [1]", ["WFC105"]),
    ],
)
def test_try(body: str, expected: list[str]) -> None:
    assert codes(step(body)) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("predicate: ${p}\nmax_retries: 3\nbackoff: {initial_delay: 1, max_delay: 9}", []),
        ("max_retries: ${n}\nbackoff: {initial_delay: 0.5, multiplier: 1.25}", []),  # spec 01 §8
        ("predicate: http.default_retry_predicate", ["WFC105"]),
        ("predicate:", ["WFC105"]),
        ("predicate: true", ["WFC105"]),
        ("max_retries: '3'", ["WFC105"]),
        ("max_retries: true", ["WFC105"]),
        ("max_retries:", ["WFC105"]),
        ("max_retries: [3]", ["WFC105"]),
        ("backoff:", ["WFC105"]),
        ("backoff: 2", ["WFC105"]),
        ("backoff: {}", []),
        ("backoff: {max_delay: soon}", ["WFC105"]),
        ("backoff: {delay: 1}", ["WFC103"]),
        ("max_retires: 3", ["WFC103"]),
        ("initial_delay: 3", ["WFC103"]),
    ],
)
def test_retry(policy: str, expected: list[str]) -> None:
    assert codes(step("try: {call: f}\nretry:\n" + indent(policy, "  "))) == expected


def test_a_loop_directly_in_try_bears_googles_words() -> None:
    """Spec 09 §2: the documented case is a step that is itself named `try`."""
    problem = only_problem("- try:\n    try: {" + FOR + "}")
    assert problem.note == (
        "failed to build: error in step try: loop step name should not be empty"
    )


def test_an_unnamed_try_body_bears_the_name_of_its_step() -> None:
    found = only_step(step("try: {call: f, next: end}"))
    assert isinstance(found.action, syntax.Try)
    (inner,) = found.action.steps
    assert (inner.name, inner.anonymous) == ("a", True)
    assert isinstance(inner.action, syntax.CallStep)
    assert inner.next is not None
    assert found.next is None


# -- nesting --------------------------------------------------------------------------------------


def nested(block: str, depth: int) -> str:
    """`depth` blocks inside one another, each a map with `STEPS` where the next one stands."""
    text = "[{s: {call: f}}]"
    for level in range(depth):
        text = f"[{{s{level}: {{{block.replace('STEPS', text)}}}}}]"
    return text


BLOCKS = {
    "for": ("for: {value: v, in: [], steps: STEPS}", 20),
    "try": ("try: {steps: STEPS}", 10),
    "except": ("try: {call: f}, except: {steps: STEPS}", 10),
    "retry": ("try: {steps: STEPS}, retry: '${http.default_retry}'", 6),
    "switch": ("switch: [{condition: true, try: {steps: STEPS}}]", 10),
    "jump": ("try: {steps: STEPS}, next: s0", 6),
}


@pytest.mark.parametrize(("block", "deepest"), BLOCKS.values(), ids=BLOCKS)
def test_blocks_nest_only_as_deep_as_python_can(block: str, deepest: int) -> None:
    assert codes(nested(block, deepest)) == []
    assert codes(nested(block, deepest + 1)) == ["WFC415"]
    assert codes(nested(block, deepest + 4)) == ["WFC415"]


def test_branches_and_iterations_begin_to_count_anew() -> None:
    """Each is a Python function of its own."""
    inner = nested(BLOCKS["try"][0], 9)
    block = f"parallel: {{for: {{value: v, in: [], steps: {inner}}}}}"
    assert codes(nested(BLOCKS["try"][0], 9).replace("call: f", block, 1)) == []


@pytest.mark.parametrize("block", ["for i in x:", "try:", "while True:\n{i}try:"])
def test_the_limit_on_nesting_fits_cpython(block: str) -> None:
    """What `nesting` lets through compiles: handlers inside handlers are the dearest case."""
    depth = {"for i in x:": 20, "try:": 10, "while True:\n{i}try:": 6}[block]
    lines = ["def f():"]
    level = 1
    for _ in range(depth):
        for line in block.split("\n"):
            lines.append("  " * level + line.replace("{i}", ""))
            level += 1
        if "try" in block:
            lines += ["  " * level + "g()", "  " * (level - 1) + "except Exception as exc:"]
    lines.append("  " * level + "h()")
    compile("\n".join(lines), "nested", "exec")
