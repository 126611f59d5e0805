"""syntax.Workflow -> names.Names.jumps: which step each `next` leads to.

    next: done    ->    the step `done` of the same routine

Whether a jump may be made is for `checks.jumps` to say.
"""

from __future__ import annotations

from itertools import chain

from wfc import syntax, walk
from wfc.names import Names
from wfc.problems import Label, Problems
from wfc.similar import Speller

BUILT_IN = ("end", "break", "continue")
"""Targets of `next` that are no steps, whatever the steps are called (spec 04 §4, OQ-12)."""

StepTable = dict[syntax.Routine, dict[str, list[syntax.Step]]]
"""The steps of each routine by their names; a name should have one, may have several (OQ-12)."""

_SHOWN = 4  # further places of a problem


def resolve_jumps(
    workflow: syntax.Workflow, names: Names, table: StepTable, problems: Problems
) -> None:
    """Fills `names.jumps`; reports unknown and ambiguous targets and repeated step names."""
    linker = _Linker(workflow, names, table, problems)
    for routine in workflow.routines:
        linker.link(routine)


class _Linker:
    def __init__(
        self, workflow: syntax.Workflow, names: Names, table: StepTable, problems: Problems
    ) -> None:
        self.names = names
        self.table = table
        self.problems = problems
        self.speller = Speller()
        self.routines = {routine.name for routine in workflow.routines}
        self.routine_of_step: dict[str, syntax.Routine] = {}
        for routine in workflow.routines:
            for name in table[routine]:
                self.routine_of_step.setdefault(name, routine)

    def link(self, routine: syntax.Routine) -> None:
        steps = self.table[routine]
        ambiguous: set[str] = set()
        for _, step in walk.steps(routine):
            for jump in walk.jumps(step):
                found = steps.get(jump.target, [])
                if jump.target in BUILT_IN:
                    self._warn_of_built_in(jump, found)
                elif len(found) == 1:
                    self.names.jumps[jump] = found[0]
                elif found:
                    ambiguous.add(jump.target)
                    self._report_ambiguous(jump, found)
                else:
                    self._report_unknown(jump, steps)
        for name, found in steps.items():
            if name not in ambiguous:
                self._warn_of_repeated(name, found)

    def _report_unknown(self, jump: syntax.Jump, steps: dict[str, list[syntax.Step]]) -> None:
        others: list[Label] = []
        hint = ""
        if owner := self.routine_of_step.get(jump.target):
            step = self.table[owner][jump.target][0]
            others.append(Label(step.name_span, f"a step of `{owner.name}`, not of this routine"))
            hint = f"call the routine instead: `call: {owner.name}`"
        elif jump.target in self.routines:
            hint = f"`{jump.target}` is a routine; call it: `call: {jump.target}`"
        elif similar := self.speller.similar(jump.target, chain(steps, BUILT_IN)):
            hint = f"did you mean `{similar}`?"
            for step in steps.get(similar, [])[:1]:
                others.append(Label(step.name_span, "a step with a similar name"))
        message = f"no step is named `{jump.target}`"
        self.problems.add("WFC203", message, jump.span, "jumps here", others=others, hint=hint)

    def _report_ambiguous(self, jump: syntax.Jump, found: list[syntax.Step]) -> None:
        """OQ-12: repeating a name is an error only where a `next` names it."""
        self.problems.add(
            "WFC204",
            f"{len(found)} steps are named `{jump.target}`",
            jump.span,
            "jumps to which of them",
            others=[Label(step.name_span, "one of them") for step in found[:_SHOWN]],
            hint="give each of these steps a name of its own",
        )

    def _warn_of_built_in(self, jump: syntax.Jump, found: list[syntax.Step]) -> None:
        for step in found[:1]:
            self.problems.add(
                "WFC602",
                f"`next: {jump.target}` does not lead to the step `{jump.target}`",
                jump.span,
                "always the built-in jump",
                others=[Label(step.name_span, "no `next` can name this step")],
                hint=f"give the step another name, such as `{jump.target}_step`",
            )

    def _warn_of_repeated(self, name: str, found: list[syntax.Step]) -> None:
        for again in found[1:]:
            self.problems.add(
                "WFC601",
                f"two steps of this routine are named `{name}`",
                again.name_span,
                "used again",
                others=[Label(found[0].name_span, "first used here")],
                hint="give each step a name of its own",
            )
