"""`text.*`, function by function: normal, edge, error (spec 06)."""

from __future__ import annotations

import urllib.parse
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.outcomes import outcome, tags

import wfc_runtime.v1 as wf

SMALL = st.text(alphabet="ab0é😀", max_size=8)


@pytest.mark.parametrize(
    ("function", "arguments", "result"),
    [
        ("find_all", ("00000", "00"), [0, 2]),
        ("find_all", ("aé😀é", "é"), [1, 3]),
        ("find_all", ("abc", "x"), []),
        ("find_all", ("ab", ""), [0, 1, 2]),
        ("find_all_regex", ("abc", "x"), []),
        ("find_all_regex", ("é12 3", "[0-9]+"), [(1, "12"), (4, "3")]),
        ("find_all_regex", ("foobar", "foo|foobar"), [(0, "foobar")]),
        ("find_all_regex", ("baaac", "a*"), [(0, ""), (1, "aaa"), (5, "")]),
        ("match_regex", ("abc", "b"), True),
        ("match_regex", ("abc", "^b"), False),
        ("match_regex", ("scenes/x/assets/.stage", "^scenes/.+/assets/\\.stage"), True),
        ("match_regex", ("", ""), True),
        ("replace_all", ("aXbX", "X", "$1"), "a$1b$1"),
        ("replace_all", ("ab", "", "-"), "-a-b-"),
        ("replace_all_regex", ("baaac", "a*", "x"), "xbxcx"),
        ("replace_all_regex", ("é😀", "", "-"), "-é-😀-"),
        ("replace_all_regex", ("abc", "(b)", "[\\1$1\\0]"), "a[\\1$1\\0]c"),
        ("replace_all_regex", ("foobar!", "foo|foobar", ""), "!"),
        ("split", ("a/b/c", "/"), ["a", "b", "c"]),
        ("split", ("/a//", "/"), ["", "a", "", ""]),
        ("split", ("", "/"), [""]),
        ("substring", ("2021-11-02T22:30:23Z", 0, 10), "2021-11-02"),
        ("substring", ("héllo", 1, 3), "él"),
        ("substring", ("abc", 0, 50), "abc"),
        ("substring", ("abc", -5, 2), "ab"),
        ("substring", ("abc", 2, 1), ""),
        ("substring", ("abc", 0, -1), ""),
        ("substring", ("abc", -3, -1), ""),
        ("substring", ("abc", 5, 9), ""),
        ("to_lower", ("HÉLLO",), "héllo"),
        ("to_upper", ("héllo",), "HÉLLO"),
        ("url_encode", ("a/b c?d=~.-_é",), "a%2Fb%20c%3Fd%3D%7E.-_%C3%A9"),
        ("url_encode_plus", ("a/b/c?item=d+e f",), "a%2Fb%2Fc%3Fitem%3Dd%2Be+f"),
        ("url_decode", ("a%2fb+c%C3%A9%2B",), "a/b cé+"),
        ("url_decode", ("",), ""),
        ("encode", ("é",), b"\xc3\xa9"),
        ("encode", ("é", "ISO-8859-1"), b"\xe9"),
        ("encode", ("é", None), b"\xc3\xa9"),
        ("decode", (b"\xc3\xa9",), "é"),
        ("decode", (b"\xe9", "latin1"), "é"),
        ("decode", (b"a\x00", "UTF-16LE"), "a"),
    ],
)
def test_results(function: str, arguments: tuple[Any, ...], result: Any) -> None:
    got = getattr(wf.text, function)(*arguments)
    if function == "find_all_regex":
        result = [{"index": index, "match": match} for index, match in result]
    assert repr(got) == repr(result)


@pytest.mark.parametrize(
    ("function", "arguments", "tag"),
    [
        ("find_all", ("a", "\ud800"), "ValueError"),
        ("find_all_regex", ("a", "("), "ValueError"),
        ("match_regex", ("a", "(?=a)"), "ValueError"),
        ("match_regex", ("a", "a{100000}"), "ValueError"),
        ("replace_all_regex", ("a", "\\1", ""), "ValueError"),
        ("split", ("abc", ""), "ValueError"),
        ("url_decode", ("%",), "ValueError"),
        ("url_decode", ("%4",), "ValueError"),
        ("url_decode", ("%zz",), "ValueError"),
        ("url_decode", ("%ff",), "ValueError"),
        ("encode", ("é", "US-ASCII"), "ValueError"),
        ("encode", ("\ud800",), "ValueError"),
        ("encode", ("a", "klingon"), "ValueError"),
        ("encode", ("a", "rot13"), "ValueError"),
        ("encode", ("a", "unicode_escape"), "ValueError"),
        ("encode", ("a", "a\x00"), "ValueError"),
        ("encode", ("a", "\ud800"), "ValueError"),
        ("encode", ("a", 5), "TypeError"),
        ("encode", (b"a",), "TypeError"),
        ("decode", (b"\xff",), "ValueError"),
        ("decode", (b"a", "base64"), "ValueError"),
        ("decode", ("a",), "TypeError"),
        ("substring", ("abc", 0, 1.0), "TypeError"),
        ("substring", ("abc", True, 2), "TypeError"),
        ("substring", (None, 0, 1), "TypeError"),
        ("to_upper", (None,), "TypeError"),
        ("replace_all", ("a", "a", 1), "TypeError"),
        ("split", ("a", None), "TypeError"),
        ("match_regex", (5, "a"), "TypeError"),
    ],
)
def test_errors(function: str, arguments: tuple[Any, ...], tag: str) -> None:
    assert tags(getattr(wf.text, function), *arguments) == [tag]


@given(st.text())
def test_url_escapes_are_those_of_urllib_but_for_the_tilde(text: str) -> None:
    encoded = wf.text.url_encode(text)
    assert encoded == urllib.parse.quote(text, safe="").replace("~", "%7E")
    assert encoded.isascii()
    assert wf.text.url_decode(encoded) == text
    assert wf.text.url_decode(wf.text.url_encode_plus(text)) == text


@given(st.text())
def test_text_comes_back_from_bytes(text: str) -> None:
    for charset in ("UTF-8", "UTF-16", "utf-32"):
        assert wf.text.decode(wf.text.encode(text, charset), charset) == text


@given(SMALL, SMALL)
def test_pieces_joined_again_are_the_source(source: str, separator: str) -> None:
    if separator:
        assert separator.join(wf.text.split(source, separator)) == source


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
