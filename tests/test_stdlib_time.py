"""`time.*`: RFC 3339 text and Unix seconds (spec 06, OQ-64)."""

from __future__ import annotations

import math
import zoneinfo
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.library_calls import Table, called, each, rows, tag
from tests.values import INT_MAX

import wfc_runtime.v1 as wf

ZONES = sorted(zoneinfo.available_timezones() - {"localtime"})
YEAR_1, YEAR_9999 = -62135596800, 253402300799


RESULTS: Table = {
    "time.format": [
        ((0,), "1970-01-01T00:00:00Z"),
        ((0, None), "1970-01-01T00:00:00Z"),
        ((1635892223.4459958,), "2021-11-02T22:30:23.445996Z"),
        ((1.5, "UTC"), "1970-01-01T00:00:01.5Z"),
        ((-0.25,), "1969-12-31T23:59:59.75Z"),
        ((-1e-7,), "1970-01-01T00:00:00Z"),
        ((10,), "1970-01-01T00:00:10Z"),
        ((2**31,), "2038-01-19T03:14:08Z"),
        ((4102444800, "Europe/Berlin"), "2100-01-01T01:00:00+01:00"),
        ((0, "America/New_York"), "1969-12-31T19:00:00-05:00"),
        ((1699163999, "America/New_York"), "2023-11-05T01:59:59-04:00"),
        ((1699164000, "America/New_York"), "2023-11-05T01:00:00-05:00"),
        ((1720000000, "Asia/Kolkata"), "2024-07-03T15:16:40+05:30"),
        ((1720000000, "Asia/Kathmandu"), "2024-07-03T15:31:40+05:45"),
        ((1720000000, "Pacific/Kiritimati"), "2024-07-03T23:46:40+14:00"),
        ((1720000000, "Europe/London"), "2024-07-03T10:46:40+01:00"),
        ((1704067200, "Europe/London"), "2024-01-01T00:00:00Z"),
        ((0, "Etc/GMT+5"), "1969-12-31T19:00:00-05:00"),
        ((1325239200, "Pacific/Apia"), "2011-12-31T00:00:00+14:00"),  # it had no 30th
        ((-5000000000, "Europe/Berlin"), "1811-07-23T15:59:40+00:53"),
        ((YEAR_1,), "0001-01-01T00:00:00Z"),
        ((YEAR_9999,), "9999-12-31T23:59:59Z"),
    ],
    "time.parse": [
        (("1970-01-01T00:00:00Z",), 0.0),
        (("1970-01-01T00:00:00-00:00",), 0.0),
        (("2038-01-19T03:14:08Z",), 2.0**31),
        (("2015-05-11T14:00:00.123456+02:00",), 1431345600.123456),
        (("2015-05-11T14:00:00.123456789-00:30",), 1431354600.123456),
        (("2024-02-29t23:59:59.5z",), 1709251199.5),
        (("1969-12-31T23:59:59.75Z",), -0.25),
        (("1969-12-31T23:59:59.999999z",), -1e-06),
        (("0001-01-01T00:00:00+23:59",), float(YEAR_1 - 86340)),
        (("9999-12-31T23:59:59-23:59",), float(YEAR_9999 + 86340)),
    ],
}

NO_ZONES = ("Mars/Olympus", "", "America", "../../etc/passwd", "/etc/passwd", "a\x00", "\ud800")
OF_A_MACHINE = ("localtime", "posixrules", "posix/UTC", "right/UTC", "zone.tab", "Local")
NOT_RFC_3339 = (
    *("", "now", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z", "2024-01-01T00:00Z"),
    *("2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "x" * 10_000),
    *("2024-01-01T24:00:00Z", "2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z"),
    *("2016-12-31T23:59:60Z", "2024-01-01T00:00:00,5Z", "2024-01-01T00:00:00Z\n", "1704067200"),
    *("2024-01-01T00:00:00.Z", "2024-1-1T0:0:0Z", "２024-01-01T00:00:00Z"),
    *("2024-01-01T00:00:00+24:00", "2024-01-01T00:00:00+0100", "2024-01-01T00:00:00−01:00"),
)

ERRORS: Table = {
    "time.format": [
        (("0",), "TypeError"),
        ((None,), "TypeError"),
        ((True,), "TypeError"),
        ((0, 5), "TypeError"),
        *each((math.nan, math.inf, 1e300, INT_MAX), "ValueError"),
        *each((YEAR_1 - 0.5, YEAR_9999 + 1), "ValueError"),
        ((YEAR_9999, "Asia/Tokyo"), "ValueError"),
        ((YEAR_1, "America/New_York"), "ValueError"),
        *(((0, zone), "ValueError") for zone in (*NO_ZONES, *OF_A_MACHINE)),
    ],
    "time.parse": [
        *each(NOT_RFC_3339, "ValueError"),
        ((0,), "TypeError"),
        ((None,), "TypeError"),
    ],
}


@pytest.mark.parametrize(("name", "arguments", "result"), rows(RESULTS))
def test_results(name: str, arguments: Any, result: Any) -> None:
    assert repr(called(name, arguments)) == repr(result)


@pytest.mark.parametrize(("name", "arguments", "error"), rows(ERRORS))
def test_errors(name: str, arguments: Any, error: str) -> None:
    assert tag(name, arguments) == error


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


@given(st.integers(-(2**31), 2**32), st.sampled_from(ZONES))
def test_local_time_is_that_of_zoneinfo(seconds: int, zone: str) -> None:
    """Before 1970 offsets can have seconds, which RFC 3339 cannot write."""
    local = datetime.fromtimestamp(seconds, ZoneInfo(zone))
    text = wf.time.format(seconds, zone)
    assert datetime.fromisoformat(text).timestamp() == seconds
    if not local.utcoffset() or not (local.utcoffset() or timedelta()).seconds % 60:
        assert text.replace("Z", "+00:00") == local.isoformat()


def test_zones_are_known_where_the_system_has_none() -> None:
    zoneinfo.reset_tzpath(to=())
    ZoneInfo.clear_cache()
    try:
        assert wf.time.format(0, "Asia/Tokyo") == "1970-01-01T09:00:00+09:00"
    finally:
        zoneinfo.reset_tzpath()
        ZoneInfo.clear_cache()
