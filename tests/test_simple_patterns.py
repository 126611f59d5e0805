"""`text.*_regex` by Python's `re`: where it takes RE2's place, and that nobody can tell."""

from __future__ import annotations

from functools import reduce
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.outcomes import outcome
from tests.regexes import Node, leftmost_longest

import wfc_runtime.v1 as wf
from wfc_runtime.stdlib import regex
from wfc_runtime.stdlib.simple_patterns import SimplePattern, simple_pattern

pytestmark = pytest.mark.filterwarnings("error")

ASCII = "".join(map(chr, range(128)))

SIMPLE = {
    "": "",
    "^$": r"^\Z",
    "[.]sql$": r"[.]sql\Z",
    "Job failed": "Job failed",
    "\n": "\n",
    "[0-9]+": "[0-9]++",
    r"\d{4}-\d{2}-\d{2}": r"\d{4}-\d{2}-\d{2}",
    r"^[a-z][a-z0-9-]{0,61}[a-z0-9]$": r"^[a-z][a-z0-9-]{0,61}[a-z0-9]\Z",
    "^[A-Za-z]+;[a-z.]+ at [a-z.]+;[0-9]+$": r"^[A-Za-z]++;[a-z.]++ at [a-z.]++;[0-9]++\Z",
    r"^gs://([^/]+)/(.+)$": r"^gs://(?:[^/]++)/(?:.++)\Z",
    r"^scenes/.+/assets/\.done$": r"^scenes/.+/assets/\.done\Z",  # only the last one overlaps
    r"^\[transient\].*": r"^\[transient\].*+",
    r"/[^/]+$": r"/[^/]++\Z",  # no attempt begins inside another
    r"v\d+\.\d+": r"v\d++\.\d++",
    r",\s*": r",[\t\n\f\r ]*+",
    "a*b*": "a*+b*+",
    r"[\w.-]+": r"[\w.-]++",
    r"[-+]?[0-9]{1,3}": "[-+]?+[0-9]{1,3}+",
    r"[\\\]]\S": r"[\x5c\]][^\t\n\f\r ]",
    "((a)b)": "(?:(?:a)b)",
    "^a{0,}b{2,}": "^a{0,}+b{2,}+",
}

NOT_SIMPLE = {
    "a+b": "quadratic: an attempt begins at each of many a",
    "a*b{2,}": "quadratic",
    r"\s+$": "quadratic",
    ".*,a": "quadratic",
    "(a)+b": "a group is repeated",
    "ab?b*": "two ways to match",
    "^.+/.+$": "two items to step back in: quadratic",
    "^a*a*$": "two items to step back in: quadratic",
    "[a-z]{0,61}[a-z]": "steps back at every start",
    "a|ab": "`re` takes the first alternative, RE2 the longest",
    "a+?": "RE2 takes the longest, whatever the expression asks for",
    "a++": "no RE2",
    "a**": "no RE2",
    "a{2}{3}": "no RE2",
    "a{1001}": "no RE2",
    "a{3,2}": "no RE2",
    "[b-a]": "no RE2",
    "[]": "no RE2",
    "(a": "no RE2",
    "a)": "no RE2",
    ")(": "no RE2",
    "(?=a)": "no RE2",
    r"(a)\1": "no RE2",
    "a{,2}": "literal to RE2, up to two to `re`",
    "a{02}": "literal to RE2",
    r"a\Z": "no RE2",
    r"a\z": "`re` of Python 3.11 has none",
    r"\bx": "an assertion",
    "a^": "an assertion inside",
    "$a": "an assertion inside",
    "(?i)a": "a flag",
    r"\x41": "an escape with digits",
    r"\pL": "a class by name",
    "[[:alpha:]]": "a class by name",
    "[a[]": "`re` warns of it",
    "[a&&b]": "`re` warns of it",
    "[a--]": "`re` warns of it",
    r"\Qa\E": "quoted",
    "é": "not ASCII",
    "a" * 101: "an attempt takes long",
    "[ab]{200}c": "an attempt takes long",
    "a{0,99}bc": "an attempt takes long",
    "a{0}b": "`re` looks at each that takes nothing, at every start",
    "a{0,0}b": "`re` looks at each that takes nothing, at every start",
}


def outcomes(expression: str, text: str, pattern: SimplePattern | None) -> list[str]:
    """What the three functions give with the pattern, or with RE2."""
    with patch.object(regex, "_SIMPLE", {expression: pattern}):
        return [
            outcome(wf.text.find_all_regex, text, expression),
            outcome(wf.text.match_regex, text, expression),
            outcome(wf.text.replace_all_regex, text, expression, r"<\1\>&"),
        ]


def simple(expression: str) -> SimplePattern:
    pattern = simple_pattern(expression)
    assert pattern is not None, expression
    return pattern


@pytest.mark.parametrize("expression", SIMPLE)
def test_expressions_of_every_day_are_matched_by_re(expression: str) -> None:
    assert simple(expression).pattern.pattern == SIMPLE[expression]


@pytest.mark.parametrize("expression", NOT_SIMPLE)
def test_what_re_would_match_otherwise_or_slowly_is_left_to_re2(expression: str) -> None:
    assert simple_pattern(expression) is None, NOT_SIMPLE[expression]


characters = st.sampled_from("ab1_ -/.\t\n\v\r&|~")
escapes = st.sampled_from([f"\\{letter}" for letter in r"dswDSWafnrtv.-[]^$\&|~_ " + "\n"])
ranges = st.sampled_from(("a-b", "0-9", "!-/", r"\t-\r", "b-a", r"\d-a", "a-", "^", "--", "[:^a:]"))
classes = st.builds(
    "[{}{}{}]".format,
    st.sampled_from(("", "^", "-", "^-", "]")),
    st.lists(characters | escapes | ranges, max_size=3).map("".join),
    st.sampled_from(("", "-")),
)
atoms = characters | escapes | classes | st.sampled_from((".", "(a)", "(?:b", "(", ")", "a|b", "^"))
quantifiers = st.sampled_from(
    ("", "?", "*", "+", "{2}", "{1,}", "{0,2}", "{0}", "{,2}", "{2,1}", "*?")
)
expressions = st.builds(
    "{}{}{}".format,
    st.sampled_from(("", "^")),
    st.lists(st.builds("{}{}".format, atoms, st.just("") | quantifiers), max_size=5).map("".join),
    st.sampled_from(("", "$")),
)
texts = st.text(st.sampled_from("ab1") | characters | st.sampled_from(r"()[]\^$"), max_size=12)


@settings(max_examples=500)
@given(expressions, st.lists(texts, min_size=3, max_size=3))
def test_re_finds_what_re2_finds(expression: str, several: list[str]) -> None:
    if pattern := simple_pattern(expression):
        for text in several:
            assert outcomes(expression, text, pattern) == outcomes(expression, text, None)


items = st.tuples(st.sampled_from(("", "*", "+", "?")), st.tuples(st.sampled_from("ab")))
"""A letter and how it is repeated, as nodes are written."""


@given(
    st.lists(items, max_size=4),
    st.sampled_from(("", "^")),
    st.sampled_from(("", "$")),
    st.text("ab", max_size=8),
)
def test_re_finds_what_there_is_by_trying_everything(
    several: list[Node], start: str, end: str, text: str
) -> None:
    expression = start + "".join(letter + repeat for repeat, (letter,) in several) + end
    if pattern := simple_pattern(expression):
        nodes = [node if node[0] else node[1] for node in several]
        whole = reduce(lambda left, right: (".", left, right), [(start,), *nodes, (end,)])
        with patch.object(regex, "_SIMPLE", {expression: pattern}):
            found = wf.text.find_all_regex(text, expression)
        expected = leftmost_longest(whole, text)
        assert [(match["index"], match["match"]) for match in found] == expected


@pytest.mark.parametrize(
    "atom", ["{}", "\\{}", "[{}]", "[^{}]", r"[\{}]", "[{}-~]", "[a{}]", "[^\\{}]"]
)
def test_an_atom_stands_for_the_characters_that_it_stands_for_in_re2(atom: str) -> None:
    for character in ASCII:
        expression = atom.format(character)
        if pattern := simple_pattern(expression):
            assert outcomes(expression, ASCII, pattern) == outcomes(expression, ASCII, None)


@pytest.mark.parametrize(
    "expression", [expression for expression in SIMPLE if "+" in expression or "*" in expression]
)
def test_re_reads_a_long_text_but_once(expression: str) -> None:
    """It would be minutes, if `re` tried every start to its end."""
    for piece in ("a", "/", "1", " ", "-", "v1", "gs://a/", "ab;", "a\n", ".assets/"):
        text = (piece * 200_000)[:200_000]
        for end in ("", "!"):
            simple(expression).pattern.sub("", text + end)


def test_texts_beyond_ascii_are_left_to_re2() -> None:
    assert simple_pattern("^.$")
    assert wf.text.match_regex("😀", "^.$")
    assert wf.text.find_all_regex("é1", r"\w") == [{"index": 1, "match": "1"}]  # `é` is none


def test_expressions_made_without_end_are_left_to_re2_after_a_while() -> None:
    with patch.object(regex, "_SIMPLE", regex._SimplePatterns()) as made:
        for number in range(600):
            assert wf.text.match_regex(f"order-{number}", f"^order-{number}$")
        assert len(made) == 500


def test_long_expressions_are_not_kept() -> None:
    with patch.object(regex, "_SIMPLE", regex._SimplePatterns()) as made:
        assert wf.text.match_regex("a", "^[" + "a" * 997 + "]")
        assert wf.text.match_regex("a", "^[" + "a" * 998 + "]")
        assert list(map(len, made)) == [1000]
