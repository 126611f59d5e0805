"""Doubles as text: the shortest digits that give the same double again, in two layouts."""

from __future__ import annotations

import math


def decimal_text(number: float) -> str:
    """As `string()` and `+` write it: without exponent, `2` for 2.0 (OQ-33)."""
    text = repr(number)
    if text.endswith(".0"):
        return text[:-2]
    if "e" in text:
        return _expanded(text)
    if math.isfinite(number):
        return text
    return "NaN" if number != number else "+Inf" if number > 0 else "-Inf"


def json_text(number: float) -> str:
    """As Go's encoding/json writes it: with an exponent below 1e-6 and from 1e21; finite only."""
    if 1e-6 <= abs(number) < 1e21 or not number:
        return decimal_text(number)
    mantissa, _, exponent = repr(number).partition("e")
    return f"{mantissa}e{int(exponent):+d}"


def _expanded(text: str) -> str:
    """`-1.5e-07` → `-0.00000015`"""
    mantissa, _, exponent = text.partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = whole + fraction
    point = len(whole) + int(exponent)
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    return sign + digits.ljust(point, "0")
