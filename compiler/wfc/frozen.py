"""The classes of trees and tables: dataclasses whose fields are given once.

    @frozen        class Name: …    compared by identity, so that passes can key dictionaries by it
    @frozen_value  class Type: …    compared and hashed by its fields

That nothing assigns to a field is checked by the type checker, not while the program runs: a
`dataclass(frozen=True)` takes twice as long to define, which every start of the command pays a
hundred times, and three times as long to make an instance of, which every token does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(eq_default=False, frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """A dataclass with slots; two of its instances are equal only if they are the same."""
    return dataclass(eq=False, slots=True)(cls)


@dataclass_transform(eq_default=True, frozen_default=True, field_specifiers=(field,))
def frozen_value(cls: type[T]) -> type[T]:
    """A dataclass with slots whose instances are equal if their fields are."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
