"""The tree that `infer` returns: what is known of the type of an expression."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from wfc import syntax
from wfc.frozen import frozen_value
from wfc.names import Binding

Kind = Literal["null", "boolean", "integer", "double", "string", "bytes", "list", "map"]

LOWEST, HIGHEST = -(2**63), 2**63 - 1
_DEEPEST = 2
"""Levels of elements that are told apart: a list of lists of integers has two."""


@frozen_value
class Type:
    """The kinds a value may have.

    `low` and `high` bound it where it is an integer.  `element` is the type of all values in it
    where it is a list or a map; None where nothing is known of them.  `owned` says of a variable's
    list that nothing else holds that very list.
    """

    kinds: frozenset[Kind]
    low: int = LOWEST
    high: int = HIGHEST
    element: Type | None = None
    owned: bool = False

    def only(self, *kinds: Kind) -> bool:
        """Whether the value is certainly of one of these kinds."""
        return bool(self.kinds) and self.kinds.issubset(kinds)

    def may(self, kind: Kind) -> bool:
        return kind in self.kinds

    @property
    def scalar(self) -> bool:
        """Whether the value certainly holds no other values."""
        return not self.kinds & _CONTAINERS

    @property
    def items(self) -> Type:
        """The type of what is taken out of the value."""
        return self.element or ANY

    def join(self, other: Type) -> Type:
        """What is known of a value that has either type."""
        if self is other or not other.kinds:
            return self
        if not self.kinds:
            return other
        if "integer" not in self.kinds:
            low, high = other.low, other.high
        elif "integer" not in other.kinds:
            low, high = self.low, self.high
        else:
            low, high = min(self.low, other.low), max(self.high, other.high)
        if self.scalar:
            element, owned = other.element, other.owned
        elif other.scalar:
            element, owned = self.element, self.owned
        else:
            mine, theirs = self.element, other.element
            element = None if mine is None or theirs is None else mine.join(theirs)
            owned = self.owned and other.owned
        return Type(self.kinds | other.kinds, low, high, element, owned)

    def meet(self, kinds: frozenset[Kind], low: int = LOWEST, high: int = HIGHEST) -> Type:
        """What is known of the value where it is of some `kinds` and, as an integer, in bounds."""
        low, high = max(self.low, low), min(self.high, high)
        kinds = self.kinds & kinds
        if low > high:
            kinds -= {"integer"}
        if "integer" not in kinds:
            low, high = LOWEST, HIGHEST
        if not kinds & _CONTAINERS:
            return Type(kinds, low, high)
        return Type(kinds, low, high, self.element, self.owned)

    def seen(self) -> Type:
        """The type once something else may hold the value as well."""
        return replace(self, owned=False) if self.owned else self


def subscripts(base: Type, index: Type) -> bool:
    """Whether Python's `base[index]` is the workflow's: no negative or boolean index, no text."""
    if index.only("string") and base.may("map"):
        return True
    by_key = base.only("map") and index.only("string", "integer")
    by_number = base.only("list", "map") and index.only("integer") and index.low >= 0
    return by_key or by_number


def one(*kinds: Kind) -> Type:
    """A type of just these kinds, unbounded."""
    return _one(kinds)


@cache
def _one(kinds: tuple[Kind, ...]) -> Type:
    return Type(frozenset(kinds))


def integer(low: int, high: int) -> Type:
    """An integer between two bounds, both inclusive."""
    return Type(_INTEGER, low, high)


def container(kind: Literal["list", "map"], element: Type) -> Type:
    """A new list or map whose values have a type, NOTHING where it is empty."""
    return Type(frozenset((kind,)), element=_cut(element, _DEEPEST - 1), owned=True)


def _cut(element: Type, depth: int) -> Type | None:
    """The type of an element without what is too deep in it; None for one that may be anything."""
    if element.kinds >= ANY.kinds:
        return None
    if element.element is None:
        return element.seen()
    inner = _cut(element.element, depth - 1) if depth else None
    return Type(element.kinds, element.low, element.high, inner)


_INTEGER: frozenset[Kind] = frozenset(("integer",))
_CONTAINERS: frozenset[Kind] = frozenset(("list", "map"))
ANY = one("null", "boolean", "integer", "double", "string", "bytes", "list", "map")
NOTHING = Type(frozenset())


@dataclass(slots=True, eq=False)
class Types:
    """expressions  the type of every expression, where it stands
    bindings     the type of every variable, over the whole of its life
    targets      what the variable of an assignment like `m.k: 1` holds when it is written into
    appends      assignments of `list.concat(x, …)` to `x`, to a list that nothing else holds
    """

    expressions: dict[syntax.Expression, Type] = field(default_factory=dict)
    bindings: dict[Binding, Type] = field(default_factory=dict)
    targets: dict[syntax.Assignment, Type] = field(default_factory=dict)
    appends: set[syntax.Assignment] = field(default_factory=set)

    def of(self, expression: syntax.Expression) -> Type:
        """ANY also where no run comes to the expression, as far as `infer` can tell."""
        found = self.expressions.get(expression)
        return found if found is not None and found.kinds else ANY

    def of_target(self, assignment: syntax.Assignment) -> Type:
        found = self.targets.get(assignment)
        return found if found is not None and found.kinds else ANY

    def of_binding(self, binding: Binding) -> Type:
        return self.bindings.get(binding, ANY)
