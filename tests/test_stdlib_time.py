"""`time.*`: RFC 3339 text and Unix seconds (spec 06, OQ-64)."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.outcomes import tags

import wfc_runtime.v1 as wf

YEAR_1, YEAR_9999 = -62135596800, 253402300799


@pytest.mark.parametrize(
    ("seconds", "zone", "text"),
    [
        (0, None, "1970-01-01T00:00:00Z"),
        (1635892223.4459958, None, "2021-11-02T22:30:23.445996Z"),
        (1.5, "UTC", "1970-01-01T00:00:01.5Z"),
        (-0.25, None, "1969-12-31T23:59:59.75Z"),
        (10, None, "1970-01-01T00:00:10Z"),
        (0, "America/New_York", "1969-12-31T19:00:00-05:00"),
        (1720000000, "Asia/Kolkata", "2024-07-03T15:16:40+05:30"),
        (1720000000, "Europe/London", "2024-07-03T10:46:40+01:00"),
        (1704067200, "Europe/London", "2024-01-01T00:00:00Z"),
        (-5000000000, "Europe/Berlin", "1811-07-23T15:59:40+00:53"),
        (YEAR_1, None, "0001-01-01T00:00:00Z"),
    ],
)
def test_format(seconds: Any, zone: Any, text: str) -> None:
    assert wf.time.format(seconds, zone) == text


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0.0),
        ("2015-05-11T14:00:00.123456+02:00", 1431345600.123456),
        ("2015-05-11T14:00:00.123456789-00:30", 1431354600.123456),
        ("2024-02-29t23:59:59.5z", 1709251199.5),
        ("1969-12-31T23:59:59.75Z", -0.25),
        ("0001-01-01T00:00:00+23:59", float(YEAR_1 - 86340)),
    ],
)
def test_parse(text: str, seconds: float) -> None:
    assert repr(wf.time.parse(text)) == repr(seconds)


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z"),
        *("2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "x" * 10_000),
        *("2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z"),
        *("2024-01-01T00:00:00.Z", "2024-1-1T0:0:0Z", "２024-01-01T00:00:00Z"),
        *("2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+0100"),
    ],
)
def test_parse_refuses_what_is_not_rfc_3339(text: str) -> None:
    assert tags(wf.time.parse, text) == ["ValueError"]


@pytest.mark.parametrize(
    ("seconds", "zone", "tag"),
    [
        ("0", None, "TypeError"),
        (None, None, "TypeError"),
        (True, None, "TypeError"),
        (0, 5, "TypeError"),
        (math.nan, None, "ValueError"),
        (math.inf, None, "ValueError"),
        (YEAR_9999 + 1, None, "ValueError"),
        (YEAR_9999, "Asia/Tokyo", "ValueError"),
        (YEAR_1, "America/New_York", "ValueError"),
        (2**63 - 1, None, "ValueError"),
        (0, "Mars/Olympus", "ValueError"),
        (0, "", "ValueError"),
        (0, "America", "ValueError"),
        (0, "../../etc/passwd", "ValueError"),
        (0, "/etc/passwd", "ValueError"),
        (0, "a\x00", "ValueError"),
        (0, "\ud800", "ValueError"),
    ],
)
def test_format_errors(seconds: Any, zone: Any, tag: str) -> None:
    assert tags(wf.time.format, seconds, zone) == [tag]


def test_parse_takes_text_only() -> None:
    assert tags(wf.time.parse, 0) == ["TypeError"]


@given(
    st.integers(YEAR_1 + 86400, YEAR_9999 - 86400),
    st.sampled_from((None, "UTC", "America/New_York", "Asia/Kolkata", "Europe/Berlin")),
)
def test_a_moment_comes_back_from_its_text_in_any_zone(seconds: int, zone: Any) -> None:
    assert wf.time.parse(wf.time.format(seconds, zone)) == seconds


@given(st.floats(-1e10, 1e11))
def test_python_reads_the_same_moment(seconds: float) -> None:
    text = wf.time.format(seconds)
    assert abs(datetime.fromisoformat(text).timestamp() - seconds) < 1e-5
    assert wf.time.parse(text) == datetime.fromisoformat(text).timestamp()
