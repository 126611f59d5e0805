"""The tree that `resolve` returns: which name is which.

Everything is keyed by syntax node (nodes compare by identity).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from wfc import syntax
from wfc.frozen import frozen
from wfc.library import Function
from wfc.source import Span

ScopeKind = Literal["routine", "for", "except", "branch", "iteration"]

BindingKind = Literal["parameter", "assigned", "result", "loop", "error", "shared"]
"""What defines a variable; `shared` is a name that only a `shared` list names, always a problem."""


@dataclass(slots=True, eq=False)
class Binding:
    """A variable: one name in one scope.

    `origin` is the first place in its own scope that defines it; `writes` are all places, inner
    scopes included, that assign it as a whole by `assign` or `result`.
    """

    name: str
    scope: Scope
    kind: BindingKind
    origin: Span
    writes: list[Span] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Scope:
    """`owner` is the Routine, For, Except or Branch that opens it (spec 02 §4).

    A parallel `for` opens an `iteration` scope, an ordinary one a `for` scope.  `parallel` is the
    Parallel around a `branch` or `iteration` scope.
    """

    kind: ScopeKind
    owner: syntax.Routine | syntax.For | syntax.Except | syntax.Branch
    parent: Scope | None
    routine: syntax.Routine
    parallel: syntax.Parallel | None = None
    bindings: dict[str, Binding] = field(default_factory=dict)

    def outward(self) -> Iterator[Scope]:
        """This scope and those around it, the routine's last."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def find(self, name: str) -> Binding | None:
        """The binding of `name` seen from this scope."""
        for scope in self.outward():
            if name in scope.bindings:
                return scope.bindings[name]
        return None

    def visible(self) -> Iterator[str]:
        """The names of the variables seen from this scope, its own first."""
        for scope in self.outward():
            yield from scope.bindings


@frozen
class LibraryValue:
    """A library name used as a value: `http.default_retry`, `retry.always`, …"""

    name: str


Callee = syntax.Routine | Function


@dataclass(slots=True, eq=False)
class Names:
    """Results of `resolve`.

    scopes   the scope that a node opens
    step_scope  the scope a step stands in, and the routine with it
    reads    for each Name in an expression: its Binding, the Routine it names (retry predicates),
             or None if it was reported as unknown; the `http` of a library value is missing
    values   for each Member that is a library value as a whole (`http.default_retry`)
    writes   for each syntax.Variable that is a definition (parameter, assignment target, result,
             loop value and index, error variable) and for each name under `shared`: its Binding
    callees  for each Call and CallStep: the Routine or library Function; missing if reported
    awaited  for each Call of a library function that waits, in an expression: the step it stands in
    jumps    for each Jump to a named step: that Step; built-in jumps and reported ones are missing
    """

    scopes: dict[syntax.Routine | syntax.For | syntax.Except | syntax.Branch, Scope] = field(
        default_factory=dict
    )
    step_scope: dict[syntax.Step, Scope] = field(default_factory=dict)
    reads: dict[syntax.Name, Binding | syntax.Routine | None] = field(default_factory=dict)
    values: dict[syntax.Member, LibraryValue] = field(default_factory=dict)
    writes: dict[syntax.Variable, Binding] = field(default_factory=dict)
    callees: dict[syntax.Call | syntax.CallStep, Callee] = field(default_factory=dict)
    awaited: dict[syntax.Call, syntax.Step] = field(default_factory=dict)
    jumps: dict[syntax.Jump, syntax.Step] = field(default_factory=dict)
