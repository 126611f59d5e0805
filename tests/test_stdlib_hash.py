"""`hash.*`: checksums of bytes (spec 06, OQ-55)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.library_calls import Table, called, rows, tag

import wfc_runtime.v1 as wf

ALGORITHMS = ("MD5", "SHA1", "SHA256", "SHA384", "SHA512")
EMPTY = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
RFC_2104 = bytes.fromhex("9294727a3638bb1c13f48ef8158bfc9d")

RESULTS: Table = {
    "hash.compute_checksum": [
        ((b"", "SHA256"), EMPTY),
        ((b"abc", "MD5"), bytes.fromhex("900150983cd24fb0d6963f7d28e17f72")),
    ],
    "hash.compute_hmac": [
        ((b"\x0b" * 16, b"Hi There", "MD5"), RFC_2104),
        ((b"", b"", "SHA1"), bytes.fromhex("fbdb1d1b18aa6c08324b7d64b71fb76370690e1d")),
    ],
}

ERRORS: Table = {
    "hash.compute_checksum": [
        *(((b"", name), "ValueError") for name in ("sha256", "SHA-256", "SHA224", "", "\ud800")),
        ((b"", None), "TypeError"),
        (("text", "SHA256"), "TypeError"),
        ((None, "nope"), "TypeError"),
    ],
    "hash.compute_hmac": [
        *(((b"k", b"", name), "ValueError") for name in ("sha256", "SHA3-256", "")),
        ((b"k", b"", 1), "TypeError"),
        ((b"k", "text", "SHA256"), "TypeError"),
        (("k", b"", "MD5"), "TypeError"),
        ((None, b"", "nope"), "TypeError"),
    ],
}


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    assert repr(called(name, arguments)) == repr(result)


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(name: str, arguments: Any, error: str) -> None:
    assert tag(name, arguments) == error


@given(st.binary(), st.binary(), st.sampled_from(ALGORITHMS))
def test_checksums_are_pythons(key: bytes, data: bytes, algorithm: str) -> None:
    name = algorithm.lower()
    assert wf.hash.compute_checksum(data, algorithm) == hashlib.new(name, data).digest()
    assert wf.hash.compute_hmac(key, data, algorithm) == hmac.new(key, data, name).digest()
