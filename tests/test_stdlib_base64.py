"""`base64.*`: bytes as text of the standard alphabet (spec 06)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.library_calls import Table, called, each, rows, tag

import wfc_runtime.v1 as wf

RESULTS: Table = {
    "base64.decode": [
        (("aGk=",), b"hi"),
        (("aGk=", True), b"hi"),
        (("aGk=", None), b"hi"),
        (("aGk", False), b"hi"),
        (("aGVs\r\nbG8=\n",), b"hello"),
        (("aGl=",), b"hi"),  # bits that no byte needs may be anything, as in Go
        (("+/+/",), b"\xfb\xff\xbf"),
        (("",), b""),
        (("", False), b""),
    ],
    "base64.encode": [
        ((b"hi",), "aGk="),
        ((b"hi", True), "aGk="),
        ((b"hi", None), "aGk="),
        ((b"hi", False), "aGk"),
        ((b"\xfb\xff\xbf",), "+/+/"),
        ((b"",), ""),
    ],
}

ERRORS: Table = {
    "base64.decode": [
        *each(("aGVsbG8", "a", "====", "a=aa", "é===", "aG==aG=="), "ValueError"),
        *each(("aGVs bG8=", "-_-_", "a===", "aGk=\x00"), "ValueError"),
        *(((text, False), "ValueError") for text in ("aGVsbG8=", "a", "\ud800", "=")),
        ((b"aGk=",), "TypeError"),
        ((None,), "TypeError"),
        (("aGk=", "true"), "TypeError"),
    ],
    "base64.encode": [
        (("text",), "TypeError"),
        ((None,), "TypeError"),
        ((b"", 1), "TypeError"),
    ],
}


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    assert repr(called(name, arguments)) == repr(result)


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(name: str, arguments: Any, error: str) -> None:
    assert tag(name, arguments) == error


@given(st.binary())
def test_base64_is_pythons(data: bytes) -> None:
    padded, bare = base64.b64encode(data).decode(), base64.b64encode(data).decode().rstrip("=")
    assert wf.base64.encode(data) == wf.base64.encode(data, True) == padded
    assert wf.base64.encode(data, False) == bare
    assert wf.base64.decode(padded) == wf.base64.decode(bare, False) == data
