"""syntax.Action -> how many executed steps it counts as (spec 04 §11).

A named step counts one, so do each call, jump, `switch`, `raise`, `return`, the start of a loop and
each iteration, each branch, each attempt of a `try`, each retry and each `except`.  What happens on
the way (jumps, iterations, attempts) is counted there by `flow`, not here.
"""

from __future__ import annotations

from wfc import syntax, walk
from wfc.names import Names


def weigh(action: syntax.Action | None, names: Names, *, named: bool) -> int:
    """The count of one action itself; `named` where it is a step's own, not a switch entry's."""
    match action:
        case None | syntax.Steps():
            own = 0
        case syntax.Try():
            own = 1 if named else 0
        case syntax.CallStep():
            own = 2 if named else 1
        case _:
            own = 1
    if action is None:
        return own
    calls = (
        names.callees[part]
        for expression in walk.expressions(action)
        for part in walk.within(expression)
        if isinstance(part, syntax.Call)
    )
    # `len`, `int` and the other helpers without a module do not count
    return own + sum(isinstance(each, syntax.Routine) or "." in each.name for each in calls)
