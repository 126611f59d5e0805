"""Parsing: the root forms, routines, lists of steps and their bodies (spec 01)."""

from __future__ import annotations

from textwrap import indent

import pytest
from tests.parsing import clean, codes, only_problem, only_step, parsed, step, written

from wfc import syntax

# -- root forms (spec 01 §1) ----------------------------------------------------------------------

STEP = "- a: {return: 1}"


@pytest.mark.parametrize(
    ("text", "routines"),
    [
        (STEP, ["main"]),
        ('[{"a": {"return": 1}}]', ["main"]),
        (f"main:\n  steps:\n  {STEP}", ["main"]),
        ('{"main": {"params": [], "steps": [{"a": {"return": 1}}]}}', ["main"]),
        (f"main:\n  steps:\n  {STEP}\nsub:\n  steps:\n  {STEP}", ["main", "sub"]),
        (f"sub:\n  steps:\n  {STEP}\nmain:\n  steps:\n  {STEP}", ["sub", "main"]),  # OQ-1
        (f"main:\n  steps:\n  {STEP}\n_Sub2:\n  steps:\n  {STEP}", ["main", "_Sub2"]),
        (f"main:\n  steps:\n  {STEP}\nhttp:\n  steps:\n  {STEP}", ["main", "http"]),
    ],
)
def test_root_forms(text: str, routines: list[str]) -> None:
    assert [routine.name for routine in clean(text).routines] == routines


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("just text", ["WFC101"]),
        ("12", ["WFC101"]),
        ("null", ["WFC101"]),
        ("[]", ["WFC101"]),
        ("{}", ["WFC101"]),
        (f"sub:\n  steps:\n  {STEP}", ["WFC108"]),
        (f"Main:\n  steps:\n  {STEP}", ["WFC108"]),
        (f"main:\n  steps:\n  {STEP}\n2:\n  steps:\n  {STEP}", ["WFC122"]),
        (f"main:\n  steps:\n  {STEP}\nmy-sub:\n  steps:\n  {STEP}", ["WFC122"]),
        (f"main:\n  steps:\n  {STEP}\na.b:\n  steps:\n  {STEP}", ["WFC122"]),
        (f"main:\n  steps:\n  {STEP}\nnull:\n  steps:\n  {STEP}", ["WFC122"]),
        (f"main:\n  steps:\n  {STEP}\nnot:\n  steps:\n  {STEP}", ["WFC122"]),
        (f"steps:\n{STEP}", ["WFC109"]),
        (f"params: [x]\nsteps:\n{STEP}", ["WFC109"]),
        (f"main:\nsteps:\n{STEP}", ["WFC109"]),
        (f"main:\n  params: [x]\nsteps:\n{STEP}", ["WFC109"]),
        (f"main:\n{STEP}", ["WFC105"]),
        ("main:", ["WFC105"]),
        ("main: {}", ["WFC105"]),
        ("main: text", ["WFC105"]),
        (f"main:\n  steps:\n  {STEP}\nsub:", ["WFC105"]),
        (f"main:\n  steps:\n  {STEP}\nsub: 1", ["WFC105"]),
        ("main: {params: []}", ["WFC104"]),
        (f"main:\n  stpes:\n  {STEP}", ["WFC103"]),
        (f"main:\n  steps:\n  {STEP}\n  result: 1", ["WFC103"]),
        (f"main:\n  args: [x]\n  steps:\n  {STEP}", ["WFC103"]),  # counts as `params`
        ("main:\n  steps: []", ["WFC106"]),  # OQ-39
        (f"main:\n  steps:\n  {STEP}\nsub:\n  steps: []", ["WFC106"]),
        ("main:\n  steps:", ["WFC105"]),
        ("main:\n  steps: text", ["WFC105"]),
        ("main:\n  steps: {a: {return: 1}}", ["WFC102"]),
        ("a: {assign: [x: 1]}\nb: {return: 1}", ["WFC102"]),
    ],
)
def test_root_problems(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        f"main:\n{STEP}",
        f"main:\nsteps:\n{STEP}",
        f"steps:\n{STEP}",
        "main:\n  steps: {a: {return: 1}}",
        "a: {return: 1}",
        f"main:\n  stpes:\n  {STEP}",
    ],
)
def test_what_was_plainly_meant_as_main_is_read_as_main(text: str) -> None:
    """So that the other problems of the file are found in the same run."""
    workflow, problems = parsed(text)
    assert len(problems) == 1
    assert workflow is not None
    assert [inner.name for inner in workflow.main.steps] == ["a"]


# -- parameters (spec 01 §2, §3) ------------------------------------------------------------------


def of_main(params: str) -> str:
    return f"main:\n  params: {params}\n  steps:\n  {STEP}"


def of_sub(params: str) -> str:
    return f"main:\n  steps:\n  {STEP}\nsub:\n  params: {params}\n  steps:\n  {STEP}"


TEN = "[a, b, c, d, e, f, g, h, i, j]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (of_main("[]"), []),
        (of_main("[args]"), []),
        (of_main("[map]"), []),  # names of library modules are free
        (of_main("[a, b]"), ["WFC110"]),
        (of_main("[a, a]"), ["WFC113"]),
        (of_main("[a: 1]"), ["WFC111"]),  # OQ-3
        (of_main("args"), ["WFC105"]),
        (of_main("null"), ["WFC105"]),
        (of_main("{a: 1}"), ["WFC105"]),
        (of_main("[1]"), ["WFC122"]),
        (of_main("[null]"), ["WFC122"]),
        (of_main("['${a}']"), ["WFC122"]),
        (of_sub(TEN), []),
        (of_sub("[a, b: 1, c: null, d: '', e: [1, {f: 2}], g: {h: [i]}]"), []),
        (of_sub('["a", {"b": "x"}]'), []),
        (of_sub("[a: '${1 + 1}']"), ["WFC112"]),  # OQ-5
        (of_sub("[a: [1, {b: '${c}'}]]"), ["WFC112"]),
        (of_sub("[a: {'${b}': 1}]"), ["WFC112"]),
        (of_sub("[a, a: 1]"), ["WFC113"]),
        (of_sub(TEN[:-1] + ", k]"), ["WFC413"]),
        (of_sub("[{a: 1, b: 2}]"), ["WFC105"]),
        (of_sub("[{}]"), ["WFC105"]),
        (of_sub("[[a]]"), ["WFC122"]),
        (of_sub("[a-b]"), ["WFC122"]),
        (of_sub("[a.b]"), ["WFC124"]),
        (of_sub("[a-b: 1]"), ["WFC122"]),
        (of_sub("[not]"), ["WFC122"]),
    ],
)
def test_parameters(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_a_parameter_keeps_its_default_and_null_is_one() -> None:
    sub = clean(of_sub("[a, b: null, c: [1]]")).routines[1]
    a, b, c = sub.parameters
    assert [one.variable.name for one in sub.parameters] == ["a", "b", "c"]
    assert a.default is None
    assert isinstance(b.default, syntax.Constant)
    assert b.default.value is None
    assert isinstance(c.default, syntax.ListLiteral)


# -- lists of steps (spec 01 §4) ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a: {next: end}\n- b: {return: 1}", []),
        ("- return: {return: 1}", []),  # names like keywords
        ("- call: {call: http.get}", []),
        ("- try: {try: {call: f}}", []),
        ("- steps: {steps: [b: {return: 1}]}", []),
        ("- a name with blanks, and more!: {return: 1}", []),
        ("- 404: {return: 1}", []),
        ("- my-step: {return: 1}", []),
        ("- true: {return: 1}", ["WFC114"]),
        ("- null: {return: 1}", ["WFC114"]),
        ("- ~: {return: 1}", ["WFC114"]),
        ("- 1.5: {return: 1}", ["WFC114"]),
        ("- '': {return: 1}", ["WFC114"]),
        ("- ? \n  : {return: 1}", ["WFC114"]),
        ("- '${a}': {return: 1}", ["WFC114"]),
        ("- a:", ["WFC118"]),
        ("- a: ~", ["WFC118"]),
        ("- a: {}", ["WFC118"]),
        ("- a: text", ["WFC105"]),
        ("- a: 1", ["WFC105"]),
        ("- a: [b: {return: 1}]", ["WFC105"]),
        ("- a: []", ["WFC105"]),
        ("- just text", ["WFC115"]),
        ("- 1", ["WFC115"]),
        ("-\n- a: {return: 1}", ["WFC115"]),
        ("- {}", ["WFC115"]),
        ("- [a: {return: 1}]", ["WFC115"]),
        ("- a: {return: 1}\n  b: {return: 1}", ["WFC115"]),
        ("- a:\n  call: f", ["WFC116"]),
        ("- a:\n  call: f\n  args: {x: 1}\n  result: r", ["WFC116"]),
        ("- a:\n    call: f\n  next: end", ["WFC116"]),
        ("- call: f", ["WFC117"]),
        ("- call: f\n  args: {x: 1}", ["WFC117"]),
        ("- return: 1", ["WFC117"]),
        ("- assign: [x: 1]", ["WFC117"]),
        ("- switch: [{condition: true, next: end}]", ["WFC117"]),
        ("- for: {value: v, in: [], steps: [b: {return: v}]}", ["WFC117"]),
        ("- next: end", ["WFC117"]),
    ],
)
def test_lists_of_steps(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "- a:\n  call: f\n  result: r\n  next: end",
        "- a:\n    call: f\n    result: r\n  next: end",
        "- a:\n    call: f\n  result: r\n  next: end",
    ],
)
def test_a_body_beside_its_name_is_read_as_if_indented(text: str) -> None:
    workflow, problems = parsed(text)
    assert [problem.code for problem in problems] == ["WFC116"]
    assert [written(text, label.span) for label in problems[0].others] == ["a"]
    assert workflow is not None
    (found,) = workflow.main.steps
    assert isinstance(found.action, syntax.CallStep)
    assert found.action.result is not None
    assert found.next is not None


def test_a_step_without_a_name_keeps_what_it_defines() -> None:
    workflow, _ = parsed("- assign: [x: 1]\n- b: {return: '${x}'}")
    assert workflow is not None
    first = workflow.main.steps[0]
    assert isinstance(first.action, syntax.Assign)
    assert first.anonymous


# -- the body of a step (spec 01 §4) --------------------------------------------------------------

COMBINATIONS = [
    ("assign: [x: 1]\nnext: end", []),
    ("call: f\nargs: {x: 1}\nresult: r\nnext: end", []),
    ("call: f", []),
    ("switch: [{condition: true, next: end}]\nnext: end", []),
    ("try: {call: f}\nretry: '${http.default_retry}'\nexcept: {as: e, steps: []}\nnext: end", []),
    ("try: {call: f}", []),
    ("next: end", []),
    ("steps: [b: {return: 1}]\nnext: end", []),  # OQ-10
    ("for: {value: v, in: [], steps: []}\nnext: end", []),
    ("parallel: {for: {value: v, in: [], steps: []}}\nnext: end", []),
    ("return: 1\nnext: end", []),
    ("raise: text\nnext: end", []),
    ("return: null", []),
    ("return:", []),
    ("assign: [x: 1]\ncall: f", ["WFC119"]),  # OQ-11
    ("call: f\nreturn: 1", ["WFC119"]),
    ("assign: [x: 1]\nswitch: [{condition: true}]", ["WFC119"]),
    ("assign: [x: 1]\ncall: f\nreturn: 1", ["WFC119"]),
    ("args: {x: 1}", ["WFC120"]),
    ("result: r", ["WFC120"]),
    ("assign: [x: 1]\nresult: r", ["WFC120"]),
    ("retry: '${http.default_retry}'", ["WFC120"]),
    ("except: {as: e, steps: []}", ["WFC120"]),
    ("call: f\nexcept: {as: e, steps: []}", ["WFC120"]),
    ("call: f\nretry: '${http.default_retry}'\nexcept: {steps: []}", ["WFC120", "WFC120"]),
    ("except: {as: 1, steps: []}", ["WFC120", "WFC122"]),
    ("call: f\nfoo: 1", ["WFC103"]),
    ("foo: 1", ["WFC103"]),
    ("cal: f\nargs: {x: 1}", ["WFC103"]),
    ("1: f", ["WFC103"]),
]


@pytest.mark.parametrize(("body", "expected"), COMBINATIONS)
def test_bodies(body: str, expected: list[str]) -> None:
    assert codes(step(body)) == expected


@pytest.mark.parametrize(("body", "expected"), COMBINATIONS)
def test_bodies_of_switch_entries_follow_the_same_rules(body: str, expected: list[str]) -> None:
    assert codes(step("switch:\n- condition: true\n" + indent(body, "  "))) == expected


@pytest.mark.parametrize(
    ("body", "expected"), [row for row in COMBINATIONS if not row[0].startswith("for")]
)
def test_bodies_of_an_unnamed_try_follow_the_same_rules(body: str, expected: list[str]) -> None:
    assert codes(step("try:\n" + indent(body, "  "))) == expected


def test_two_actions_are_one_problem_with_two_places() -> None:
    text = step("call: f\nreturn: 1")
    problem = only_problem(text)
    assert written(text, problem.label.span) == "return"
    assert [written(text, other.span) for other in problem.others] == ["call"]


def test_an_action_below_an_empty_one_is_a_slip_of_indentation() -> None:
    problem = only_problem(step("try:\ncall: f\nexcept: {steps: []}"))
    assert (problem.code, problem.hint) == (
        "WFC119",
        "indent `call` further if it belongs under `try:`",
    )


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ("call: f\nresutl: r", "did you mean `result`?"),
        ("call: f\nCall: f", "did you mean `call`?"),
        ("call: f\narguments: {x: 1}", "did you mean `args`?"),
        ("try: {call: f}\ncatch: {as: e}", "did you mean `except`?"),
        ("call: http.get\nurl: u", "indent it below `args:`"),
        ("shared: [x]\nparallel: {branches: []}", "indent it below `parallel:`"),
        ("for:\n  values: v\n  in: []\n  steps: []", "did you mean `value`?"),
        (
            "try: {call: f}\nexcept:\n  return: 1",
            "put it into a step:\nsteps:\n- some_name:\n    return: …",
        ),
    ],
)
def test_an_unknown_key_says_what_was_meant(body: str, hint: str) -> None:
    assert [problem.hint for problem in parsed(step(body))[1] if problem.code == "WFC103"] == [hint]


# -- places (spec 05 §3) --------------------------------------------------------------------------


def test_positions_are_the_first_keys_as_written() -> None:
    text = """
        - first:
            args: {x: 1}
            call: f
        - "second":
            "switch":
            - condition: ${a}
              raise: one
            - raise: two
              condition: true
        - third:
            try:
              result: r
              call: f
    """
    first, second, third = clean(text).main.steps
    assert written(text, first.position) == "args"
    assert written(text, second.position) == "switch"  # without the quotes
    assert written(text, second.name_span) == '"second"'
    assert isinstance(second.action, syntax.Switch)
    assert [written(text, case.position) for case in second.action.cases] == ["condition", "raise"]
    assert isinstance(third.action, syntax.Try)
    assert written(text, third.action.steps[0].position) == "result"


@pytest.mark.parametrize(
    ("value", "expression"),
    [
        ("${a + b}", "${a + b}"),
        ("'${a + b}'", "${a + b}"),
        ('"${a + \\"b\\"}"', '${a + \\"b\\"}'),
        (">-\n  ${a +\n  b}", "${a +\n      b}"),
    ],
)
def test_an_expression_spans_from_dollar_to_brace(value: str, expression: str) -> None:
    text = step(f"return: {value}")
    action = only_step(text).action
    assert isinstance(action, syntax.Return)
    assert isinstance(action.value, syntax.Embedded)
    assert written(text, action.value.span) == expression


# -- all at once ----------------------------------------------------------------------------------


def test_all_problems_of_a_file_come_in_one_go() -> None:
    text = """
        main:
          params: [a, b]
          steps:
          - one:
              call: ${f}
              resutl: r
          - two:
            assign: [x: 1]
          - three:
              for: {in: l, steps: []}
          - four: {}
        other-one:
          steps: []
    """
    assert codes(text) == [
        "WFC110", "WFC123", "WFC103", "WFC116", "WFC104", "WFC132", "WFC118", "WFC122", "WFC106",
    ]  # fmt: skip


def test_a_name_as_long_as_the_file_does_not_fill_the_screen() -> None:
    long = "n" * 50_000
    for text in (
        f'[{{"{long}": {{}}}}]',
        f'[{{"a": {{"{long}": 1}}}}]',
        f'[{{"a": {{"call": "f", "result": "{long}-"}}}}]',
        f'[{{"a": {{"call": "{long}-"}}}}]',
        f'[{{"a": {{"switch": [{{"condition": "{long}"}}]}}}}]',
    ):
        problem = only_problem(text)
        assert len(problem.message) < 200
        assert len(problem.hint) + len(problem.note) < 500
