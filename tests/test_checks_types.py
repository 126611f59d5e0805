"""Warnings of types that are certain: conditions, operators, and text with `${…}` in it."""

from __future__ import annotations

import pytest
from tests.front import codes_of, errors_of, problems_of


def returning(expression: str) -> str:
    return f"main:\n  params: [x]\n  steps:\n    - step:\n        return: '${{{expression}}}'\n"


@pytest.mark.parametrize(
    ("condition", "codes"),
    [
        ("true", []),
        ("'${x}'", []),
        ("'${x == 1}'", []),
        ("'${x.ok and not(x.bad)}'", []),
        ("'${text.match_regex(x, \"a\")}'", []),
        ("'${default(x, false)}'", []),
        ("'${len(x)}'", ["WFC660"]),
        ("'${1}'", ["WFC660"]),
        ("'${null}'", ["WFC660"]),
        ("'${\"true\"}'", ["WFC660"]),
        ("'${x + \"a\"}'", ["WFC660"]),
        ("'${x - 1}'", ["WFC660"]),
    ],
)
def test_condition_is_a_boolean(condition: str, codes: list[str]) -> None:
    """Spec 03 §7: there is no truthiness."""
    switch = f"[{{condition: {condition}, next: end}}]"
    assert codes_of(f"main: {{params: [x], steps: [s: {{switch: {switch}}}]}}") == codes


@pytest.mark.parametrize(
    ("expression", "codes"),
    [
        ("x and true", []),
        ('x and "yes"', ["WFC661"]),
        ("len(x) or x", ["WFC661"]),
        ("x.a == 1 and x.b in x.c", []),
        ("not x", []),
        ("not not x", []),
        ("not null", ["WFC661"]),
        ('not "k" in x', ["WFC661"]),
        ('not("k" in x)', []),
        ("not x == 1", []),  # (not x) == 1, which raises only if x is no boolean
        ("not 1 == x", ["WFC661"]),
    ],
)
def test_logic_takes_booleans(expression: str, codes: list[str]) -> None:
    """Spec 03 §6."""
    assert codes_of(returning(expression)) == codes


@pytest.mark.parametrize(
    ("expression", "hint"),
    [
        ('not "k" in x', 'write `not ("k" in x)`'),
        ('x and not "k" in x', 'write `not ("k" in x)`'),
        ("not 1 == x", "write `not (1 == x)`"),
        ('(not "k") in x', ""),
        ('not "k"', ""),
    ],
)
def test_not_before_another_operator_gets_brackets(expression: str, hint: str) -> None:
    """Spec 03 §3: `not` binds tighter than every binary operator."""
    [problem] = problems_of(returning(expression))
    assert problem.hint == hint


@pytest.mark.parametrize(
    ("expression", "codes"),
    [
        # the table of spec 03 §6
        ("1 + 2.5", []),
        ('1 + "a"', []),
        ('"a" + 2.5', []),
        ('"a" + true', []),
        ('true + "a"', []),
        ("1 + true", ["WFC663"]),
        ("true + true", ["WFC663"]),
        ("x + null", ["WFC663"]),
        ("null + x", ["WFC663"]),
        ("x + [1]", ["WFC663"]),
        ("keys(x) + keys(x)", ["WFC663"]),
        ("json.encode(x) + x", ["WFC663"]),
        ('string(x) + "a" + 1', []),
        ("x + true", []),
        ("len(x) + 1 + true", ["WFC663"]),
        # arithmetic
        ("x - 1", []),
        ('x - "1"', ["WFC663"]),
        ("true * 2", ["WFC663"]),
        ('"a" / 2', ["WFC663"]),
        ("len(x) // 2 % 3", []),
        ('-"a"', ["WFC663"]),
        ("-len(x)", []),
        # order
        ("1 < 2.5", []),
        ('"a" < "b"', []),
        ('1 < "a"', ["WFC663"]),
        ('len(x) > "10"', ["WFC663"]),
        ("x < null", ["WFC663"]),
        ("x < true", ["WFC663"]),
        ("1 < x < 3", ["WFC663"]),  # a boolean < 3
        # equality takes everything (OQ-31)
        ('1 == "a"', []),
        ("x == null", []),
        ("[1] == x", []),
        # in
        ("x in [1, 2]", []),
        ("1 in x", []),
        ('"a" in "abc"', ["WFC662"]),
        ("x in string(x)", ["WFC662"]),
        ("x in 5", ["WFC663"]),
        ("x in null", ["WFC663"]),
        # access
        ('"abc"[0]', ["WFC663"]),
        ("keys(x)[0]", []),
        ('keys(x)["a"]', ["WFC663"]),
        ("len(x).size", ["WFC663"]),
        ("json.decode(x).size", []),
        ("[1, 2][1]", []),
    ],
)
def test_operators_take_their_operands(expression: str, codes: list[str]) -> None:
    """A warning only where no value could work (spec 03 §5, §6; OQ-30)."""
    assert codes_of(returning(expression)) == codes


def test_types_are_no_errors() -> None:
    """Spec 09 §4: the service checks types when it runs."""
    assert errors_of(returning('"a" in "abc" and 1 < "a"')) == []


def test_null_that_stands_for_a_broken_expression_is_not_judged() -> None:
    text = """
main:
  steps:
    - step: {call: sys.sleep, args: {seconds: "${1 +}"}}
"""
    assert all(not code.startswith("WFC6") for code in codes_of(text))


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Hello ${x.name}!", 'write `${"Hello " + x.name + "!"}`'),
        ("${x.a}-${x.b}", 'write `${x.a + "-" + x.b}`'),
        ("Name: ${x}", "write `'${\"Name: \" + x}'`"),
        ("${x.a} of ${x:y}", ""),
    ],
)
def test_text_around_an_expression_is_not_evaluated(text: str, hint: str) -> None:
    """OQ-21."""
    [problem] = problems_of(f"main:\n  params: [x]\n  steps:\n    - s: {{return: '{text}'}}\n")
    assert problem.code == "WFC664"
    assert problem.hint == hint


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$x", ["write `${x}`"]),
        ("$x.items[0]", ["write `${x.items[0]}`"]),
        ("'{{ x.name }}'", ["write `${x.name}`"]),
        ("{x}", ["write `${x}`"]),
        ("{x.name}", ["write `${x.name}`"]),
        ("[$x, {a: $x}]", ["write `${x}`", "write `${x}`"]),
        ("$other", []),
        ("{other}", []),
        ("{x: }", []),
        ("{x: null, y: 1}", []),
        ("'{x}'", []),
        ("costs $x", []),
    ],
)
def test_a_variable_without_its_braces_is_not_evaluated(text: str, expected: list[str]) -> None:
    found = problems_of(f"main:\n  params: [x]\n  steps:\n    - s:\n        return: {text}\n")
    assert [(problem.code, problem.hint) for problem in found] == [
        ("WFC665", hint) for hint in expected
    ]


@pytest.mark.parametrize(
    "text",
    ["echo ${BUCKET}", "cp ${A:-b} ${_TO}", "$5", "a $ {b}", "{x}", "${", "${x}"],
)
def test_other_text_is_left_alone(text: str) -> None:
    body = f"main:\n  params: [x]\n  steps:\n    - s:\n        return: {text!r}\n"
    assert "WFC664" not in codes_of(body)


def test_text_is_looked_for_at_any_depth_and_in_keys() -> None:
    text = """
main:
  params: [x]
  steps:
    - step:
        assign:
          - made:
              list: [1, {deep: "a ${x} b"}]
              "key-${x}": 1
"""
    assert codes_of(text) == ["WFC664", "WFC664"]
