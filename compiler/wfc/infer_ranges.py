"""Ranges of integers, and which operations certainly stay within 64 bits (OQ-29)."""

from __future__ import annotations

from wfc import syntax, types
from wfc.types import HIGHEST, LOWEST, Type

LENGTHS = types.integer(0, 2**40)
"""What `len` gives: no list or text is longer."""


def integers(operator: syntax.BinaryOperator, left: Type, right: Type) -> Type:
    """The result of an operation on the integers that two types have in them."""
    match operator:
        case "+" | "-" | "*":
            low, high = _ends(operator, left, right)
        case "//" if right.low > 0:
            ends = [a // b for a in (left.low, left.high) for b in (right.low, right.high)]
            low, high = min(ends), max(ends)
        case "%" if right.low > 0:
            low, high = 0, right.high - 1
        case _:
            low, high = LOWEST, HIGHEST
    # one beyond int64 is an error, not a value
    low, high = max(low, LOWEST), min(high, HIGHEST)
    if operator == "*":  # after `3 * n` there is room for `+ 1`
        step = _factor(left) * _factor(right)
        low, high = -(-low // step) * step, high // step * step
    return types.integer(low, high) if low <= high else types.NOTHING


def fits(operator: syntax.BinaryOperator, left: Type, right: Type) -> bool:
    """Whether an integer operation certainly stays within int64, so needs no guard."""
    match operator:
        case "+" | "-" | "*":
            low, high = _ends(operator, left, right)
            return low >= LOWEST and high <= HIGHEST
        case "//":
            return left.low > LOWEST or right.low > -1 or right.high < -1
        case _:
            return True


def _factor(operand: Type) -> int:
    """What every product with the operand is a multiple of; 1 if that is not known."""
    return abs(operand.low) or 1 if operand.low == operand.high else 1


def _ends(operator: syntax.BinaryOperator, left: Type, right: Type) -> tuple[int, int]:
    if operator == "+":
        return left.low + right.low, left.high + right.high
    if operator == "-":
        return left.low - right.high, left.high - right.low
    ends = [a * b for a in (left.low, left.high) for b in (right.low, right.high)]
    return min(ends), max(ends)
