"""How far a variable gets that only ever adds to itself: `count: ${count + 1}`.

An assignment runs at most as often as the loops around it have rounds (`infer_rounds`); where there
is no telling, at most `OFTEN` times, which takes years, while an execution ends after one (spec 07
§1).  So the sum of all that a variable's assignments add to what it was last set to is bounded, and
with it the variable, as long as what it is set to is small.  Where that fails, nothing is claimed.
"""

from __future__ import annotations

from wfc import syntax
from wfc.infer_rounds import Rounds
from wfc.names import Binding, Names
from wfc.types import HIGHEST, LOWEST, Type, Types
from wfc.walk import bare

_START = 2**61
_GROWN = 2**62
FAR = _START + _GROWN
"""What a steady variable stays within: far from 64 bits still."""


class Growth:
    """Which variables are steady: assigned within `_START`, and adding at most `_GROWN` in all."""

    def __init__(self, names: Names, found: Types) -> None:
        self.names = names
        self.found = found
        self.added: dict[Binding, dict[syntax.Assignment, int]] = {}
        self.unsteady: set[Binding] = set()
        self.rounds = Rounds()
        """How often what is being looked at runs."""
        self.failed = False
        """Whether a variable turned out to be unsteady that was taken to be steady before."""

    def assigned(self, binding: Binding, written: Type) -> None:
        """Notes an assignment that does not add to what the variable holds."""
        if written.may("integer") and not -_START <= written.low <= written.high <= _START:
            self.fail(binding)

    def fail(self, binding: Binding) -> None:
        if binding not in self.unsteady:
            self.unsteady.add(binding)
            self.failed = self.failed or binding in self.added

    def grown(self, assignment: syntax.Assignment, value: Type) -> Type | None:
        """What `x: ${x + step}` gives, bounded if x is steady; None for any other assignment."""
        binding = self.names.writes[assignment.target.variable]
        step = self.step(binding, bare(assignment.value))
        if step is None:
            return None
        added = self.added.setdefault(binding, {})
        added[assignment] = max(added.get(assignment, 0), step * self.rounds.of(binding))
        if sum(added.values()) > _GROWN:
            self.fail(binding)
        return value if binding in self.unsteady else value.meet(value.kinds, -FAR, FAR)

    def step(self, binding: Binding, value: syntax.Expression) -> int | None:
        """By how much, at most, `x + a - b` differs from the variable `x`; None for all else."""
        most = 0
        while isinstance(value, syntax.Binary):
            match value:
                case syntax.Binary("+" | "-", left, step) if self.is_read(left, binding):
                    return most + self.most(step)
                case syntax.Binary("+", step, right) if self.is_read(right, binding):
                    return most + self.most(step)
                case syntax.Binary("+" | "-", left, step):
                    most += self.most(step)
                    value = left
                case _:
                    return None
        return None

    def is_read(self, expression: syntax.Expression, binding: Binding) -> bool:
        return isinstance(expression, syntax.Name) and self.names.reads.get(expression) is binding

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
