"""names.Names -> Spelling: what each name of the workflow is called in Python.

Names stay as written; a Python keyword, or a name that the generated module needs itself, gets a
trailing `_`, and so does such a name that already ends in `_`: `class` -> `class_`, `class_` ->
`class__`.  So the way back is clear, and no two names become one.  An error that hides a variable
around its `except` gets a number: `e` -> `e_2`.
"""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass, field
from itertools import count, islice

from wfc import syntax, walk
from wfc.library import Connector
from wfc.names import Binding, Names

MODULE_NAMES = frozenset(("wf", "run", "workflow", "__debug__", "__class__"))
"""Names of the generated module's own."""

BUILTINS = frozenset(("Exception", "enumerate", "int", "len", "range", "str"))
"""Python's own names that generated code uses."""


@dataclass(slots=True, eq=False)
class Spelling:
    """branches    the function of a parallel branch, or of a parallel loop's iteration
    connectors  the constant of a connector, by its name
    own         the variables of a routine
    everywhere  names that every function finds taken
    taken       names that a routine's function has besides
    numbers     the last number that `fresh` gave
    """

    bindings: dict[Binding, str] = field(default_factory=dict)
    routines: dict[syntax.Routine, str] = field(default_factory=dict)
    branches: dict[syntax.Branch | syntax.For, str] = field(default_factory=dict)
    connectors: dict[str, str] = field(default_factory=dict)
    own: dict[syntax.Routine, list[Binding]] = field(default_factory=dict)
    everywhere: frozenset[str] = frozenset()
    taken: dict[syntax.Routine, set[str]] = field(default_factory=dict)
    numbers: dict[tuple[syntax.Routine, str], int] = field(default_factory=dict)

    def fresh(self, routine: syntax.Routine, wanted: str) -> str:
        """A name near `wanted` that nothing in the routine's function bears yet."""
        name = wanted
        number = self.numbers.get((routine, wanted), 1)
        while name in self.everywhere or name in self.taken[routine]:
            number += 1
            name = f"{wanted}_{number}"
        self.numbers[routine, wanted] = number
        self.taken[routine].add(name)
        return name


def spell(workflow: syntax.Workflow, names: Names) -> Spelling:
    """Python names for every connector, routine, variable and branch."""
    spelling = Spelling()
    for callee in names.callees.values():
        if isinstance(callee, Connector) and callee.name not in spelling.connectors:
            known = set(spelling.connectors.values())
            spelling.connectors[callee.name] = _constant(callee.name, known)
    reserved = MODULE_NAMES | BUILTINS | frozenset(spelling.connectors.values())
    for routine in workflow.routines:
        spelling.routines[routine] = _escaped(routine.name, reserved)
    taken = spelling.everywhere = reserved | set(spelling.routines.values())
    bindings = dict.fromkeys(names.writes.values())
    spelling.own = {routine: [] for routine in workflow.routines}
    for binding in bindings:
        spelling.bindings[binding] = _escaped(binding.name, taken)
        spelling.own[binding.scope.routine].append(binding)
    for routine in workflow.routines:
        own = spelling.own[routine]
        spelling.taken[routine] = {spelling.bindings[binding] for binding in own}
        for binding in own:
            if _hides(binding):
                spelled = spelling.fresh(routine, spelling.bindings[binding])
                spelling.bindings[binding] = spelled
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


def _hides(binding: Binding) -> bool:
    """Whether a variable around it has the same name, which only the error of an `except` may."""
    around = binding.scope.parent
    return around is not None and around.find(binding.name) is not None


def _constant(connector: str, taken: set[str]) -> str:
    """`googleapis.run.v2.projects.locations.jobs.run` -> `RUN_JOBS_RUN`"""
    _, service, _, *path = connector.split(".")
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", "_".join((service, *path[-2:])))
    wanted = re.sub(r"\W", "_", words).upper()
    names = (wanted if number == 1 else f"{wanted}_{number}" for number in count(1))
    return next(name for name in names if name not in taken)


def _escaped(name: str, taken: frozenset[str] | set[str]) -> str:
    """Of the free names that are `name` but for the `_` at its end, the one whose turn it is."""
    bare = name.rstrip("_")
    family = (bare + "_" * number for number in count())
    free = (one for one in family if one not in taken and not keyword.iskeyword(one))
    turn = len(name) - len(bare)
    return next(islice(free, turn, None))


def _identifier(text: str) -> str:
    """Step and branch names may be any text; functions may not."""
    name = re.sub(r"\W", "_", text, flags=re.ASCII).strip("_") or "branch"
    name = "_" + name if name[0].isdigit() else name
    return name + "_" if keyword.iskeyword(name) else name
