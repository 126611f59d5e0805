"""Mistakes in expressions and targets: named at their place, with what to write instead."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.expression_trees import parsed, scalar, target

from wfc import expressions, syntax
from wfc.codes import CODES
from wfc.nodes import Mapping, Scalar
from wfc.problems import Problems
from wfc.read import read
from wfc.source import Source, Span

METHOD = "pass the value to a function, as in `text.split(value, …)`"
MAP = "assign the map to a variable in YAML, and use the variable here"
LARGEST = "the largest is `9223372036854775807`; with `.0` at its end a number is a double"
MISTAKES = [
    # text, code, what the carets point at, hint
    ("k not in m", "WFC161", "not in", "write `not (k in m)`"),
    ("a + k not in m.b and c", "WFC161", "not in", "write `not (a + k in m.b)`"),
    ("f(x NOT IN y, z)", "WFC161", "NOT IN", "write `not (x in y)`"),
    ("a && b", "WFC160", "&&", "write `and`"),
    ("a || b", "WFC160", "||", "write `or`"),
    ("!x.y == 2", "WFC160", "!", "write `not x.y`"),
    ("not !f(x, 1)[2]", "WFC160", "!", "write `not f(x, 1)[2]`"),
    ("a = 1", "WFC160", "=", "write `==`"),
    ("a === b", "WFC160", "===", "write `==`"),
    ("a !== b", "WFC160", "!==", "write `!=`"),
    ("a <> b", "WFC160", "<>", "write `!=`"),
    ("a => b", "WFC160", "=>", "write `>=`"),
    ("a->b", "WFC160", "->", "write `.`"),
    ("a mod b", "WFC160", "mod", "write `%`"),
    ("a ** 2", "WFC160", "**", "write `a * a`"),
    ("a & b", "WFC160", "&", ""),
    ("a += 1", "WFC160", "+=", "assign in an `assign` step"),
    ("a;", "WFC160", ";", "write one expression"),
    ("x is null", "WFC160", "is", "write `x == null`"),
    ("x is not null", "WFC160", "is", "write `x != null`"),
    ("http://host:80", "WFC160", ":", "write text in double quotes"),
    ("a And b", "WFC166", "And", "write `and` or `AND`"),
    ("Not a", "WFC166", "Not", "write `not` or `NOT`"),
    ("a IN b", "WFC166", "IN", "write `in`"),
    ("'it' + x", "WFC153", "'it'", 'write `"it"`'),
    ("'say \"hi\"'", "WFC153", "'say \"hi\"'", r'write `"say \"hi\""`'),
    ("'it", "WFC153", "'", 'write `"…"`'),
    ("`a`", "WFC153", "`a`", 'write `"a"`'),
    ("“a”", "WFC153", "“a”", 'write `"a"`'),
    (r"\"a\"", "WFC153", r"\"", 'write `"`'),
    ('f"x"', "WFC153", 'f"x"', 'join text and values with `+`, as in `"text " + value`'),
    ('x + "abc', "WFC154", '"', 'end it with `"`'),
    ('f(a, "b)', "WFC154", '"', 'end it with `"`'),
    ("a ? b : c", "WFC163", "?", "write `if(a, b, c)`"),
    ("f(a == 1 ? b.c : d, 2)", "WFC163", "?", "write `if(a == 1, b.c, d)`"),
    ("a ? b : c ? d : e", "WFC163", "?", "write `if(condition, then, otherwise)`"),
    ("b if a else c", "WFC163", "if", "write `if(a, b, c)`"),
    ("a.b ?? 1", "WFC163", "??", "write `default(a.b, 1)`"),
    ("a?.b", "WFC163", "?.", 'write `map.get(a, "b")`'),
    ("[x for x in y]", "WFC163", "for", "write a `for` step"),
    ("f(x=1)", "WFC164", "x=", "write `f(1)`"),
    ("a.f(1, x = g(2, 3), y=4)", "WFC164", "x =", "write `a.f(1, g(2, 3), 4)`"),
    ("a[1:2]", "WFC165", "[1:2]", "write `text.substring(a, 1, 2)` for a part of a text"),
    ("a.b[:n]", "WFC165", "[:n]", "write `text.substring(a.b, 0, n)` for a part of a text"),
    ("a[n:]", "WFC165", "[n:]", "write `text.substring(a, n, len(a))` for a part of a text"),
    ("a + ${b.c}", "WFC167", "${", "write `b.c` alone"),
    ('f({"a": {}})', "WFC162", '{"a": {}}', MAP),
    ("{}", "WFC162", "{}", MAP),
    ("{x.y}", "WFC162", "{", "write `${x.y}`"),
    ("f(a", "WFC155", "(", "add `)`"),
    ("a + [b, (c)", "WFC155", "[", "add `]`"),
    ("a[f(", "WFC155", "(", "add `)`"),
    ("f(a]", "WFC156", "]", "write `)`"),
    ("a)", "WFC156", ")", "remove `)`"),
    ("f(a, )", "WFC168", ",", "remove the `,`"),
    ("[1,]", "WFC168", ",", "remove the `,`"),
    (".5", "WFC159", ".5", "write `0.5`"),
    ("a + 5.", "WFC159", "5.", "write `5.0`"),
    ("5. * a", "WFC159", "5.", "write `5.0`"),
    ("1_000", "WFC159", "1_000", "write `1000`"),
    ("0x1f", "WFC159", "0x1f", "write `31`"),
    ("3abc", "WFC159", "3abc", ""),
    ("1.2.3", "WFC159", "1.2.3", ""),
    ('"a" + "\\q"', "WFC157", "\\q", r"write `\\q` for a backslash and `q`"),
    ('"\\u12"', "WFC157", "\\u", ""),
    ('"a\\ud800b"', "WFC157", "\\ud800", ""),
    ('"\\udc00\\ud800"', "WFC157", "\\udc00", ""),
    ("1e999", "WFC158", "1e999", ""),
    ("1 + 9223372036854775808", "WFC158", "9223372036854775808", LARGEST),
    ("a - 9223372036854775808", "WFC158", "9223372036854775808", LARGEST),
    ("-10000000000000000000", "WFC158", "10000000000000000000", LARGEST),
    ('"a" b.c', "WFC170", "b", 'write `"a" + b.c`'),
    ('f(a["k"] "b")', "WFC170", '"b"', 'write `a["k"] + "b"`'),
    ('"say "hi""', "WFC170", "hi", 'write `\\"` for a quote inside a string'),
    ("a b", "WFC170", "b", ""),
    ("string a.b", "WFC170", "a", "write `string(a.b)`"),
    ("f(x)(y)", "WFC169", "f(x)", ""),
    ("a[0](x)", "WFC169", "a[0]", ""),
    ('"a"(x)', "WFC169", '"a"', ""),
    ("(f)(x)", "WFC169", "(f)", ""),
    ("f(x)(y)(z)", "WFC169", "f(x)", ""),
    ("(a).b(x)", "WFC169", "b", METHOD),
    ('f(x).replace("a", "").trim()', "WFC169", "replace", METHOD),
    ("a[0](x).y()", "WFC169", "a[0]", ""),
    ("null(x)", "WFC169", "null", ""),
    ("a.0", "WFC150", "0", "write `a[0]`"),
    ('a."k"', "WFC150", '"k"', 'write `a["k"]`'),
    ("a == ...", "WFC150", "...", ""),
    ("a.", "WFC150", ".", ""),
    ("a.[0]", "WFC150", ".", "remove the `.`"),
    ("a +", "WFC150", "+", ""),
    ("f(a and)", "WFC150", "and", ""),
    ("* a", "WFC150", "*", ""),
    ("a and in b", "WFC150", "in", ""),
    ("in 5", "WFC150", "in", ""),
    ("a + * b", "WFC150", "*", ""),
    ("()", "WFC150", "()", ""),
    ("a[]", "WFC150", "[]", ""),
    ("f(, a)", "WFC150", ",", ""),
    ("x in (a, b)", "WFC150", ",", "write `[a, b]` for a list"),
    ("a, b", "WFC150", ",", "write `[a, b]` for a list"),
    ("m[a, b]", "WFC150", ",", "write one index in each pair of brackets"),
    ("in(x)", "WFC150", "in(x)", "write `x in c`"),
    ("not -x", "WFC150", "-", "write `not (-x)`"),
    ("a # b", "WFC152", "#", "write the comment in YAML"),
    ("$x", "WFC152", "$", "write `x`"),
    ("a@b", "WFC152", "@", ""),
    ("a\u00a0b", "WFC152", "\u00a0", ""),
    (
        "größe + 1",
        "WFC152",
        "größe",
        "names have letters from `a` to `z` and `A` to `Z`, digits and `_`",
    ),
    ("m[special!key]", "WFC152", "special!key", 'write `"special!key"` if it is text'),
    (" ", "WFC151", " ", ""),
]


@pytest.mark.parametrize(("text", "code", "pointed_at", "hint"), MISTAKES)
def test_a_mistake_is_named_at_its_place(text: str, code: str, pointed_at: str, hint: str) -> None:
    _, problems = parsed(text)
    (problem,) = problems
    span = problem.label.span
    assert (problem.code, text[span.start : span.end], problem.hint) == (code, pointed_at, hint)


def test_a_single_quote_shows_the_words_of_the_service() -> None:
    """spec 09 §2."""
    (problem,) = parsed("'SystemError' in e.tags")[1]
    assert problem.note == "token recognition error at: '''"


def test_a_wrong_closing_bracket_shows_the_open_one() -> None:
    (problem,) = parsed("f(a]")[1]
    assert [(label.span, label.text) for label in problem.others] == [(Span(1, 2), "open here")]


def test_wrong_literals_are_all_reported_and_the_tree_stands() -> None:
    found, problems = parsed(r'["\q", "\w", 99999999999999999999, x]')
    assert [problem.code for problem in problems] == ["WFC157", "WFC157", "WFC158"]
    assert isinstance(found, syntax.ListLiteral)


def test_every_hint_that_is_an_expression_parses() -> None:
    """What a hint says can be typed in."""
    for text, *_ in MISTAKES:
        hint = parsed(text)[1][0].hint
        if hint.startswith("write `") and "(" in hint and "condition" not in hint:
            written = hint.split("`")[1]
            assert parsed(written)[1] == [], hint


# -- places ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "pointed_at"),
    [
        ("x: ${}", "WFC151", "${}"),
        ("x: ${ }", "WFC151", "${ }"),
        ("x: ${a + b", "WFC155", "${"),
        ("x: ${a + }", "WFC150", "+"),
        ("x: ${f(a}", "WFC155", "("),
        ('x: ${"a}', "WFC154", '"'),
        ("x: '${a + ''b''}'", "WFC153", "''b''"),
        (r'x: "${\"a\" && \"b\"}"', "WFC160", "&&"),
        (r'x: "${a + \u0027b\u0027}"', "WFC153", r"\u0027b\u0027"),
        ("x: >\n  ${a +\n   b &&\n   c}\n", "WFC160", "&&"),
        ("x: ${a +\n   b &&\n   c}\n", "WFC160", "&&"),
        ("x: |\n  ${a\n  b}\n", "WFC170", "b"),
        (json.dumps({"x": '${"a" & "b"}'}), "WFC160", "&"),
    ],
)
def test_carets_are_exact_in_every_style_of_scalar(text: str, code: str, pointed_at: str) -> None:
    problems = Problems()
    source = Source("test.yaml", text)
    found = read(source, problems)
    assert isinstance(found, Mapping)
    value = found.entries[0].value
    assert isinstance(value, Scalar)
    assert expressions.embedded(value, problems) is None
    (problem,) = problems.sorted()
    assert (problem.code, source.slice(problem.label.span)) == (code, pointed_at)


# -- targets (spec 02 §2) -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "pointed_at", "hint"),
    [
        ("${x.y}", "WFC180", "${x.y}", "write `x.y`"),
        ("${f(x)}", "WFC180", "${f(x)}", ""),
        ("${a}_${b}", "WFC180", "${a}_${b}", ""),
        ("my-var", "WFC181", "my-var", "write `my_var`"),
        (" my var", "WFC181", "my var", "write `my_var`"),
        ("1st", "WFC181", "1st", "write `_1st`"),
        ("$x.y", "WFC181", "$x", "write `x`"),
        ("in", "WFC181", "in", "write `in_`"),
        ("true", "WFC181", "true", "write `true_`"),
        ("---", "WFC181", "---", ""),
        ("a + b", "WFC181", "a + b", ""),
        ("m.odd-key", "WFC181", "m.odd-key", 'write `m["odd-key"]`'),
        ("m[0].a-b", "WFC181", "m[0].a-b", 'write `m[0]["a-b"]`'),
        ("f(x)", "WFC181", "f(x)", "write `name`, `name.key` or `name[index]`"),
        ("f(x).y", "WFC181", "f(x).y", "write `name`, `name.key` or `name[index]`"),
        ("(a).b", "WFC181", "(", ""),
        ("[0]", "WFC181", "[", ""),
        ("", "WFC181", "", ""),
        ("m[${k}]", "WFC167", "${", "write `k` alone"),
        ("m['k']", "WFC153", "'k'", 'write `"k"`'),
        ("m[special!key]", "WFC152", "special!key", 'write `"special!key"` if it is text'),
        ("m[0", "WFC155", "[", "add `]`"),
        ("m[]", "WFC150", "[]", ""),
        ("m.", "WFC150", ".", ""),
        ("m.0", "WFC150", "0", "write `m[0]`"),
    ],
)
def test_what_cannot_be_assigned_to(text: str, code: str, pointed_at: str, hint: str) -> None:
    found, (problem,) = target(text)
    span = problem.label.span
    assert found is None
    assert (problem.code, text[span.start : span.end], problem.hint) == (code, pointed_at, hint)


# -- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('"' + "ä" * 398 + '"', []),
        ('"' + "😀" * 399 + '"', ["WFC401"]),
        ("a = " + "b" * 400, ["WFC401", "WFC160"]),
        ("a = " + "b" * 4000, ["WFC401"]),
        ("-" * 63 + "a", []),
        ("-" * 64 + "a", ["WFC402"]),
        ("[" * 64 + "]" * 64, []),
        ("[" * 65 + "]" * 65, ["WFC402"]),
        ("a" + "+a" * 199, []),
        ("a" + "-a" * 64, ["WFC402"]),
        ("(" * 199 + "a" + ")" * 199, []),
        ("(" * 1_999 + "a" + ")" * 1_999, ["WFC401"]),
        ("(" * 100_000 + ")" * 100_000, ["WFC401"]),
        ("-" * 4_000, ["WFC401", "WFC150"]),
        ('"' + "a" * 1_000_000 + '"', ["WFC401"]),
    ],
    ids=lambda value: f"{value[:5]}{len(value)}" if isinstance(value, str) else None,
)
def test_long_and_deep_expressions(text: str, codes: list[str]) -> None:
    assert [problem.code for problem in parsed(text)[1]] == codes


@pytest.mark.parametrize(
    "text",
    [
        "${" + "{" * 1_000_000,
        "${" + "(" * 1_000_000,
        '${"' + "\\" * 1_000_001 + '"}',
        "${" + "'\\" * 500_000,
        "${" + '"a" ' * 250_000 + "}",
    ],
    ids=["braces", "brackets", "backslashes", "quotes", "strings"],
)
def test_a_megabyte_that_is_no_expression(text: str) -> None:
    problems = Problems()
    assert expressions.embedded(scalar(text), problems) is None
    assert {problem.code for problem in problems.sorted()} <= {"WFC155", "WFC401"}
    assert problems


CHARACTERS = list("a1()[]{},.+-*/%!=<>|&?:;#$@\\'`\"\n\té😀 ")
WORDS = ["and", "or", "not", "in", "And", "is", "if", "else", "for", "null", "true"]
WORDS += ["//", "**", "!=", "==", "===", "&&", "||", "??", "?.", "=>", "->", "+=", "${", '\\"']
WORDS += ['"s"', "'q'", ".5", "2.", "1e3", "0x1", "1_0", "9223372036854775808", "9" * 20]
TOKENS = st.sampled_from(CHARACTERS + WORDS)


@given(st.one_of(st.text(), st.lists(TOKENS).map("".join), st.lists(TOKENS).map(" ".join)))
def test_no_text_at_all_is_too_much(text: str) -> None:
    """A tree or a problem, never an exception; and every problem has a place in the text."""
    for found, problems in (parsed(text), target(text)):
        assert found is not None or problems
        for problem in problems:
            assert problem.code in CODES
            assert problem.message
            assert 0 <= problem.label.span.start <= problem.label.span.end <= len(text)
