"""names.Names -> Spelling: what each name of the workflow is called in Python.

Names stay as written; a Python keyword, or a name that the generated module needs itself, gets a
trailing `_`, and so does such a name that already ends in `_`: `class` -> `class_`, `class_` ->
`class__`.  So the way back is clear.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, field

from wfc import syntax, walk
from wfc.names import Binding, Names

MODULE_NAMES = frozenset(("wf", "run", "workflow", "__debug__", "__class__"))
"""Names of the generated module's own."""

BUILTINS = frozenset(("Exception", "enumerate", "len", "range"))
"""Python's own names that generated code calls."""


@dataclass(slots=True, eq=False)
class Spelling:
    """`branches` holds the function of a parallel branch, or of a parallel loop's iteration."""

    bindings: dict[Binding, str] = field(default_factory=dict)
    routines: dict[syntax.Routine, str] = field(default_factory=dict)
    branches: dict[syntax.Branch | syntax.For, str] = field(default_factory=dict)
    taken: dict[syntax.Routine, set[str]] = field(default_factory=dict)

    def fresh(self, routine: syntax.Routine, wanted: str) -> str:
        """A name near `wanted` that nothing in the routine's function bears yet."""
        name = wanted
        number = 2
        while name in self.taken[routine]:
            name = f"{wanted}_{number}"
            number += 1
        self.taken[routine].add(name)
        return name


def spell(workflow: syntax.Workflow, names: Names) -> Spelling:
    """Python names for every routine, variable and branch."""
    spelling = Spelling()
    reserved = MODULE_NAMES | BUILTINS
    for routine in workflow.routines:
        spelling.routines[routine] = _escaped(routine.name, reserved)
    taken = reserved | set(spelling.routines.values())
    bindings = dict.fromkeys(names.writes.values())
    for binding in bindings:
        spelling.bindings[binding] = _escaped(binding.name, taken)
    for routine in workflow.routines:
        used = {spelling.bindings[b] for b in bindings if b.scope.routine is routine}
        spelling.taken[routine] = used | taken
        for _, step in walk.steps(routine):
            for action in walk.actions(step):
                if isinstance(action, syntax.Parallel):
                    _branches(step, action, routine, spelling)
    return spelling


def _branches(
    step: syntax.Step, parallel: syntax.Parallel, routine: syntax.Routine, spelling: Spelling
) -> None:
    if isinstance(parallel.body, syntax.For):
        spelling.branches[parallel.body] = spelling.fresh(routine, _identifier(step.name))
        return
    for branch in parallel.body:
        spelling.branches[branch] = spelling.fresh(routine, _identifier(branch.name))


def _escaped(name: str, taken: frozenset[str] | set[str]) -> str:
    bare = name.rstrip("_")
    clashes = any(
        bare + "_" * count in taken or keyword.iskeyword(bare + "_" * count)
        for count in range(len(name) - len(bare) + 1)
    )
    return name + "_" if clashes else name


def _identifier(text: str) -> str:
    """Step and branch names may be any text; functions may not."""
    name = re.sub(r"\W", "_", text, flags=re.ASCII).strip("_") or "branch"
    name = "_" + name if name[0].isdigit() else name
    return name + "_" if keyword.iskeyword(name) else name
