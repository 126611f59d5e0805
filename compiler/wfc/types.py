"""The tree that `infer` returns: what is known of the type of an expression."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from wfc import syntax
from wfc.frozen import frozen_value
from wfc.names import Binding

Kind = Literal["null", "boolean", "integer", "double", "string", "bytes", "list", "map"]

LOWEST, HIGHEST = -(2**63), 2**63 - 1


@frozen_value
class Type:
    """The kinds a value may have; `low` and `high` bound it where it is an integer."""

    kinds: frozenset[Kind]
    low: int = LOWEST
    high: int = HIGHEST

    def only(self, *kinds: Kind) -> bool:
        """Whether the value is certainly of one of these kinds."""
        return bool(self.kinds) and self.kinds <= set(kinds)

    def may(self, kind: Kind) -> bool:
        return kind in self.kinds

    @property
    def scalar(self) -> bool:
        """Whether the value certainly holds no other values."""
        return not self.kinds & {"list", "map"}

    def join(self, other: Type) -> Type:
        """What is known of a value that has either type."""
        if not self.may("integer"):
            low, high = other.low, other.high
        elif not other.may("integer"):
            low, high = self.low, self.high
        else:
            low, high = min(self.low, other.low), max(self.high, other.high)
        return Type(self.kinds | other.kinds, low, high)


def one(*kinds: Kind) -> Type:
    """A type of just these kinds, unbounded."""
    return Type(frozenset(kinds))


def integer(low: int, high: int) -> Type:
    """An integer between two bounds, both inclusive."""
    return Type(frozenset(("integer",)), low, high)


ANY = one("null", "boolean", "integer", "double", "string", "bytes", "list", "map")
NOTHING = Type(frozenset())


@dataclass(slots=True, eq=False)
class Types:
    """expressions  the type of every expression
    bindings     the type of every variable, over the whole of its life
    """

    expressions: dict[syntax.Expression, Type] = field(default_factory=dict)
    bindings: dict[Binding, Type] = field(default_factory=dict)

    def of(self, expression: syntax.Expression) -> Type:
        return self.expressions.get(expression, ANY)

    def of_binding(self, binding: Binding) -> Type:
        return self.bindings.get(binding, ANY)
