"""Variables of loops: is each name used by one loop only (spec 02 §4, spec 04 §8 rule 31)?

Loops that are not nested in one another may use the same name.  Reading a loop's variable outside
the loop is reported by `resolve`: no such name exists there.
"""

from __future__ import annotations

from wfc import syntax
from wfc.names import Names, Scope
from wfc.problems import Label, Problems


def variables(workflow: syntax.Workflow, names: Names, problems: Problems) -> None:
    for scope in names.scopes.values():
        loop = scope.owner
        if not isinstance(loop, syntax.For):
            continue
        _check(loop.value, scope, problems)
        if loop.index is None:
            continue
        if loop.index.name == loop.value.name:
            problems.add(
                "WFC323",
                f"`{loop.index.name}` is both the value and the index of this loop",
                loop.index.span,
                "the index",
                others=[Label(loop.value.span, "the value")],
                hint=f"give the index another name, such as `{loop.index.name}_index`",
            )
        else:
            _check(loop.index, scope, problems)


def _check(variable: syntax.Variable, scope: Scope, problems: Problems) -> None:
    outer = None if scope.parent is None else scope.parent.find(variable.name)
    if outer is None or outer.kind == "shared":
        return
    if outer.kind == "loop":
        problems.add(
            "WFC322",
            f"`{variable.name}` is already the variable of a loop around this one",
            variable.span,
            "used again",
            others=[Label(outer.origin, "the loop around it")],
            hint=f"give it another name, such as `inner_{variable.name}`",
        )
    else:
        problems.add(
            "WFC321",
            f"the loop variable `{variable.name}` is also a variable outside the loop",
            variable.span,
            "the loop variable",
            others=[Label(outer.origin, "the other variable")],
            hint=f"give the loop variable another name, such as `each_{variable.name}`",
        )
