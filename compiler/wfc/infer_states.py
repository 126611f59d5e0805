"""What variables hold at one point of a routine, and how such states meet."""

from __future__ import annotations

from wfc import infer_growth
from wfc.names import Binding, Scope
from wfc.types import Type

State = dict[Binding, Type]
"""A variable that is not in it has not been assigned there."""


def add(state: State, binding: Binding, more: Type) -> None:
    """Notes in a state that a variable may hold something besides."""
    old = state.get(binding)
    state[binding] = more if old is None else old.join(more)


def join(one: State, other: State) -> State:
    """What holds where either state may be."""
    joined = dict(one)
    for binding, held in other.items():
        old = joined.get(binding)
        if old is not held:
            joined[binding] = held if old is None else old.join(held)
    return joined


def widened(after: State, before: State) -> State:
    """A state with those bounds given up that still grow; `before` is what it was."""
    return {
        binding: infer_growth.widened(held, before[binding]) if binding in before else held
        for binding, held in after.items()
    }


def without(state: State, scope: Scope) -> State:
    """A state after the block of a scope has ended."""
    return {binding: held for binding, held in state.items() if binding.scope is not scope}
