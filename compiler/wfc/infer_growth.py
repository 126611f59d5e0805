"""How far a variable gets that only ever adds to itself: `count: ${count + 1}`.

So do the values in a map or list, `counts[word]: ${counts[word] + 1}`, of which the greatest grows.

An assignment runs at most as often as the loops around it have rounds (`infer_rounds`); where there
is no telling, at most `OFTEN` times, which takes years, while an execution ends after one (spec 07
§1).  So the sum of all that a variable's assignments add to what it was last set to is bounded, and
with it the variable, as long as what it is set to is small.  Where that fails, nothing is claimed.
"""

from __future__ import annotations

from wfc import syntax
from wfc.frozen import frozen_value
from wfc.infer_rounds import Rounds
from wfc.library import Function
from wfc.names import Binding, Names
from wfc.types import HIGHEST, LOWEST, Type, Types
from wfc.walk import bare

_START = 2**61
_GROWN = 2**62
FAR = _START + _GROWN
"""What a steady variable stays within: far from 64 bits still."""


@frozen_value
class Inside:
    """All values in a variable's map or list, taken together."""

    binding: Binding


Holder = Binding | Inside


class Growth:
    """Which holders are steady: set within `_START`, and adding at most `_GROWN` in all."""

    def __init__(self, names: Names, found: Types) -> None:
        self.names = names
        self.found = found
        self.added: dict[Holder, dict[syntax.Assignment, int]] = {}
        self.unsteady: set[Holder] = set()
        self.rounds = Rounds()
        """How often what is being looked at runs."""
        self.failed = False
        """Whether something turned out to be unsteady that was taken to be steady before."""

    def assigned(self, binding: Binding, written: Type) -> None:
        """Notes an assignment that does not add to what the variable holds."""
        self.set(binding, written)
        if not written.scalar:
            self.set(Inside(binding), written.items)

    def set(self, holder: Holder, value: Type) -> None:
        """Notes a value that does not come of adding to one that was there."""
        if value.may("integer") and not -_START <= value.low <= value.high <= _START:
            self.fail(holder)

    def fail(self, holder: Holder) -> None:
        if holder not in self.unsteady:
            self.unsteady.add(holder)
            self.failed = self.failed or holder in self.added

    def grown(self, assignment: syntax.Assignment, value: Type) -> Type | None:
        """What `x: ${x + step}` or `x[k]: ${x[k] + step}` gives, bounded if x is steady.

        None for any other assignment.
        """
        binding = self.names.writes[assignment.target.variable]
        holder = Inside(binding) if assignment.target.path else binding
        step = self.step(holder, bare(assignment.value))
        if step is None or len(assignment.target.path) > 1:
            return None
        added = self.added.setdefault(holder, {})
        added[assignment] = max(added.get(assignment, 0), step * self.rounds.of(binding))
        if sum(added.values()) > _GROWN:
            self.fail(holder)
        return value if holder in self.unsteady else value.meet(value.kinds, -FAR, FAR)

    def step(self, holder: Holder, value: syntax.Expression) -> int | None:
        """By how much, at most, `x + a - b` differs from what `x` holds; None for all else."""
        most = 0
        while isinstance(value, syntax.Binary):
            match value:
                case syntax.Binary("+" | "-", left, step) if self.is_read(left, holder):
                    return most + self.most(step)
                case syntax.Binary("+", step, right) if self.is_read(right, holder):
                    return most + self.most(step)
                case syntax.Binary("+" | "-", left, step):
                    most += self.most(step)
                    value = left
                case _:
                    return None
        return None

    def is_read(self, expression: syntax.Expression, holder: Holder) -> bool:
        """Whether an expression gives what the holder has, or a small number instead of null."""
        match expression, holder:
            case syntax.Name(), Binding():
                return self.names.reads.get(expression) is holder
            case ((syntax.Index(base) | syntax.Member(base)), Inside(binding)):
                return self.is_read(base, binding)
            case syntax.Call(arguments=(first, second)), _:
                callee = self.names.callees.get(expression)
                if not isinstance(callee, Function):
                    return False
                if callee.name == "default":
                    small = isinstance(second, syntax.Constant) and self.most(second) <= _START
                    return small and self.is_read(first, holder)
                if callee.name != "map.get" or not isinstance(holder, Inside):
                    return False
                by_key = self.found.of(second).only("string", "integer")
                return by_key and self.is_read(first, holder.binding)
            case _:
                return False

    def most(self, step: syntax.Expression) -> int:
        """The greatest magnitude that an expression has where it is an integer."""
        found = self.found.expressions[step]
        return max(abs(found.low), abs(found.high)) if found.may("integer") else 0


def widened(after: Type, before: Type) -> Type:
    """A type with those bounds given up that still grow; `before` is what it was."""
    low, high, element = after.low, after.high, after.element
    if "integer" in before.kinds:
        if low < before.low:
            low = next(bound for bound in (0, -FAR, LOWEST) if bound <= low)
        if high > before.high:
            high = FAR if high <= FAR else HIGHEST
    if element is not None and before.element is not None:
        element = widened(element, before.element)
    return Type(after.kinds, low, high, element, after.owned)
