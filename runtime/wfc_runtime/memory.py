"""What an execution's variables weigh, and the ledger that keeps the sum (spec 02 §6).

Generated code tells the ledger after each assignment (`run.hold("total", total)`) and when the
variables of a block are gone (`run.release("item")`).  A branch or a called routine has a ledger of
its own on top of its parent's: it sees both sums, its siblings see neither (spec 04 §8 rule 28).
"""

from __future__ import annotations

from wfc_runtime.errors import ResourceLimit
from wfc_runtime.limits import Limits, exceeded
from wfc_runtime.values import Value

_CELL = 8
"""Bytes of a number, boolean or null, and of every other value before its contents."""


class Ledger:
    """The weights of the variables that one branch or one routine call has made."""

    __slots__ = ("_below", "_limits", "_scope", "_sizes", "_total")

    def __init__(
        self, limits: Limits, below: Ledger | None = None, *, shares_names: bool = False
    ) -> None:
        self._limits = limits
        self._below = below
        self._scope = below if shares_names else None
        self._sizes: dict[str, int] = {}
        self._total = 0

    def branch(self) -> Ledger:
        """For a branch: its parent's variables are the same variables, charged where they live."""
        return Ledger(self._limits, self, shares_names=True)

    def routine(self) -> Ledger:
        """For a routine call: its names are its own; the caller drops it when the call is over."""
        return Ledger(self._limits, self)

    def hold(self, name: str, value: Value) -> None:
        """Accounts the variable `name` at its present size."""
        size = measure(value, self._limits.string)
        home: Ledger | None = self
        while home is not None and name not in home._sizes:
            home = home._scope
        home = home or self
        home.grow(size - home._sizes.get(name, 0))
        home._sizes[name] = size
        limit = self._limits.memory
        if limit is not None and (used := self.used()) > limit:
            memory = ResourceLimit("ResourceLimitError: Memory usage limit exceeded", silent=True)
            memory.add_note(exceeded("bytes of variables", used, limit, "memory"))
            raise memory

    def grow(self, size: int) -> None:
        """Adds what no variable holds, such as recorded errors; a negative size takes it back."""
        self._total += size

    def release(self, *names: str) -> None:
        """Forgets variables of this ledger whose block has ended."""
        for name in names:
            self.grow(-self._sizes.pop(name, 0))

    def used(self) -> int:
        """Bytes of everything that is alive as seen from here."""
        total = self._total
        ledger = self._below
        while ledger is not None:
            total += ledger._total
            ledger = ledger._below
        return total

    def remaining(self) -> int | None:
        """Bytes that are left, None without a limit."""
        limit = self._limits.memory
        return None if limit is None else limit - self.used()


def measure(value: Value, string_limit: int | None = None) -> int:
    """Bytes of a value by the documented sums; a longer string than the limit stops the run."""
    total = 0
    pending = [value]
    while pending:
        value = pending.pop()
        total += _CELL
        if isinstance(value, str):
            length = len(value) if value.isascii() else len(value.encode("utf-8", "surrogatepass"))
            if string_limit is not None and length > string_limit:
                what = exceeded("bytes in a string", length, string_limit, "string")
                raise ResourceLimit(f"ResourceLimitError: {what}")
            total += length
        elif isinstance(value, bytes):
            total += len(value)
        elif isinstance(value, dict):
            pending.extend(value)
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    return total
