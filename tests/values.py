"""Workflow values for hypothesis: every type, and the corners of each."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

INT_MIN, INT_MAX = -(2**63), 2**63 - 1
CORNER_INTS = (0, 1, -1, 2, 3, INT_MAX, INT_MAX - 1, INT_MIN, INT_MIN + 1, 2**53, 2**53 + 1, 2**32)
CORNER_DOUBLES = (
    *(0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 1e21, 1e-7, 5e-324, 1.7976931348623157e308),
    *(float(2**53), float(2**63), float("inf"), float("-inf"), float("nan")),
)

ints = st.one_of(st.sampled_from(CORNER_INTS), st.integers(INT_MIN, INT_MAX))
doubles = st.one_of(st.sampled_from(CORNER_DOUBLES), st.floats())
numbers = st.one_of(ints, doubles)
texts = st.one_of(
    st.sampled_from(("", "a", "1", "-7", "2.5", "1e3", "é", "😀")), st.text(max_size=8)
)
scalars = st.one_of(st.none(), st.booleans(), numbers, texts, st.binary(max_size=4))
map_keys = st.one_of(st.sampled_from(("a", "b", "")), st.integers(-2, 2), st.text(max_size=3))

values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(map_keys, inner, max_size=3)
    ),
    max_leaves=6,
)

json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), ints, st.floats(allow_nan=False, allow_infinity=False))
    | st.text(max_size=8),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


def nested(depth: int) -> list[Any]:
    """A list in a list in a list …"""
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


ODD: tuple[Any, ...] = (
    *(None, True, False, "", "\ud800", "a\udfffb", "\x00", "%zz", "(", "a" * 1000, b"", b"\xff"),
    *(*CORNER_INTS, *CORNER_DOUBLES, [], {}, [[]], {"a": {"b": 1}}, {1: 2, "1": 3}),
    *([float("nan")], [b"x"], ["\ud83d"], {"\ud83d": 1}, nested(50)),
)
"""One of everything that has broken a library function somewhere."""

DEEP: tuple[Any, ...] = (nested(3000), {"a": nested(3000)})
"""Too deep for Python's own `==` and `repr`."""

anything = st.one_of(values, st.sampled_from(ODD))
anything_and_deep = st.one_of(anything, st.sampled_from(DEEP))

SAMPLES: tuple[Any, ...] = (
    *(None, True, False, 0, 7, -7, INT_MAX, INT_MIN, 0.0, -0.0, 2.5, 1e300, "", "a", "1", b"x"),
    *([], [1, "a"], {}, {"a": 1}, {1: "b"}),
)
"""A few of every type, for tables over pairs."""
