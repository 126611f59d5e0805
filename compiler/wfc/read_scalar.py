"""The value of a plain scalar under the YAML 1.2 core schema (spec 01 §6).

`null`, `~` and nothing are null; `true`, `True`, `TRUE` are booleans, `yes` and `on` are text;
`12`, `0o14`, `0xC` are integers, `1_000` and `12:30:00` are text; `1.`, `.5`, `1e3`, `.inf` and
`.nan` are doubles.
"""

from __future__ import annotations

import re

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEAN = {
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_DOUBLE = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"([-+]?)\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_MAYBE_NUMBER = frozenset("-+.0123456789")

_LARGEST = 2**63 - 1
_SMALLEST = -(2**63)
_MOST_DIGITS = 70  # 64 binary digits and a sign fit; leading zeros beyond that nobody writes


class IntegerTooLarge(ValueError):
    """An integer literal that 64 bits cannot hold."""


def read_scalar(text: str) -> bool | int | float | str | None:
    """The core schema value of plain `text`; raises `IntegerTooLarge` beyond 64 bits."""
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if text[0] not in _MAYBE_NUMBER:
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text)
    if _DOUBLE.fullmatch(text):
        return float(text)
    if special := _SPECIAL.fullmatch(text):
        if special[1] is None:
            return float("nan")
        return float(special[1] + "inf")
    return text


def _integer(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise IntegerTooLarge(text)
    base = {"0o": 8, "0x": 16}.get(text[:2], 10)
    value = int(text[2:] if base != 10 else text, base)
    if not _SMALLEST <= value <= _LARGEST:
        raise IntegerTooLarge(text)
    return value
