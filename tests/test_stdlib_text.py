"""`text.*`, function by function: normal, edge, error (spec 06)."""

from __future__ import annotations

import re
import urllib.parse
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.library_calls import Table, called, each, rows, tag
from tests.outcomes import outcome
from tests.regexes import Node, leftmost_longest, nodes, written
from tests.values import INT_MAX, INT_MIN

import wfc_runtime.v1 as wf

pytestmark = pytest.mark.usefixtures("implementation")

SMALL = st.text(alphabet="ab0é😀", max_size=8)


def matches(*found: tuple[int, str]) -> list[dict[str, Any]]:
    return [{"index": index, "match": match} for index, match in found]


RESULTS: Table = {
    "text.decode": [
        ((b"\xc3\xa9",), "é"),
        ((b"\xe9", "latin1"), "é"),
        ((b"a\x00", "UTF-16LE"), "a"),
        ((b"\xf0\x9f\x98\x80", None), "😀"),
        ((b"\xef\xbb\xbfx",), "\ufeffx"),
        ((b"\x80", "windows-1252"), "€"),
        ((b"", "US-ASCII"), ""),
    ],
    "text.encode": [
        (("é",), b"\xc3\xa9"),
        (("é", "ISO-8859-1"), b"\xe9"),
        (("é", None), b"\xc3\xa9"),
        (("日", "Shift_JIS"), b"\x93\xfa"),
        (("a", "utf8"), b"a"),
        (("",), b""),
    ],
    "text.find_all": [
        (("00000", "00"), [0, 2]),
        (("aé😀é", "é"), [1, 3]),
        (("abc", "x"), []),
        (("ab", "abc"), []),
        (("ab", ""), [0, 1, 2]),
        (("", ""), [0]),
    ],
    "text.find_all_regex": [
        (("abc", "x"), []),
        (("é12 3", "[0-9]+"), matches((1, "12"), (4, "3"))),
        (("foobar", "foo|foobar"), matches((0, "foobar"))),
        (("aab", "a+?"), matches((0, "aa"))),  # longest, whatever the expression asks for
        (("baaac", "a*"), matches((0, ""), (1, "aaa"), (5, ""))),
        (("", ""), matches((0, ""))),
        (("a\nb", "(?m)^"), matches((0, ""), (2, ""))),
        (("aXb", "(?i)x|B"), matches((1, "X"), (2, "b"))),
        (("a😀b", "\\pS"), matches((1, "😀"))),
        (("e\u0301", "."), matches((0, "e"), (1, "\u0301"))),
        (("ab", "(a)(?P<second>b)"), matches((0, "ab"))),
        (("a\\C", "\\\\C"), matches((1, "\\C"))),
        (("\\C", "\\Q\\C\\E"), matches((0, "\\C"))),
    ],
    "text.match_regex": [
        (("abc", "b"), True),
        (("abc", "^b"), False),
        (("scenes/x/assets/.stage", "^scenes/.+/assets/\\.stage"), True),
        (("", ""), True),
        (("a\nb", "a.b"), False),
        (("a\nb", "(?s)a.b"), True),
        (("\x00", "\x00"), True),
    ],
    "text.replace_all": [
        (("aXbX", "X", "$1"), "a$1b$1"),
        (("ab", "", "-"), "-a-b-"),
        (("aaa", "aa", "b"), "ba"),
        (("", "a", "b"), ""),
    ],
    "text.replace_all_regex": [
        (("baaac", "a*", "x"), "xbxcx"),
        (("é😀", "", "-"), "-é-😀-"),
        (("abc", "(b)", "[\\1$1\\0]"), "a[\\1$1\\0]c"),
        (("foobar!", "foo|foobar", ""), "!"),
        (("", "^$", "empty"), "empty"),
    ],
    "text.split": [
        (("a/b/c", "/"), ["a", "b", "c"]),
        (("/a//", "/"), ["", "a", "", ""]),
        (("", "/"), [""]),
        (("aXYb", "XY"), ["a", "b"]),
        (("a.b", "."), ["a", "b"]),
    ],
    "text.substring": [
        (("2021-11-02T22:30:23Z", 0, 10), "2021-11-02"),
        (("héllo", 1, 3), "él"),
        (("a😀b", 1, 2), "😀"),
        (("abc", 0, 50), "abc"),
        (("abc", -5, 2), "ab"),
        (("abc", 2, 1), ""),
        (("abc", 0, -1), ""),
        (("abc", -3, -1), ""),
        (("abc", 5, 9), ""),
        (("abc", INT_MIN, INT_MAX), "abc"),
        (("abc", INT_MAX, INT_MIN), ""),
    ],
    "text.to_lower": [
        (("HÉLLO 1",), "héllo 1"),
        (("İẞΑΣ",), "ißασ"),  # one letter for one, as in Go
        (("",), ""),
    ],
    "text.to_upper": [
        (("héllo 1",), "HÉLLO 1"),
        (("straße ﬁ",), "STRAßE ﬁ"),
        (("ǆᾳıŉ",), "Ǆᾼ\u0049ŉ"),
        (("ᾼǅ",), "ᾼǄ"),
    ],
    "text.url_decode": [
        (("a%2fb+c%C3%A9%2B",), "a/b cé+"),
        (("é%00",), "é\x00"),
        (("",), ""),
    ],
    "text.url_encode": [
        (("a/b c?d=~.-_é",), "a%2Fb%20c%3Fd%3D%7E.-_%C3%A9"),
        (("😀\x00+%",), "%F0%9F%98%80%00%2B%25"),
        (("",), ""),
    ],
    "text.url_encode_plus": [
        (("a/b/c?item=d+e f",), "a%2Fb%2Fc%3Fitem%3Dd%2Be+f"),
        (("~ ",), "%7E+"),
        (("",), ""),
    ],
}

ERRORS: Table = {
    "text.decode": [
        ((b"\xff",), "ValueError"),
        ((b"\xed\xa0\x80",), "ValueError"),
        ((b"a", "UTF-16"), "ValueError"),
        *(((b"a", charset), "ValueError") for charset in ("base64", "hex", "charmap", "")),
        (("a",), "TypeError"),
        ((None,), "TypeError"),
        ((b"a", True), "TypeError"),
    ],
    "text.encode": [
        (("é", "US-ASCII"), "ValueError"),
        (("\ud800",), "ValueError"),
        *((("a", charset), "ValueError") for charset in ("klingon", "rot13", "a\x00", "\ud800")),
        *((("a", charset), "ValueError") for charset in ("unicode_escape", "idna", "UTF-7")),
        (("a", 5), "TypeError"),
        ((b"a",), "TypeError"),
    ],
    "text.find_all": [
        (("a", "\ud800"), "ValueError"),
        (("a", None), "TypeError"),
        ((["a"], "a"), "TypeError"),
    ],
    "text.find_all_regex": [
        *((("a", regexp), "ValueError") for regexp in ("(", "[", "*", "a{2,1}", "\\8", "[[:x:]]")),
        (("é", "\\C"), "ValueError"),  # a byte: half a character
        (("é", "\\\\\\C"), "ValueError"),
        (("a", 1), "TypeError"),
        ((None, "a"), "TypeError"),
    ],
    "text.match_regex": [
        (("a", "(?=a)"), "ValueError"),
        (("a", "a{100000}"), "ValueError"),
        (("a", "(?<=a)"), "ValueError"),
        ((5, "a"), "TypeError"),
        (("a", None), "TypeError"),
    ],
    "text.replace_all": [
        (("a", "a", 1), "TypeError"),
        (("a", None, ""), "TypeError"),
        ((b"a", "a", ""), "TypeError"),
    ],
    "text.replace_all_regex": [
        (("a", "\\1", ""), "ValueError"),
        (("a", "(", ""), "ValueError"),
        (("a", "a", None), "TypeError"),
    ],
    "text.split": [
        (("abc", ""), "ValueError"),  # OQ-62
        (("a", None), "TypeError"),
        ((["a"], ","), "TypeError"),
    ],
    "text.substring": [
        (("abc", 0, 1.0), "TypeError"),
        (("abc", True, 2), "TypeError"),
        (("abc", None, 2), "TypeError"),
        ((None, 0, 1), "TypeError"),
        (([1, 2], 0, 1), "TypeError"),
    ],
    "text.to_lower": [((None,), "TypeError"), ((5,), "TypeError"), ((b"A",), "TypeError")],
    "text.to_upper": [((None,), "TypeError"), ((["a"],), "TypeError")],
    "text.url_decode": [
        *each(("%", "%4", "%zz", "a%", "% 20"), "ValueError"),
        *each(("%ff", "%ed%a0%80", "\ud800"), "ValueError"),
        ((None,), "TypeError"),
    ],
    "text.url_encode": [((None,), "TypeError"), ((5,), "TypeError")],
    "text.url_encode_plus": [((None,), "TypeError"), ((b"a",), "TypeError")],
}


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    assert repr(called(name, arguments)) == repr(result)


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(name: str, arguments: Any, error: str) -> None:
    assert tag(name, arguments) == error


@given(st.text())
def test_url_escapes_are_those_of_urllib_but_for_the_tilde(text: str) -> None:
    encoded = wf.text.url_encode(text)
    assert encoded == urllib.parse.quote(text, safe="").replace("~", "%7E")
    assert encoded.isascii()
    assert wf.text.url_decode(encoded) == text
    assert wf.text.url_decode(wf.text.url_encode_plus(text)) == text


@given(st.text(alphabet="%+aé4fC3A9", max_size=12))
def test_url_escapes_are_decoded_as_urllib_does(text: str) -> None:
    """Where urllib leaves a `%` that begins no escape alone, there is an error."""
    try:
        expected = urllib.parse.unquote_plus(text, errors="strict")
    except ValueError:
        expected = None
    if expected is None or re.search("%(?![0-9A-Fa-f]{2})", text):
        assert tag("text.url_decode", [text]) == "ValueError"
    else:
        assert wf.text.url_decode(text) == expected


@given(st.text())
def test_text_comes_back_from_bytes(text: str) -> None:
    for charset in ("UTF-8", "UTF-16", "utf-32"):
        assert wf.text.decode(wf.text.encode(text, charset), charset) == text


@given(SMALL, SMALL)
def test_pieces_joined_again_are_the_source(source: str, separator: str) -> None:
    if separator:
        assert separator.join(wf.text.split(source, separator)) == source


@given(SMALL, SMALL, SMALL)
def test_plain_text_is_found_cut_and_replaced_as_python_does(
    source: str, part: str, by: str
) -> None:
    assert wf.text.replace_all(source, part, by) == source.replace(part, by)
    found = wf.text.find_all(source, part)
    assert len(found) == source.count(part)
    assert all(source.startswith(part, place) for place in found)
    assert all(b - a >= max(len(part), 1) for a, b in pairwise(found))
    if part:
        assert wf.text.split(source, part) == source.split(part)


@given(SMALL, st.integers(-12, 12), st.integers(-12, 12))
def test_a_substring_is_made_of_the_characters_at_its_places(
    source: str, start: int, end: int
) -> None:
    """OQ-63"""
    letters = [letter for place, letter in enumerate(source) if start <= place < end]
    assert wf.text.substring(source, start, end) == "".join(letters)


@given(st.text(), st.sampled_from(("UTF-8", "ISO-8859-1", "windows-1252", "Shift_JIS", "UTF-16")))
def test_charsets_are_pythons(text: str, charset: str) -> None:
    try:
        expected = text.encode(charset)
    except ValueError:
        assert tag("text.encode", [text, charset]) == "ValueError"
    else:
        assert wf.text.encode(text, charset) == expected


@given(SMALL, SMALL)
def test_a_literal_regex_finds_what_a_plain_search_finds(source: str, substr: str) -> None:
    found = [match["index"] for match in wf.text.find_all_regex(source, substr)]
    assert found == wf.text.find_all(source, substr)
    replaced = outcome(wf.text.replace_all_regex, source, substr, "\\0$&")
    assert replaced == outcome(wf.text.replace_all, source, substr, "\\0$&")


@given(SMALL, st.sampled_from(("a*", "[ab]+", "é|😀a", "\\b", "$", "(a|ab)(c|0)?")))
def test_matches_stand_where_they_are_said_to_stand(source: str, regexp: str) -> None:
    end = -1
    for match in wf.text.find_all_regex(source, regexp):
        start, text = match["index"], match["match"]
        assert source[start : start + len(text)] == text
        assert start >= end
        end = start + len(text)


def test_a_hostile_expression_takes_no_longer_than_its_length() -> None:
    assert not wf.text.match_regex("a" * 5000, "(a+)+$b")


@given(nodes, st.text(alphabet="abé", max_size=6))
def test_matches_are_the_leftmost_and_of_these_the_longest(node: Node, text: str) -> None:
    expected = leftmost_longest(node, text)
    assert wf.text.find_all_regex(text, written(node)) == matches(*expected)
    parts = text
    for index, match in reversed(expected):
        parts = f"{parts[:index]}-{parts[index + len(match) :]}"
    assert wf.text.replace_all_regex(text, written(node), "-") == parts
    assert wf.text.match_regex(text, written(node)) == bool(expected)


@given(st.text())
def test_case_is_that_of_python_where_one_letter_stands_for_one(text: str) -> None:
    upper, lower = wf.text.to_upper(text), wf.text.to_lower(text)
    assert len(upper) == len(lower) == len(text)
    for before, up, down in zip(text, upper, lower, strict=True):
        assert up in (before.upper(), before.title(), before)
        assert down in (before.lower(), before.lower()[0])
        if len(before.upper()) == 1:
            assert up == before.upper()
